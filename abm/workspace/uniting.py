"""Several sources of one table, put below each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from abm.errors import WorkspaceError
from abm.sources.coerce import DTYPES
from abm.sources.guard import collected
from abm.sources.tables import Table
from abm.tables.hygiene import REPEAT, ROW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from abm.tables.contracts import Kind


def united(tables: Sequence[Table], where: str) -> Table:
    """Put tables of one name below each other.

    Args:
        tables: at least one, in the order of their rows.
        where: how messages call the place that declares them.

    Returns:
        A table with the columns of all of them, null where a source lacks one; `_row` runs on from source to source
        (null where a source has none); findings as they are, each naming its own file.

    Raises:
        WorkspaceError: an extra column is of one kind in one source and of another in the next.
    """
    if len(tables) == 1:
        return tables[0]
    kinds = _kinds(tables, where)
    marked = any(table.marked for table in tables)
    frames: list[pl.LazyFrame] = []
    rows_before = 0
    for table in tables:
        there = [_column(name, kind, table) for name, kind in kinds.items()]
        repeat = [pl.col(REPEAT) if table.marked else pl.lit(None, pl.String).alias(REPEAT)] if marked else []
        frames.append(table.frame.select(*there, *repeat, pl.col(ROW) + rows_before))
        # Not the number of rows: a preset may have made one row of many, or left some out.
        last = collected(table.frame.select(pl.max_horizontal(pl.len(), ROW).max()), table.file or where).item()
        rows_before += last or 0
    return Table(
        tables[0].name,
        pl.concat(frames),
        kinds,
        tuple(finding for table in tables for finding in table.findings),
        ", ".join(dict.fromkeys(table.file for table in tables if table.file)) or None,
        frozenset().union(*(table.given for table in tables)),
        marked,
    )


def _kinds(tables: Sequence[Table], where: str) -> dict[str, Kind]:
    kinds: dict[str, Kind] = {}
    first: dict[str, Table] = {}
    for table in tables:
        for name, kind in table.kinds.items():
            other = first.setdefault(name, table)
            if kinds.setdefault(name, kind) is not kind:
                raise WorkspaceError(
                    f"{where}: column '{name}' is {kinds[name]} in {other.file or 'one source'} and {kind} in"
                    f" {table.file or 'another'}. A column has one kind in all sources of a table: declare it in both,"
                    f" such as columns: {{{name}: {{type: text}}}}."
                )
    return kinds


def _column(name: str, kind: Kind, table: Table) -> pl.Expr:
    return pl.col(name) if name in table.kinds else pl.lit(None, dtype=DTYPES[kind]).alias(name)
