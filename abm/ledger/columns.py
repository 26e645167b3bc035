"""Columns that a model asks of events: a delivery that lacks one, and whose source is not the only one, has nulls."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from abm.scoring.binding import conditions_of
from abm.sources.coerce import DTYPES
from abm.tables.contracts import CONTRACTS, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from abm.model import Model
    from abm.sources.tables import Table


def whole(model: Model, table: Table, others: Iterable[Mapping[str, Kind]]) -> Table:
    """The events of a delivery with the columns that a model asks about and only other deliveries have.

    Args:
        model: the model that counts them.
        table: the delivery's events.
        others: the columns of the other deliveries with their kinds, looked through until nothing is missing.

    Returns:
        The table, with nulls in what it lacks; where no delivery has a column, with the columns of all, so that a
        message names them.
    """
    asked = _asked(model)
    kinds, rest = dict(table.kinds), iter(others)
    while not asked <= kinds.keys() and (each := next(rest, None)) is not None:
        kinds = {**each, **kinds}
    new = {name: kind for name, kind in kinds.items() if name not in table.kinds}
    if not new:
        return table
    nulls = (pl.lit(None, DTYPES[kind]).alias(name) for name, kind in new.items())
    return replace(table, frame=table.frame.with_columns(nulls), kinds={**table.kinds, **new})


def widest(first: Table | None, second: Table) -> Table:
    """The columns that either table has, without a row; where both have one, it is of the second's kind."""
    kinds = {**(first.kinds if first is not None else {}), **second.kinds}
    frame = pl.LazyFrame(schema={name: DTYPES[kind] for name, kind in kinds.items()})
    if first is None:
        return replace(second, frame=frame, findings=())
    file = first.file if first.file == second.file or second.file is None else "events"
    given = first.given | second.given
    return replace(first, frame=frame, kinds=kinds, given=given, marked=first.marked or second.marked, file=file)


def _asked(model: Model) -> frozenset[str]:
    """Columns of events beyond those of the contract that conditions of the model name."""
    names = {name for _, condition, scope in conditions_of(model) if scope == "events" for name in condition.names}
    return frozenset(name for name in names if "." not in name) - CONTRACTS["events"].columns.keys()
