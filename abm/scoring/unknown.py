"""Why a component is unknown: the tables without which it cannot be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

NEEDS = {
    "fit": (),
    "leads": ("contacts", "events"),
    "engagement": ("events",),
    "coverage": ("contacts", "events"),
    "intent": ("intent",),
}
"""The tables without which a component is unknown."""


def why_unknown(component: str, given: Collection[str]) -> str:
    """Say why a component is null.

    >>> why_unknown("coverage", ["accounts", "events"]), why_unknown("fit", ["accounts"])
    ('no contacts table', 'the model has no points for accounts')
    """
    absent = [table for table in NEEDS[component] if table not in given]
    if absent:
        return f"no {' and no '.join(absent)} table"
    return "the model has no points for accounts" if component == "fit" else "no buying group applies"
