"""Owners: whose activity events are, once people and accounts are known: a person's, or an account's without one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import narwhals as nw

from abm.scoring.facts.accounts import ACCOUNT, Accounts, owners_of
from abm.scoring.facts.contacts import CONTACT, Contacts
from abm.scoring.facts.events import SUBJECT, Events
from abm.scoring.facts.keys import normal_mail

if TYPE_CHECKING:
    from abm.engines.base import Step
    from abm.scoring.context import Context

WHO = "who"
"""Whose activity: the contact's key `c`, or `-1 - a` for the anonymous stream of account `a`."""


def owned(ctx: Context, events: Events, accounts: Accounts, contacts: Contacts | None) -> Events:
    """Find the owner of each subject.

    Returns:
        The events; of their subjects `subject`, `who` (null for orphans), `c`, and `context_a`, the account that
        conditions see as `account.x`.
    """
    given = frozenset(events.subjects.collect_schema().names())
    step = _with_person(events.subjects, contacts, given)
    step = _with_account(ctx, step, accounts, contacts, given)
    (step,) = ctx.engine.materialise(step.select(SUBJECT, WHO, CONTACT, "context_a"))
    return replace(events, subjects=step)


def anonymous(account: nw.Expr) -> nw.Expr:
    """Key of an account's anonymous stream; its own inverse."""
    return -1 - account


def owner_key() -> nw.Expr:
    """Key of the contact, or of the account, that `who` stands for."""
    who = nw.col(WHO)
    return nw.when(who < 0).then(anonymous(who)).otherwise(who)


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
        owned = owners_of(ctx, accounts, events, "domain", "a_host")
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
        first = later.filter(~nw.col("mail").is_null()).unique(subset=["mail"], keep="first", order_by=["contact_id"])
        by_mail = first.select("mail", nw.col(ACCOUNT).alias("a_later_mail"))
        events = events.join(by_mail, on="mail", how="left")
        found.append("a_later_mail")
    return events, found
