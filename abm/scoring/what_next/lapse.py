"""The lapse day: the first day on which, with no new facts, a qualified buying group no longer qualifies.

The facts of an account are copied once for each coming day, and all copies are judged in one run of the plan: the
normal path, with keys that say on which day their account is judged (see `abm.scoring.context.Context`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from abm.scoring.facts.accounts import ACCOUNT
from abm.scoring.facts.contacts import CONTACT
from abm.scoring.facts.events import SUBJECT
from abm.scoring.facts.owners import WHO, anonymous
from abm.scoring.facts.reading import Facts
from abm.scoring.plan import judge
from abm.scoring.standings import GROUP

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from abm.engines.base import Engine, Step
    from abm.scoring.plan import Scored
    from abm.scoring.result import ScoreResult
    from abm.scoring.standings import Standings

HORIZON = 90
"""How many days ahead we look."""

_AT_ONCE = 500
"""So many accounts are copied at a time: their facts are in memory once for every day."""


def lapse_day(result: ScoreResult, account_id: str, group: str | None) -> date | None:
    """The first day within 90 on which a qualified group (or account without one) no longer qualifies.

    Args:
        result: a run.
        account_id: an account whose group is an MQA.
        group: the buying group; None for an account that qualifies without one.

    Returns:
        The day; None when it qualifies through all 90 days, or is no MQA now.
    """
    days = lapse_days(result, [account_id]).filter(pl.col("group").eq_missing(pl.lit(group)))
    return days["lapses_on"].item() if days.height else None


def lapse_days(result: ScoreResult, account_ids: Sequence[str] | None = None) -> pl.DataFrame:
    """Find the first day within 90 on which each qualified buying group no longer qualifies, if nothing new happens.

    "Nothing new" means the facts that exist on as_of: no event, observation, person or opportunity is added, while
    points decay, windows pass, spikes end and expected closing days arrive. A group that ceases to apply does not
    qualify either.

    Args:
        result: a run.
        account_ids: the accounts; by default all.

    Returns:
        One row per MQA by account_id and group in model order: `account_id`, `group` (null for an account that
        qualifies without one), `lapses_on` (date; null when it qualifies through all 90 days).
    """
    scored = result.scored
    judged = _qualified(scored.ctx.engine, scored, account_ids)
    days = HORIZON + 1
    keys = judged[ACCOUNT].unique(maintain_order=True)
    found = [_first_failing(scored, keys[i : i + _AT_ONCE], days) for i in range(0, len(keys), _AT_ONCE)]
    failing = pl.concat(found) if found else pl.DataFrame(schema=_KEYED | {"ahead": pl.Int64})
    names = {i: each.name for i, each in enumerate(result.model.buying_groups)}
    told = judged.join(failing, on=[ACCOUNT, GROUP], how="left", maintain_order="left")
    return told.select(
        "account_id",
        pl.col(GROUP).replace_strict(names, default=None, return_dtype=pl.String).alias("group"),
        (pl.lit(result.as_of) + pl.duration(days="ahead")).cast(pl.Date).alias("lapses_on"),
    )


_KEYED = {ACCOUNT: pl.Int64, GROUP: pl.Int64}


def _qualified(engine: Engine, scored: Scored, account_ids: Sequence[str] | None) -> pl.DataFrame:
    """What is an MQA now: `a`, `g` (-1 without a group), `account_id`."""
    rows = nw.concat([_verdicts(scored.standings.groups), _loose(scored.standings.accounts)])
    ids = scored.accounts.select(ACCOUNT, "account_id")
    if account_ids is not None:
        ids = ids.filter(nw.col("account_id").is_in(list(account_ids)))
    (frame,) = engine.gather(rows.filter(nw.col("is_mqa")).drop("is_mqa").join(ids, on=ACCOUNT, how="inner"))
    return frame.sort(ACCOUNT, GROUP)


def _verdicts(rows: Step) -> Step:
    return rows.select(ACCOUNT, GROUP, "is_mqa")


def _loose(accounts: Step) -> Step:
    """The accounts to which no group applies."""
    return _verdicts(accounts.filter(nw.col(GROUP) < 0))


def _first_failing(scored: Scored, keys: pl.Series, days: int) -> pl.DataFrame:
    """The first day ahead, from 1, on which each account and group of `keys` is not an MQA: `a`, `g`, `ahead`."""
    found = judged_on_days(scored, keys, days)
    qualifies = nw.concat([_verdicts(found.groups), _loose(found.accounts)]).filter(nw.col("is_mqa"))
    (frame,) = scored.ctx.engine.gather(qualifies.select(ACCOUNT, GROUP))
    held = frame.select(pl.col(ACCOUNT) // days, GROUP, (pl.col(ACCOUNT) % days).alias("ahead"))
    # Days that hold are counted from as_of on; the first gap is where a day is no longer its own place in the row.
    held = held.sort(ACCOUNT, GROUP, "ahead")
    place = pl.int_range(pl.len()).over(ACCOUNT, GROUP)
    unbroken = (
        held.filter(pl.col("ahead") == place).group_by(ACCOUNT, GROUP).agg(pl.len().cast(pl.Int64).alias("ahead"))
    )
    return unbroken.filter(pl.col("ahead") < days)


def judged_on_days(scored: Scored, keys: pl.Series, days: int) -> Standings:
    """Judge accounts on as_of and the days after it: the standings' keys `a` are `a * days + ahead`.

    Args:
        scored: a run.
        keys: the accounts' keys.
        days: how many days, as_of among them.
    """
    ctx = scored.ctx
    binding = replace(ctx.binding, days=days)
    later = replace(ctx, binding=binding, findings=[], progress=lambda _step: None, kept=None)
    chosen = ctx.engine.scatter(pl.DataFrame({ACCOUNT: keys}, schema={ACCOUNT: pl.Int64}))
    return judge(later, _on_days(ctx.engine, scored.facts, chosen, days)).standings


def _on_days(engine: Engine, facts: Facts, chosen: Step, days: int) -> Facts:
    """The facts of the chosen accounts once for each day: key k becomes `k * days + ahead`, ages grow by `ahead`."""
    ahead = engine.scatter(pl.DataFrame({"ahead": pl.int_range(days, eager=True)}))

    def copied(step: Step, *keys: str, owner: str = ACCOUNT) -> Step:
        mine = chosen.rename({ACCOUNT: owner}) if owner != ACCOUNT else chosen
        copies = step.join(mine, on=owner, how="semi").join(ahead, how="cross")
        return copies.with_columns(*(nw.col(key) * days + nw.col("ahead") for key in keys))

    accounts = replace(facts.accounts, frame=copied(facts.accounts.frame, ACCOUNT).drop("ahead"))
    opportunities, contacts, events, intent = facts.opportunities, facts.contacts, facts.events, facts.intent
    if opportunities is not None:
        opportunities = copied(opportunities, ACCOUNT).drop("ahead")
    if contacts is not None:
        contacts = replace(contacts, frame=copied(contacts.frame, CONTACT, ACCOUNT).drop("ahead"), later=None)
    if events is not None:
        who = nw.col(WHO)
        stream = anonymous(anonymous(who) * days + nw.col("ahead"))
        moved = nw.when(who < 0).then(stream).otherwise(who * days + nw.col("ahead")).alias(WHO)
        own = events.subjects.join(chosen.rename({ACCOUNT: "context_a"}), on="context_a", how="semi")
        (own, cells) = engine.materialise(own, events.cells.join(own.select(SUBJECT), on=SUBJECT, how="semi"))
        subjects = copied(own, SUBJECT, CONTACT, "context_a", owner="context_a").with_columns(moved).drop("ahead")
        cells = cells.join(ahead, how="cross").with_columns(nw.col(SUBJECT) * days + nw.col("ahead")).drop("ahead")
        events = replace(events, cells=cells, subjects=subjects)
    if intent is not None:
        older = (nw.col("age") + nw.col("ahead")).alias("age")
        scores, counts = (
            copied(step, ACCOUNT).with_columns(older).drop("ahead") for step in (intent.scores, intent.counts)
        )
        intent = replace(intent, scores=scores, counts=counts)
    return Facts(accounts, opportunities, contacts, events, intent)
