"""What a ledger gives a run: the events that had happened by its day, each once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from abm.ledger.counting import CELLS, DAY
from abm.ledger.holdings import first_of_each
from abm.scoring.facts.classes import CLASS
from abm.scoring.facts.events import SUBJECT, Events
from abm.tables.findings import SAMPLE_SIZE, Finding, Level
from abm.tables.hygiene import ROW

if TYPE_CHECKING:
    from datetime import date

    from abm.ledger.holdings import Holdings
    from abm.scoring.context import Context


def events_until(holdings: Holdings, ctx: Context) -> Events:
    """The events that had happened by the day of a run; what is wrong with them goes to its findings.

    Rows that must not count on that day are taken away again: several rows may speak of one cell, and their sum counts.
    """
    places = {name: place for place, name in enumerate(holdings.deliveries)}
    disputed = holdings.disputed.filter(pl.col(DAY) <= ctx.as_of)
    place = pl.col("delivery").replace_strict(places, return_dtype=pl.Int64).alias("place")
    stay = first_of_each(disputed.with_columns(place), ["place", ROW])
    _report(holdings, ctx, disputed.height - stay.height)
    adjusted = [
        _cells(stay, 1),
        _cells(disputed.filter("counted"), -1),
    ]
    cells = pl.concat([*(held.cells for held in holdings.deliveries.values()), *(each.lazy() for each in adjusted)])
    cells = cells.filter(pl.col(DAY) <= ctx.as_of)
    subjects = holdings.subjects
    given = [name for name in subjects.columns if name == SUBJECT or subjects[name].null_count() < subjects.height]
    classes = holdings.classes if holdings.classes is not None else pl.DataFrame(schema={CLASS: pl.Int64})
    return Events(nw.from_native(cells), nw.from_native(subjects.select(given).lazy()), classes)


def _cells(rows: pl.DataFrame, times: int) -> pl.DataFrame:
    return rows.select(
        "subject", CLASS, DAY, (pl.col("n") * times).alias("n"), pl.lit(times, pl.Int64).alias("rows")
    ).cast(CELLS)  # type: ignore[arg-type]


def newest_day(holdings: Holdings, until: date | None = None) -> date | None:
    """The newest day of an event, whether it counts or not, but not after `until`."""
    idle = pl.LazyFrame({DAY: [day for held in holdings.deliveries.values() for day in held.idle_days]}, {DAY: pl.Date})
    cells = [held.cells.select(DAY) for held in holdings.deliveries.values()]
    days = pl.concat([*cells, holdings.disputed.lazy().select(DAY), idle])
    known = days if until is None else days.filter(pl.col(DAY) <= until)
    day: date | None = known.max().collect().item()
    return day


def _report(holdings: Holdings, ctx: Context, repeats: int) -> None:
    file = ctx.inputs["events"].file
    ctx.findings.extend(_together([each for held in holdings.deliveries.values() for each in held.findings], file))
    cells = [held.cells for held in holdings.deliveries.values()]
    later = pl.concat([pl.LazyFrame(schema=CELLS), *cells]).filter(pl.col(DAY) > ctx.as_of)
    count, days = (
        later.select(pl.col("rows").sum(), pl.col(DAY).unique().sort().head(SAMPLE_SIZE).implode()).collect().row(0)
    )
    if count:
        samples = tuple(map(str, days))
        message = "not happened yet on the as-of day"
        ctx.findings.append(Finding("events", "after_as_of", count, message, Level.NOTE, DAY, file, (), samples))
    if repeats:
        message = "one event told of by several rows: the first that had happened counts"
        ctx.findings.append(Finding("events", "duplicate_key", repeats, message, column="event_id", file=file))


def _together(findings: list[Finding], file: str | None) -> list[Finding]:
    """One finding of each kind, however many deliveries have it; of several, rows would be numbers of nothing."""
    by_kind: dict[tuple[str, str, str | None], list[Finding]] = {}
    for finding in findings:
        by_kind.setdefault((finding.code, finding.message, finding.column), []).append(finding)
    return [each[0] if len(each) == 1 else _sum(each, file) for each in by_kind.values()]


def _sum(findings: list[Finding], file: str | None) -> Finding:
    samples = sorted({sample for finding in findings for sample in finding.samples})[:SAMPLE_SIZE]
    count = sum(finding.count for finding in findings)
    return replace(findings[0], count=count, file=file, rows=(), samples=tuple(samples))
