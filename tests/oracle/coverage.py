"""Coverage by trying every assignment of people to seats: the truth that the closed form is measured against."""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Any

from tests.oracle.millionths import exact

if TYPE_CHECKING:
    from collections.abc import Iterable

Raw = dict[str, Any]


def fill(roles: dict[str, Raw], people: Iterable[frozenset[str]]) -> dict[str, int]:
    """Seats filled per role in the best assignment.

    `people` are the sets of roles that each is eligible for. Everybody takes at most one seat. Of assignments of equal
    worth the one that fills the roles of highest weight per seat first, then those first in the template.
    """
    order = sorted(roles, key=lambda role: -exact(roles[role]["weight"]) / roles[role]["people"])
    seats = [roles[role]["people"] for role in order]
    common = lcm(*seats)
    per_seat = [exact(roles[role]["weight"]) * (common // count) for role, count in zip(order, seats, strict=True)]
    scale = lcm(*(value.denominator for value in per_seat))
    values = [int(value * scale) for value in per_seat]
    best = max(
        _reachable(order, seats, people),
        key=lambda state: (sum(v * filled for v, filled in zip(values, state, strict=True)), state),
    )
    return dict(zip(order, best, strict=True))


def _reachable(order: list[str], seats: list[int], people: Iterable[frozenset[str]]) -> set[tuple[int, ...]]:
    """Every vector of filled seats that some assignment gives, one person after the other."""
    states = {(0,) * len(order)}
    for eligible in people:
        choices = [index for index, role in enumerate(order) if role in eligible]
        states |= {
            (*state[:index], state[index] + 1, *state[index + 1 :])
            for state in states
            for index in choices
            if state[index] < seats[index]
        }
    return states


def share(roles: dict[str, Raw], filled: dict[str, int]) -> Fraction:
    """100 * sum w * filled / m over sum w."""
    total = sum((exact(role["weight"]) for role in roles.values()), Fraction(0))
    got = sum((exact(role["weight"]) * filled[name] / role["people"] for name, role in roles.items()), Fraction(0))
    return 100 * got / total
