"""Standings: one row per account (or family) and buying group, judged; then one row per account, staged and ranked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import narwhals as nw

from abm.model.units import micro
from abm.scoring.columns import GROUP_PEOPLE, GROUP_VALUES, NEXT_STEP
from abm.scoring.committees import Crowd, committee, without_group
from abm.scoring.companies import first_match
from abm.scoring.facts.accounts import ACCOUNT
from abm.scoring.facts.contacts import CONTACT
from abm.scoring.intent import account_intent, named_topics
from abm.scoring.leads import DISQUALIFIED, HAND_RAISER
from abm.scoring.next_step import next_columns
from abm.scoring.parts import in_parts, within
from abm.scoring.qualification import qualified
from abm.scoring.thresholds import threshold
from abm.scoring.views import with_days, with_points

if TYPE_CHECKING:
    from abm.engines.base import Step
    from abm.model import BuyingGroup
    from abm.scoring.context import Context
    from abm.scoring.engagement import View

GROUP = "g"
"""Position of the buying group in the model; -1 where none applies."""

_LEAD_STATS = ("known_contacts", "mqls", "hand_raisers", "best_lead_score")
_LATE = 1_000_000

_SIZE = 8_000
"""Bytes that an account takes while it is judged, its dozen people and topics included, as measured
(`tests/benchmarks`)."""


@dataclass(frozen=True)
class Standings:
    """Judged rows, numbers in millionths.

    Attributes:
        accounts: key `a`: the shown group's row with `stage`, `rank` and `qualified_groups`.
        groups: key `a`, `g`: every applicable group.
        committee: key `a`, `g`, `slot`: every role of every applicable group.
    """

    accounts: Step
    groups: Step
    committee: Step


def standings(ctx: Context, accounts: Step, crowd: Crowd, topics: Step | None, views: list[View]) -> Standings:
    """Judge every account through every buying group that applies.

    Args:
        ctx: the run.
        accounts: what `companies` and `with_groups` gave.
        crowd: leads and anonymous streams, by the same `a`.
        topics: topic strengths by `a`, or None when no intent was given.
        views: the view of each buying group.
    """

    def judged(ctx: Context, keys: range | None) -> tuple[Step, Step, Step]:
        leads, streams, mine = (
            None if step is None else within(step, ACCOUNT, keys) for step in (crowd.leads, crowd.anonymous, topics)
        )
        every, roles = _judged(ctx, within(accounts, ACCOUNT, keys), Crowd(leads, streams), mine, views)
        return _shown(every), every.filter(nw.col(GROUP) >= 0), roles

    shown, groups, roles = in_parts(ctx, "standings", _SIZE, {ACCOUNT: accounts}, judged)
    return Standings(_ranked(ctx, shown), groups, roles)


def _judged(ctx: Context, accounts: Step, crowd: Crowd, topics: Step | None, views: list[View]) -> tuple[Step, Step]:
    """One row per account and buying group, and the committee table."""
    base = _base(ctx, accounts, crowd)
    judged, committees = [], []
    for index, group in enumerate(ctx.model.buying_groups):
        applies = base.filter(nw.col(f"applies_{index}"))
        seen = committee(ctx, applies.select(ACCOUNT, "lead_threshold"), crowd, index, views[index])
        rows = _with_intent(ctx, applies.join(seen.drop("lead_threshold"), on=ACCOUNT, how="inner"), topics, group)
        rows = rows.with_columns(
            nw.lit(index).cast(nw.Int64).alias(GROUP),
            nw.lit(group.name).alias("group"),
            nw.lit(group.motion).alias("motion"),
        )
        rows = next_columns(ctx.model, qualified(ctx, rows, group), group)
        rows, roles = ctx.engine.materialise(rows, _roles(seen, group, index))
        judged.append(rows.select(*_judged_columns(ctx)))
        committees.append(roles)
    loose = base.filter(nw.col("first_group") < 0)
    (some,) = ctx.engine.gather(loose.select(nw.len()))
    if some.item() or not judged:
        judged.append(_without_group(ctx, loose, crowd, topics))
    (every,) = ctx.engine.materialise(nw.concat(judged))
    return every, nw.concat(committees) if committees else _no_roles(every)


def _without_group(ctx: Context, loose: Step, crowd: Crowd, topics: Step | None) -> Step:
    """Judge the accounts to which no buying group applies, on what is known without one."""
    seen = without_group(ctx, loose.select(ACCOUNT, "lead_threshold"), crowd)
    rows = _with_intent(ctx, loose.join(seen.drop("lead_threshold"), on=ACCOUNT, how="inner"), topics, None)
    rows = rows.with_columns(
        nw.lit(-1).cast(nw.Int64).alias(GROUP),
        *(nw.lit(None, dtype=nw.String).alias(name) for name in ("group", "motion")),
    )
    return next_columns(ctx.model, qualified(ctx, rows, None), None).select(*_judged_columns(ctx))


def _base(ctx: Context, accounts: Step, crowd: Crowd) -> Step:
    """What does not depend on the buying group: bars, leads in sum, last activity."""
    mql, mqa = ctx.model.mql, ctx.model.mqa
    step = accounts.with_columns(
        threshold(mql.threshold, mql.threshold_by_segment).alias("lead_threshold"),
        threshold(mqa.threshold, mqa.threshold_by_segment).alias("threshold"),
    )
    step = _with_lead_stats(step, crowd.leads)
    ages = [
        frame.filter(~nw.col(ACCOUNT).is_null()).select(ACCOUNT, "age")
        for frame in (crowd.leads, crowd.anonymous)
        if frame is not None
    ]
    if ages:
        newest = nw.concat(ages).group_by(ACCOUNT).agg(nw.col("age").min())
        step = step.join(newest, on=ACCOUNT, how="left")
    else:
        step = step.with_columns(nw.lit(None, dtype=nw.Int64).alias("age"))
    (step,) = ctx.engine.materialise(with_days(ctx, step))
    return step


def _with_lead_stats(step: Step, leads: Step | None) -> Step:
    if leads is None:
        numbers = (nw.lit(None, dtype=nw.Int64).alias(name) for name in _LEAD_STATS)
        return step.with_columns(*numbers, nw.lit(None, dtype=nw.String).alias("best_lead"))
    placed = leads.filter(~nw.col(ACCOUNT).is_null())
    sums = placed.group_by(ACCOUNT).agg(
        nw.len().cast(nw.Int64).alias("known_contacts"),
        nw.col("is_mql").cast(nw.Int64).sum().cast(nw.Int64).alias("mqls"),
        (nw.col("status") == HAND_RAISER).cast(nw.Int64).sum().cast(nw.Int64).alias("hand_raisers"),
    )
    able = placed.filter(nw.col("status") != DISQUALIFIED).with_columns((nw.col("score") * -1).alias("cold"))
    best = able.unique(subset=ACCOUNT, keep="first", order_by=["cold", CONTACT]).select(
        ACCOUNT, nw.col("contact_id").alias("best_lead"), nw.col("score").alias("best_lead_score")
    )
    step = step.join(sums, on=ACCOUNT, how="left").join(best, on=ACCOUNT, how="left")
    return step.with_columns(*(nw.col(name).fill_null(0) for name in ("known_contacts", "mqls", "hand_raisers")))


def _with_intent(ctx: Context, step: Step, topics: Step | None, group: BuyingGroup | None) -> Step:
    """Add intent and topics; an account that nobody speaks of has 0, unless no intent was given at all."""
    if topics is None:
        unknown = nw.lit(None, dtype=nw.Int64)
        names = ("intent", "spiking_topic_count", "topic_share")
        return step.with_columns(
            *(unknown.alias(name) for name in names), nw.lit(None, dtype=nw.String).alias("spiking_topics")
        )
    named = len(named_topics(ctx.model, group))
    step = step.join(account_intent(ctx, topics, group), on=ACCOUNT, how="left")
    step = step.with_columns(
        *(nw.col(name).fill_null(0) for name in ("intent", "spiking_topic_count", "named_spiking")),
        nw.col("spiking_topics").fill_null(""),
    )
    share = (nw.col("named_spiking") * micro(1.0) * 2 + named) // (2 * named) if named else nw.lit(None, dtype=nw.Int64)
    return step.with_columns(share.cast(nw.Int64).alias("topic_share"))


def _judged_columns(ctx: Context) -> list[str]:
    values = [*GROUP_VALUES, *GROUP_PEOPLE, *NEXT_STEP]
    own = ["account_id", "name", "segment", "tier", "open_opportunities", "won_opportunities", "last_activity"]
    of_account = [f"account:{name}" for name in ctx.binding.needs("account") if name != "segment"]
    return [ACCOUNT, GROUP, "group", "motion", *own, "account:segment", *_LEAD_STATS, "best_lead", *values, *of_account]


def _shown(every: Step) -> Step:
    """Each account by its first group that qualifies, else its first that applies."""
    qualifies = (nw.col("is_mqa") & (nw.col(GROUP) >= 0)).cast(nw.Int64)
    counts = every.group_by(ACCOUNT).agg(qualifies.sum().cast(nw.Int64).alias("qualified_groups"))
    turn = nw.when(nw.col("is_mqa")).then(nw.col(GROUP)).otherwise(nw.col(GROUP) + _LATE)
    step = every.with_columns(turn.alias("turn")).unique(subset=[ACCOUNT], keep="first", order_by=["turn"])
    return step.join(counts, on=ACCOUNT, how="left")


def _ranked(ctx: Context, step: Step) -> Step:
    """Add the rank among all accounts, and the stage."""
    names = ["score", "intent", "coverage", "engagement"]
    # Nulls last: no number of millionths comes near the one that stands for them.
    cold = [(nw.col(name) * -1).fill_null(1 << 60).alias(f"cold_{name}") for name in names]
    listed = step.filter(~nw.col("is_excluded")).select(ACCOUNT, *cold)
    ranked = listed.with_row_index("rank", order_by=[*(f"cold_{name}" for name in names), ACCOUNT])
    ranked = ranked.select(ACCOUNT, (nw.col("rank").cast(nw.Int64) + 1).alias("rank"))
    step = with_points(ctx, step.join(ranked, on=ACCOUNT, how="left"))
    stage = first_match(ctx, ctx.model.stages, "stages", nw.lit(None, dtype=nw.String))
    (step,) = ctx.engine.materialise(step.with_columns(stage.alias("stage")))
    return step


def _roles(seen: Step, group: BuyingGroup, index: int) -> Step:
    """The committee table of one group: a row per account and role."""
    names = {"known": "known", "filled": "filled", "engaged": "filled_engaged", "best": CONTACT, "lead": "best_score"}
    names |= {"missing": "missing", "warmth": "warmth"}
    whole = [name for name in names if name not in ("missing", "warmth")]
    rows = [
        seen.select(
            nw.col(ACCOUNT, f"missing_{slot}", f"warmth_{slot}"),
            nw.col(*(f"{name}_{slot}" for name in whole)).cast(nw.Int64),
            nw.lit(index).cast(nw.Int64).alias(GROUP),
            nw.lit(slot).cast(nw.Int64).alias("slot"),
            nw.lit(name).alias("role"),
            nw.lit(float(role.weight)).alias("weight"),
            nw.lit(role.people).cast(nw.Int64).alias("seats"),
        ).rename({f"{name}_{slot}": column for name, column in names.items()})
        for slot, (name, role) in enumerate(group.roles.items())
    ]
    return nw.concat(rows)


def _no_roles(every: Step) -> Step:
    """An empty committee table, for a model without buying groups."""
    whole = ("known", "filled", "filled_engaged", "warmth", CONTACT, "best_score")
    return every.head(0).select(
        ACCOUNT,
        GROUP,
        nw.lit(0).cast(nw.Int64).alias("slot"),
        nw.lit("").alias("role"),
        nw.lit(0.0).alias("weight"),
        nw.lit(0).cast(nw.Int64).alias("seats"),
        *(nw.lit(0).cast(nw.Int64).alias(name) for name in whole),
        nw.lit(value=False).alias("missing"),
    )
