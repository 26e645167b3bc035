"""Companies: what an account is before anybody acts, its segment, tier, fit, opportunities and applicable groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from abm.scoring.facts.accounts import ACCOUNT
from abm.scoring.fit import account_component, with_fit
from abm.scoring.steps import extended

if TYPE_CHECKING:
    from collections.abc import Sequence

    from abm.engines.base import Step
    from abm.model import NamedCondition
    from abm.scoring.context import Context

DEFAULT_SEGMENT = "default"


def companies(ctx: Context, accounts: Step, counts: Step | None) -> Step:
    """Work out the standing facts of every account.

    Args:
        ctx: the run.
        accounts: key `a` and the columns of the accounts table.
        counts: `a`, `open_opportunities`, `won_opportunities`; None when no opportunities were given.

    Returns:
        Key `a`: the account's columns with `segment` (also as `account:segment`) resolved, `tier`, the opportunity
        counts (0 without any; null
        when the table was not given), `account_fit` with its rules, and the component `fit` in millionths.
    """
    step = with_counts(accounts, counts)
    segment = first_match(ctx, ctx.model.segments, "accounts", nw.lit(DEFAULT_SEGMENT))
    step = step.with_columns(nw.coalesce(nw.col("segment"), segment).alias("segment"))
    step = step.with_columns(nw.col("segment").alias("account:segment"))
    step = step.with_columns(first_match(ctx, ctx.model.tiers, "accounts", nw.lit(None, dtype=nw.String)).alias("tier"))
    step = with_fit(ctx, step, ctx.model.fit.account, "accounts", "account_fit")
    return step.with_columns(account_component(ctx.model).alias("fit"))


def with_counts(accounts: Step, counts: Step | None) -> Step:
    """Add the opportunity counts."""
    names = ("open_opportunities", "won_opportunities")
    if counts is None:
        return accounts.with_columns(*(nw.lit(None, dtype=nw.Int64).alias(name) for name in names))
    step = accounts.join(counts, on=ACCOUNT, how="left")
    return step.with_columns(*(nw.col(name).fill_null(0) for name in names))


def with_groups(ctx: Context, step: Step) -> Step:
    """Add `applies_i` for each buying group and `first_group`, the index of the first that applies (-1 for none)."""
    groups = ctx.model.buying_groups
    tests = (ctx.binding.expr(group.applies_when, "accounts").fill_null(value=False) for group in groups)
    step = extended(step, (test.alias(f"applies_{i}") for i, test in enumerate(tests)))
    first = nw.lit(-1)
    for i in reversed(range(len(groups))):
        first = nw.when(nw.col(f"applies_{i}")).then(nw.lit(i)).otherwise(first)
    return step.with_columns(first.cast(nw.Int64).alias("first_group"))


def first_match(ctx: Context, rules: Sequence[NamedCondition], scope: str, otherwise: nw.Expr) -> nw.Expr:
    """The name of the first rule that holds, else `otherwise`."""
    name = otherwise
    for rule in reversed(rules):
        name = nw.when(ctx.binding.expr(rule.when, scope)).then(nw.lit(rule.name)).otherwise(name)
    return name
