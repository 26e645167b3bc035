"""Signals: which events count, for how many points, how often and for how long."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from abm.model.conditions import Condition  # noqa: TC001 - pydantic reads annotations
from abm.model.decay import HalfLife, Linear, NoDecay, Step, Steps
from abm.model.fields import Count, Flag, Name, Names, Part, Points, Positive, describe

DEFAULT_HALF_LIFE = 30.0
"""Days in which points halve when a signal names no decay."""

DECAYS = ("half_life_days", "linear_days", "steps")
"""The keys of a signal that say how its points fade; at most one is given."""


def _half_life(value: object) -> float | Literal["none"]:
    if isinstance(value, str) and value.strip().lower() == "none":
        return "none"
    number = None if isinstance(value, bool) or not isinstance(value, (int, float)) else float(value)
    if number is None or not 0 < number <= 1e9:  # noqa: PLR2004 - the bound of Positive
        got = "nothing" if value is None else describe(value)
        msg = f"expected a number of days above 0, or none for points that never fade; got {got}"
        raise ValueError(msg)
    return number


def _rising(value: object) -> object:
    ages = [step.get("after_days") for step in value if isinstance(step, Mapping)] if isinstance(value, list) else []
    numbers = [age for age in ages if isinstance(age, (int, float))]
    if isinstance(value, list) and not value:
        msg = "expected at least one step, such as {after_days: 30, factor: 0.5}"
        raise ValueError(msg)
    if any(later <= earlier for earlier, later in pairwise(numbers)):
        msg = "expected steps by rising after_days, each age once"
        raise ValueError(msg)
    return value


HalfLifeDays = Annotated[
    float | Literal["none"] | None,
    BeforeValidator(_half_life),
    WithJsonSchema({"anyOf": [{"type": "number", "exclusiveMinimum": 0}, {"const": "none"}]}),
]


class Repeat(Part):
    """Extra points for coming back soon: at least `times` occurrences within `within_days` days."""

    times: Count = Field(description="occurrences that must fall into the window")
    within_days: Count = Field(description="length of the window in days")
    points: Points = Field(description="points added, decayed as the signal's")


class SignalGroup(Part):
    """A budget that several signals share."""

    max_points: Positive = Field(description="fresh points the positive signals of the group may bring together")


class Signal(Part):
    """One kind of event that counts.

    An event counts for the first signal that it matches. `decay` is the union that the one decay key given stands for.
    """

    _speaks_none: ClassVar[frozenset[str]] = frozenset({"half_life_days"})

    name: Name = Field(description="what the ledger calls it")
    event: Names = Field(min_length=1, description="events.type, one or a list")
    where: Condition | None = Field(default=None, description="further test on the event, its contact.x and account.x")
    points: Points = Field(description="points per occurrence; negative ones take away")
    half_life_days: HalfLifeDays = Field(default=None, description="days in which points halve, or none")
    linear_days: Positive | None = Field(default=None, description="days after which points are gone")
    steps: Annotated[tuple[Step, ...], BeforeValidator(_rising)] | None = Field(
        default=None, description="decay in steps"
    )
    daily_cap: Count | None = Field(default=None, description="occurrences per person and day that count")
    max_points: Positive | None = Field(default=None, description="fresh points of the signal per person at most")
    window_days: Count | None = Field(default=None, description="age in days from which a cell is worth nothing")
    group: Name | None = Field(default=None, description="the signal group whose budget it shares")
    repeat: Repeat | None = Field(default=None, description="extra points for coming back soon")
    hand_raise: Flag = Field(default=False, description="the person asked to be called")

    @model_validator(mode="before")
    @classmethod
    def _some_decay(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        if any(data.get(key) is not None for key in DECAYS):
            return {key: value for key, value in data.items() if key not in DECAYS or value is not None}
        # Written out, so that a model that says 30 and one that says nothing are the same model.
        return data if "half_life_days" in data else {**data, "half_life_days": DEFAULT_HALF_LIFE}

    @cached_property
    def decay(self) -> HalfLife | Linear | Steps | NoDecay:
        """How the points fade."""
        if self.linear_days is not None:
            return Linear(days=self.linear_days)
        if self.steps is not None:
            return Steps(steps=self.steps)
        if self.half_life_days is None or self.half_life_days == "none":
            return NoDecay()
        return HalfLife(days=self.half_life_days)
