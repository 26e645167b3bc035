"""The canonical tables: which columns they have, of which kind, and what a row is keyed by."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


FIRST_YEAR, LAST_YEAR = 2000, 2999
"""The years of days that can be scored: facts begin in 2000, and points are looked up by their age in days."""


BLANKS = "".join(
    map(
        chr,
        (*range(0x09, 0x0E), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000),
    )
)
"""The white space of Unicode: engines left to themselves trim other characters each."""


class Kind(StrEnum):
    """What a column holds; lists travel as `;`-joined text because no engine shares a list vocabulary."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Contract:
    """One canonical table: name, columns with their kinds, required columns and key.

    `required` columns must exist in the data. `needs_one_of` lists sets of columns of which at least one must exist.
    `unreadable` gives, per column, the value that stands for one that could not be read, where null would say something
    else: an event without a count is one event, one with an unreadable count is none.
    """

    name: str
    columns: dict[str, Kind]
    required: tuple[str, ...]
    key: tuple[str, ...] = ()
    needs_one_of: tuple[tuple[str, ...], ...] = ()
    unreadable: dict[str, int] = field(default_factory=dict)


def _columns(**kinds: str) -> dict[str, Kind]:
    return {name: kind for kind, names in kinds.items() for name in names.split() for kind in [Kind(kind)]}


CONTRACTS: dict[str, Contract] = {
    contract.name: contract
    for contract in (
        Contract(
            "accounts",
            _columns(
                text="account_id name domain parent_account_id ultimate_parent_account_id industry country region"
                " segment lifecycle owner",
                list="domains",
                number="employees annual_revenue",
                boolean="is_target",
            ),
            required=("account_id",),
            key=("account_id",),
        ),
        Contract(
            "contacts",
            _columns(
                text="contact_id account_id converted_account_id email first_name last_name title department seniority"
                " company country lead_source",
                list="buying_role merged_ids",
                date="created_at",
                boolean="opted_out",
            ),
            required=("contact_id",),
            key=("contact_id",),
        ),
        Contract(
            "events",
            _columns(
                text="contact_id email account_id domain type event_id channel source campaign url asset product",
                date="occurred_at",
                integer="count",
            ),
            required=("type", "occurred_at"),
            needs_one_of=(("contact_id", "email", "account_id", "domain"),),
            unreadable={"count": 0},
        ),
        Contract(
            "intent",
            _columns(text="account_id domain topic source", date="observed_on", number="score count"),
            required=("topic", "observed_on"),
            needs_one_of=(("account_id", "domain"), ("score", "count")),
        ),
        Contract(
            "opportunities",
            _columns(
                text="opportunity_id account_id stage product source",
                date="created_on closed_on",
                boolean="is_closed is_won",
                number="amount",
            ),
            required=("opportunity_id", "account_id", "created_on"),
            key=("opportunity_id",),
        ),
        Contract(
            "opportunity_contacts",
            _columns(text="opportunity_id contact_id", list="role", boolean="is_primary"),
            required=("opportunity_id", "contact_id"),
        ),
        Contract(
            "lead_stages",
            _columns(text="contact_id stage reason actor", date="occurred_at"),
            required=("contact_id", "stage", "occurred_at"),
        ),
        Contract(
            "corrections",
            _columns(text="contact_id email domain company account_id"),
            required=("account_id",),
            needs_one_of=(("contact_id", "email", "domain", "company"),),
        ),
    )
}
"""The canonical tables by name, in the order in which they are read and reported."""


def enough_to_score(given: Iterable[str]) -> bool:
    """Whether the tables make up something to score: accounts, and contacts with events, or intent.

    >>> enough_to_score(["accounts", "intent"]), enough_to_score(["accounts", "events"])
    (True, False)
    """
    names = set(given)
    return "accounts" in names and ({"contacts", "events"} <= names or "intent" in names)
