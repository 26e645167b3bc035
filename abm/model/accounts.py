"""Accounts: how components become one score, and when an account is qualified."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from abm.errors import did_you_mean
from abm.model.conditions import Condition  # noqa: TC001 - pydantic reads annotations
from abm.model.fields import Name, NamedCondition, NotNegative, Part, Positive, Share, always
from abm.model.units import MICRO, micro

COMPONENTS = ("fit", "leads", "engagement", "coverage", "intent")
"""The components of an account score, in the order in which they are shown."""

Component = Literal["fit", "leads", "engagement", "coverage", "intent"]


def _known_components(value: object) -> object:
    if not isinstance(value, Mapping):
        return value
    for key in value:
        if key not in COMPONENTS:
            hint = did_you_mean(str(key), COMPONENTS)
            msg = f"unknown component '{key}'. Components: {', '.join(COMPONENTS)}.{hint}"
            raise ValueError(msg)
    return {component: 0.0 if value.get(component) is None else value[component] for component in COMPONENTS}


def _sum_to_one(weights: dict[Component, float]) -> dict[Component, float]:
    total = sum(micro(weight) for weight in weights.values())
    if total != MICRO:
        shown = " + ".join(f"{weights[component]:g}" for component in weights)
        msg = f"the weights sum to {total / MICRO:g} ({shown}); expected a sum of 1, with at most six decimals each"
        raise ValueError(msg)
    return weights


Weights = Annotated[dict[Component, Share], BeforeValidator(_known_components), AfterValidator(_sum_to_one)]


class EngagementRollup(Part):
    """How the engagement of people becomes that of their account."""

    rollup: Literal["by_role", "sum", "max", "mean", "best_and_rest", "role_sum"] = Field(
        default="by_role", description="how people are put together"
    )
    half_at: Positive = Field(default=20.0, description="points at which engagement is half of full")
    scale: Literal["saturating", "none"] = Field(
        default="saturating", description="how other roll-ups are brought to 0-100"
    )


class AccountScore(Part):
    """The weights of the components; a component that is not named weighs nothing."""

    weights: Weights = Field(
        default={"fit": 0.2, "leads": 0.15, "engagement": 0.2, "coverage": 0.25, "intent": 0.2},
        description="shares of the components, summing to 1",
    )
    engagement: EngagementRollup = Field(
        default_factory=EngagementRollup, description="how people become account engagement"
    )


class Mqa(Part):
    """When an account is qualified."""

    threshold: NotNegative = Field(default=60.0, description="account score from which it is qualified")
    threshold_by_segment: dict[Name, NotNegative] = Field(
        default={}, description="thresholds of segments; `default` is one"
    )
    exit_threshold: NotNegative | None = Field(
        default=None, description="score below which it stops being qualified; stamped"
    )
    require: Condition = Field(default_factory=always, description="what must hold besides the threshold")
    triggers: tuple[NamedCondition, ...] = Field(default=(), description="what qualifies at once, whatever the score")
    exclude: tuple[NamedCondition, ...] = Field(default=(), description="who is never qualified and not ranked")
