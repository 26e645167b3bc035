"""Day first or month first: what 03/04/2026 means is told by the whole column, or asked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import polars as pl


class DayOrder(StrEnum):
    """Which of the first two numbers of 03/04/2026 is the day."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A column whose values do not tell which number is the day.

    Attributes:
        at: positions of the values that show it, in the column: one that could be either, or one of each kind.
        values: what stands there.
    """

    at: tuple[int, ...]
    values: tuple[str, ...]

    @property
    def is_contradiction(self) -> bool:
        """Whether values of both kinds are there, and not only values that could be either."""
        return len(self.values) > 1


class UndecidedDaysError(Exception):
    """Which number is the day has to be asked; whoever knows the column puts the question."""

    def __init__(self, doubt: Doubt) -> None:
        super().__init__(*doubt.values)
        self.doubt = doubt


_ISO = {DayOrder.DAY_FIRST: "$3-$2-$1", DayOrder.MONTH_FIRST: "$3-$1-$2"}
_BY_SIGN = (("/", r"^(\d{1,2})/(\d{1,2})/(\d{4})\b"), ("-", r"^(\d{1,2})-(\d{1,2})-(\d{4})\b"))
# Dots are written by people who put the day first, everywhere; slashes and dashes are not.
_SETTLED = (
    (".", r"^(\d{1,2})\.(\d{1,2})\.(\d{4})\b", _ISO[DayOrder.DAY_FIRST]),
    ("/", r"^(\d{4})/(\d{1,2})/(\d{1,2})\b", "$1-$2-$3"),
    ("", r"^((?:19|20|21)\d\d)(\d\d)(\d\d)$", "$1-$2-$3"),
)
_MONTHS = 12


def year_first(text: pl.Series, order: DayOrder | None = None) -> pl.Series:
    """Write days that begin with the day or the month so that they begin with the year; other text stays.

    Slashes and dashes are two ways of writing, each told by all of its values: one with a first number above 12 is day
    first, one with a second number above 12 month first. Dots are day first. Eight digits are year, month, day.

    Args:
        text: String values without surrounding blanks.
        order: what is meant, if it is known; None: told by the values.

    Returns:
        A series of the same length and order; what follows the day is kept.

    Raises:
        UndecidedDaysError: no value tells, or values contradict each other.

    >>> year_first(pl.Series(["3/4/2026", "3/31/2026 9:05", "20150719", "31.3.2026"])).to_list()
    ['2026-3-4', '2026-3-31 9:05', '2015-07-19', '2026-3-31']
    """
    written = text
    for sign, pattern in _BY_SIGN:
        if not _holds(text, sign):
            continue
        numbers = text.str.extract_groups(pattern).struct.unnest()
        if numbers["1"].null_count() < len(text):
            meant = order or _told_order(text, numbers)
            written = written.str.replace(pattern, _ISO[meant])
    for sign, pattern, iso in _SETTLED:
        if _holds(text, sign):
            written = written.str.replace(pattern, iso)
    return written


def _holds(text: pl.Series, sign: str) -> bool:
    """Whether a sign occurs at all: looking for it costs a tenth of trying a pattern."""
    return bool(text.str.contains(sign, literal=True).any())


def _told_order(text: pl.Series, numbers: pl.DataFrame) -> DayOrder:
    first, second = (pl.col(name).cast(pl.Int32) for name in ("1", "2"))
    rows = numbers.select(
        at=pl.int_range(pl.len()),
        day_first=(first > _MONTHS) & (second <= _MONTHS),
        month_first=(second > _MONTHS) & (first <= _MONTHS),
        either=(first <= _MONTHS) & (second <= _MONTHS) & (first != second),
    )
    firsts = {kind: rows.filter(kind)["at"].head(1).to_list() for kind in ("day_first", "month_first", "either")}
    if firsts["day_first"] and firsts["month_first"]:
        raise _undecided(text, [*firsts["day_first"], *firsts["month_first"]])
    if firsts["either"] and not firsts["day_first"] and not firsts["month_first"]:
        raise _undecided(text, firsts["either"])
    return DayOrder.MONTH_FIRST if firsts["month_first"] else DayOrder.DAY_FIRST


def _undecided(text: pl.Series, at: list[int]) -> UndecidedDaysError:
    return UndecidedDaysError(Doubt(tuple(at), tuple(text[each] for each in at)))
