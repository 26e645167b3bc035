"""Verbs of engines in plain Narwhals, for engines that have no faster way of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from abm.tables.hygiene import first_rows, repeated

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from abm.engines.base import Engine, Step, Tally

_KEY = "abm_owner"
SUBJECT = "subject"


def single_rows(engine: Engine, step: Step, key: str, order: Sequence[str]) -> tuple[Step, pl.DataFrame]:
    """See `Engine.single_rows`: count first, and sort only the rows of keys that stand on several."""
    (found,) = engine.gather(repeated(step, key))
    if found.is_empty():
        return step, found
    return first_rows(step, key, engine.scatter(found), order), found


def numbered(engine: Engine, step: Step, name: str, order: str) -> Step:
    """See `Engine.numbered`: in the order of a window over all rows."""
    number = nw.col(name).cast(nw.Int64)
    (step,) = engine.materialise(step.with_row_index(name, order_by=[order]).with_columns(number))
    return step


def tally(engine: Engine, step: Step, wanted: Tally) -> tuple[Step, Step]:
    """See `Engine.tally`: group by what is named, then give each owner a number.

    Owners are joined by one text: joins take no null for equal, and the length before each part keeps texts apart.
    """
    parts = [_part(name) for name in wanted.owner]
    owner = nw.concat_str(parts) if parts else nw.lit("")
    amount = nw.len() if wanted.amount is None else nw.col(wanted.amount).sum()
    keys = (*wanted.owner, wanted.code, wanted.day)
    cells = step.group_by(*keys).agg(amount.cast(nw.Int64).alias("n"), nw.len().cast(nw.Int64).alias("rows"))
    (cells,) = engine.materialise(cells.with_columns(owner.alias(_KEY)))
    subjects = cells.select(_KEY, *wanted.owner).unique(subset=[_KEY], keep="any")
    subjects = engine.numbered(subjects, SUBJECT, _KEY)
    cells = cells.join(subjects.select(_KEY, SUBJECT), on=_KEY, how="inner")
    (cells,) = engine.materialise(cells.select(SUBJECT, wanted.code, wanted.day, "n", "rows"))
    return subjects.drop(_KEY), cells


def _part(name: str) -> nw.Expr:
    text = nw.col(name)
    length = text.str.len_chars().cast(nw.String)
    return nw.coalesce(nw.concat_str([length, nw.lit(":"), text]), nw.lit("-"))
