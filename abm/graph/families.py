"""Families: parent links as a forest, whose roots are the ultimate parents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abm.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Mapping


def ultimate_parents(parents: Mapping[str, str | None]) -> dict[str, str]:
    """Return the ultimate parent of every account; an account without a known parent is its own.

    Args:
        parents: `parent_account_id` by `account_id`.

    Raises:
        TableError: a chain of parents closes to a circle; the message names its members in order.

    >>> ultimate_parents({"A": None, "B": "A", "C": "B", "D": "unknown"})
    {'A': 'A', 'B': 'A', 'C': 'A', 'D': 'D'}
    """
    roots: dict[str, str] = {}
    for account in parents:
        chain: list[str] = []
        seen: set[str] = set()
        here = account
        while here not in roots:
            if here in seen:
                raise TableError(_circle(chain[chain.index(here) :]))
            chain.append(here)
            seen.add(here)
            above = parents[here]
            if above is None or above not in parents:
                roots[here] = here
            else:
                here = above
        for member in chain:
            roots[member] = roots[here]
    return roots


def _circle(members: list[str]) -> str:
    shown = " -> ".join([*members[:20], *(["..."] if len(members) > 20 else []), members[0]])  # noqa: PLR2004
    return (
        f"accounts: parent_account_id goes round in a circle: {shown}. A family needs one ultimate parent. "
        "Clear parent_account_id on the account that is really on top."
    )
