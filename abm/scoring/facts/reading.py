"""Reading: every given table cleaned and keyed, each fact with its owner; nothing judged yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from abm.scoring.facts.accounts import Accounts, read_accounts
from abm.scoring.facts.contacts import Contacts, read_contacts
from abm.scoring.facts.events import Events, read_events
from abm.scoring.facts.intent import IntentFacts, read_intent
from abm.scoring.facts.opportunities import read_opportunities
from abm.scoring.facts.owners import owned

if TYPE_CHECKING:
    from collections.abc import Callable

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
    contacts = ctx.once("contacts", (ctx.as_of,), lambda: read_contacts(ctx, accounts)) if "contacts" in given else None
    ctx.progress("events")
    events = owned(ctx, counted(ctx), accounts, contacts) if "events" in given else None
    ctx.progress("intent")
    intent = ctx.once("intent", (ctx.as_of,), lambda: read_intent(ctx, accounts)) if "intent" in given else None
    return Facts(accounts, opportunities, contacts, events, intent)
