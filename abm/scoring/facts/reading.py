"""Reading: every given table cleaned and keyed, each fact with its owner; nothing judged yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import narwhals as nw

from abm.scoring.facts.accounts import Accounts, read_accounts
from abm.scoring.facts.contacts import Contacts, read_contacts
from abm.scoring.facts.events import Events, read_events
from abm.scoring.facts.intent import IntentFacts, read_intent
from abm.scoring.facts.opportunities import read_opportunities
from abm.scoring.facts.owners import owned

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from abm.engines.base import Step
    from abm.scoring.context import Context


@dataclass(frozen=True)
class Facts:
    """What is known on the as-of day; a table that was not given is None.

    Attributes:
        accounts: cleaned accounts and who owns which domain.
        opportunities: cleaned opportunities.
        contacts: cleaned contacts.
        events: usable events, counted per owner.
        intent: usable intent rows with their accounts.
    """

    accounts: Accounts
    opportunities: Step | None
    contacts: Contacts | None
    events: Events | None
    intent: IntentFacts | None


def read_facts(ctx: Context, counted: Callable[[Context], Events] = read_events) -> Facts:
    """Read every table that was given; `counted` counts the events, or brings what was counted before."""
    given = ctx.inputs
    ctx.progress("accounts")
    accounts = ctx.once("accounts", (), lambda: read_accounts(ctx))
    opportunities = read_opportunities(ctx, accounts) if "opportunities" in given else None
    ctx.progress("contacts")
    contacts = events = None
    if "contacts" in given:
        contacts = ctx.once("contacts", (_newcomers(ctx),), lambda: read_contacts(ctx, accounts))
    ctx.progress("events")
    if "events" in given:
        events = ctx.once("events", _counting(ctx), lambda: owned(ctx, counted(ctx), accounts, contacts))
    ctx.progress("intent")
    intent = ctx.once("intent", (ctx.as_of,), lambda: read_intent(ctx, accounts)) if "intent" in given else None
    return Facts(accounts, opportunities, contacts, events, intent)


def _counting(ctx: Context) -> tuple[Hashable, ...]:
    """What decides how events are counted and whose they are."""
    signals = tuple((signal.event, signal.where) for signal in ctx.model.signals)
    return (ctx.as_of, signals, ctx.model.ignore)


def _newcomers(ctx: Context) -> int | None:
    """How many contacts were created after as_of: as many on two days, the same contacts on both.

    None in a run that shares nothing, for there it does not matter.
    """
    if ctx.kept is None or "created_at" not in ctx.inputs["contacts"].given:
        return None
    later = ctx.inputs["contacts"].frame.filter(nw.col("created_at") > nw.lit(ctx.as_of))
    (rows,) = ctx.engine.gather(later.select(nw.len().alias("rows")))
    return int(rows.item())
