"""Account engagement (0-100): the warmth of its people rolled up in one of the six ways."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tests.oracle.millionths import MICRO, exact, rounded, saturation

Raw = dict[str, Any]


@dataclass
class Person:
    """A member of the account as one group sees it: x in millionths, primary role."""

    contact_id: str
    x: int
    role: str | None

    @property
    def points(self) -> Fraction:
        return Fraction(self.x, MICRO)


def warmth(role: str, seats: int, people: list[Person], half_at: float) -> int:
    """Millionths: (1/m) * sum of sat(x) over the m largest x with this primary role."""
    warmest = sorted((p for p in people if p.role == role), key=lambda p: (-p.x, p.contact_id))[:seats]
    return rounded(sum((saturation(p.points, half_at) for p in warmest), Fraction(0)) / seats)


def by_role(group: Raw, people: list[Person], anonymous_x: int, half_at: float) -> Fraction:
    weights = {name: exact(role["weight"]) for name, role in group["roles"].items()}
    total = sum(
        (
            weights[name] * Fraction(warmth(name, role["people"], people, half_at), MICRO)
            for name, role in group["roles"].items()
        ),
        Fraction(0),
    )
    others = max((p.points for p in people if p.role is None), default=Fraction(0))
    total += exact(group["other_weight"]) * saturation(others, half_at)
    total += exact(group["anonymous_weight"]) * saturation(Fraction(anonymous_x, MICRO), half_at)
    return min(Fraction(100), 100 * total / sum(weights.values(), Fraction(0)))


def over_people(how: str, group: Raw | None, people: list[Person]) -> Fraction:
    """sum, max, mean, best_and_rest or role_sum, in points; nobody: 0."""
    points = [p.points for p in people]
    warm = [value for value in points if value > 0]
    if how == "sum":
        return sum(points, Fraction(0))
    if how == "max":
        return max(points, default=Fraction(0))
    if how == "mean":
        return _mean(warm)
    if how == "best_and_rest":
        rest = sorted(warm, reverse=True)[1:]
        return Fraction(6, 10) * max(points, default=Fraction(0)) + Fraction(4, 10) * _mean(rest)
    assert how == "role_sum"
    assert group is not None
    return _role_sum(group, people)


def _mean(values: list[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values) if values else Fraction(0)


def _role_sum(group: Raw, people: list[Person]) -> Fraction:
    """Weights of the roles that somebody holds, made to sum to 1, times the points of those who hold them."""
    held = {p.role for p in people if p.role is not None}
    total = sum((exact(group["roles"][role]["weight"]) for role in held), Fraction(0))
    value = sum((exact(group["roles"][p.role]["weight"]) * p.points for p in people if p.role is not None), Fraction(0))
    return value / total if held else Fraction(0)


def engagement(settings: Raw, group: Raw | None, people: list[Person], anonymous_x: int) -> int | None:
    """The component in millionths; null where it needs a template and there is none."""
    how, half_at = settings["rollup"], settings["half_at"]
    if group is None and how in ("by_role", "role_sum"):
        return None
    if how == "by_role":
        assert group is not None
        return rounded(by_role(group, people, anonymous_x, half_at))
    value = over_people(how, group, people)
    if settings["scale"] == "none":
        return rounded(min(Fraction(100), value))
    return rounded(100 * saturation(value, half_at))
