"""The engagement of an account by person: how much of it each of them, or the anonymous stream, made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from abm.scoring.committees import in_order, members_of
from abm.scoring.contributions.lines import line, number, text
from abm.scoring.contributions.of_leads import signal_names
from abm.scoring.coverage import whole_weights
from abm.scoring.engagement import view_of
from abm.scoring.facts.accounts import ACCOUNT
from abm.scoring.facts.contacts import CONTACT
from abm.scoring.facts.owners import WHO, anonymous
from abm.scoring.standings import GROUP
from abm.scoring.warmth import saturation

if TYPE_CHECKING:
    from abm.engines.base import Engine, Step
    from abm.model import BuyingGroup, EngagementRollup, Model
    from abm.scoring.plan import Scored

_UNIT = 1e12
"""Shares are whole numbers of this unit: sums of floats would depend on the order of rows."""

_OTHER, _ANONYMOUS = 8, 9
"""Places after the eight roles there may be."""

_PEOPLE = 10**7
_SIGNALS = 10**4
"""People of a role are placed one after the other, and after each of them what they did."""


def engagement_shares(model: Model, engine: Engine, shown: Step, scored: Scored) -> list[Step]:
    """Share out the engagement of every account, and list what each of the people did.

    Returns:
        Lines whose `points` are shares: by role w_r / m_r * sat(x) of the people whose warmth counts, the warmest of
        the others, and the anonymous stream; under other roll-ups x, weighted as they weigh it. And lines without
        points for what these people, or the anonymous, did, of the signals that the group counts; `note` says whose
        they are, and each stands below its person.
    """
    shares: list[Step] = []
    rule = model.account.engagement
    for index, group in enumerate([*model.buying_groups, None]):
        here = shown.filter(nw.col(GROUP) == (index if group else -1)).select("key", ACCOUNT, GROUP)
        if scored.leads is not None and scored.lines is not None:
            people = _people(model, here, scored.leads, group, index)
            shares += [] if people is None else [people]
        if scored.streams is not None and group is not None and rule.rollup == "by_role":
            shares.append(_stream(rule, here, scored.streams, group, view_of(model, group, index).x))
    if not shares:
        return []
    (made,) = engine.materialise(nw.concat(shares))
    people = line(
        made,
        "engagement",
        item=nw.col("person"),
        raw_points=nw.col("points_x"),
        points=nw.col("share"),
        age=nw.col("age"),
        note=nw.col("role"),
        order=nw.col("order"),
    )
    if scored.lines is None or scored.leads is None:
        return [people]
    return [people, _signals(model, engine, made, scored.lines)]


def _shaped(step: Step) -> Step:
    """Whose share it is, `who` and by name, and where its line stands; in the same types wherever it comes from."""
    numbers = (GROUP, WHO, "points_x", "share", "age", "order")
    texts = ("person", "role")
    whole = (nw.col(name).cast(nw.Int64) for name in numbers)
    return step.select("key", *whole, *(nw.col(name).cast(nw.String) for name in texts))


def _people(model: Model, here: Step, leads: Step, group: BuyingGroup | None, index: int) -> Step | None:
    rule = model.account.engagement
    if group is None and rule.rollup in ("by_role", "role_sum"):
        return None
    view = view_of(model, group, index) if group is not None else None
    members = here.join(members_of(leads, index if group is not None else None, view), on=ACCOUNT, how="inner")
    ids = leads.select(CONTACT, nw.col("contact_id").alias("person"))
    role, order = text("person"), number(_PEOPLE)
    if group is not None:
        role, order = text("other"), number(_OTHER * _PEOPLE)
        for slot, name in enumerate(group.roles):
            role = nw.when(nw.col("slot") == slot).then(text(name)).otherwise(role)
        order = nw.when(nw.col("slot") >= 0).then(nw.col("slot") * _PEOPLE).otherwise(order)
    people = in_order(members, rule.half_at).with_columns(_share(rule, group).alias("share"))
    people = people.filter(nw.col("share") > 0).join(ids, on=CONTACT, how="left")
    place = (order + nw.col("place")) * _SIGNALS
    return _shaped(people.with_columns(role.alias("role"), place.alias("order"), nw.col(CONTACT).alias(WHO)))


def _share(rule: EngagementRollup, group: BuyingGroup | None) -> nw.Expr:
    x, first = nw.col("points_x"), nw.col("place_of_all") == 1
    if rule.rollup in ("sum", "mean"):
        return x
    if rule.rollup == "max":
        return nw.when(first).then(x).otherwise(number(0))
    if rule.rollup == "best_and_rest":
        rest = nw.max_horizontal(nw.col("warm_people") - 1, nw.lit(1))
        return nw.when(first).then(x * 6 * rest).otherwise(x * 4)
    assert group is not None
    most = _most(group)
    other = nw.when(nw.col("place") == 1).then(_warm(group.other_weight / most))
    share = number(0) if rule.rollup == "role_sum" else other
    share = nw.when(nw.col("slot") < 0).then(share).otherwise(number(0))
    for slot, (role, weight) in enumerate(zip(group.roles.values(), whole_weights(group), strict=True)):
        if rule.rollup == "role_sum":
            own = x * weight
        else:
            own = (
                nw.when(nw.col("place") <= role.people)
                .then(_warm(role.weight / role.people / most))
                .otherwise(number(0))
            )
        share = nw.when(nw.col("slot") == slot).then(own).otherwise(share)
    return share.cast(nw.Int64)


def _most(group: BuyingGroup) -> float:
    """The largest weight that a share may have: shares are in proportion to it, so that they stay within 64 bits."""
    seats = [role.weight / role.people for role in group.roles.values()]
    return max(*seats, group.other_weight, group.anonymous_weight)


def _warm(weight: float) -> nw.Expr:
    return (nw.col("sat_real") * (weight * _UNIT)).floor().cast(nw.Int64)


def _stream(rule: EngagementRollup, here: Step, streams: Step, group: BuyingGroup, x: str) -> Step:
    rows = here.join(streams.select(ACCOUNT, nw.col(x).alias("points_x"), "age"), on=ACCOUNT, how="inner")
    weight = group.anonymous_weight / _most(group) * _UNIT
    share = (saturation(nw.col("points_x"), rule.half_at) * weight).floor().cast(nw.Int64)
    name = text("anonymous")
    rows = rows.with_columns(
        share.alias("share"),
        anonymous(nw.col(ACCOUNT)).alias(WHO),
        name.alias("person"),
        name.alias("role"),
        number(_ANONYMOUS * _PEOPLE * _SIGNALS).alias("order"),
    )
    return _shaped(rows.filter(nw.col("share") > 0))


def _signals(model: Model, engine: Engine, made: Step, lines: Step) -> Step:
    """What these people did: a line per person and signal, without points of its own."""
    whose = made.select("key", GROUP, WHO, "person", "order")
    done = whose.join(lines.filter(nw.col("repeat") == 0), on=WHO, how="inner")
    done = _counted(model, engine, done).join(engine.scatter(signal_names(model)), on="signal", how="left")
    return line(
        done,
        "engagement",
        item=nw.col("item"),
        raw_points=nw.col("fresh"),
        points=number(),
        count=nw.col("n"),
        age=nw.col("age"),
        note=nw.col("person"),
        order=nw.col("order") + nw.col("signal") + 1,
    )


def _counted(model: Model, engine: Engine, done: Step) -> Step:
    """Leave out signals that a buying group does not count."""
    views = [view_of(model, group, index) for index, group in enumerate(model.buying_groups)]
    every = frozenset(range(len(model.signals)))
    foreign = [(index, signal) for index, view in enumerate(views) for signal in every - view.signals]
    if not foreign:
        return done
    pairs = pl.DataFrame(sorted(foreign), schema={GROUP: pl.Int64, "signal": pl.Int64}, orient="row")
    return done.join(engine.scatter(pairs), on=[GROUP, "signal"], how="anti")
