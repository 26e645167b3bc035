"""What next: the score an account would have with one more engaged person in a role."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from abm.model.units import micro
from abm.scoring.components import lead_worth, lead_worths, leads_share
from abm.scoring.coverage import filled_share, seat_worths, whole_weights
from abm.scoring.qualification import weight_known, weighted, weighted_mean
from abm.scoring.warmth import SAT_UNIT, by_role, rolled_up, warmth

if TYPE_CHECKING:
    from abm.engines.base import Step
    from abm.model import BuyingGroup, Model
    from abm.scoring.context import Context

CHANGED = ("coverage", "leads", "engagement")
"""The components that one more person changes."""


def with_next(ctx: Context, step: Step, group: BuyingGroup) -> Step:
    """Add `{component}_with_{slot}` for each component that one more engaged person in that role would change.

    The person is new, eligible for that role alone, has x = r = engaged_at and a lead score at the threshold. The sums
    are changed as that person would change them, and go through the same formulas. A newcomer takes an empty seat of
    the role: were there a better seating, somebody of the role could have moved there before. Null where every seat of
    the role is taken by an engaged person.

    Args:
        ctx: the run.
        step: sums, seats and components of the group, key `a`.
        group: the buying group.
    """
    (step,) = ctx.engine.materialise(step)
    by_roles = ctx.model.account.engagement.rollup == "by_role"
    changed: list[nw.Expr] = []
    for slot, role in enumerate(group.roles.values()):
        values = {"coverage": _covered(group, slot), "leads": _led(ctx.model, group, slot)}
        values["engagement"] = (_warmed if by_roles else _rolled_up)(ctx.model, group, slot)
        empty = nw.col(f"engaged_{slot}") < role.people
        changed += [nw.when(empty).then(value).alias(f"{name}_with_{slot}") for name, value in values.items()]
    return step.with_columns(*changed)


def without_next(step: Step, group: BuyingGroup) -> Step:
    """Add the same columns, all null: without contacts or events nobody knows."""
    names = [f"{component}_with_{slot}" for component in CHANGED for slot in range(len(group.roles))]
    return step.with_columns(*(nw.lit(None, dtype=nw.Int64).alias(name) for name in names))


def _covered(group: BuyingGroup, slot: int) -> nw.Expr:
    return filled_share(group, nw.col("seated_worth") + seat_worths(group)[slot])


def _led(model: Model, group: BuyingGroup, slot: int) -> nw.Expr:
    """The role's best lead is at the bar."""
    worth = lead_worths(model.mql, group)[slot]
    gain = nw.col("lead_threshold") * worth - lead_worth(slot, worth)
    return leads_share(model.mql, group, nw.col("lead_worth") + gain)


def _warmed(model: Model, group: BuyingGroup, slot: int) -> nw.Expr:
    """Beyond the last seat the newcomer counts only if warmer than whoever is warmed by it now."""
    role = list(group.roles.values())[slot]
    own = int((1.0 - 2.0 ** (-group.engaged_at / model.account.engagement.half_at)) * SAT_UNIT + 0.5)
    last = nw.col(f"last_{slot}")
    gain = nw.when(last.is_null()).then(nw.lit(own)).otherwise(nw.max_horizontal(nw.lit(own) - last, nw.lit(0)))
    warmer = warmth((nw.col(f"sat_{slot}").fill_null(0) + gain).cast(nw.Int64), role.people)
    more = (warmer - nw.col(f"warmth_{slot}").fill_null(0)) * whole_weights(group)[slot]
    return by_role(group, nw.col("warm_worth") + more, nw.col("warm_rest"))


def _rolled_up(model: Model, group: BuyingGroup, slot: int) -> nw.Expr:
    """The other roll-ups, from changed sums."""
    points = micro(group.engaged_at)
    more = {f"sum_{slot}": points, f"people_{slot}": 1, "engagement_points": points, "x_people": 1}
    changed = {name: (nw.col(name).fill_null(0) + amount).cast(nw.Int64) for name, amount in more.items()}
    changed["x_top"] = nw.max_horizontal(nw.col("x_top").fill_null(0), nw.lit(points)).cast(nw.Int64)
    return rolled_up(model.account.engagement, group, changed)


def next_columns(model: Model, step: Step, group: BuyingGroup | None) -> Step:
    """Add `next_role` and `next_score` (millionths): the empty seat whose filling would raise the score the most.

    Null for an MQA, without a buying group, and where no seat is empty. Ties: the first role of the template.

    Args:
        model: the model.
        step: judged rows with `is_mqa`, the components and `{component}_with_{slot}`.
        group: the buying group.
    """
    if group is None:
        return step.with_columns(
            nw.lit(None, dtype=nw.String).alias("next_role"), nw.lit(None, dtype=nw.Int64).alias("next_score")
        )
    weights = model.account.weights
    same = {component: weight for component, weight in weights.items() if component not in CHANGED}
    known, unchanged = weight_known(weights), weighted(same)
    step = step.with_columns(known.alias("weight_known"), unchanged.alias("unchanged"))
    scores = []
    for slot in range(len(group.roles)):
        columns = {component: f"{component}_with_{slot}" for component in CHANGED}
        possible = ~nw.col(f"coverage_with_{slot}").is_null() & ~nw.col("is_mqa")
        changed = weighted({name: weight for name, weight in weights.items() if name in CHANGED}, columns)
        score = weighted_mean(nw.col("unchanged") + changed, nw.col("weight_known"))
        scores.append(nw.when(possible).then(score).alias(f"score_with_{slot}"))
    step = step.with_columns(*scores)
    names = [f"score_with_{slot}" for slot in range(len(group.roles))]
    best = nw.max_horizontal(*names) if len(names) > 1 else nw.col(names[0])
    step = step.with_columns(best.cast(nw.Int64).alias("next_score"))
    role = nw.lit(None, dtype=nw.String)
    for name, found in reversed(list(zip(names, group.roles, strict=True))):
        role = nw.when(nw.col(name) == nw.col("next_score")).then(nw.lit(found)).otherwise(role)
    return step.with_columns(role.alias("next_role"))
