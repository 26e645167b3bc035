"""One table of `workspace.yaml`, read: each source by its reader, made by its preset, all of them put together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from abm.errors import InputError, SourceError, WorkspaceError, did_you_mean
from abm.sources.canonical import Reading, canonical_table
from abm.sources.files import located_files, read_files
from abm.sources.orders import DayOrder
from abm.sources.presets.library import find_shape
from abm.sources.presets.schema import ColumnRule
from abm.tables.contracts import Kind
from abm.workspace.uniting import united

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path as FilePath

    from abm.model.places import Path, Places
    from abm.sources.presets.schema import Shape
    from abm.sources.tables import RawTable, Table
    from abm.workspace.schema import RawSource, TableSource


@dataclass(frozen=True)
class Declared:
    """Where a workspace's words stand and where its data lies.

    Attributes:
        root: the workspace, whose folder `presets` holds pages of its own.
        folder: the data folder.
        places: the lines of `workspace.yaml`.
        only: the one file to read of those that a source names, or None for all.
        first: the position, among the sources of the table, of the first that is read.
    """

    root: FilePath
    folder: FilePath
    places: Places
    only: str | None = None
    first: int = 0

    def path(self, table: str, position: int, *rest: str | int) -> Path:
        """Return the path of a value of a table's source, whether the file writes one source or a list."""
        listed = ("tables", table, position)
        return (*(listed if listed in self.places.lines else listed[:2]), *rest)

    def line(self, table: str, position: int, *rest: str | int) -> str:
        """Return `file:line` of it."""
        return self.places.line(self.path(table, position, *rest))


def read_declared(name: str, sources: Sequence[TableSource], declared: Declared) -> Table:
    """Read one table.

    Args:
        name: canonical table name.
        sources: where its rows come from.
        declared: the workspace around it.

    Raises:
        InputError: a source that cannot be read or made into the table; those of several sources come together.
    """
    tables: list[Table] = []
    errors: list[InputError] = []
    for position, source in enumerate(sources, start=declared.first):
        try:
            tables.append(_read_source(name, source, position, declared))
        except InputError as error:
            errors.append(error)
    if errors:
        classes = {type(error) for error in errors}
        raise (classes.pop() if len(classes) == 1 else WorkspaceError)("\n".join(str(error) for error in errors))
    return united(tables, declared.places.line(("tables", name)))


def _read_source(name: str, source: TableSource, position: int, declared: Declared) -> Table:
    shape = _shape(source, declared.line(name, position, "preset"), declared)
    raw = _raw(name, source, shape, declared, declared.path(name, position))
    line = declared.line(name, position)
    made = _needs_making(source, shape)
    if made:
        raw = _made(raw, source, shape, position, declared)
        mapping = {}
    else:
        mapping = {column: (given.from_ or (column,))[0] for column, given in source.columns.items()}
    types = {column: Kind(given.type) for column, given in source.columns.items() if given.type}
    remedy = f"Map it in {line}: columns: {{column of {name}: column of the source}}."
    if source.sql is not None:
        remedy = "Name it in the select: `... as column`."
    if shape is not None:
        remedy = f"{shape.reference} expects other columns: is the file of this kind? If so: {remedy}"
    dates_of = {column: given.dates for column, given in source.columns.items() if given.dates}
    said = f"Say which in {line}: dates: day_first, or dates: month_first."
    zone = source.timezone or (shape.timezone if shape else None)
    dates = source.dates or (DayOrder(shape.dates) if shape and shape.dates else None)
    paged = shape.tables[name].dedupe if shape and name in shape.tables else ()
    return canonical_table(raw, Reading(mapping, types, zone, source.dedupe or paged, remedy, dates, dates_of, said))


def _shape(source: TableSource, where: str, declared: Declared) -> Shape | None:
    if source.preset is None:
        return None
    try:
        shape = find_shape(source.preset, root=declared.root)
    except SourceError as error:
        raise SourceError(f"{where}: {error}") from error
    for name in source.with_:
        if name not in shape.with_:
            known = ", ".join(shape.with_) or "none"
            raise SourceError(
                f"{where}: {shape.reference} uses no file '{name}'.{did_you_mean(name, shape.with_)}"
                f" It can use: {known}."
            )
    return shape


def _raw(name: str, source: RawSource, shape: Shape | None, declared: Declared, path: Path) -> RawTable:
    where = f"{declared.places.line(path)}: {'.'.join(str(part) for part in path)}"
    if source.database is not None:
        from abm.sources.database import DatabaseSource, read_database  # noqa: PLC0415 - loaded only where it is asked

        return read_database(name, DatabaseSource(source.database, source.query, source.table), declared.folder, where)
    if source.delta is not None:
        from abm.sources.delta import read_delta  # noqa: PLC0415 - loaded only where it is asked

        return read_delta(name, source.delta, declared.folder, where)
    sql = getattr(source, "sql", None)
    if sql is not None:
        from abm.sources.sql import read_query  # noqa: PLC0415 - DuckDB is loaded only for workspaces that query

        path = (*path, "sql")
        where = f"{declared.places.line(path)}: {'.'.join(str(part) for part in path)}"
        return read_query(name, sql, declared.folder, where)
    for position, file in enumerate(source.file if declared.only is None else ()):
        try:
            located_files([file], declared.folder)
        except SourceError as error:
            raise SourceError(f"{declared.places.line((*path, 'file', position))}: {error}") from error
    options = source.options
    if not options.header and not options.names:
        if shape is None or not shape.names:
            raise SourceError(f"{where}: header: false needs names, the list of column names. Give names.")
        options = replace(options, names=shape.names)
    return read_files(name, source.file, declared.folder, options, only=declared.only)


def _needs_making(source: TableSource, shape: Shape | None) -> bool:
    """Whether more is asked for than other names for columns."""
    more = any(
        len(rule.from_) > 1 or rule.value is not None or rule.sql or rule.values or rule.id
        for rule in source.columns.values()
    )
    return shape is not None or more


def _made(raw: RawTable, source: TableSource, shape: Shape | None, position: int, declared: Declared) -> RawTable:
    from abm.sources.presets.apply import Recipe, made_by  # noqa: PLC0415 - DuckDB is loaded only where it is asked

    others = {
        name: _raw(raw.name, other, None, replace(declared, only=None), declared.path(raw.name, position, "with", name))
        for name, other in source.with_.items()
    }
    paged = shape.tables[raw.name].columns if shape and raw.name in shape.tables else {}
    own = {column: _whole_rule(column, rule, paged.get(column)) for column, rule in source.columns.items()}
    places = {
        column: f"{declared.line(raw.name, position, 'columns', column)}: tables.{raw.name}.columns.{column}"
        for column in source.columns
    }
    rules = {column: rule for column, rule in own.items() if rule is not None}
    return made_by(Recipe(shape, rules, declared.line(raw.name, position), places, others), raw)


def _whole_rule(column: str, rule: ColumnRule, paged: ColumnRule | None) -> ColumnRule | None:
    """What the workspace says of a column, over what the page says of it; None if it says nothing of its making."""
    if rule.from_ or rule.value is not None or rule.sql:
        return rule
    if not rule.values and rule.id is None:
        return None if paged is not None else ColumnRule.model_validate({"from": column})
    said = {key: getattr(rule, key) for key in rule.model_fields_set & {"values", "otherwise", "id"}}
    return (paged or ColumnRule.model_validate({"from": column})).model_copy(update=said)
