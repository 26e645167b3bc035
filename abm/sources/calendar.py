"""The days of one column of a table; what its values leave open is asked, in words of the file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from abm.errors import SourceError
from abm.sources.orders import UndecidedDaysError
from abm.sources.times import parse_days

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from abm.sources.orders import DayOrder, Doubt
    from abm.sources.tables import Part, RawTable

_LONGEST_SHOWN = 40
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}


@dataclass(frozen=True, slots=True)
class Calendar:
    """What is known of how a source writes its days.

    Attributes:
        zone: zone of times that do not name their own; None is UTC.
        orders: columns of which it is known whether 03/04/2026 begins with the day.
        remedy: how a message says to make it known.
    """

    zone: str | None = None
    orders: Mapping[str, DayOrder] = field(default_factory=dict)
    remedy: str = ""

    def days(self, raw: RawTable, text: pl.Series, rows: pl.Series) -> pl.Series:
        """Read a column of text as UTC days; see `abm.sources.times.parse_days`.

        Args:
            raw: the table that the column is of.
            text: the values; its name is the column's.
            rows: the `_row` of each value.

        Raises:
            SourceError: the column does not tell whether the day or the month comes first.
        """
        try:
            return parse_days(text, self.zone, self.orders.get(text.name)).alias(text.name)
        except UndecidedDaysError as error:
            asked = _question(error.doubt, [_place(raw, rows[at]) for at in error.doubt.at])
            part = _part(raw, rows[error.doubt.at[0]])
            where = f"{part.file if part else raw.where}: {raw.name}.{text.name}"
            raise SourceError(f"{where}: {asked} {self.remedy}".rstrip()) from error


def _part(raw: RawTable, row: int | None) -> Part | None:
    """The file that a row is of."""
    return next((part for part in reversed(raw.parts) if row is not None and row > part.rows_before), None)


def _place(raw: RawTable, row: int | None) -> str:
    part = _part(raw, row)
    if part is None or row is None:
        return ""
    return f" ({f'{part.file}, ' if len(raw.parts) > 1 else ''}row {row - part.rows_before})"


def _question(doubt: Doubt, places: list[str]) -> str:
    shown = [f"{value[:_LONGEST_SHOWN]}{place}" for value, place in zip(doubt.values, places, strict=True)]
    if doubt.is_contradiction:
        return (
            f"{shown[0]} has the day first, {shown[1]} the month. A column is written one way, so values of the other"
            " are wrong."
        )
    first, second = (int(number) for number in re.split(r"\D", doubt.values[0])[:2])
    return f"is {shown[0]} {_spoken(first, second)} or {_spoken(second, first)}? No value of the column tells."


def _spoken(day: int, month: int) -> str:
    return f"the {day}{_ENDINGS.get(day, 'th')} of {_MONTHS[month - 1]}"
