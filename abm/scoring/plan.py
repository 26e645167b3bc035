"""The plan: the named steps from tables to standings, each materialised once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import narwhals as nw

from abm.scoring.binding import bind
from abm.scoring.committees import Crowd
from abm.scoring.companies import companies, with_groups
from abm.scoring.context import Context, Input, Progress
from abm.scoring.engagement import View, engagement, view_of
from abm.scoring.facts.accounts import ACCOUNT, Accounts, read_accounts
from abm.scoring.facts.contacts import CONTACT, Contacts, read_contacts
from abm.scoring.facts.events import WHO, anonymous, read_events
from abm.scoring.facts.intent import read_intent
from abm.scoring.facts.opportunities import opportunity_counts, opportunity_roles, read_opportunities
from abm.scoring.families import HOME, family_companies, family_keys, family_standings, family_topics
from abm.scoring.intent import topic_strengths
from abm.scoring.leads import lead_scores, people_with_accounts
from abm.scoring.ledger import Ledger, build_ledger
from abm.scoring.roles import people_roles
from abm.scoring.standings import Standings, standings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from abm.engines.base import Engine, Step
    from abm.model import Model
    from abm.tables.findings import Finding


@dataclass(frozen=True)
class Scored:
    """What one run of the plan gives, still in the engine and in millionths.

    Attributes:
        account_rows: every column of the accounts table, one row per account_id, for conditions over them.
        accounts: the accounts' standing facts, key `a`.
        leads: key `c`, or None without contacts.
        lines: engagement lines, key `who`, `signal`, `repeat`, or None without events.
        streams: anonymous streams, key `a`, or None without events.
        topics: topic strengths, key `a`, `topic`, or None without intent.
        standings: accounts, groups and committees.
        families: key `a` of ultimate parents, or None when the model does not roll families up.
        findings: the hygiene report.
    """

    account_rows: Step
    accounts: Step
    leads: Step | None
    lines: Step | None
    streams: Step | None
    topics: Step | None
    standings: Standings
    families: Step | None
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class _Facts:
    """What the steps after reading share.

    Attributes:
        accounts: cleaned accounts.
        companies: their standing facts.
        counts: opportunity counts, or None.
        contacts: cleaned contacts, or None.
        roles_said: roles that opportunities give, or None.
        ledger: cells of counted events, or None.
        streams: anonymous streams, key `a`, or None without events.
        topics: topic strengths, or None.
        views: what each buying group counts.
    """

    accounts: Accounts
    companies: Step
    counts: Step | None
    contacts: Contacts | None
    roles_said: Step | None
    ledger: Ledger | None
    topics: Step | None
    views: list[View]


def run(
    model: Model, inputs: Mapping[str, Input], as_of: date, engine: Engine, progress: Progress = lambda _step: None
) -> Scored:
    """Score the given tables under a model as of a day.

    Raises:
        ModelError: conditions do not fit the tables.
        TableError: families are to be rolled up and parent links go round in a circle.
    """
    binding = bind(model, {name: table.kinds for name, table in inputs.items()}, as_of)
    ctx = Context(model, as_of, engine, inputs, binding, [], progress)
    facts = _facts(ctx)
    lines = points = leads = None
    if facts.ledger is not None:
        progress("engagement")
        lines, points = engagement(ctx, facts.ledger, facts.views)
    if facts.contacts is not None:
        progress("leads")
        leads = _leads(ctx, facts, facts.contacts, points, lines)
    progress("standings")
    streams = None if points is None else _streams(points)
    crowd = Crowd(leads, streams)
    found = standings(ctx, facts.companies, crowd, facts.topics, facts.views)
    families = _families(ctx, facts, leads) if model.family == "rollup" else None
    rows = facts.accounts.rows
    return Scored(rows, facts.companies, leads, lines, streams, facts.topics, found, families, tuple(ctx.findings))


def _facts(ctx: Context) -> _Facts:
    """Read every table that was given."""
    given = ctx.inputs
    ctx.progress("accounts")
    accounts = read_accounts(ctx)
    opportunities = read_opportunities(ctx, accounts) if "opportunities" in given else None
    counts = opportunity_counts(opportunities) if opportunities is not None else None
    (firms,) = ctx.engine.materialise(with_groups(ctx, companies(ctx, accounts.frame, counts)))
    ctx.progress("contacts")
    contacts = read_contacts(ctx, accounts) if "contacts" in given else None
    said = None
    if opportunities is not None and contacts is not None and "opportunity_contacts" in given:
        said = opportunity_roles(ctx, opportunities, contacts)
    ctx.progress("events")
    ledger = None
    if "events" in given:
        ledger = build_ledger(ctx, read_events(ctx, accounts, contacts), firms, contacts)
    ctx.progress("intent")
    topics = topic_strengths(ctx, read_intent(ctx, accounts)) if "intent" in given else None
    views = [view_of(ctx.model, group, i) for i, group in enumerate(ctx.model.buying_groups)]
    return _Facts(accounts, firms, counts, contacts, said, ledger, topics, views)


def _leads(ctx: Context, facts: _Facts, contacts: Contacts, points: Step | None, lines: Step | None) -> Step:
    people = people_with_accounts(ctx, contacts.frame, facts.companies)
    people = people.join(people_roles(ctx, people, facts.roles_said), on=CONTACT, how="left")
    (leads,) = ctx.engine.materialise(lead_scores(ctx, people, points, lines, facts.views))
    return leads


def _streams(points: Step) -> Step:
    """The anonymous streams by account."""
    return points.filter(nw.col(WHO) < 0).with_columns(anonymous(nw.col(WHO)).alias(ACCOUNT))


def _families(ctx: Context, facts: _Facts, leads: Step | None) -> Step:
    ctx.progress("families")
    keys = family_keys(ctx, facts.accounts.frame)
    streams = None
    if facts.ledger is not None:
        # The family's anonymous activity is one stream under one set of caps, so its cells are counted together.
        cells = facts.ledger.cells.filter(nw.col(WHO) < 0).with_columns(anonymous(nw.col(WHO)).alias(HOME))
        cells = cells.join(keys, on=HOME, how="inner").with_columns(anonymous(nw.col(ACCOUNT)).alias(WHO))
        cells = cells.group_by(WHO, "signal", "age").agg(nw.col("n").sum().cast(nw.Int64))
        _, points = engagement(ctx, Ledger(cells, facts.ledger.oldest), facts.views)
        streams = _streams(points)
    parents = family_companies(ctx, facts.companies, keys, facts.counts)
    topics = None if facts.topics is None else family_topics(ctx, facts.topics, keys)
    people = None if leads is None else leads.rename({ACCOUNT: HOME}).join(keys, on=HOME, how="inner")
    (step,) = ctx.engine.materialise(family_standings(ctx, parents, Crowd(people, streams), topics, facts.views))
    return step
