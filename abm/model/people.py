"""People: who fits, when a lead is handed to sales, and which role somebody plays."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from abm.model.conditions import Condition  # noqa: TC001 - pydantic reads annotations
from abm.model.fields import (
    Count,
    Flag,
    Name,
    NamedCondition,
    Number,
    Part,
    Points,
    Positive,
    Share,
    always,
    describe,
    role_key,
    unique_keys,
)


class FitRule(NamedCondition):
    """Points for a fact about the person or the account."""

    points: Points = Field(description="points when the condition holds")


class Fit(Part):
    """How well somebody fits, whatever they do."""

    person: tuple[FitRule, ...] = Field(default=(), description="rules over contacts")
    account: tuple[FitRule, ...] = Field(default=(), description="rules over accounts")
    account_full_at: Positive | None = Field(
        default=None,
        description="account points that make account fit 100; none: the sum of the positive account points",
    )


class DisqualifyRule(NamedCondition):
    """Who never becomes an MQL."""

    blocks_hand_raise: Flag = Field(default=False, description="not even by asking to be called")


def _falling(bounds: tuple[float, float, float]) -> tuple[float, float, float]:
    if not bounds[0] > bounds[1] > bounds[2]:
        got = ", ".join(f"{bound:g}" for bound in bounds)
        msg = f"expected three falling numbers such as [45, 30, 15], got [{got}]"
        raise ValueError(msg)
    return bounds


def _three(value: object) -> object:
    if isinstance(value, (list, tuple)) and len(value) == 3:  # noqa: PLR2004 - three bounds make four grades
        return value
    got = f"{len(value)} values" if isinstance(value, (list, tuple)) else describe(value)
    msg = f"expected three falling numbers such as [45, 30, 15], got {got}"
    raise ValueError(msg)


Bounds = Annotated[tuple[Number, Number, Number], BeforeValidator(_three), AfterValidator(_falling)]


class Grade(Part):
    """Lower bounds of the grades A, B, C (fit points) and 1, 2, 3 (engagement); below are D and 4."""

    fit: Bounds = Field(default=(45.0, 30.0, 15.0), description="fit points from which a lead is A, B, C")
    engagement: Bounds = Field(default=(60.0, 30.0, 10.0), description="engagement from which a lead is 1, 2, 3")


class Mql(Part):
    """When a lead is handed to sales."""

    threshold: Positive = Field(default=65.0, description="score from which a lead is an MQL")
    threshold_by_segment: dict[Name, Positive] = Field(
        default={}, description="thresholds of segments; `default` is one"
    )
    require: Condition = Field(default_factory=always, description="what must hold besides the threshold")
    hand_raise: Condition = Field(default_factory=always, description="what a hand-raiser must pass")
    hand_raise_days: Count = Field(default=30, description="days for which a raised hand counts")
    disqualify: tuple[DisqualifyRule, ...] = Field(default=(), description="who never becomes an MQL")
    grade: Grade = Field(default_factory=Grade, description="bounds of the letter and the digit")


class RoleRule(Part):
    """A role inferred from what is known about a person."""

    role: Name = Field(description="the role")
    when: Condition = Field(description="the condition under which the person plays it")
    confidence: Share = Field(description="how sure the rule is, 0 to 1")


class Roles(Part):
    """Which roles people play, told by the CRM or inferred.

    `aliases` has its keys as CRM values are compared: lower-case, blanks and hyphens as underscores.
    """

    aliases: Annotated[dict[Name, Name], unique_keys(role_key)] = Field(
        default={}, description="words of the CRM for roles"
    )
    crm_confidence: Share = Field(default=0.9, description="confidence of a role the CRM names")
    trust_crm: Flag = Field(default=True, description="an explicit role of the template replaces inferred ones")
    min_confidence: Share = Field(default=0.5, description="confidence from which a role counts")
    rules: tuple[RoleRule, ...] = Field(default=(), description="inferred roles")
