"""Qualification: the account score, whether it is an MQA, and the reasons, for each account and buying group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from abm.model.units import micro
from abm.scoring.arithmetic import total
from abm.scoring.steps import extended
from abm.scoring.thresholds import joined, reason, score_reasons, threshold_text
from abm.scoring.views import with_points

if TYPE_CHECKING:
    from collections.abc import Mapping

    from abm.engines.base import Step
    from abm.model import BuyingGroup
    from abm.model.accounts import Component
    from abm.scoring.context import Context


def account_score(weights: Mapping[Component, float]) -> nw.Expr:
    """The weighted mean of the components that are known, in millionths; null when nothing is known."""
    return weighted_mean(weighted(weights), weight_known(weights))


def weighted(weights: Mapping[Component, float], columns: Mapping[str, str] | None = None) -> nw.Expr:
    """The sum of `W_k * C_k`; `columns` names those of components that are not called as the component is."""
    names = columns or {}
    return total(nw.col(names.get(component, component)) * micro(weight) for component, weight in weights.items())


def weight_known(weights: Mapping[Component, float]) -> nw.Expr:
    """The sum of `W_k` over the components that are known; null when it is 0."""
    whole = {component: nw.lit(micro(weight), dtype=nw.Int64) for component, weight in weights.items()}
    known = total(nw.when(~nw.col(component).is_null()).then(weight) for component, weight in whole.items())
    return nw.when(known > 0).then(known)


def weighted_mean(worth: nw.Expr, known: nw.Expr) -> nw.Expr:
    """`(2 * N + D) // (2 * D)`: rounded in integers only."""
    return ((worth * 2 + known) // (known * 2)).cast(nw.Int64)


def qualified(ctx: Context, step: Step, group: BuyingGroup | None) -> Step:
    """Judge the rows of one buying group, or those of accounts without one.

    Args:
        ctx: the run.
        step: rows with the components, `threshold`, the columns that conditions name, and `missing_{slot}`.
        group: the buying group.

    Returns:
        The step with `score`, `is_excluded`, `is_mqa`, `reasons`. An exclusion beats everything; a trigger qualifies
        at once; else the score must reach the threshold and `require` must hold.
    """
    mqa = ctx.model.mqa
    step = step.with_columns(account_score(ctx.model.account.weights).alias("score"))
    step = with_points(ctx, step)
    excluded = {f"excluded_{i}": rule for i, rule in enumerate(mqa.exclude)}
    triggers = {f"trigger_{i}": rule for i, rule in enumerate(mqa.triggers)}
    step = extended(
        step,
        (ctx.binding.expr(rule.when, "exclude").fill_null(value=False).alias(name) for name, rule in excluded.items()),
    )
    step = step.with_columns(_any(excluded).alias("is_excluded"))
    step = step.with_columns(
        *(ctx.binding.expr(rule.when, "mqa").fill_null(value=False).alias(name) for name, rule in triggers.items()),
        ctx.binding.expr(mqa.require, "mqa").fill_null(value=False).alias("required"),
    )
    reaches = (nw.col("score") >= nw.col("threshold")).fill_null(value=False) & nw.col("required")
    step = step.with_columns((~nw.col("is_excluded") & (_any(triggers) | reaches)).alias("is_mqa"))
    codes = [reason(f"exclude:{rule.name}", nw.col(name)) for name, rule in excluded.items()]
    codes += [reason(f"trigger:{rule.name}", nw.col(name)) for name, rule in triggers.items()]
    codes += score_reasons(threshold_text(mqa.threshold, mqa.threshold_by_segment))
    codes.append(reason("require:false", ~nw.col("required")))
    if group is not None:
        codes += [reason(f"missing:{role}", nw.col(f"missing_{slot}")) for slot, role in enumerate(group.roles)]
    return step.with_columns(joined(codes).alias("reasons"))


def _any(names: Mapping[str, object]) -> nw.Expr:
    return nw.any_horizontal(*names, ignore_nulls=True) if names else nw.lit(value=False)
