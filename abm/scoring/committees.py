"""Committees: the people of an account seen through one buying group, seats, warmth and leads by role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import narwhals as nw

from abm.scoring.components import top_share, with_components
from abm.scoring.coverage import (
    counts_by_mask,
    eligible_for,
    with_filled,
)
from abm.scoring.facts.accounts import ACCOUNT
from abm.scoring.facts.contacts import CONTACT
from abm.scoring.leads import DISQUALIFIED
from abm.scoring.next_step import with_next, without_next
from abm.scoring.steps import extended
from abm.scoring.warmth import rolled_up, saturation, saturation_units

if TYPE_CHECKING:
    from abm.engines.base import Step
    from abm.model import BuyingGroup, Model
    from abm.scoring.context import Context
    from abm.scoring.engagement import View


@dataclass(frozen=True)
class Crowd:
    """Who there is to see: the leads, or None without contacts, and the anonymous streams, or None without events.

    Attributes:
        leads: scored people with `a`; the account they count for.
        anonymous: `a` and the views' columns of each account's anonymous stream.
    """

    leads: Step | None
    anonymous: Step | None


def committee(ctx: Context, accounts: Step, crowd: Crowd, index: int, view: View) -> Step:
    """See each account through one buying group.

    Args:
        ctx: the run.
        accounts: the accounts to which the group applies: `a`, `lead_threshold`.
        crowd: people and anonymous streams.
        index: position of the group in the model.
        view: what counts as engagement for it.

    Returns:
        Key `a`. Components `coverage`, `completeness`, `leads`, `engagement` in millionths of a percent and
        `engagement_points`; counts of people; per slot `filled_`, `engaged_` (seats), `known_`, `warmth_`, `best_`
        (contact key), `missing_`, and what one more engaged person there would make of the components (`next_step`).
        Null where the tables do not tell (DESIGN 5).
    """
    group = ctx.model.buying_groups[index]
    step = accounts
    if crowd.leads is None:
        step = _without_people(step, group)
    else:
        members = members_of(crowd.leads, index, view)
        step = _with_seats(ctx, step, members, group)
        step = step.join(_people_sums(ctx.model, members, group), on=ACCOUNT, how="left")
    step = _with_anonymous(step, crowd.anonymous, view)
    step = with_components(ctx.model, step, group, people=crowd.leads is not None, events=crowd.anonymous is not None)
    if crowd.leads is None or crowd.anonymous is None:
        return without_next(step, group)
    return with_next(ctx, step, group)


def without_group(ctx: Context, accounts: Step, crowd: Crowd) -> Step:
    """See the accounts to which no buying group applies: people in sum, but no roles and no seats."""
    whole = nw.lit(None, dtype=nw.Int64)
    nothing = ("coverage", "completeness", "leads", "engaged_contacts", "engaged_roles", "blockers_engaged")
    step = accounts.with_columns(*(whole.alias(name) for name in nothing))
    step = step.with_columns(nw.lit(None, dtype=nw.Boolean).alias("single_threaded"))
    rule = ctx.model.account.engagement
    if crowd.anonymous is None:
        return step.with_columns(
            *(whole.alias(name) for name in ("engagement", "engagement_points", "top_contact_share"))
        )
    if crowd.leads is None:
        step = step.with_columns(*(whole.alias(name) for name in ("engagement_points", "x_top", "x_people")))
    else:
        step = step.join(_x_sums(members_of(crowd.leads, None, None)), on=ACCOUNT, how="left")
    engagement = whole if rule.rollup == "by_role" else rolled_up(rule, None)
    return step.with_columns(
        engagement.alias("engagement"),
        top_share().alias("top_contact_share"),
        nw.col("engagement_points").fill_null(0),
    )


def members_of(leads: Step, index: int | None, view: View | None) -> Step:
    """People who count for accounts: not disqualified; with x of the view as `points_x`, seats and newest `age`."""
    people = leads.filter(~nw.col(ACCOUNT).is_null() & (nw.col("status") != DISQUALIFIED))
    if index is None or view is None:
        return people.select(ACCOUNT, CONTACT, nw.col("x").alias("points_x"), nw.lit(-1).alias("slot"), "age")
    return people.select(
        ACCOUNT,
        CONTACT,
        nw.col("score").alias("lead_score"),
        nw.col(view.x).alias("points_x"),
        view.engaged.fill_null(value=False).alias("engaged"),
        nw.col(f"mask_{index}").alias("mask"),
        nw.col(f"slot_{index}").alias("slot"),
        nw.col(f"blocks_{index}").alias("blocks"),
        "age",
    )


def in_order(members: Step, half_at: float) -> Step:
    """Put the warm people of each account and role in order: `place` in the role, `place_of_all`, `warm_people`.

    A saturation of 0 adds nothing, and nobody without points is the best contact, so only people with points are here.
    """
    warm = members.filter(nw.col("points_x") > 0)
    warm = warm.with_columns((nw.col("points_x") * -1).alias("cold"), nw.lit(1).cast(nw.Int64).alias("one"))
    return warm.with_columns(
        nw.col("one").cum_sum().over(ACCOUNT, "slot", order_by=["cold", CONTACT]).alias("place"),
        nw.col("one").cum_sum().over(ACCOUNT, order_by=["cold", CONTACT]).alias("place_of_all"),
        nw.col("one").sum().over(ACCOUNT).alias("warm_people"),
        saturation(nw.col("points_x"), half_at).alias("sat_real"),
    )


def _with_seats(ctx: Context, step: Step, members: Step, group: BuyingGroup) -> Step:
    """Seat everybody (`filled_`) and the engaged (`engaged_`) in the template."""
    (found,) = ctx.engine.gather(members.filter(nw.col("mask") > 0).select("mask").unique())
    masks = found["mask"].to_list()
    everybody, names = counts_by_mask(members, masks, "able", nw.col("mask") > 0, ACCOUNT)
    active, engaged = counts_by_mask(members, masks, "active", nw.col("engaged"), ACCOUNT)
    step = step.join(everybody, on=ACCOUNT, how="left").join(active, on=ACCOUNT, how="left")
    step = extended(step, (nw.col(name).fill_null(0) for name in (*names.values(), *engaged.values())))
    step = with_filled(step, group, names, "filled")
    step = with_filled(step, group, engaged, "engaged")
    slots = range(len(group.roles))
    known = (eligible_for(names, slot).alias(f"known_{slot}") for slot in slots)
    seats = [f"{prefix}_{slot}" for prefix in ("filled", "engaged", "known") for slot in slots]
    (step,) = ctx.engine.materialise(step.with_columns(*known).select(ACCOUNT, "lead_threshold", *seats))
    return step


def _x_sums(members: Step) -> Step:
    x = nw.col("points_x")
    return members.group_by(ACCOUNT).agg(
        x.sum().cast(nw.Int64).alias("engagement_points"),
        x.max().alias("x_top"),
        (x > 0).cast(nw.Int64).sum().cast(nw.Int64).alias("x_people"),
    )


def _people_sums(model: Model, members: Step, group: BuyingGroup) -> Step:
    """What is a sum, a count or a largest value over the people of an account, by role where roles matter."""
    half_at = model.account.engagement.half_at
    x, slot = nw.col("points_x"), nw.col("slot")
    warm = in_order(members, half_at).with_columns(saturation_units(x, half_at).alias("sat"))
    by_slot, warm_by_slot = [], []
    for i, role in enumerate(group.roles.values()):
        here = slot == i
        by_slot += [
            nw.when(here).then(nw.col("lead_score")).max().alias(f"lead_{i}"),
            nw.when(here).then(x).sum().cast(nw.Int64).alias(f"sum_{i}"),
            here.cast(nw.Int64).sum().cast(nw.Int64).alias(f"people_{i}"),
        ]
        warm_by_slot += [
            nw.when(here & (nw.col("place") <= role.people)).then(nw.col("sat")).sum().cast(nw.Int64).alias(f"sat_{i}"),
            nw.when(here & (nw.col("place") == role.people)).then(nw.col("sat")).max().alias(f"last_{i}"),
            nw.when(here & (nw.col("place") == 1)).then(nw.col(CONTACT)).max().alias(f"best_{i}"),
        ]
    engaged = nw.col("engaged").cast(nw.Int64)
    sums = members.group_by(ACCOUNT).agg(
        engaged.sum().cast(nw.Int64).alias("engaged_contacts"),
        (nw.col("engaged") & nw.col("blocks")).cast(nw.Int64).sum().cast(nw.Int64).alias("blockers_engaged"),
        nw.when(slot < 0).then(x).max().alias("x_other"),
        x.sum().cast(nw.Int64).alias("engagement_points"),
        x.max().alias("x_top"),
        (x > 0).cast(nw.Int64).sum().cast(nw.Int64).alias("x_people"),
        *by_slot,
    )
    return sums.join(warm.group_by(ACCOUNT).agg(*warm_by_slot), on=ACCOUNT, how="left")


def _without_people(step: Step, group: BuyingGroup) -> Step:
    whole = nw.lit(None, dtype=nw.Int64)
    names = ["engagement_points", "x_top", "x_people", "x_other", "engaged_contacts", "blockers_engaged"]
    per_slot = ("filled", "engaged", "known", "lead", "sum", "people", "sat", "best")
    names += [f"{prefix}_{slot}" for prefix in per_slot for slot in range(len(group.roles))]
    return step.with_columns(*(whole.alias(name) for name in names))


def _with_anonymous(step: Step, anonymous: Step | None, view: View) -> Step:
    if anonymous is None:
        return step.with_columns(nw.lit(None, dtype=nw.Int64).alias("x_anonymous"))
    stream = anonymous.select(ACCOUNT, nw.col(view.x).alias("x_anonymous"))
    return step.join(stream, on=ACCOUNT, how="left")
