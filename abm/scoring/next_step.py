"""What next: the score an account would have with one more engaged person in a role."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from abm.model.units import micro
from abm.scoring.components import engagement_component, leads_component
from abm.scoring.coverage import filled_share
from abm.scoring.facts.accounts import ACCOUNT
from abm.scoring.qualification import account_score
from abm.scoring.warmth import SAT_UNIT, role_warmth

if TYPE_CHECKING:
    from abm.engines.base import Step
    from abm.model import BuyingGroup, Model
    from abm.scoring.context import Context

CHANGED = ("coverage", "leads", "engagement")
"""The components that one more person changes."""


def with_next(ctx: Context, step: Step, group: BuyingGroup) -> Step:
    """Add `{component}_with_{slot}` for each component that one more engaged person in that role would change.

    The person is new, eligible for that role alone, has x = r = engaged_at and a lead score at the threshold. The sums
    are changed as that person would change them, and go through the same formulas. Null where every seat of the role
    is taken by an engaged person.

    Args:
        ctx: the run.
        step: sums and seats of the group, key `a`.
        group: the buying group.
    """
    (step,) = ctx.engine.materialise(step)
    added = [_with_one_more(ctx.model, step, group, slot) for slot in range(len(group.roles))]
    for more in added:
        step = step.join(more, on=ACCOUNT, how="left")
    return step


def without_next(step: Step, group: BuyingGroup) -> Step:
    """Add the same columns, all null: without contacts or events nobody knows."""
    names = [f"{component}_with_{slot}" for component in CHANGED for slot in range(len(group.roles))]
    return step.with_columns(*(nw.lit(None, dtype=nw.Int64).alias(name) for name in names))


def _with_one_more(model: Model, step: Step, group: BuyingGroup, slot: int) -> Step:
    points = micro(group.engaged_at)
    warmth = int((1.0 - 2.0 ** (-group.engaged_at / model.account.engagement.half_at)) * SAT_UNIT + 0.5)
    last = nw.col(f"last_{slot}")
    # Beyond the last seat the newcomer counts only if warmer than whoever is warmed by it now.
    gain = nw.when(last.is_null()).then(nw.lit(warmth)).otherwise(nw.max_horizontal(nw.lit(warmth) - last, nw.lit(0)))
    more = step.with_columns(
        nw.col("lead_threshold").alias(f"lead_{slot}"),
    )
    if model.account.engagement.rollup == "by_role":
        more = more.with_columns((nw.col(f"sat_{slot}").fill_null(0) + gain).cast(nw.Int64).alias(f"sat_{slot}"))
        more = more.with_columns(role_warmth(group)[slot])
    else:
        more = more.with_columns(
            _plus(f"sum_{slot}", points),
            _plus(f"people_{slot}", 1),
            _plus("engagement_points", points),
            _plus("x_people", 1),
            nw.max_horizontal(nw.col("x_top").fill_null(0), nw.lit(points)).cast(nw.Int64).alias("x_top"),
        )
    empty = nw.col(f"engaged_{slot}") < list(group.roles.values())[slot].people
    values = {
        "coverage": filled_share(group, "engaged", slot),
        "leads": leads_component(model.mql, group),
        "engagement": engagement_component(model, group),
    }
    return more.select(
        ACCOUNT, *(nw.when(empty).then(value).alias(f"{name}_with_{slot}") for name, value in values.items())
    )


def _plus(name: str, amount: int) -> nw.Expr:
    return (nw.col(name).fill_null(0) + amount).cast(nw.Int64).alias(name)


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
    scores = []
    for slot in range(len(group.roles)):
        columns = {component: f"{component}_with_{slot}" for component in CHANGED}
        possible = ~nw.col(f"coverage_with_{slot}").is_null() & ~nw.col("is_mqa")
        score = account_score(model.account.weights, columns)
        scores.append(nw.when(possible).then(score).alias(f"score_with_{slot}"))
    step = step.with_columns(*scores)
    names = [f"score_with_{slot}" for slot in range(len(group.roles))]
    best = nw.max_horizontal(*names) if len(names) > 1 else nw.col(names[0])
    step = step.with_columns(best.cast(nw.Int64).alias("next_score"))
    role = nw.lit(None, dtype=nw.String)
    for name, found in reversed(list(zip(names, group.roles, strict=True))):
        role = nw.when(nw.col(name) == nw.col("next_score")).then(nw.lit(found)).otherwise(role)
    return step.with_columns(role.alias("next_role"))
