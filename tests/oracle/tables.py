"""The canonical tables of DESIGN 2, and rows cleaned of what is no value."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

Row = dict[str, Any]
Tables = dict[str, list[Row]]

_NAMES = {
    "accounts": (
        "account_id name domain domains parent_account_id ultimate_parent_account_id industry employees annual_revenue"
        " country region segment lifecycle owner is_target"
    ),
    "contacts": (
        "contact_id account_id converted_account_id email first_name last_name title department seniority buying_role"
        " company country lead_source created_at opted_out merged_ids"
    ),
    "events": (
        "contact_id email account_id domain type occurred_at event_id channel source campaign url asset product count"
    ),
    "intent": "account_id domain topic observed_on score count source",
    "opportunities": "opportunity_id account_id created_on closed_on stage is_closed is_won amount product source",
    "opportunity_contacts": "opportunity_id contact_id role is_primary",
    "lead_stages": "contact_id stage occurred_at reason actor",
}
COLUMNS = {table: tuple(names.split()) for table, names in _NAMES.items()}


def columns_of(table: str, rows: Iterable[Row]) -> list[str]:
    """The canonical columns and whatever else the rows have."""
    extra = {name for row in rows for name in row} - set(COLUMNS[table])
    return [*COLUMNS[table], *sorted(extra)]


def cleaned(table: str, rows: list[Row]) -> list[Row]:
    """Every row with every column: what is missing is null."""
    names = columns_of(table, rows)
    return [{name: _value(row.get(name)) for name in names} for row in rows]


def _value(value: Any) -> Any:
    """Blank text, NaN and infinities are null; a time becomes its day; a list becomes `;`-joined text."""
    if isinstance(value, (list, tuple)):
        value = ";".join(str(item) for item in value)
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value.date() if isinstance(value, datetime) else value


def listed(text: str | None) -> list[str]:
    """The values of a `;`-joined cell, trimmed, without blanks."""
    return [item.strip() for item in (text or "").split(";") if item.strip()]


def age(as_of: date, day: date) -> int:
    return (as_of - day).days


def within(as_of: date, day: date, days: int) -> bool:
    """Every window of N days is the ages 0 .. N-1."""
    return 0 <= age(as_of, day) < days


def prefixed(prefix: str, row: Row) -> Row:
    """The row under the names that conditions use: account.x, contact.x."""
    return {f"{prefix}.{name}": value for name, value in row.items()}
