"""Events: the usable ones, counted per owner as they name it, class and day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import narwhals as nw

from abm.engines.base import Tally
from abm.scoring.facts.classes import CLASS, with_class
from abm.scoring.facts.keys import new_rows, single_rows
from abm.tables.findings import Level
from abm.tables.hygiene import Flaw

if TYPE_CHECKING:
    import polars as pl

    from abm.engines.base import Step
    from abm.scoring.context import Context

FIRST_DAY = date(2000, 1, 1)
"""Earlier times are mistakes of export, not activity."""

MOST_PER_ROW = 1_000_000_000
"""More occurrences in one row count as so many: their sum must stay within 64 bits."""

SUBJECT = "subject"
"""Integer key of an owner as events name it: the same `OWNER` columns, the same subject."""

OWNER = ("contact_id", "email", "account_id", "domain")
"""What says whose activity an event is."""

_WHICH = ("event_id", "contact_id", "account_id", "domain")
"""What a report calls an event: its id, else whose it is."""


@dataclass(frozen=True, eq=False)
class Events:
    """Usable events, counted before anything is known of people and accounts.

    Attributes:
        cells: `subject`, `class`, `occurred_at` (the day), `n` (sum of count), `rows`; rows of one key add up.
        subjects: `subject` and those of `OWNER` that the table has; key `subject`.
        classes: the classes there are (see `abm.scoring.facts.classes.Classes.told`), on the driver.
    """

    cells: Step
    subjects: Step
    classes: pl.DataFrame


def read_events(ctx: Context) -> Events:
    """Leave out what cannot count, and count the rest."""
    table = ctx.inputs["events"].frame
    all_usable = scan(ctx, table)
    given = ctx.inputs["events"].given
    rows = table if all_usable else table.filter(usable(ctx.as_of))
    single = single_rows(ctx, "events", rows, "event_id") if "event_id" in given else new_rows(ctx, "events", rows)
    owner = [name for name in OWNER if name in given]
    wanted = [nw.col(name).alias(f"event:{name}") for name in ctx.binding.needs("event")]
    rows = capped(single).select(*owner, "type", "occurred_at", "count", *wanted)
    step, classes = with_class(ctx, rows, distinct_types(ctx, table))
    step = step.select(*owner, CLASS, "occurred_at", *(["count"] if "count" in given else []))
    tally = Tally(tuple(owner), CLASS, classes.count, "occurred_at", "count" if "count" in given else None)
    subjects, cells = ctx.engine.tally(step, tally)
    (present,) = ctx.engine.gather(cells.select(CLASS).unique())
    return Events(cells, subjects, classes.told(present[CLASS]))


def distinct_types(ctx: Context, events: Step) -> list[str]:
    """The types there are, in any row."""
    (types,) = ctx.engine.gather(events.filter(~nw.col("type").is_null()).select("type").unique())
    return types["type"].to_list()


def capped(events: Step) -> Step:
    """Let a row count once if it does not say how often, and at most `MOST_PER_ROW` times."""
    return events.with_columns(nw.min_horizontal(nw.col("count").fill_null(1), nw.lit(MOST_PER_ROW)))


def usable(as_of: date) -> nw.Expr:
    """Whether a row can count: it happened in time, and so often as a positive integer says."""
    day, count = nw.col("occurred_at"), nw.col("count")
    in_time = (day >= nw.lit(FIRST_DAY)) & (day <= nw.lit(as_of))
    return in_time & (count.is_null() | (count >= 1))


def scan(ctx: Context, table: Step) -> bool:
    """Report flaws in one pass, and tell whether every row is `usable`."""
    day, count = nw.col("occurred_at"), nw.col("count")
    found = ctx.scan(
        "events",
        table,
        Flaw(
            "after_as_of",
            "not happened yet on the as-of day",
            day > nw.lit(ctx.as_of),
            "occurred_at",
            Level.NOTE,
            "occurred_at",
        ),
        Flaw("no_time", "left out: no readable time", day.is_null(), _WHICH, column="occurred_at"),
        Flaw("too_early", "left out: before 2000-01-01", day < nw.lit(FIRST_DAY), "occurred_at", column="occurred_at"),
        Flaw(
            "bad_count",
            "left out: count is not a positive integer",
            count < 1,
            _WHICH,
            column="count",
        ),
        Flaw("missing_type", "matches no signal: no type", nw.col("type").is_null(), _WHICH, column="type"),
    )
    return not found.keys() - {"missing_type"}
