"""Leads: is this person an MQL? Fit, engagement, grade, status and the reasons for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from abm.model.units import micro
from abm.scoring.facts.accounts import ACCOUNT
from abm.scoring.facts.contacts import CONTACT
from abm.scoring.facts.owners import WHO, owner_key
from abm.scoring.fit import fit_known, lead_fit_points, with_fit
from abm.scoring.thresholds import joined, reason, score_reasons, threshold, threshold_text
from abm.scoring.views import with_days, with_points

if TYPE_CHECKING:
    from abm.engines.base import Step
    from abm.scoring.context import Context
    from abm.scoring.engagement import View

HAND_RAISER, DISQUALIFIED, MQL = "hand_raiser", "disqualified", "mql"
INSUFFICIENT_DATA, NURTURE = "insufficient_data", "nurture"


_DONE_WITH = ("_row", "email", "account_unknown")
"""Columns of contacts that nobody asks for once they are read."""


def people_with_accounts(ctx: Context, contacts: Step, accounts: Step) -> Step:
    """Join each contact to what conditions may ask of its account: `account.x`, its segment, fit and groups."""
    of_account = [f"account:{name}" for name in ctx.binding.needs("account") if name != "segment"]
    groups = [f"applies_{i}" for i in range(len(ctx.model.buying_groups))]
    standing = accounts.select(
        *(ACCOUNT, "account_id", "segment", "account:segment", *of_account, *groups),
        *("first_group", "account_fit", "account_fit_known"),
    )
    step = contacts.drop("account_id", *_DONE_WITH).join(standing, on=ACCOUNT, how="left")
    nothing = [nw.col(name).fill_null(0) for name in ("account_fit", "account_fit_known")]
    return step.with_columns(*nothing, nw.col("first_group").fill_null(-1))


def lead_scores(ctx: Context, people: Step, points: Step | None, lines: Step | None, views: list[View]) -> Step:
    """Score every contact as a lead.

    Args:
        ctx: the run.
        people: contacts with the columns of their account, their roles per template and `first_group`.
        points: engagement points per `who`, or None when no events were given.
        lines: engagement lines, for raised hands.
        views: the views of the buying groups.

    Returns:
        The people, with the columns of leads: points in millionths, `age` of the newest activity, and `x_i`, `r_i` of
        each view (0 without activity; all null without events).
    """
    step = with_fit(ctx, people, ctx.model.fit.person, "person", "person_fit")
    step = step.with_columns(lead_fit_points().alias("fit_points"), fit_known(ctx.model).alias("fit_known"))
    step = _with_activity(ctx, step, points, lines, views)
    step = step.with_columns(
        (nw.col("fit_points") + nw.col("x").fill_null(0)).alias("score"),
        nw.col("x").alias("engagement"),
        threshold(ctx.model.mql.threshold, ctx.model.mql.threshold_by_segment).alias("threshold"),
        _role(ctx).alias("role"),
    )
    return _with_status(ctx, step.with_columns(_grade(ctx).alias("grade")))


def _with_activity(ctx: Context, people: Step, points: Step | None, lines: Step | None, views: list[View]) -> Step:
    """Join x and r, raised hands and the day of the last activity; without any it is 0, unless no events were given.

    What people did is put together before it meets the many columns of people.
    """
    names = ["x", *(name for view in views for name in (view.x, view.r))]
    hands = [f"hand_{i}" for i in _raising(ctx)]
    if points is None or lines is None:
        nothing = nw.lit(None, dtype=nw.Int64)
        day = nw.lit(None, dtype=nw.Date).alias("last_activity")
        nobody = [nw.lit(value=False).alias(name) for name in hands]
        return people.with_columns(*(nothing.alias(name) for name in [*names, "age"]), day, *nobody)
    done = with_days(ctx, points, key=owner_key())
    if hands:
        done = done.join(_hands(ctx, lines), on=WHO, how="left")
    step = people.join(done.rename({WHO: CONTACT}), on=CONTACT, how="left")
    known = [*(nw.col(name).fill_null(0) for name in names), *(nw.col(name).fill_null(value=False) for name in hands)]
    return step.with_columns(*known)


def _raising(ctx: Context) -> list[int]:
    return [i for i, signal in enumerate(ctx.model.signals) if signal.hand_raise]


def _hands(ctx: Context, lines: Step) -> Step:
    """`hand_i`: whether somebody raised a hand by signal i within hand_raise_days; key `who`."""
    recent = lines.filter(
        nw.col("signal").is_in(_raising(ctx))
        & (nw.col("repeat") == 0)
        & (nw.col("age") < ctx.model.mql.hand_raise_days)
    )
    return recent.group_by(WHO).agg(*((nw.col("signal") == i).any().alias(f"hand_{i}") for i in _raising(ctx)))


def _role(ctx: Context) -> nw.Expr:
    """The primary role in the first applicable group of the lead's account."""
    name = nw.lit(None, dtype=nw.String)
    for i, group in enumerate(ctx.model.buying_groups):
        here = nw.col("first_group") == i
        for slot, role in enumerate(group.roles):
            name = nw.when(here & (nw.col(f"slot_{i}") == slot)).then(nw.lit(role)).otherwise(name)
    return name


def _grade(ctx: Context) -> nw.Expr:
    """A letter by fit points and a digit by engagement; null without events."""
    bounds = ctx.model.mql.grade
    letter, digit = nw.lit("D"), nw.lit("4")
    for sign, bound in reversed(list(zip("ABC", bounds.fit, strict=True))):
        letter = nw.when(nw.col("fit_points") >= micro(bound)).then(nw.lit(sign)).otherwise(letter)
    for sign, bound in reversed(list(zip("123", bounds.engagement, strict=True))):
        digit = nw.when(nw.col("engagement") >= micro(bound)).then(nw.lit(sign)).otherwise(digit)
    return nw.when(~nw.col("engagement").is_null()).then(nw.concat_str([letter, digit]))


def _with_status(ctx: Context, step: Step) -> Step:
    """Add status, is_mql and reasons; the conditions see points, not millionths."""
    shown = with_points(ctx, step)
    rules = ctx.model.mql.disqualify
    names = [f"disqualified_{i}" for i in range(len(rules))]
    tests = [ctx.binding.expr(rule.when, "mql") for rule in rules]
    step = shown.with_columns(
        ctx.binding.expr(ctx.model.mql.require, "mql").fill_null(value=False).alias("required"),
        ctx.binding.expr(ctx.model.mql.hand_raise, "mql").fill_null(value=False).alias("hand_passes"),
        *(test.fill_null(value=False).alias(name) for test, name in zip(tests, names, strict=True)),
    )
    hands = [nw.col(f"hand_{i}") for i in _raising(ctx)]
    blocked = _any([nw.col(name) for name, rule in zip(names, rules, strict=True) if rule.blocks_hand_raise])
    unknown = nw.col("age").is_null() & (nw.col("fit_known") == 0)
    status = nw.when(unknown).then(nw.lit(INSUFFICIENT_DATA)).otherwise(nw.lit(NURTURE))
    passes = (nw.col("score") >= nw.col("threshold")) & nw.col("required")
    status = nw.when(passes).then(nw.lit(MQL)).otherwise(status)
    status = nw.when(_any([nw.col(name) for name in names])).then(nw.lit(DISQUALIFIED)).otherwise(status)
    raised = _any(hands) & nw.col("hand_passes") & ~blocked
    step = step.with_columns(nw.when(raised).then(nw.lit(HAND_RAISER)).otherwise(status).alias("status"))
    step = step.with_columns(nw.col("status").is_in([MQL, HAND_RAISER]).alias("is_mql"))
    return step.with_columns(_reasons(ctx, names).alias("reasons"))


def _reasons(ctx: Context, disqualified: list[str]) -> nw.Expr:
    mql = ctx.model.mql
    handed = nw.col("status") == HAND_RAISER
    codes = [
        reason(f"hand_raise:{signal.name}", handed & nw.col(f"hand_{i}"))
        for i, signal in enumerate(ctx.model.signals)
        if signal.hand_raise
    ]
    codes += [
        reason(f"disqualify:{rule.name}", nw.col(name)) for rule, name in zip(mql.disqualify, disqualified, strict=True)
    ]
    codes += score_reasons(threshold_text(mql.threshold, mql.threshold_by_segment))
    codes.append(reason("require:false", ~nw.col("required")))
    return joined(codes)


def _any(tests: list[nw.Expr]) -> nw.Expr:
    return nw.any_horizontal(*tests, ignore_nulls=True) if tests else nw.lit(value=False)
