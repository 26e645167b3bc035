"""Components: what the sums over an account's people say, in percent, through one buying group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from abm.model.units import micro
from abm.scoring.arithmetic import MICRO, PERCENT, exact_ratio, millionths, total
from abm.scoring.coverage import filled_share, seated_worth, whole_weights
from abm.scoring.warmth import by_role, role_warmth, rolled_up, warm_sums

if TYPE_CHECKING:
    from abm.engines.base import Step
    from abm.model import BuyingGroup, Model
    from abm.model.people import Mql


def with_components(model: Model, step: Step, group: BuyingGroup, *, people: bool, events: bool) -> Step:
    """Turn sums into components; without contacts or without events most are unknown (DESIGN 5, edge cases).

    Args:
        model: the model.
        step: seats (`filled_{slot}`, `engaged_{slot}`), sums over people, and `x_anonymous`.
        group: the buying group.
        people: whether contacts were given.
        events: whether events were given.

    Returns:
        The step with `coverage`, `completeness`, `leads`, `engagement` in millionths of a percent, `engagement_points`,
        the counts of people, `top_contact_share`, and `warmth_{slot}` and `missing_{slot}`.
    """
    slots = range(len(group.roles))
    unknown = nw.lit(None, dtype=nw.Int64)
    step = step.with_columns(*role_warmth(group))
    counted = ("engaged_contacts", "blockers_engaged", "engagement_points")
    known = [nw.col(*counted).fill_null(0)] if events else [unknown.alias(name) for name in counted]
    step = step.with_columns(*known)
    if not events or not people:
        step = step.with_columns(*(unknown.alias(f"engaged_{slot}") for slot in slots))
    if not events:
        step = step.with_columns(*(unknown.alias(f"warmth_{slot}") for slot in slots))
    engaged_roles = total([(nw.col(*(f"engaged_{slot}" for slot in slots)) > 0).cast(nw.Int64)])
    required = [
        ((nw.col(f"engaged_{slot}") == 0) if role.required else nw.lit(value=False)).alias(f"missing_{slot}")
        for slot, role in enumerate(group.roles.values())
    ]
    rule = model.account.engagement
    step = step.with_columns(*_sums(model, group))
    by_roles = by_role(group, nw.col("warm_worth"), nw.col("warm_rest"))
    return step.with_columns(
        (filled_share(group, nw.col("seated_worth")) if people and events else unknown).alias("coverage"),
        (filled_share(group, seated_worth(group, "filled")) if people else unknown).alias("completeness"),
        (leads_share(model.mql, group, nw.col("lead_worth")) if people and events else unknown).alias("leads"),
        ((by_roles if rule.rollup == "by_role" else rolled_up(rule, group)) if events else unknown).alias("engagement"),
        (engaged_roles if events else unknown).alias("engaged_roles"),
        (nw.col("engaged_contacts") == 1).alias("single_threaded"),
        (top_share() if events else unknown).alias("top_contact_share"),
        *required,
    )


def _sums(model: Model, group: BuyingGroup) -> list[nw.Expr]:
    """The sums that components are shares of; what next changes them role by role."""
    leads = nw.sum_horizontal(*(lead_worth(slot, worth) for slot, worth in enumerate(lead_worths(model.mql, group))))
    warm, rest = warm_sums(group, model.account.engagement.half_at)
    return [
        seated_worth(group, "engaged").alias("seated_worth"),
        leads.alias("lead_worth"),
        warm.alias("warm_worth"),
        rest.alias("warm_rest"),
    ]


def lead_worths(mql: Mql, group: BuyingGroup) -> list[int] | list[float]:
    """What a point of the best lead of each role is worth: the role's weight, or its share where 64 bits are too few.

    They are for a bar out of reach, or weights without a common divisor.
    """
    weights = whole_weights(group)
    if _highest(mql) * sum(weights) >= 1 << 62:
        return [weight / sum(weights) for weight in weights]
    return weights


def _highest(mql: Mql) -> int:
    """The highest bar of any segment, in millionths."""
    return max(micro(value) for value in (mql.threshold, *mql.threshold_by_segment.values()))


def lead_worth(slot: int, worth: float) -> nw.Expr:
    """What the best lead of a role is worth, at most the bar of the segment."""
    return nw.min_horizontal(nw.col(f"lead_{slot}").fill_null(0), nw.col("lead_threshold")) * worth


def leads_share(mql: Mql, group: BuyingGroup, worth: nw.Expr) -> nw.Expr:
    """`100 * sum of w_r * b_r / sum of w_r`, `b_r = min(1, best lead score of the role / threshold of the segment)`."""
    whole, bar = sum(lead_worths(mql, group)), nw.col("lead_threshold")
    if isinstance(whole, int):
        return exact_ratio(worth, bar * whole, PERCENT, largest=_highest(mql) * whole)
    return millionths(worth / bar.cast(nw.Float64) * 100.0)


def top_share() -> nw.Expr:
    """Largest x over the sum of x; null when the sum is 0."""
    points = nw.col("engagement_points")
    return exact_ratio(nw.col("x_top").fill_null(0), nw.when(points > 0).then(points), MICRO)
