"""Text that holds a day or a moment, read as the UTC day: the formats are data, tried in turn."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import polars as pl

_SAMPLE = 200
_FIRST_YEAR, _LAST_YEAR = 1000, 9999


class DayOrder(StrEnum):
    """Which of the first two numbers of 03/04/2026 is the day."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


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
)
"""No two of them read one text as different days, so the order is only a matter of speed."""


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


def parse_days(text: pl.Series, zone: str | None = None) -> pl.Series:
    """Read text as UTC days; what no format fits becomes null.

    Args:
        text: String values without surrounding blanks, null where there is nothing.
        zone: the zone of times that do not name their own; None is UTC.

    Returns:
        A Date series of the same length and order.

    >>> parse_days(pl.Series(["2026-06-30", "2026-06-30T23:30:00-05:00", "soon"])).to_list()
    [datetime.date(2026, 6, 30), datetime.date(2026, 7, 1), None]
    """
    todo = pl.DataFrame({"text": text}).with_row_index("at").drop_nulls("text")
    found: list[pl.DataFrame] = []
    for time_format in _by_success(todo["text"].head(_SAMPLE)):
        if todo.is_empty():
            break
        tried = todo.with_columns(day=_parse(todo["text"], time_format, zone))
        found.append(tried.drop_nulls("day").select("at", "day"))
        todo = tried.filter(pl.col("day").is_null()).select("at", "text")
    if len(found) == 1 and found[0].height == len(text):
        return found[0]["day"].alias(text.name)
    days = pl.concat([pl.DataFrame(schema={"at": pl.UInt32, "day": pl.Date}), *found])
    return pl.Series(text.name, [None], dtype=pl.Date).new_from_index(0, len(text)).scatter(days["at"], days["day"])


def _by_success(sample: pl.Series) -> list[TimeFormat]:
    # Most columns are written one way: the format that reads the first rows best goes first, over the whole column.
    read: dict[TimeFormat, int] = {}
    for each in TIME_FORMATS:
        read[each] = _parse(sample, each, None).count()
        if read[each] == len(sample):
            break
    return sorted(TIME_FORMATS, key=lambda each: -read.get(each, 0))


def _parse(text: pl.Series, time_format: TimeFormat, zone: str | None) -> pl.Series:
    if not time_format.has_time:
        days = text.str.to_date(time_format.pattern, strict=False)
    else:
        moments = text.str.to_datetime(time_format.pattern, time_unit="us", strict=False)
        name = moments.name
        day = pl.col(name).dt.date() if time_format.has_zone else utc_day(pl.col(name), zone)
        days = moments.to_frame().select(day).to_series()
    # The parser takes '26-01-05' for the year 26: nobody's data is that old, so it is not a date we know how to read.
    return (
        days.to_frame("day")
        .select(pl.when(pl.col("day").dt.year().is_between(_FIRST_YEAR, _LAST_YEAR)).then("day"))
        .to_series()
    )
