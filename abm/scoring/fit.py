"""Fit: the points of the rules that hold for a person or an account, and how much of it is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from abm.model.units import micro
from abm.scoring.arithmetic import MICRO, PERCENT, exact_ratio, total
from abm.scoring.steps import extended

if TYPE_CHECKING:
    from collections.abc import Sequence

    from abm.engines.base import Step
    from abm.model import FitRule, Model
    from abm.scoring.context import Context

HIGHEST_FIT = 100 * MICRO
"""Fit points of a lead, in millionths, are at most this."""


def with_fit(ctx: Context, step: Step, rules: Sequence[FitRule], scope: str, name: str) -> Step:
    """Add what the rules give.

    Args:
        ctx: the run.
        step: a frame with the columns that the rules name.
        rules: the fit rules.
        scope: where their conditions are read.
        name: `person_fit` or `account_fit`.

    Returns:
        The step with `{name}_{i}` per rule (Boolean, null when unknown), `{name}` (points in millionths, the sum of
        the rules that hold) and `{name}_known` (how many rules are known to hold or not to hold).
    """
    flags = [f"{name}_{i}" for i in range(len(rules))]
    tests = (ctx.binding.expr(rule.when, scope).alias(flag) for rule, flag in zip(rules, flags, strict=True))
    step = extended(step, tests)
    given = (nw.lit(micro(rule.points), dtype=nw.Int64) for rule in rules)
    points = total(nw.when(nw.col(flag)).then(worth) for flag, worth in zip(flags, given, strict=True))
    known = total([(~nw.col(*flags).is_null()).cast(nw.Int64)] if flags else [])
    return step.with_columns(points.alias(name), known.alias(f"{name}_known"))


def account_full_at(model: Model) -> int:
    """Account points (millionths) that make account fit 100; 0 when no rule gives positive points and none is said."""
    if model.fit.account_full_at is not None:
        return micro(model.fit.account_full_at)
    return sum(micro(rule.points) for rule in model.fit.account if rule.points > 0)


def account_component(model: Model) -> nw.Expr:
    """`100 * clamp(account_fit / account_full_at, 0, 1)` in millionths of a percent; null without positive points."""
    full = account_full_at(model)
    if not full:
        return nw.lit(None, dtype=nw.Int64)
    points = nw.col("account_fit").clip(0, full)
    return exact_ratio(points, full, PERCENT)


def lead_fit_points() -> nw.Expr:
    """`clamp(person_fit + account_fit, 0, 100)` in millionths of a point."""
    points = nw.col("person_fit") + nw.col("account_fit")
    return nw.min_horizontal(nw.max_horizontal(points, nw.lit(0)), nw.lit(HIGHEST_FIT)).cast(nw.Int64)


def fit_known(model: Model) -> nw.Expr:
    """Share of the rules, person's and account's, that are known, in millionths; null when the model has none."""
    rules = len(model.fit.person) + len(model.fit.account)
    if not rules:
        return nw.lit(None, dtype=nw.Int64)
    known = nw.col("person_fit_known") + nw.col("account_fit_known")
    return exact_ratio(known, rules, MICRO)
