"""Events: the usable ones, each with whose activity it is: a person's, or an account's without a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import narwhals as nw

from abm.scoring.facts.accounts import ACCOUNT, Accounts, owners_of
from abm.scoring.facts.contacts import CONTACT, Contacts
from abm.scoring.facts.keys import new_rows, normal_mail, single_rows
from abm.tables.findings import Level
from abm.tables.hygiene import Flaw

if TYPE_CHECKING:
    from abm.engines.base import Step
    from abm.scoring.context import Context

WHO = "who"
"""Whose activity: the contact's key `c`, or `-1 - a` for the anonymous stream of account `a`."""

FIRST_DAY = date(2000, 1, 1)
"""Earlier times are mistakes of export, not activity."""

MOST_PER_ROW = 1_000_000_000
"""More occurrences in one row count as so many: their sum must stay within 64 bits."""


_WHICH = ("event_id", "contact_id", "account_id", "domain")
"""What a report calls an event: its id, else whose it is."""

_OWN = ("contact_id", "email", "account_id", "domain", "type", "occurred_at", "count")


@dataclass(frozen=True)
class Events:
    """Usable events with an owner.

    Attributes:
        frame: `type`, `occurred_at`, `count` (1 if not given), `who` (null for orphans), `c`, `context_a` (the account
            that conditions see as `account.x`), and the columns that conditions name, as `event.x`.
    """

    frame: Step


def read_events(ctx: Context, accounts: Accounts, contacts: Contacts | None) -> Events:
    """Leave out what cannot count, then find the owner of each event."""
    table = ctx.inputs["events"].frame
    _scan(ctx, table)
    given = ctx.inputs["events"].given
    usable = table.filter(_usable(ctx.as_of))
    usable = single_rows(ctx, "events", usable, "event_id") if "event_id" in given else new_rows(ctx, "events", usable)
    usable = usable.with_columns(nw.min_horizontal(nw.col("count").fill_null(1), nw.lit(MOST_PER_ROW)))
    wanted = [nw.col(name).alias(f"event:{name}") for name in ctx.binding.needs("event")]
    usable = usable.select(*_OWN, *wanted)
    step = _with_person(usable, contacts, given)
    step = _with_account(ctx, step, accounts, contacts, given)
    return Events(step)


def anonymous(account: nw.Expr) -> nw.Expr:
    """Key of an account's anonymous stream; its own inverse."""
    return -1 - account


def _usable(as_of: date) -> nw.Expr:
    day, count = nw.col("occurred_at"), nw.col("count")
    in_time = (day >= nw.lit(FIRST_DAY)) & (day <= nw.lit(as_of))
    return in_time & (count.is_null() | (count >= 1))


def _scan(ctx: Context, table: Step) -> None:
    """Report flaws in one pass."""
    day, count = nw.col("occurred_at"), nw.col("count")
    ctx.scan(
        "events",
        table,
        Flaw(
            "after_as_of",
            "not happened yet on the as-of day",
            day > nw.lit(ctx.as_of),
            "occurred_at",
            Level.NOTE,
            "occurred_at",
        ),
        Flaw("no_time", "left out: no readable time", day.is_null(), _WHICH, column="occurred_at"),
        Flaw("too_early", "left out: before 2000-01-01", day < nw.lit(FIRST_DAY), "occurred_at", column="occurred_at"),
        Flaw(
            "bad_count",
            "left out: count is not a positive integer",
            count < 1,
            _WHICH,
            column="count",
        ),
        Flaw("missing_type", "matches no signal: no type", nw.col("type").is_null(), _WHICH, column="type"),
    )


def _with_person(events: Step, contacts: Contacts | None, given: frozenset[str]) -> Step:
    """Add `c` and the person's account `person_a`: by contact_id, else by mail."""
    nobody = nw.lit(None, dtype=nw.Int64)
    contact, account = nobody, nobody
    if contacts is not None and "email" in given:
        place = contacts.frame.select(CONTACT, nw.col(ACCOUNT).alias("a_mail"))
        by_mail = contacts.by_mail.join(place, on=CONTACT, how="left").rename({CONTACT: "c_mail"})
        events = events.with_columns(normal_mail("email").alias("mail")).join(by_mail, on="mail", how="left")
        contact, account = nw.col("c_mail"), nw.col("a_mail")
    if contacts is not None and "contact_id" in given:
        by_id = contacts.by_id.rename({CONTACT: "c_id", ACCOUNT: "a_person"})
        events = events.join(by_id, on="contact_id", how="left")
        known = ~nw.col("c_id").is_null()
        contact = nw.when(known).then(nw.col("c_id")).otherwise(contact)
        account = nw.when(known).then(nw.col("a_person")).otherwise(account)
    return events.with_columns(contact.alias(CONTACT), account.alias("person_a"))


def _with_account(
    ctx: Context, events: Step, accounts: Accounts, contacts: Contacts | None, given: frozenset[str]
) -> Step:
    """Add `who` and `context_a`; without a known person the event's own account counts, else that of a later person."""
    own = []
    if "account_id" in given:
        by_id = accounts.frame.select("account_id", nw.col(ACCOUNT).alias("a_id"))
        events = events.join(by_id, on="account_id", how="left")
        own.append("a_id")
    if "domain" in given:
        owned = owners_of(ctx, accounts, ctx.inputs["events"].frame, "domain", "a_host")
        events = events.join(owned, on="domain", how="left")
        own.append("a_host")
    if contacts is not None and contacts.later is not None:
        events, later = _with_later(events, contacts.later, given)
        own.extend(later)
    nobody = nw.lit(None, dtype=nw.Int64)
    account = nw.coalesce(*(nw.col(name) for name in own)) if own else nobody
    known = ~nw.col(CONTACT).is_null()
    return events.with_columns(
        nw.when(known).then(nw.col(CONTACT)).otherwise(anonymous(account)).alias(WHO),
        nw.when(known).then(nw.col("person_a")).otherwise(account).alias("context_a"),
    ).drop(own)


def _with_later(events: Step, later: Step, given: frozenset[str]) -> tuple[Step, list[str]]:
    """Add the account of a person created after as_of, by contact_id, else by mail."""
    found = []
    if "contact_id" in given:
        by_id = later.select("contact_id", nw.col(ACCOUNT).alias("a_later_id"))
        events = events.join(by_id, on="contact_id", how="left")
        found.append("a_later_id")
    if "email" in given:
        first = later.filter(~nw.col("mail").is_null()).unique(subset="mail", keep="first", order_by="contact_id")
        by_mail = first.select("mail", nw.col(ACCOUNT).alias("a_later_mail"))
        events = events.join(by_mail, on="mail", how="left")
        found.append("a_later_mail")
    return events, found
