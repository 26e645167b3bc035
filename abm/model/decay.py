"""How points fade: the tagged union of decays, each a factor in [0, 1] per age in days."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from abm.model.fields import NotNegative, Part, Positive, Share


class HalfLife(Part):
    """Points halve every `days`: factor(age) = 2^(-age / days).

    >>> HalfLife(days=30).factor(60)
    0.25
    """

    kind: Literal["half_life"] = Field(default="half_life", description="tag of the union")
    days: Positive = Field(description="days in which half of the points are gone")

    def factor(self, age: int) -> float:
        """Return what is left of one point after `age` days."""
        return float(2.0 ** (-age / self.days))


class Linear(Part):
    """Points fade evenly and are gone after `days`: factor(age) = max(0, 1 - age / days).

    >>> Linear(days=90).factor(45), Linear(days=90).factor(100)
    (0.5, 0.0)
    """

    kind: Literal["linear"] = Field(default="linear", description="tag of the union")
    days: Positive = Field(description="days after which nothing is left")

    def factor(self, age: int) -> float:
        """Return what is left of one point after `age` days."""
        return max(0.0, 1.0 - age / self.days)


class Step(Part):
    """From an age on, a factor."""

    after_days: NotNegative = Field(description="age in days from which the factor holds")
    factor: Share = Field(description="what is left of a point, 0 to 1")


class Steps(Part):
    """Points drop in steps: the factor of the last step with after_days <= age, 1 before the first.

    >>> steps = Steps(steps=(Step(after_days=30, factor=0.5), Step(after_days=90, factor=0)))
    >>> [steps.factor(age) for age in (29, 30, 90)]
    [1.0, 0.5, 0.0]
    """

    kind: Literal["steps"] = Field(default="steps", description="tag of the union")
    steps: tuple[Step, ...] = Field(min_length=1, description="steps by rising age")

    def factor(self, age: int) -> float:
        """Return what is left of one point after `age` days."""
        reached = [step.factor for step in self.steps if step.after_days <= age]
        return reached[-1] if reached else 1.0


class NoDecay(Part):
    """Points stay: factor(age) = 1."""

    kind: Literal["none"] = Field(default="none", description="tag of the union")

    def factor(self, age: int) -> float:  # noqa: ARG002 - one signature for the whole union
        """Return 1.0, whatever the age."""
        return 1.0


Decay = Annotated[HalfLife | Linear | Steps | NoDecay, Field(discriminator="kind")]
"""Any of the decays; every one has `factor(age) -> float`, not increasing but for steps written otherwise."""
