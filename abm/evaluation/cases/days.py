"""Days as people say them: `2026-06-28`, `3 days ago`, `30 to 59`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from abm.model.fields import describe

_MOST_DAYS = 9_000
"""Facts begin in 2000, and no case needs a day that is further away."""

_AGO = re.compile(r"(\d+) days? ago")
_AHEAD = re.compile(r"in (\d+) days?")
_SPAN = re.compile(r"(\d+)\s*(?:\.\.|to)\s*(\d+)")
_WORDS = {"today": 0, "yesterday": 1, "tomorrow": -1}


@dataclass(frozen=True, slots=True)
class When:
    """A day, or how many days before the as-of day it lies (negative: after it)."""

    day: date | None = None
    ago: int = 0

    def on(self, as_of: date) -> date:
        """Return the day.

        >>> When(ago=2).on(date(2026, 6, 30))
        datetime.date(2026, 6, 28)
        """
        return self.day if self.day is not None else as_of - timedelta(days=self.ago)


def when(value: object) -> When:
    """Read a day: a date, ISO text, `today`, `yesterday`, `3 days ago` or `in 3 days`.

    Raises:
        ValueError: it is none of them.

    >>> when("3 days ago")
    When(day=None, ago=3)
    """
    if isinstance(value, date) and not isinstance(value, datetime):
        return When(value)
    text = str(value).strip().lower() if isinstance(value, str) else ""
    if text in _WORDS:
        return When(ago=_WORDS[text])
    ago, ahead = _AGO.fullmatch(text), _AHEAD.fullmatch(text)
    if ago and int(ago[1]) <= _MOST_DAYS:
        return When(ago=int(ago[1]))
    if ahead and int(ahead[1]) <= _MOST_DAYS:
        return When(ago=-int(ahead[1]))
    try:
        return When(date.fromisoformat(text))
    except ValueError:
        msg = f"expected a day such as 2026-06-28, 3 days ago or today; got {describe(value)}"
        raise ValueError(msg) from None


def ages(value: object) -> tuple[int, ...]:
    """Read days before the as-of day: one number, a list of them, or a span such as `30 to 59`, both ends included.

    Raises:
        ValueError: it is none of them, or a number is negative.

    >>> ages(3), ages([1, 8]), ages("0 to 4"), ages("30..32")
    ((3,), (1, 8), (0, 1, 2, 3, 4), (30, 31, 32))
    """
    span = _SPAN.fullmatch(value.strip()) if isinstance(value, str) else None
    if span and int(span[1]) <= int(span[2]) <= _MOST_DAYS:
        return tuple(range(int(span[1]), int(span[2]) + 1))
    numbers = value if isinstance(value, list) and value else [value]
    if all(isinstance(each, int) and not isinstance(each, bool) and 0 <= each <= _MOST_DAYS for each in numbers):
        return tuple(numbers)
    msg = f"expected days such as 3, [1, 8] or 30 to 59, none negative; got {describe(value)}"
    raise ValueError(msg)
