"""Reading `workspace.yaml`: every mistake at once, each with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from abm.errors import WorkspaceError, did_you_mean
from abm.model.messages import in_plain_words
from abm.model.yaml_text import read_yaml
from abm.sources.shipped import shipped
from abm.tables.contracts import CONTRACTS
from abm.tables.hygiene import ROW
from abm.workspace.schema import WorkspaceFile

if TYPE_CHECKING:
    from pathlib import Path as FilePath

    from abm.model.places import Path, Places
    from abm.workspace.routing import Routing

ROUTING_FILE = "routing.yaml"

_POSITION = 2
"""Where the position of a source stands in the path of its values: `tables`, the table, and then it."""


def read_settings(path: FilePath) -> tuple[WorkspaceFile, Places]:
    """Return what a `workspace.yaml` says, and the lines of its values.

    Args:
        path: the file; UTF-8, YAML 1.2.

    Raises:
        WorkspaceError: it cannot be read or says something it must not; one line per mistake, in the order of the file:
            `workspace.yaml:4: tables.contacts: unknown key 'colums'. Keys here: ... Did you mean 'columns'?`
    """
    data, places = read_yaml(path, "a workspace", WorkspaceError)
    problems = _table_problems(data)
    settings: WorkspaceFile | None = None
    try:
        settings = WorkspaceFile.model_validate(data)
    except ValidationError as error:
        found = [in_plain_words(detail, WorkspaceFile) for detail in error.errors(include_url=False)]
        problems += [(_as_written(where, data), text) for where, text in found]
    if settings is not None:
        problems += [(("routing", *where), text) for where, text in settings.routing.problems()]
    if settings is None or problems:
        by_line = sorted(problems, key=lambda problem: places.number(problem[0]))
        raise WorkspaceError("\n".join(_line(where, text, places) for where, text in by_line))
    return settings, places


def _table_problems(data: dict[Any, Any]) -> list[tuple[Path, str]]:
    """What the vocabulary cannot say: which tables and columns there are."""
    tables = data.get("tables")
    if not isinstance(tables, dict):
        return []
    problems: list[tuple[Path, str]] = []
    for name, source in tables.items():
        if name not in CONTRACTS:
            known = f"Tables are {', '.join(CONTRACTS)}."
            problems.append(
                (("tables", name), f"there is no table '{name}'. {known}{did_you_mean(str(name), CONTRACTS)}")
            )
            continue
        for path, each in _written_sources(("tables", name), source):
            columns = each.get("columns") if isinstance(each, dict) else None
            for column, given in columns.items() if isinstance(columns, dict) else ():
                problem = _column_problem(name, column, given)
                if problem:
                    problems.append(((*path, "columns", column), problem))
    return problems


def _written_sources(path: Path, source: object) -> list[tuple[Path, object]]:
    """The sources of a table and where they stand: one, or a list of them."""
    if isinstance(source, list) and not all(isinstance(each, str) for each in source):
        return [((*path, position), each) for position, each in enumerate(source)]
    return [(path, source)]


def _as_written(where: Path, data: dict[Any, Any]) -> Path:
    """The path in the file: one source of a table needs no list, and then has no position in one."""
    if len(where) <= _POSITION or where[0] != "tables" or not isinstance(where[_POSITION], int):
        return where
    (path, _), *_ = _written_sources(where[:_POSITION], data["tables"].get(where[1]))
    return where if len(path) > _POSITION else (*path, *where[_POSITION + 1 :])


def _column_problem(table: str, column: object, given: object) -> str | None:
    if column == ROW:
        return f"{ROW} is the number of the row and cannot be a column. Give it another name"
    kind = CONTRACTS[table].columns.get(str(column))
    declared = given.get("type") if isinstance(given, dict) else None
    if kind is None or declared in (None, kind.value):
        return None
    return f"{table}.{column} is always of type {kind.value}. Remove the type, or give the column another name"


def _line(where: Path, text: str, places: Places) -> str:
    # Pydantic knows the keys 'from' and 'with', words of Python, by their names in the code.
    said = text.replace("from_", "from").replace("with_", "with")
    path = ".".join(str(part) for part in where)
    return f"{places.line(where)}: {f'{path}: ' if path else ''}{said}{'' if said.endswith(('.', '?')) else '.'}"


def default_routing() -> tuple[Routing, Places]:
    """Return the queues of a workspace that names none, and the lines of the shipped file.

    >>> [queue.name for queue in default_routing()[0].queues]
    ['sales_now', 'sdr', 'nurture', 'ae', 'in_market']
    """
    settings, places = read_settings(shipped("config", ROUTING_FILE))
    return settings.routing, places
