"""Values to try, as they are written in a line: `50,60,70`, `40..80:5`, `2026-01-05..2026-06-29:7d`."""

from __future__ import annotations

import csv
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from abm.errors import InputError
from abm.tables.contracts import FIRST_YEAR, LAST_YEAR

MOST_RUNS = 1000
"""So many runs a sweep may have."""

_NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?"
_WHOLE = re.compile(r"[+-]?\d{1,18}")
_DECIMAL = re.compile(_NUMBER)
_RANGE = re.compile(rf"({_NUMBER})\.\.({_NUMBER}):({_NUMBER})")
_RANGE_OF_DAYS = re.compile(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d):(\d{1,5})([dw])")
_LOOKS_LIKE_RANGE = re.compile(r"\s*[^\s,'\"]*\d\.\.[^\s,'\"]*")
_DAYS_OF = {"d": 1, "w": 7}


def split_variation(text: str) -> tuple[str, str]:
    """Split `KEY=VALUES`.

    Raises:
        InputError: there is no such sign, or nothing on one side of it.

    >>> split_variation("mqa.threshold = 50,60")
    ('mqa.threshold', '50,60')
    """
    key, sign, values = (part.strip() for part in text.partition("="))
    if not (key and sign and values):
        raise InputError(
            f"'{text}': says not what to vary. Expected KEY=V1,V2 or KEY=FROM..TO:STEP, such as"
            " mqa.threshold=50,60,70 or mqa.threshold=40..80:5."
        )
    return key, values


def read_values(text: str, key: str) -> list[Any]:
    """Read values: with commas between, in double quotes what has a comma itself; or FROM..TO:STEP, both ends included.

    Whole numbers are integers, others floats, `true` and `false` are what they say, everything else is text.

    Raises:
        InputError: a range that is none, or too many values.

    >>> read_values("40..50:5", "k"), read_values("0.1,none,true", "k"), read_values("0.5..1:0.25", "k")
    ([40, 45, 50], [0.1, 'none', True], [0.5, 0.75, 1.0])
    """
    found = _RANGE.fullmatch(text.strip())
    if found is not None:
        return _range(text, key, *(Decimal(each) for each in found.groups()))
    if _LOOKS_LIKE_RANGE.fullmatch(text):
        raise InputError(
            f"{key}={text}: is not a range. Expected FROM..TO:STEP in numbers, such as 40..80:5 or 0.1..0.5:0.1."
        )
    (cells,) = csv.reader([text], skipinitialspace=True)
    values = [each.strip() for each in cells]
    if not all(values):
        raise InputError(f"{key}={text}: a value is empty. Expected values with a comma between each two: 50,60,70.")
    return [_value(each) for each in values]


def read_days(text: str) -> list[date]:
    """Read days: ISO days with commas between, or DAY..DAY:STEP in days or weeks (`7d`, `1w`), the first included.

    Raises:
        InputError: something is no day, no range, or there are too many.

    >>> [str(day) for day in read_days("2026-06-01..2026-06-20:1w")]
    ['2026-06-01', '2026-06-08', '2026-06-15']
    """
    found = _RANGE_OF_DAYS.fullmatch(text.strip())
    if found is not None:
        first, last = _day(found[1]), _day(found[2])
        step = int(found[3]) * _DAYS_OF[found[4]]
        if not step or last < first:
            raise InputError(
                f"'{text}': leads nowhere. Expected an earlier day, a later one, and a step of 1d or more."
            )
        count = (last - first).days // step + 1
        _require_few(count, text)
        return [first + timedelta(days=step * position) for position in range(count)]
    if ".." in text:
        raise InputError(
            f"'{text}': is not a range of days. Expected FROM..TO:STEP, such as 2026-01-05..2026-06-29:7d."
        )
    return [_day(each.strip()) for each in text.split(",")]


def _range(text: str, key: str, first: Decimal, last: Decimal, step: Decimal) -> list[Any]:
    if not step:
        raise InputError(f"{key}={text}: a step of {step} leads nowhere. Expected one such as in 40..80:5.")
    if (last - first) * step < 0:
        raise InputError(f"{key}={text}: the step {step} does not lead from {first} to {last}. Turn its sign, or them.")
    count = int((last - first) / step) + 1
    _require_few(count, f"{key}={text}")
    numbers = [first + step * position for position in range(count)]
    if all(number == number.to_integral_value() for number in (first, step)):
        return [int(number) for number in numbers]
    return [float(number) for number in numbers]


def _require_few(count: int, said: str) -> None:
    if count > MOST_RUNS:
        raise InputError(f"{said}: are {count:,} values. At most {MOST_RUNS:,} runs are made; take a wider step.")


def _value(text: str) -> Any:
    if text.lower() in {"true", "false"}:
        return text.lower() == "true"
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InputError(f"'{text}': is not a day. Expected a day such as 2026-06-30.") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise InputError(f"{text}: facts count from {FIRST_YEAR} to {LAST_YEAR}. Name a day in between.")
    return day
