"""Events that look counted twice: rows that are equal in everything and carry no event_id. Reported, never dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from abm.tables.findings import SAMPLE_SIZE, Finding, Level
from abm.tables.hygiene import ROW

if TYPE_CHECKING:
    from datetime import date

    from abm.sources.tables import Table

_WHOSE = ("contact_id", "account_id", "domain")


def equal_events(events: Table, as_of: date) -> Finding | None:
    """Count rows of events that repeat another row, have no event_id, and do not lie after `as_of`.

    A source that knows only days repeats rows rightly, so they all count; a source that was exported twice repeats them
    wrongly, and only a person can tell. Comparing whole rows is dear, so scoring leaves this to `abm check`.

    Returns:
        A note whose count is the number of rows beyond the first of each kind, with the people or accounts concerned
        and the first rows that repeat another; None if no row does.
    """
    columns = list(events.kinds)
    unnamed = events.frame.filter(pl.col("event_id").is_null(), pl.col("occurred_at") <= as_of)
    kinds = unnamed.group_by(columns).agg(pl.len().alias("_times"), pl.col(ROW).sort().slice(1, SAMPLE_SIZE))
    repeated = kinds.filter(pl.col("_times") > 1).select(
        count=pl.col("_times").sum() - pl.len(),
        rows=pl.col(ROW).list.explode().drop_nulls().sort().head(SAMPLE_SIZE).implode(),
        samples=pl.coalesce(_WHOSE).drop_nulls().unique().sort().head(SAMPLE_SIZE).implode(),
    )
    count, rows, samples = repeated.collect(engine="streaming").row(0)
    if not count:
        return None
    return Finding(
        table="events",
        code="equal_rows",
        count=count,
        message="equal to another row in every column and without event_id; they count, as a source of days repeats"
        " rightly. If it was exported twice, name an event_id, or `dedupe:` columns in workspace.yaml",
        level=Level.NOTE,
        file=events.file,
        rows=tuple(rows),
        samples=tuple(samples),
    )
