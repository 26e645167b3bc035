"""What a case expects of a value, as it is written: `60`, `at least 60`, `40 to 60`, `has score>=60`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from abm.evaluation.cases.days import When, when
from abm.model.fields import describe
from abm.model.units import MICRO
from abm.tables.contracts import Kind

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

_NUMBER = r"(-?\d+(?:\.\d+)?)"
_BOUND = re.compile(rf"(at least|>=|at most|<=|above|>|below|<)\s*{_NUMBER}")
_SPAN = re.compile(rf"{_NUMBER}\s*(?:\.\.|to)\s*{_NUMBER}")
_ABOUT = re.compile(rf"about\s+{_NUMBER}")
_HAS = re.compile(r"has\s+(.+)")
_LARGEST = 1e12
"""Beyond it a float does not know its millionths."""

UNKNOWN = "unknown"
"""The word for null, where the column holds no text that could read so."""

_WANTED = {
    Kind.NUMBER: "a number, or words such as at least 60, below 40, 40 to 60, about 12.5, unknown",
    Kind.INTEGER: "a whole number, or words such as at least 2, below 4, 1 to 3, unknown",
    Kind.BOOLEAN: "true, false or unknown",
    Kind.DATE: "a day such as 2026-06-28 or 3 days ago, or unknown",
    Kind.TEXT: "text, or null where nothing is known",
    Kind.LIST: "a list such as [score>=60], or what must be in it, such as has score>=60",
}


@dataclass(frozen=True)
class Expected:
    """What is expected of one value.

    Attributes:
        words: as a message says it.
        test: whether a value on an as-of day is as expected.
    """

    words: str
    test: Callable[[Any, date], bool]

    def holds(self, actual: Any, as_of: date) -> bool:
        """Whether the value is as expected."""
        return self.test(actual, as_of)


def expected(value: object, kind: Kind) -> Expected:
    """Read what is expected of a column of this kind.

    Numbers are compared as whole millionths, so that no bound is missed by the last bit of a float; `about 12.5` is
    anything that reads 12.5 when rounded to the digits that are written.

    Raises:
        ValueError: such a column cannot be expected to be this.

    >>> from datetime import date
    >>> day = date(2026, 6, 30)
    >>> [expected(wish, Kind.NUMBER).holds(12.53, day) for wish in (12.53, "at least 12", "12 to 12.5", "about 12.5")]
    [True, True, False, True]
    >>> expected("has score>=60", Kind.LIST).holds(["score>=60", "require:false"], day)
    True
    """
    found = _nothing(value, kind) or _READERS[kind](value)
    if found is None:
        msg = f"expected {_WANTED[kind]}; got {describe(value)}"
        raise ValueError(msg)
    return found


def shown(value: object) -> str:
    """Return a value of a result as a message says it.

    >>> shown(12.500000), shown(None), shown(["score>=60", "missing:champion"]), shown([]), shown(True)
    ('12.5', 'unknown', 'score>=60, missing:champion', 'nothing', 'true')
    """
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:,.6f}".rstrip("0").rstrip(".")
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "nothing"
    return str(value)


def _nothing(value: object, kind: Kind) -> Expected | None:
    says_unknown = isinstance(value, str) and value.strip().lower() == UNKNOWN and kind not in (Kind.TEXT, Kind.LIST)
    return Expected(UNKNOWN, lambda actual, _: actual is None) if value is None or says_unknown else None


def _number(value: object) -> Expected | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) <= _LARGEST:
        wanted = _millionths(value)
        return _of_number(shown(float(value)), lambda actual: actual == wanted)
    if not isinstance(value, str):
        return None
    text = value.strip().lower()
    bound, span, about = _BOUND.fullmatch(text), _SPAN.fullmatch(text), _ABOUT.fullmatch(text)
    if bound:
        return _of_number(text, _bound(bound[1], _millionths(float(bound[2]))))
    if span and float(span[1]) <= float(span[2]):
        low, high = _millionths(float(span[1])), _millionths(float(span[2]))
        return _of_number(text, lambda actual: low <= actual <= high)
    if about:
        digits = len(about[1].partition(".")[2])
        middle, half = _millionths(float(about[1])), MICRO // (2 * 10 ** min(digits, 6))
        return _of_number(text, lambda actual: abs(actual - middle) <= half)
    return None


def _of_number(words: str, test: Callable[[int], bool]) -> Expected:
    return Expected(words, lambda actual, _: actual is not None and test(_millionths(actual)))


def _bound(sign: str, limit: int) -> Callable[[int], bool]:
    if sign in ("at least", ">="):
        return lambda actual: actual >= limit
    if sign in ("at most", "<="):
        return lambda actual: actual <= limit
    if sign in ("above", ">"):
        return lambda actual: actual > limit
    return lambda actual: actual < limit


def _millionths(value: float) -> int:
    return round(value * MICRO)


def _truth(value: object) -> Expected | None:
    return Expected(shown(value), lambda actual, _: actual is value) if isinstance(value, bool) else None


def _day(value: object) -> Expected | None:
    try:
        day: When = when(value)
    except ValueError:
        return None
    return Expected(str(value), lambda actual, as_of: actual == day.on(as_of))


def _text(value: object) -> Expected | None:
    if not isinstance(value, str):
        return None
    wanted = value.strip()
    return Expected(wanted, lambda actual, _: actual == wanted)


def _list(value: object) -> Expected | None:
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        wanted = [each.strip() for each in value]
        return Expected(shown(wanted), lambda actual, _: actual == wanted)
    has = _HAS.fullmatch(value.strip()) if isinstance(value, str) else None
    if has is None:
        return None
    item = has[1].strip()
    return Expected(f"has {item}", lambda actual, _: actual is not None and item in actual)


_READERS: dict[Kind, Callable[[object], Expected | None]] = {
    Kind.NUMBER: _number,
    Kind.INTEGER: _number,
    Kind.BOOLEAN: _truth,
    Kind.DATE: _day,
    Kind.TEXT: _text,
    Kind.LIST: _list,
}
