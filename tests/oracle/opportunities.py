"""Which opportunities are open and which are won at as_of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from tests.oracle.tables import Row


def is_open(row: Row, as_of: date) -> bool:
    """is_closed is false, or closed_on > as_of, or both are null."""
    closed_later = row["closed_on"] is not None and row["closed_on"] > as_of
    both_null = row["is_closed"] is None and row["closed_on"] is None
    return row["is_closed"] is False or closed_later or both_null


def is_won(row: Row, as_of: date) -> bool:
    return row["is_won"] is True and not is_open(row, as_of)
