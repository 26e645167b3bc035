"""The plan: the named steps from tables to standings, each materialised once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import narwhals as nw

from abm.model.matching import DEFAULT_SETTINGS, MatchSettings
from abm.scoring.binding import bind
from abm.scoring.committees import Crowd
from abm.scoring.companies import companies, with_groups
from abm.scoring.context import Context, Input, Kept, Progress
from abm.scoring.engagement import View, engagement, view_of
from abm.scoring.facts.accounts import ACCOUNT
from abm.scoring.facts.events import Events, read_events
from abm.scoring.facts.opportunities import judged_opportunities, opportunity_counts, opportunity_roles
from abm.scoring.facts.owners import WHO, anonymous
from abm.scoring.facts.reading import Facts, read_facts
from abm.scoring.families import HOME, family_companies, family_keys, family_standings, family_topics
from abm.scoring.intent import topic_strengths
from abm.scoring.ledger import Ledger
from abm.scoring.people import People, judged_people
from abm.scoring.standings import Standings, standings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from abm.engines.base import Engine, Step
    from abm.model import Model
    from abm.tables.findings import Finding


@dataclass(frozen=True)
class Judged:
    """Facts judged under the model, still in the engine and in millionths.

    Attributes:
        accounts: the accounts' standing facts, key `a`.
        counts: opportunity counts, key `a`, or None without opportunities.
        ledger: cells of counted events, or None without events.
        views: what each buying group counts.
        leads: key `c`, or None without contacts.
        lines: engagement lines, key `who`, `signal`, `repeat`, or None without events.
        streams: anonymous streams, key `a`, or None without events.
        topics: topic strengths, key `a`, `topic`, or None without intent.
        standings: accounts, groups and committees.
    """

    accounts: Step
    counts: Step | None
    ledger: Ledger | None
    views: list[View]
    leads: Step | None
    lines: Step | None
    streams: Step | None
    topics: Step | None
    standings: Standings


@dataclass(frozen=True)
class Scored(Judged):
    """What one run of the plan gives, and from what: enough to ask how it would be if the facts were others.

    Attributes:
        ctx: the run.
        facts: what was read.
        families: key `a` of ultimate parents, or None when the model does not roll families up.
        findings: the hygiene report.
    """

    ctx: Context
    facts: Facts
    families: Step | None
    findings: tuple[Finding, ...]

    @property
    def account_rows(self) -> Step:
        """Every column of the accounts table, one row per account_id, for conditions over them."""
        return self.facts.accounts.rows


def run(
    model: Model,
    inputs: Mapping[str, Input],
    as_of: date,
    engine: Engine,
    *,
    progress: Progress = lambda _step: None,
    matching: MatchSettings = DEFAULT_SETTINGS,
    counted: Callable[[Context], Events] = read_events,
    kept: Kept | None = None,
) -> Scored:
    """Score the given tables under a model as of a day.

    Args:
        model: the model.
        inputs: the tables by name.
        as_of: the day.
        engine: what runs the steps.
        progress: called with the name of each step as it begins.
        matching: how alike names must be for a lead to belong to an account.
        counted: counts the events, or brings what was counted before.
        kept: what runs over the same tables have read, if they share it.

    Raises:
        ModelError: conditions do not fit the tables.
        TableError: families are to be rolled up and parent links go round in a circle.
    """
    binding = bind(model, {name: table.kinds for name, table in inputs.items()}, as_of)
    ctx = Context(model, as_of, engine, inputs, binding, [], progress, matching, kept)
    facts = read_facts(ctx, counted)
    judged = judge(ctx, facts)
    families = _families(ctx, facts, judged) if model.family == "rollup" else None
    return Scored(**vars(judged), ctx=ctx, facts=facts, families=families, findings=tuple(ctx.findings))


def judge(ctx: Context, facts: Facts) -> Judged:
    """Judge what was read: people first, then accounts through every buying group."""
    opportunities = None if facts.opportunities is None else judged_opportunities(ctx, facts.opportunities)
    counts = None if opportunities is None else opportunity_counts(opportunities)
    (firms,) = ctx.engine.materialise(with_groups(ctx, companies(ctx, facts.accounts.frame, counts)))
    views = [view_of(ctx.model, group, i) for i, group in enumerate(ctx.model.buying_groups)]
    said = None
    if opportunities is not None and facts.contacts is not None and "opportunity_contacts" in ctx.inputs:
        said = opportunity_roles(ctx, opportunities, facts.contacts)
    people = judged_people(ctx, facts, firms, said, views)
    topics = None if facts.intent is None else topic_strengths(ctx, facts.intent, firms)
    ctx.progress("standings")
    found = standings(ctx, firms, Crowd(people.leads, people.streams), topics, views)
    return Judged(firms, counts, people.ledger, views, people.leads, people.lines, people.streams, topics, found)


def _families(ctx: Context, facts: Facts, judged: Judged) -> Step:
    ctx.progress("families")
    keys = family_keys(ctx, facts.accounts.frame)
    streams = None
    if judged.ledger is not None:
        # The family's anonymous activity is one stream under one set of caps, so its cells are counted together.
        cells = judged.ledger.cells.filter(nw.col(WHO) < 0).with_columns(anonymous(nw.col(WHO)).alias(HOME))
        cells = cells.join(keys, on=HOME, how="inner").with_columns(anonymous(nw.col(ACCOUNT)).alias(WHO))
        cells = cells.group_by(WHO, "signal", "age").agg(nw.col("n").sum().cast(nw.Int64))
        _, points = engagement(ctx, Ledger(cells, judged.ledger.oldest), judged.views)
        streams = People(None, None, points, None).streams
    parents = family_companies(ctx, judged.accounts, keys, judged.counts)
    topics = None if judged.topics is None else family_topics(ctx, judged.topics, keys)
    people = None if judged.leads is None else judged.leads.rename({ACCOUNT: HOME}).join(keys, on=HOME, how="inner")
    (step,) = ctx.engine.materialise(family_standings(ctx, parents, Crowd(people, streams), topics, judged.views))
    return step
