"""Families: accounts under their ultimate parents."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.oracle.accounts import Scored
    from tests.oracle.tables import Row


class CycleError(ValueError):
    """Parents that lead back to the account itself."""


def families_of(accounts: dict[str, Row]) -> dict[str, list[str]]:
    """Ultimate parent -> its members, itself included; an unknown parent is none."""
    families: dict[str, list[str]] = {}
    for account_id in sorted(accounts):
        families.setdefault(_ultimate(accounts, account_id), []).append(account_id)
    return families


def _ultimate(accounts: dict[str, Row], account_id: str) -> str:
    path = [account_id]
    while (parent := accounts[path[-1]]["parent_account_id"]) in accounts:
        if parent in path:
            raise CycleError(f"accounts {path[path.index(parent) :]} are each other's parents")
        path.append(parent)
    return path[-1]


def spread(scored: Scored) -> int | None:
    """Member accounts with an engaged person; null where engaged_contacts is."""
    if scored.row["engaged_contacts"] is None:
        return None
    return len({member.account_id for member in scored.shown.members if member.is_engaged})
