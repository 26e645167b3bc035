"""The day that a file's name says: weekly files of intent vendors hold no other."""

from __future__ import annotations

import re
from datetime import date
from pathlib import PurePath

FILE, FILE_DAY = "_file", "_file_day"
"""Columns that a page may name as if the file had them: its name, and the day that the name says."""

_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)([-_. ]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")
_WEEK = re.compile(r"(?<!\d)(20\d\d)[-_. ]*(?:w|wk|week|kw)[-_. ]*(\d\d?)(?!\d)", re.IGNORECASE)
_WEEK_FIRST = re.compile(r"(?<![a-z])(?:w|wk|week|kw)[-_. ]*(\d\d?)[-_. ]+(20\d\d)(?!\d)", re.IGNORECASE)
_SUNDAY = 7


def day_in(name: str) -> date | None:
    """Return the day that a file's name says, or None.

    Read are days with the year first (`20150719`, `2026-07-19`, `2026_07_19`), and weeks of a year (`2026-W29`,
    `2026 week 29`, `week 29 2026`), which are the ISO week's Sunday: the day by which Bombora names a week. The name of
    the file counts before those of its folders, the last day in it before others. Days with the month or the day first
    are not read, nor is a week without a year: nobody can tell which is meant.

    >>> day_in("Input_AllDomainsAllTopics_20150719.csv")
    datetime.date(2015, 7, 19)
    >>> day_in("bombora/20200908/AllDomainsAllTopicsZips_20190714_1.csv.gz"), day_in("week=2026-07-19/part-0.csv")
    (datetime.date(2019, 7, 14), datetime.date(2026, 7, 19))
    >>> day_in("Company Surge 2026 week 29.xlsx"), day_in("surge week 29.csv"), day_in("surge-07-19-2026.csv")
    (datetime.date(2026, 7, 19), None, None)
    """
    return next((day for part in reversed(PurePath(name).parts) if (day := _day_of(part))), None)


def _day_of(part: str) -> date | None:
    days = [_valid(int(each[1]), int(each[3]), int(each[4])) for each in _DAY.finditer(part)]
    days += [_sunday(int(each[1]), int(each[2])) for each in _WEEK.finditer(part)]
    days += [_sunday(int(each[2]), int(each[1])) for each in _WEEK_FIRST.finditer(part)]
    return next((day for day in reversed(days) if day), None)


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _sunday(year: int, week: int) -> date | None:
    try:
        return date.fromisocalendar(year, week, _SUNDAY)
    except ValueError:
        return None
