"""Committees: the people of an account seen through one buying group, seats, warmth and leads by role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import narwhals as nw

from abm.model.units import micro
from abm.scoring.arithmetic import MICRO, PERCENT, exact_ratio
from abm.scoring.coverage import counts_by_mask, eligible_for, filled_share, whole_weights, with_filled
from abm.scoring.facts.accounts import ACCOUNT
from abm.scoring.facts.contacts import CONTACT
from abm.scoring.leads import DISQUALIFIED
from abm.scoring.steps import extended
from abm.scoring.warmth import by_role, role_warmth, rolled_up, saturation_units

if TYPE_CHECKING:
    from abm.engines.base import Step
    from abm.model import BuyingGroup, Model
    from abm.model.people import Mql
    from abm.scoring.context import Context
    from abm.scoring.engagement import View


_MOST_POINTS = 1_000_000 * MICRO
"""Shares are exact up to a million points."""


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
        (contact key), `missing_`. Null where the tables do not tell (DESIGN 5).
    """
    group = ctx.model.buying_groups[index]
    step = accounts
    if crowd.leads is None:
        step = _without_people(step, group)
    else:
        members = _members(crowd.leads, index, view)
        step = _with_seats(ctx, step, members, group)
        step = step.join(_people_sums(ctx.model, members, group), on=ACCOUNT, how="left")
    step = _with_anonymous(step, crowd.anonymous, view)
    return _with_components(ctx.model, step, crowd, group)


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
        step = step.join(_x_sums(_members(crowd.leads, None, None)), on=ACCOUNT, how="left")
    engagement = whole if rule.rollup == "by_role" else rolled_up(rule, None)
    return step.with_columns(
        engagement.alias("engagement"),
        _top_share().alias("top_contact_share"),
        nw.col("engagement_points").fill_null(0),
    )


def _members(leads: Step, index: int | None, view: View | None) -> Step:
    """People who count for accounts: not disqualified; with x and r of the view."""
    people = leads.filter(~nw.col(ACCOUNT).is_null() & (nw.col("status") != DISQUALIFIED))
    if index is None or view is None:
        return people.select(ACCOUNT, CONTACT, nw.col("x").alias("points_x"))
    return people.select(
        ACCOUNT,
        CONTACT,
        nw.col("score").alias("lead_score"),
        nw.col(view.x).alias("points_x"),
        view.engaged.fill_null(value=False).alias("engaged"),
        nw.col(f"mask_{index}").alias("mask"),
        nw.col(f"slot_{index}").alias("slot"),
        nw.col(f"blocks_{index}").alias("blocks"),
    )


def _with_seats(ctx: Context, step: Step, members: Step, group: BuyingGroup) -> Step:
    """Seat everybody (`filled_`) and the engaged (`engaged_`) in the template."""
    (found,) = ctx.engine.gather(members.filter(nw.col("mask") > 0).select("mask").unique())
    masks = found["mask"].to_list()
    for prefix, counted in (("filled", nw.col("mask") > 0), ("engaged", nw.col("engaged"))):
        counts, names = counts_by_mask(members, masks, f"n_{prefix}", counted, ACCOUNT)
        step = step.join(counts, on=ACCOUNT, how="left")
        step = extended(step, (nw.col(name).fill_null(0) for name in names.values()))
        if prefix == "filled":
            step = step.with_columns(
                *(eligible_for(names, slot).alias(f"known_{slot}") for slot in range(len(group.roles)))
            )
        step = with_filled(step, group, names, prefix)
    slots = range(len(group.roles))
    seats = [f"{prefix}_{slot}" for prefix in ("filled", "engaged", "known") for slot in slots]
    (step,) = ctx.engine.materialise(step.select(ACCOUNT, "lead_threshold", *seats))
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
    ranked = members.with_columns((x * -1).alias("cold"), (slot * 0 + 1).alias("one"))
    # Only warm people are put in order: a saturation of 0 adds nothing, and nobody without points is the best contact.
    warm = ranked.filter(x > 0).with_columns(
        nw.col("one").cum_sum().over(ACCOUNT, "slot", order_by=["cold", CONTACT]).alias("place"),
        saturation_units(x, half_at).alias("sat"),
    )
    by_slot, warm_by_slot = [], []
    for i, role in enumerate(group.roles.values()):
        here = slot == i
        by_slot += [
            nw.col("lead_score").filter(here).max().alias(f"lead_{i}"),
            x.filter(here).sum().cast(nw.Int64).alias(f"sum_{i}"),
            here.cast(nw.Int64).sum().cast(nw.Int64).alias(f"people_{i}"),
        ]
        warm_by_slot += [
            nw.col("sat").filter(here & (nw.col("place") <= role.people)).sum().cast(nw.Int64).alias(f"sat_{i}"),
            nw.col(CONTACT).filter(here & (nw.col("place") == 1)).max().alias(f"best_{i}"),
        ]
    engaged = nw.col("engaged").cast(nw.Int64)
    sums = members.group_by(ACCOUNT).agg(
        engaged.sum().cast(nw.Int64).alias("engaged_contacts"),
        (nw.col("engaged") & nw.col("blocks")).cast(nw.Int64).sum().cast(nw.Int64).alias("blockers_engaged"),
        x.filter(slot < 0).max().alias("x_other"),
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


def _with_components(model: Model, step: Step, crowd: Crowd, group: BuyingGroup) -> Step:
    """Turn sums into components; without contacts or without events most are unknown (DESIGN 5, edge cases)."""
    people, events = crowd.leads is not None, crowd.anonymous is not None
    slots = range(len(group.roles))
    unknown = nw.lit(None, dtype=nw.Int64)
    step = step.with_columns(*role_warmth(group))
    counted = ("engaged_contacts", "blockers_engaged", "engagement_points")
    step = step.with_columns(*((nw.col(name).fill_null(0) if events else unknown).alias(name) for name in counted))
    if not events or not people:
        step = step.with_columns(*(unknown.alias(f"engaged_{slot}") for slot in slots))
    if not events:
        step = step.with_columns(*(unknown.alias(f"warmth_{slot}") for slot in slots))
    rule = model.account.engagement
    engagement = by_role(group, rule.half_at) if rule.rollup == "by_role" else rolled_up(rule, group)
    engaged_roles = nw.lit(0)
    for slot in slots:
        engaged_roles = engaged_roles + (nw.col(f"engaged_{slot}").fill_null(0) > 0).cast(nw.Int64)
    required = [
        ((nw.col(f"engaged_{slot}") == 0) if role.required else nw.lit(value=False)).alias(f"missing_{slot}")
        for slot, role in enumerate(group.roles.values())
    ]
    return step.with_columns(
        (filled_share(group, "engaged") if people and events else unknown).alias("coverage"),
        (filled_share(group, "filled") if people else unknown).alias("completeness"),
        (_leads_component(model.mql, group) if people and events else unknown).alias("leads"),
        (engagement if events else unknown).alias("engagement"),
        (engaged_roles.cast(nw.Int64) if events else unknown).alias("engaged_roles"),
        (nw.col("engaged_contacts") == 1).alias("single_threaded"),
        (_top_share() if events else unknown).alias("top_contact_share"),
        *required,
    )


def _leads_component(mql: Mql, group: BuyingGroup) -> nw.Expr:
    """`100 * sum of w_r * b_r / sum of w_r`, `b_r = min(1, best lead score of the role / threshold of the segment)`."""
    weights = whole_weights(group)
    total, bar = nw.lit(0), nw.col("lead_threshold")
    for slot, weight in enumerate(weights):
        total = total + nw.min_horizontal(nw.col(f"lead_{slot}").fill_null(0), bar) * weight
    highest = max(micro(value) for value in (mql.threshold, *mql.threshold_by_segment.values()))
    return exact_ratio(total, bar * sum(weights), PERCENT, highest * sum(weights))


def _top_share() -> nw.Expr:
    """Largest x over the sum of x; null when the sum is 0."""
    total = nw.col("engagement_points").fill_null(0)
    return exact_ratio(nw.col("x_top").fill_null(0), nw.when(total > 0).then(total), MICRO, _MOST_POINTS)
