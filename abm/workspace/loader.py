"""A folder becomes a workspace: its tables read, its as-of date and model known, all its mistakes said at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from abm.errors import InputError, WorkspaceError
from abm.sources.canonical import Reading, canonical_table
from abm.sources.files import READERS, read_files
from abm.tables.contracts import CONTRACTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from abm.model.schema import Model
    from abm.sources.tables import Table

WORKSPACE_FILE = "workspace.yaml"
MODEL_FILE = "model.yaml"


@dataclass(frozen=True)
class Workspace:
    """A folder, understood.

    Attributes:
        root: the folder.
        model_path: the model's file, or None where there is none.
        as_of: the day the workspace pins, or None.
        tables: the canonical tables that were given, in the order of `CONTRACTS`.
    """

    root: Path
    model_path: Path | None
    as_of: date | None
    tables: dict[str, Table]

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
                " or give one with --model."
            )
        from abm.model.loader import load_model  # noqa: PLC0415  # tables are read without any model

        return load_model(self.model_path)


def load_workspace(path: str | Path, *, data: str | Path | None = None, model: str | Path | None = None) -> Workspace:
    """Read a workspace: by its `workspace.yaml`, or by the names of its files."""
    root = Path(path)
    if not root.is_dir():
        raise WorkspaceError(f"{root}: is not a folder. A workspace is a folder with {WORKSPACE_FILE} or accounts.csv.")
    folder = Path(data) if data is not None else root
    found = _by_convention(folder)
    tables = _read_all({name: partial(_read_file, name, file, folder) for name, file in found.items()})
    default = root / MODEL_FILE
    model_path = Path(model) if model is not None else default if default.is_file() else None
    _require_enough(tables, root)
    return Workspace(root, model_path, None, tables)


def _by_convention(folder: Path) -> dict[str, str]:
    names = {each.name for each in folder.iterdir()}
    return {table: file for table in CONTRACTS for ending in READERS for file in [f"{table}{ending}"] if file in names}


def _read_file(name: str, file: str, folder: Path) -> Table:
    return canonical_table(read_files(name, [file], folder), Reading())


def _read_all(readers: dict[str, Callable[[], Table]]) -> dict[str, Table]:
    tables: dict[str, Table] = {}
    errors: list[InputError] = []
    for name, read in readers.items():
        try:
            tables[name] = read()
        except InputError as error:
            errors.append(error)
    raise_together(errors)
    return tables


def raise_together(errors: list[InputError]) -> None:
    """Raise what was found, all of it in one message; of one class if all are of it, else a WorkspaceError."""
    if not errors:
        return
    classes = {type(error) for error in errors}
    raise (classes.pop() if len(classes) == 1 else WorkspaceError)("\n".join(str(error) for error in errors))


def _require_enough(tables: Iterable[str], root: Path) -> None:
    given = set(tables)
    if "accounts" in given and ({"contacts", "events"} <= given or "intent" in given):
        return
    raise WorkspaceError(
        f"{root}: there is not enough to score. Needed are accounts, and contacts with events, or intent;"
        f" given are: {', '.join(sorted(given)) or 'none'}."
    )
