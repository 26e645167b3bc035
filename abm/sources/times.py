"""Text that holds a day or a moment, read as the UTC day: the formats are data, tried in turn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from abm.sources.orders import UndecidedDaysError, year_first

if TYPE_CHECKING:
    from abm.sources.orders import DayOrder

_SAMPLE = 200
_FIRST_YEAR, _LAST_YEAR = 1000, 9999


@dataclass(frozen=True, slots=True)
class TimeFormat:
    """One way to write a day or a moment.

    Attributes:
        pattern: in chrono's notation, as Polars takes it.
        has_time: whether it names a time of day; a day without one is that day, whatever the zone.
        has_zone: whether it names its offset; a time without one is in the source's zone, else UTC.
    """

    pattern: str
    has_time: bool = True
    has_zone: bool = False


TIME_FORMATS: tuple[TimeFormat, ...] = (
    TimeFormat("%Y-%m-%d", has_time=False),
    TimeFormat("%Y/%m/%d", has_time=False),
    TimeFormat("%+", has_zone=True),
    TimeFormat("%Y-%m-%d %H:%M:%S"),
    TimeFormat("%Y-%m-%dT%H:%M:%S"),
    TimeFormat("%Y-%m-%d %H:%M:%S%.f"),
    TimeFormat("%Y-%m-%dT%H:%M:%S%.f"),
    TimeFormat("%Y-%m-%d %H:%M"),
    TimeFormat("%Y-%m-%dT%H:%M"),
    TimeFormat("%Y-%m-%dT%H:%M:%S%.f%#z", has_zone=True),
    TimeFormat("%Y-%m-%d %H:%M:%S%.f%#z", has_zone=True),
    TimeFormat("%Y-%m-%d %H:%M:%S%.f %#z", has_zone=True),
    TimeFormat("%Y-%m-%dT%H:%M%#z", has_zone=True),
    TimeFormat("%Y-%m-%d %H:%M%#z", has_zone=True),
    TimeFormat("%Y-%m-%d %I:%M %p"),
    TimeFormat("%Y-%m-%d %I:%M:%S %p"),
    TimeFormat("%d %b %Y", has_time=False),
    TimeFormat("%d-%b-%Y", has_time=False),
    TimeFormat("%b %d, %Y", has_time=False),
)
"""No two of them read one text as different days, so the order is only a matter of speed."""

# What programs put after the day or after the time, and what the formats expect there.
_LOOSE = ((",", r"^([-\d]+), ", "$1 "), ("UTC", r"\s*UTC$", "+00:00"), ("GMT", r"\s*GMT$", "+00:00"))


def utc_day(moment: pl.Expr, zone: str | None) -> pl.Expr:
    """The UTC day of a Datetime without zone that was noted in `zone` (None: in UTC).

    A time that a change of clocks made happen twice is the earlier one; one that it skipped is read an hour later.
    """
    if zone is None:
        return moment.dt.date()
    hour_later = moment.dt.offset_by("1h")
    local = pl.coalesce(
        shifted.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
        for shifted in (moment, hour_later)
    )
    return local.dt.convert_time_zone("UTC").dt.date()


def parse_days(text: pl.Series, zone: str | None = None, order: DayOrder | None = None) -> pl.Series:
    """Read text as UTC days; what no format fits becomes null.

    Several ways of writing may stand in one column. Days that begin with the day or the month are read as
    `abm.sources.orders.year_first` tells.

    Args:
        text: String values without surrounding blanks, null where there is nothing.
        zone: the zone of times that do not name their own; None is UTC.
        order: whether 03/04/2026 begins with the day, if that is known; None: told by the whole column.

    Returns:
        A Date series of the same length and order.

    Raises:
        UndecidedDaysError: the column does not tell whether the day or the month comes first.

    >>> parse_days(pl.Series(["2026-06-30", "2026-06-30T23:30:00-05:00", "6/30/2026 9:05 PM", "soon"])).to_list()
    [datetime.date(2026, 6, 30), datetime.date(2026, 7, 1), datetime.date(2026, 6, 30), None]
    """
    todo = pl.DataFrame({"text": text}).with_row_index("at").drop_nulls("text")
    found: list[pl.DataFrame] = []
    todo = _read(todo, zone, found)
    if not todo.is_empty():
        found.append(_read_slowly(todo, zone, order))
    if len(found) == 1 and found[0].height == len(text):
        return found[0]["day"].alias(text.name)
    days = pl.concat([pl.DataFrame(schema={"at": pl.UInt32, "day": pl.Date}), *found])
    return pl.Series(text.name, [None], dtype=pl.Date).new_from_index(0, len(text)).scatter(days["at"], days["day"])


def _read_slowly(todo: pl.DataFrame, zone: str | None, order: DayOrder | None) -> pl.DataFrame:
    """Read what is not written as its neighbours are, or begins with the day or the month: each text once."""
    found: list[pl.DataFrame] = []
    texts = todo.unique("text", keep="first", maintain_order=True)
    left = _read(texts.with_columns(_rewritten(texts, order)), zone, found)
    if not left.is_empty():
        known = pl.coalesce(_known(_parsed(each, zone)) for each in TIME_FORMATS)
        found.append(left.select("at", known.alias("day")).drop_nulls("day"))
    days = texts.join(pl.concat(found), on="at", how="inner") if found else texts.clear().with_columns(day=pl.lit(None))
    read = todo.join(days.select("text", "day"), on="text", how="inner", maintain_order="left")
    return read.select("at", "day")


def _read(todo: pl.DataFrame, zone: str | None, found: list[pl.DataFrame]) -> pl.DataFrame:
    """Read the column in the format that reads its first rows best, and so on with the rest; return what is left."""
    while not todo.is_empty():
        best = _best_format(todo.head(_SAMPLE))
        if best is None:
            break
        todo = _read_as(best, todo, zone, found)
    return todo


def _best_format(sample: pl.DataFrame) -> TimeFormat | None:
    """The format that reads most, of equals the first; None if none reads any. Most columns are read by the first."""
    for some in (TIME_FORMATS[:1], TIME_FORMATS):
        counts = sample.select(_known(_parsed(each, None)).count().alias(each.pattern) for each in some).row(0)
        if max(counts) == sample.height or len(some) > 1:
            return some[counts.index(max(counts))] if max(counts) else None
    return None


def _read_as(time_format: TimeFormat, todo: pl.DataFrame, zone: str | None, found: list[pl.DataFrame]) -> pl.DataFrame:
    if todo.is_empty():
        return todo
    tried = todo.with_columns(_known(_parsed(time_format, zone)).alias("day"))
    if not tried["day"].null_count():
        found.append(tried.select("at", "day"))
        return todo.clear()
    found.append(tried.drop_nulls("day").select("at", "day"))
    return tried.filter(pl.col("day").is_null()).select("at", "text")


def _rewritten(todo: pl.DataFrame, order: DayOrder | None) -> pl.Series:
    try:
        text = year_first(todo["text"], order)
    except UndecidedDaysError as error:
        at = tuple(int(todo["at"][each]) for each in error.doubt.at)
        raise UndecidedDaysError(replace(error.doubt, at=at)) from error
    for sign, pattern, written in _LOOSE:
        if text.str.contains(sign, literal=True).any():
            text = text.str.replace(pattern, written)
    return text


def _parsed(time_format: TimeFormat, zone: str | None) -> pl.Expr:
    """The days of the column `text`, null where it is not written so."""
    text = pl.col("text").str
    if not time_format.has_time:
        return text.to_date(time_format.pattern, strict=False)
    moment = text.to_datetime(time_format.pattern, time_unit="us", strict=False)
    return moment.dt.date() if time_format.has_zone else utc_day(moment, zone)


def _known(days: pl.Expr) -> pl.Expr:
    """Leave years out that nobody's data has: the parser takes '26-01-05' for the year 26."""
    return pl.when(days.dt.year().is_between(_FIRST_YEAR, _LAST_YEAR)).then(days)
