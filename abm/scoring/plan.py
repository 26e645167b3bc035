"""The plan: the named steps from tables to standings, each materialised once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import narwhals as nw

from abm.engines.base import Engine, Step
from abm.scoring.binding import bind
from abm.scoring.committees import Crowd
from abm.scoring.companies import companies, with_groups
from abm.scoring.context import Context, Input, Progress
from abm.scoring.engagement import View, engagement, view_of
from abm.scoring.facts.accounts import ACCOUNT, Accounts, read_accounts
from abm.scoring.facts.contacts import Contacts, read_contacts
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
        topics: topic strengths, key `a`, `topic`, or None without intent.
        standings: accounts, groups and committees.
        families: key `a` of ultimate parents, or None when the model does not roll families up.
        findings: the hygiene report.
    """

    account_rows: Step
    accounts: Step
    leads: Step | None
    lines: Step | None
    topics: Step | None
    standings: Standings
    families: Step | None
    findings: tuple[Finding, ...]


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
    views = [view_of(model, group, i) for i, group in enumerate(model.buying_groups)]
    progress("accounts")
    accounts = read_accounts(ctx)
    opportunities = read_opportunities(ctx, accounts) if "opportunities" in inputs else None
    counts = opportunity_counts(opportunities) if opportunities is not None else None
    (firms,) = engine.materialise(with_groups(ctx, companies(ctx, accounts.frame, counts)))
    progress("contacts")
    contacts = read_contacts(ctx, accounts) if "contacts" in inputs else None
    progress("events")
    ledger = _ledger(ctx, accounts, firms, contacts)
    lines = points = None
    if ledger is not None:
        progress("engagement")
        lines, points = engagement(ctx, ledger, views)
    progress("leads")
    leads = None
    if contacts is not None:
        leads = _leads(ctx, contacts, firms, opportunities, points, lines, views)
    progress("intent")
    topics = topic_strengths(ctx, read_intent(ctx, accounts)) if "intent" in inputs else None
    progress("accounts")
    streams = None if points is None else _streams(points)
    found = standings(ctx, firms, Crowd(leads, streams), topics, views)
    families = None
    if model.family == "rollup":
        progress("families")
        families = _families(ctx, accounts, firms, counts, leads, ledger, topics, views)
    return Scored(accounts.rows, firms, leads, lines, topics, found, families, tuple(ctx.findings))


def _ledger(ctx: Context, accounts: Accounts, firms: Step, contacts: Contacts | None) -> Ledger | None:
    if "events" not in ctx.inputs:
        return None
    return build_ledger(ctx, read_events(ctx, accounts, contacts), firms, contacts)


def _leads(
    ctx: Context,
    contacts: Contacts,
    firms: Step,
    opportunities: Step | None,
    points: Step | None,
    lines: Step | None,
    views: list[View],
) -> Step:
    said = None
    if opportunities is not None and "opportunity_contacts" in ctx.inputs:
        said = opportunity_roles(ctx, opportunities, contacts)
    people = people_with_accounts(ctx, contacts.frame, firms)
    people = people.join(people_roles(ctx, people, said), on="c", how="left")
    (leads,) = ctx.engine.materialise(lead_scores(ctx, people, points, lines, views))
    return leads


def _streams(points: Step) -> Step:
    """The anonymous streams by account."""
    return points.filter(nw.col(WHO) < 0).with_columns(anonymous(nw.col(WHO)).alias(ACCOUNT))


def _families(
    ctx: Context,
    accounts: Accounts,
    firms: Step,
    counts: Step | None,
    leads: Step | None,
    ledger: Ledger | None,
    topics: Step | None,
    views: list[View],
) -> Step:
    keys = family_keys(ctx, accounts.frame)
    parents = family_companies(ctx, firms, keys, counts)
    streams = None
    if ledger is not None:
        # The family's anonymous activity is one stream under one set of caps, so its cells are counted together.
        cells = ledger.cells.filter(nw.col(WHO) < 0).with_columns(anonymous(nw.col(WHO)).alias(HOME))
        cells = cells.join(keys, on=HOME, how="inner").with_columns(anonymous(nw.col(ACCOUNT)).alias(WHO))
        cells = cells.group_by(WHO, "signal", "age").agg(nw.col("n").sum().cast(nw.Int64))
        _, points = engagement(ctx, Ledger(cells, ledger.oldest), views)
        streams = _streams(points)
    rolled = None if topics is None else family_topics(ctx, topics, keys)
    step = family_standings(ctx, parents, leads, streams, rolled, keys, views)
    (step,) = ctx.engine.materialise(step)
    return step
