"""Counting one delivery of events for every day at once, before it is known as of which day they will be scored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from abm.engines.base import Tally
from abm.scoring.facts.classes import CLASS, Classes, with_class
from abm.scoring.facts.events import OWNER, capped, distinct_types, scan, usable
from abm.scoring.facts.keys import in_order
from abm.tables.contracts import CONTRACTS
from abm.tables.hygiene import REPEAT, ROW

if TYPE_CHECKING:
    from collections.abc import Mapping

    from abm.scoring.context import Context

LAST_DAY = date(9999, 12, 31)
"""A ledger leaves nothing out for lying in the future: the day of a run does."""

DAY = "occurred_at"

IDENTITIES = (REPEAT, "event_id")
"""What tells one event from another, in the order in which repeats are dropped: what the workspace's `dedupe` compares,
and the event's id."""

CELLS = {"subject": pl.Int64, CLASS: pl.Int64, DAY: pl.Date, "n": pl.Int64, "rows": pl.Int64}
SUBJECTS = {"subject": pl.Int64, **dict.fromkeys(OWNER, pl.String)}
ROWS = {ROW: pl.Int64, **dict.fromkeys((*IDENTITIES, *OWNER), pl.String), CLASS: pl.Int64, DAY: pl.Date, "n": pl.Int64}


@dataclass(frozen=True)
class Delivery:
    """One delivery of events, ready to be counted.

    Attributes:
        ctx: a run over its table, as of `LAST_DAY`.
        rows: its usable rows with their `class`; not materialised.
        classes: what the classes are.
        hashes: by identity the hashes of all usable rows that have one, sorted.
        days: the days of its rows, usable or not.
    """

    ctx: Context
    rows: pl.LazyFrame
    classes: Classes
    hashes: Mapping[str, pl.Series]
    days: pl.Series


def opened_delivery(ctx: Context) -> Delivery:
    """Look through a delivery: what is wrong with it goes to the findings of the run."""
    events = ctx.inputs["events"]
    scan(ctx, events.frame)
    rows = capped(events.frame.filter(usable(ctx.as_of)))
    wanted = [nw.col(name).alias(f"event:{name}") for name in ctx.binding.needs("event")]
    identities = [name for name in IDENTITIES if name in events.given or (name == REPEAT and events.marked)]
    own = [*in_order(CONTRACTS["events"], events.kinds), ROW, *([REPEAT] if events.marked else [])]
    step, classes = with_class(ctx, rows.select(*own, *wanted), distinct_types(ctx, events.frame))
    native: pl.LazyFrame = step.to_native()
    (days,) = ctx.engine.gather(events.frame.select(DAY).unique())
    hashes = {name: sorted_hashes(native, name) for name in identities}
    return Delivery(ctx, native, classes, hashes, days[DAY].drop_nulls())


def sorted_hashes(rows: pl.LazyFrame, name: str) -> pl.Series:
    """The hashes of a text column, null left out, sorted."""
    known = rows.filter(pl.col(name).is_not_null()).select(pl.col(name).hash().alias(name))
    return known.collect(engine="streaming")[name].sort()


def repeated(hashes: pl.Series) -> pl.Series:
    """The sorted hashes that stand there more than once."""
    return hashes.filter(hashes == hashes.shift(1)).unique()


def rows_of(delivery: Delivery, hashes: Mapping[str, pl.Series]) -> pl.DataFrame:
    """The rows whose identity has one of some hashes, by identity: columns `ROWS`, in the order of the delivery.

    Rows without a number are ordered by all that is known of them, as a run orders them that reads the table itself.
    """
    if not any(len(each) for each in hashes.values()):
        return pl.DataFrame(schema=ROWS)
    found = delivery.rows.filter(is_among(hashes)).collect(engine="streaming")
    if found[ROW].null_count():
        ordered = found.sort(in_order(CONTRACTS["events"], delivery.ctx.inputs["events"].kinds))
        found = ordered.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(ROW))
    named = found.with_columns(pl.col("count").alias("n"))
    missing = [pl.lit(None, kind).alias(name) for name, kind in ROWS.items() if name not in named.columns]
    return named.with_columns(missing).select(*ROWS).sort(ROW)


def is_among(hashes: Mapping[str, pl.Series]) -> pl.Expr:
    """Whether an identity of a row has one of some hashes."""
    tests = [
        (pl.col(name).hash().is_in(wanted.implode()) & pl.col(name).is_not_null()).fill_null(value=False)
        for name, wanted in hashes.items()
        if len(wanted)
    ]
    return pl.any_horizontal(tests) if tests else pl.lit(value=False)


def counted(delivery: Delivery, without: Mapping[str, pl.Series]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Count the rows whose identities have none of some hashes.

    Returns:
        The subjects (columns `SUBJECTS`, codes of the delivery's own) and the cells (columns `CELLS`).
    """
    owner = tuple(name for name in OWNER if name in delivery.ctx.inputs["events"].given)
    rows = delivery.rows.filter(~is_among(without)) if any(map(len, without.values())) else delivery.rows
    step = nw.from_native(rows.select(*owner, CLASS, DAY, "count"))
    engine = delivery.ctx.engine
    found = engine.tally(step, Tally(owner, CLASS, delivery.classes.count, DAY, "count"))
    subjects, cells = engine.gather(*found)
    missing = [pl.lit(None, pl.String).alias(name) for name in OWNER if name not in owner]
    return subjects.with_columns(missing).select(*SUBJECTS), cells.select(*CELLS).cast(CELLS)  # type: ignore[arg-type]
