"""A folder becomes a workspace: its tables read, its as-of date and model known, all its mistakes said at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from abm.errors import InputError, WorkspaceError, did_you_mean
from abm.model.loader import load_model
from abm.model.matching import DEFAULT_SETTINGS, MatchSettings
from abm.model.places import Places
from abm.sources.canonical import Reading, canonical_table
from abm.sources.files import is_data_file, read_files, table_name
from abm.tables.contracts import CONTRACTS
from abm.workspace.bundled import model_file
from abm.workspace.reading import Declared, read_declared
from abm.workspace.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import date

    from abm.model.conditions import Condition
    from abm.model.schema import Model
    from abm.sources.tables import Table
    from abm.workspace.routing import Routing
    from abm.workspace.schema import TableSource

WORKSPACE_FILE = "workspace.yaml"
MODEL_FILE = "model.yaml"
CORRECTIONS = "corrections"

_NO_PLACES = Places(WORKSPACE_FILE, {})


@dataclass(frozen=True)
class Workspace:
    """A folder, understood.

    Attributes:
        root: the folder.
        model_path: the model's file, or None where there is none.
        as_of: the day the workspace pins, or None.
        tables: the canonical tables that were given, in the order of `CONTRACTS`.
        matching: how alike names must be for a lead to belong to an account.
        lists: saved selections of accounts by name: conditions over the accounts result, as of `rank(where=...)`.
            Their syntax is checked; whether their columns exist is known once the workspace is scored
            (`abm.scoring.selections`).
        routing: the queues of `abm route`, or None for those that come with abm (`default_routing`).
        places: the lines of `workspace.yaml`, for errors about what it says; none without that file.
    """

    root: Path
    model_path: Path | None
    as_of: date | None
    tables: dict[str, Table]
    matching: MatchSettings = DEFAULT_SETTINGS
    lists: Mapping[str, Condition] = field(default_factory=dict)
    places: Places = field(default=_NO_PLACES, repr=False)
    routing: Routing | None = None

    @cached_property
    def model(self) -> Model:
        """The model, read when first asked for.

        Raises:
            WorkspaceError: there is no model file.
            ModelError: it cannot be used.
        """
        if self.model_path is None:
            raise WorkspaceError(
                f"{self.root}: there is no {MODEL_FILE}. Put one there, name one with `model:` in {WORKSPACE_FILE},"
                " or give one with --model; `abm demo NEW` makes a folder with one to begin with."
            )
        return load_model(self.model_path)


def load_workspace(
    path: str | Path,
    *,
    data: str | Path | None = None,
    model: str | Path | None = None,
    only: Collection[str] = (),
) -> Workspace:
    """Read a workspace: by its `workspace.yaml`, or where there is none by the names of its files.

    Args:
        path: the folder.
        data: the folder below which files are read, instead of what `workspace.yaml` says.
        model: the model's file, or the name of a shipped one, instead of what `workspace.yaml` says or `model.yaml`.
        only: the tables to read, if not all; there may be too few of them to score then.

    Returns:
        The workspace, its tables read (Parquet without a lenient parse stays lazy); the model is read when asked for.

    Raises:
        WorkspaceError: no such folder, a mistake in `workspace.yaml` (all of them at once), or too few tables to score.
        SourceError: a file or query that cannot be read.
        TableError: a table without a column it needs. The errors of several tables come together, as a WorkspaceError
            if they are of several classes.
    """
    root = Path(path)
    if not root.is_dir():
        raise WorkspaceError(f"{_no_folder(root)} A workspace is a folder with {WORKSPACE_FILE} or accounts.csv.")
    chosen = None if model is None else model_file(model)
    read_plan = _declared_plan if (root / WORKSPACE_FILE).is_file() else _conventional_plan
    plan = read_plan(root, data, chosen)
    # What a person corrected lies beside workspace.yaml, wherever the data lies and whatever is declared.
    readers = {**_named_as_tables(root, (CORRECTIONS,)), **plan.readers}
    if not only:
        _require_enough(readers, plan.folder)
    wanted = [name for name in CONTRACTS if name in readers and (not only or name in only)]
    tables = _read_all({name: readers[name] for name in wanted})
    return Workspace(root, plan.model_path, plan.as_of, tables, plan.matching, plan.lists, plan.places, plan.routing)


@dataclass(frozen=True)
class Declaration:
    """What a workspace says of where a table is, before it is read.

    Attributes:
        folder: the data folder.
        sources: by table, as `workspace.yaml` declares them.
        within: the workspace around them.
        conventional: file and reader of the table, where files are named as tables.
    """

    folder: Path
    sources: Mapping[str, Sequence[TableSource]]
    within: Declared
    conventional: tuple[tuple[str, Callable[[], Table]], ...] = ()


def declaration(root: Path, data: str | Path | None = None, table: str = "events") -> Declaration:
    """Read what a workspace says of where one table is.

    Raises:
        WorkspaceError: a mistake in `workspace.yaml`, or there is no such folder.
    """
    folder = root if data is None else Path(data)
    declared: Mapping[str, Sequence[TableSource]] = {}
    places = _NO_PLACES
    if (root / WORKSPACE_FILE).is_file():
        settings, places = read_settings(root / WORKSPACE_FILE)
        folder = folder if data is not None else root / (settings.data or ".")
        declared = settings.tables
    folder = _folder(folder)
    within = Declared(root, folder, places)
    if table in declared or (declared and table != CORRECTIONS):
        return Declaration(folder, declared, within)
    files = [] if declared else _files_of(table, folder)
    if table == CORRECTIONS and not files:
        # What a person corrected lies beside workspace.yaml.
        folder, files = root, _files_of(table, root)
    readers = _named_as_tables(folder, (table,))
    return Declaration(folder, {}, within, tuple((file, readers[table]) for file in files))


def _files_of(table: str, folder: Path) -> list[str]:
    return [each.name for each in _data_files(folder) if table_name(each.name) == table]


@dataclass(frozen=True)
class _Plan:
    """What is to be read, before anything is."""

    folder: Path
    readers: Mapping[str, Callable[[], Table]]
    model_path: Path | None
    as_of: date | None = None
    matching: MatchSettings = DEFAULT_SETTINGS
    lists: Mapping[str, Condition] = field(default_factory=dict)
    places: Places = _NO_PLACES
    routing: Routing | None = None


def _conventional_plan(root: Path, data: str | Path | None, model_path: Path | None) -> _Plan:
    misnamed = root / "workspace.yml"
    if misnamed.is_file():
        raise WorkspaceError(f"{misnamed}: the file is called {WORKSPACE_FILE}. Rename it.")
    folder = _folder(root if data is None else Path(data))
    return _Plan(folder, _named_as_tables(folder), model_path or _default_model(root))


def _declared_plan(root: Path, data: str | Path | None, model_path: Path | None) -> _Plan:
    settings, places = read_settings(root / WORKSPACE_FILE)
    folder = _folder(Path(data) if data is not None else root / (settings.data or "."))
    if model_path is None and settings.model is not None:
        model_path = _named_model(root, settings.model, places)
    declared = Declared(root, folder, places)
    readers = {
        name: partial(read_declared, name, sources, declared)
        for name, sources in sorted(settings.tables.items(), key=lambda item: list(CONTRACTS).index(item[0]))
    }
    found = readers or _named_as_tables(folder)
    model_path = model_path or _default_model(root)
    routing = settings.routing if settings.routing.queues else None
    return _Plan(folder, found, model_path, settings.as_of, settings.matching, settings.lists, places, routing)


def _named_model(root: Path, name: str, places: Places) -> Path:
    """The file of the workspace, else the shipped model of that name."""
    path = root / name
    if path.is_file():
        return path
    if path.suffix or Path(name).name != name:
        raise WorkspaceError(f"{places.line(('model',))}: there is no model file {path}. Check the path.")
    try:
        return model_file(name)
    except WorkspaceError as error:
        raise WorkspaceError(f"{places.line(('model',))}: {error}") from error


def _default_model(root: Path) -> Path | None:
    path = root / MODEL_FILE
    return path if path.is_file() else None


def _no_folder(path: Path) -> str:
    if path.exists():
        return f"{path}: is not a folder."
    beside = path.parent
    near = sorted(each.name for each in beside.iterdir() if each.is_dir()) if beside.is_dir() else []
    return f"{path}: there is no such folder.{did_you_mean(path.name, near)}"


def _folder(path: Path) -> Path:
    if not path.is_dir():
        raise WorkspaceError(
            f"{_no_folder(path)} It should be the one that holds the data."
            " Say where the data is with --data DIR, or with data: in workspace.yaml."
        )
    return path


def _named_as_tables(folder: Path, tables: Collection[str] = tuple(CONTRACTS)) -> dict[str, Callable[[], Table]]:
    """Find the files that are named as tables."""
    files = [each.name for each in _data_files(folder)]
    found = {table: [file for file in files if table_name(file) == table] for table in tables}
    twice = [
        f"{folder}: {' and '.join(names)} are both table {table}. Remove one of them, or say which in {WORKSPACE_FILE}."
        for table, names in found.items()
        if len(names) > 1
    ]
    if twice:
        raise WorkspaceError("\n".join(twice))
    return {table: partial(_read_conventional, table, names[0], folder) for table, names in found.items() if names}


def _data_files(folder: Path) -> list[Path]:
    return sorted(each for each in folder.iterdir() if is_data_file(each.name))


def _read_conventional(name: str, file: str, folder: Path) -> Table:
    example = f"tables: {{{name}: {{file: {file}, columns: {{NAME HERE: NAME IN THE FILE}}}}}}"
    remedy = f"Rename the column, or map it in {WORKSPACE_FILE}: {example}."
    said = f"Say which in {WORKSPACE_FILE}: tables: {{{name}: {{file: {file}, dates: day_first}}}}, or month_first."
    return canonical_table(read_files(name, [file], folder), Reading(remedy=remedy, dates_remedy=said))


def _read_all(readers: Mapping[str, Callable[[], Table]]) -> dict[str, Table]:
    tables: dict[str, Table] = {}
    errors: list[InputError] = []
    for name, read in readers.items():
        try:
            tables[name] = read()
        except InputError as error:
            errors.append(error)
    if errors:
        classes = {type(error) for error in errors}
        raise (classes.pop() if len(classes) == 1 else WorkspaceError)("\n".join(str(error) for error in errors))
    return tables


def _missing(given: set[str]) -> str:
    people = [name for name in ("accounts", "contacts", "events") if name not in given]
    if "events" not in given and "contacts" not in given:
        return " and ".join(name for name in ("accounts", "intent") if name not in given) + ", or contacts and events"
    return " and ".join(people)


def _require_enough(tables: Iterable[str], folder: Path) -> None:
    given = set(tables)
    if "accounts" in given and ({"contacts", "events"} <= given or "intent" in given):
        return
    strangers = [each for each in _data_files(folder) if table_name(each.name) not in CONTRACTS]
    said = "".join(
        f" {each.name} is not named as a table.{did_you_mean(table_name(each.name), CONTRACTS)}"
        for each in strangers[:5]
    )
    raise WorkspaceError(
        f"{folder}: there is not enough to score: {', '.join(sorted(given)) or 'no table at all'}. Needed are accounts,"
        f" and contacts with events, or intent. Add {_missing(given)}.{said}"
    )
