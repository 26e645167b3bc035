"""Newcomers: engaged people who are not there yet, as the plan would see them if they were."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from abm.model.units import micro
from abm.scoring.facts.accounts import ACCOUNT
from abm.scoring.facts.contacts import CONTACT
from abm.scoring.fit import HIGHEST_FIT
from abm.scoring.leads import MQL, NURTURE
from abm.scoring.thresholds import threshold
from abm.scoring.views import with_days, with_points

if TYPE_CHECKING:
    from abm.engines.base import Step
    from abm.scoring.context import Context
    from abm.scoring.plan import Scored

_FIRST = 1 << 40
"""Keys from here on are newcomers': behind everybody known."""

_PERSON = (CONTACT, ACCOUNT, "contact_id", "score", "status", "is_mql", "age", "x")


def people_columns(ctx: Context, scored: Scored) -> Step | None:
    """The columns of leads that standings read."""
    return None if scored.leads is None else scored.leads.select(_columns(ctx))


def newcomers(ctx: Context, scored: Scored, index: int, steps: Step) -> Step:
    """Make the leads that steps add.

    A newcomer is eligible for one role of the group alone, has x = r = engaged_at, was active on as_of, and has a lead
    score at the threshold of the account's segment. Whether that makes an MQL is for `mql.require` to say, as far as it
    can be told: fit points are what the score has beyond engagement, everything else about the person is unknown.

    Args:
        ctx: the run.
        scored: what it gave.
        index: position of the buying group.
        steps: `copy` (the key of the copied account), `a` of the account itself, `slot`, `turn` (unique).

    Returns:
        The columns of `people_columns`, `a` being `copy`.
    """
    assert scored.leads is not None
    group = ctx.model.buying_groups[index]
    points = micro(group.engaged_at)
    role = nw.lit(None, dtype=nw.String)
    for slot, name in enumerate(group.roles):
        role = nw.when(nw.col("slot") == slot).then(nw.lit(name)).otherwise(role)
    firms = scored.accounts.select(ACCOUNT, "segment", "account_fit", *_of_account(ctx))
    step = steps.join(firms, on=ACCOUNT, how="inner").with_columns(
        (nw.col("turn").cast(nw.Int64) + _FIRST).alias(CONTACT),
        nw.lit("").alias("contact_id"),
        threshold(ctx.model.mql.threshold, ctx.model.mql.threshold_by_segment).alias("score"),
        nw.lit(points).cast(nw.Int64).alias("engagement"),
        nw.lit(points).cast(nw.Int64).alias("x"),
        nw.lit(0).cast(nw.Int64).alias("age"),
        role.alias("role"),
    )
    step = step.with_columns(nw.col("score").alias("threshold"))
    step = step.with_columns((nw.col("score") - nw.col("engagement")).clip(0, HIGHEST_FIT).alias("fit_points"))
    step = step.with_columns((nw.col("fit_points") - nw.col("account_fit")).alias("person_fit"))
    step = _with_verdict(ctx, scored.leads, step)
    return _seen(ctx, index, step).select(_columns(ctx))


def _with_verdict(ctx: Context, leads: Step, step: Step) -> Step:
    """Add status and is_mql: a newcomer reaches the threshold, so all depends on `require`."""
    # What conditions may ask of a person and nobody knows of a newcomer is null, in the type it has for others.
    known = set(step.collect_schema().names())
    judged = {"last_activity", "required", *(f"points:{name}" for name in ctx.binding.needs("points"))}
    others = [name for name in leads.collect_schema().names() if name not in known | judged]
    empty = leads.head(0).select(*others)
    whole = with_points(ctx, with_days(ctx, nw.concat([step, empty], how="diagonal")))
    required = ctx.binding.expr(ctx.model.mql.require, "mql").fill_null(value=False)
    status = nw.when(nw.col("is_mql")).then(nw.lit(MQL)).otherwise(nw.lit(NURTURE))
    return whole.with_columns(required.alias("is_mql")).with_columns(status.alias("status"))


def _seen(ctx: Context, index: int, step: Step) -> Step:
    """How every buying group sees the newcomer: the one in question in the role, the others as anybody."""
    columns = [nw.col("copy").alias(ACCOUNT)]
    for i in range(len(ctx.model.buying_groups)):
        here = i == index
        columns += [
            (_power(nw.col("slot")) if here else nw.lit(0)).cast(nw.Int64).alias(f"mask_{i}"),
            (nw.col("slot") if here else nw.lit(-1)).cast(nw.Int64).alias(f"slot_{i}"),
            nw.lit(value=False).alias(f"blocks_{i}"),
            nw.col("x").alias(f"x_{i}"),
            nw.col("x").alias(f"r_{i}"),
        ]
    return step.with_columns(*columns)


def _power(slot: nw.Expr) -> nw.Expr:
    """2 to the power of the slot."""
    power = nw.lit(1)
    for i in range(1, 8):
        power = nw.when(slot == i).then(nw.lit(1 << i)).otherwise(power)
    return power


def _of_account(ctx: Context) -> list[str]:
    return [f"account:{name}" for name in dict.fromkeys([*ctx.binding.needs("account"), "segment"])]


def _columns(ctx: Context) -> list[str]:
    groups = range(len(ctx.model.buying_groups))
    return [*_PERSON, *(f"{name}_{i}" for i in groups for name in ("mask", "slot", "blocks", "x", "r"))]
