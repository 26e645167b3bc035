"""Shares, means and weighted sums of many accounts, to the last millionth: exact halves are rounded upwards.

Points are given in millionths, one event each, so that what should come out is a fraction known exactly.
"""

from __future__ import annotations

import random
from datetime import date
from fractions import Fraction
from functools import cache
from math import floor
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import abm
from abm.model import model_from

if TYPE_CHECKING:
    from collections.abc import Callable

AS_OF = date(2026, 6, 30)
MICRO = 1_000_000
ACCOUNTS = 1500
THRESHOLD = 64
ROLES = {"buyer": ("0.3", 1), "champion": ("1.1", 2), "expert": ("2", 3), "user": ("1", 1)}
"""Weight and seats."""

People = list[tuple[str, int]]
"""The role and the points, in millionths, of each person of an account."""


@cache
def world() -> list[People]:
    """Accounts of up to five people; small, odd numbers of millionths, so that halves are common."""
    draw = random.Random(1)
    tops = (9, 1_000, 2_000_001, 30 * MICRO)
    return [
        [(draw.choice([*ROLES, "nobody"]), draw.randint(0, draw.choice(tops))) for _ in range(draw.randint(0, 5))]
        for _ in range(ACCOUNTS)
    ]


def scored(rollup: str) -> dict[str, pl.DataFrame]:
    """The tables of that world under a roll-up."""
    model = {
        "name": "exact",
        "version": 1,
        "signals": [{"name": "point", "event": "point", "points": 1e-6, "half_life_days": "none"}],
        "mql": {"threshold": THRESHOLD},
        "buying_groups": [
            {
                "name": "core",
                "roles": {role: {"weight": float(weight), "people": seats} for role, (weight, seats) in ROLES.items()},
                "other_weight": 0,
                "anonymous_weight": 0,
            }
        ],
        "account": {"engagement": {"rollup": rollup, "scale": "none"}},
    }
    people = [
        {"contact_id": f"C{account:04}-{i}", "account_id": f"A{account:04}", "buying_role": role}
        for account, members in enumerate(world())
        for i, (role, _) in enumerate(members)
    ]
    events = [
        {"contact_id": f"C{account:04}-{i}", "type": "point", "occurred_at": AS_OF, "count": points}
        for account, members in enumerate(world())
        for i, (_, points) in enumerate(members)
        if points
    ]
    accounts = pl.DataFrame({"account_id": [f"A{account:04}" for account in range(ACCOUNTS)]})
    tables: dict[str, Any] = {"accounts": accounts, "contacts": pl.DataFrame(people), "events": pl.DataFrame(events)}
    return abm.score(tables, model_from(model), as_of=AS_OF).tables()


def as_shown(micro: Fraction) -> float:
    """A real number of millionths as a column shows it."""
    return floor(micro + Fraction(1, 2)) / MICRO


def mean(points: list[int]) -> Fraction:
    """The plain mean; of nobody 0."""
    return Fraction(sum(points), len(points)) if points else Fraction(0)


def best_and_rest(people: People) -> Fraction:
    """0.6 * the best + 0.4 * the mean of the rest who have any."""
    points = sorted((points for _, points in people if points), reverse=True)
    return Fraction(6, 10) * sum(points[:1]) + Fraction(4, 10) * mean(points[1:])


def role_sum(people: People) -> Fraction:
    """Sums by role, weighed among the roles that somebody has."""
    weights = {role: Fraction(ROLES[role][0]) for role, _ in people if role in ROLES}
    weighed = sum((weights.get(role, Fraction(0)) * points for role, points in people), Fraction(0))
    return weighed / sum(weights.values()) if weights else Fraction(0)


ROLLUPS: dict[str, Callable[[People], Fraction]] = {
    "sum": lambda people: Fraction(sum(points for _, points in people)),
    "max": lambda people: Fraction(max((points for _, points in people), default=0)),
    "mean": lambda people: mean([points for _, points in people if points]),
    "best_and_rest": best_and_rest,
    "role_sum": role_sum,
}


@pytest.mark.parametrize("rollup", ROLLUPS)
def test_rollups(rollup: str) -> None:
    expected = [as_shown(min(ROLLUPS[rollup](people), Fraction(100 * MICRO))) for people in world()]
    assert scored(rollup)["accounts"]["engagement"].to_list() == expected


@cache
def by_role() -> dict[str, pl.DataFrame]:
    """The tables under the default roll-up."""
    return scored("by_role")


def test_engagement_is_the_weighted_mean_of_the_warmth_that_is_shown() -> None:
    total = sum(Fraction(weight) for weight, _ in ROLES.values())
    warm: dict[str, Fraction] = {}
    for row in by_role()["committee"].iter_rows(named=True):
        share = Fraction(ROLES[row["role"]][0]) * round(row["warmth"] * MICRO) / total
        warm[row["account_id"]] = warm.get(row["account_id"], Fraction(0)) + share
    assert by_role()["accounts"]["engagement"].to_list() == [as_shown(100 * value) for value in warm.values()]


def test_leads() -> None:
    """Of each role the best lead, by the threshold; nobody has any fit, so that points are the lead's score."""
    total = sum(Fraction(weight) for weight, _ in ROLES.values())
    expected = []
    for people in world():
        best = {role: max([0, *(points for own, points in people if own == role)]) for role in ROLES}
        shares = (Fraction(ROLES[role][0]) * min(points, THRESHOLD * MICRO) for role, points in best.items())
        expected.append(as_shown(100 * sum(shares, Fraction(0)) / (THRESHOLD * total)))
    assert by_role()["accounts"]["leads"].to_list() == expected


def test_top_contact_share() -> None:
    expected = []
    for people in world():
        points = [points for _, points in people]
        expected.append(as_shown(Fraction(MICRO * max(points), sum(points))) if sum(points) else None)
    assert by_role()["accounts"]["top_contact_share"].to_list() == expected
