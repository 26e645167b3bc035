"""Contacts: one row per contact_id with an integer key, the account it belongs to, and what its title and mail say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from abm.identity.matching.people import with_duplicates
from abm.scoring.facts.accounts import ACCOUNT, Accounts
from abm.scoring.facts.placed import CONTACT, placed_until
from abm.scoring.facts.placed_days import placed_of_all_days
from abm.scoring.facts.placing_apart import with_aliases
from abm.tables.findings import SAMPLE_SIZE, Finding, Level
from abm.tables.hygiene import Flaw

if TYPE_CHECKING:
    from abm.engines.base import Step
    from abm.scoring.context import Context

__all__ = ["CONTACT", "Contacts", "read_contacts"]


@dataclass(frozen=True)
class Contacts:
    """Cleaned contacts.

    Attributes:
        frame: `c`, `contact_id`, `a` (null without account), `mail` (normal), `email_kind`, `seniority`, `department`,
            `seniority_rank`, `buying_role`, `title`, and the columns that conditions name as `contact.x`; key `c`.
        by_id: `contact_id`, `c`, `a`, under every id that stands for the person; key `contact_id`.
        by_mail: `mail`, `c`: the contact an address belongs to; key `mail`.
        later: `contact_id`, `mail`, `a` of people created after as_of, whose earlier activity is anonymous; or None.
        rows: every column of the contacts table, one row per person; not materialised.
        matches: how each contact found its account (columns of `abm.scoring.columns.MATCHES`; see `Placing`).
    """

    frame: Step
    by_id: Step
    by_mail: Step
    later: Step | None
    rows: Step
    matches: pl.DataFrame | Step


def read_contacts(ctx: Context, accounts: Accounts) -> Contacts:
    """Clean, key and place the contacts of the run, one per person."""
    table = ctx.inputs["contacts"].frame
    created_later = nw.col("created_at") > nw.lit(ctx.as_of)
    found = ctx.scan(
        "contacts",
        table,
        Flaw("missing_key", "left out: a row without contact_id", nw.col("contact_id").is_null(), "account_id"),
        Flaw(
            "after_as_of",
            "not known yet on the as-of day; earlier activity is counted as anonymous",
            created_later,
            "contact_id",
            Level.NOTE,
            "created_at",
        ),
    )
    some_later = "after_as_of" in found
    placed = placed_of_all_days(ctx, accounts, some_later=some_later)
    if placed is None:
        placed = placed_until(ctx, accounts, created_later if some_later else None)
    ctx.findings.extend(placed.findings)
    frame = placed.frame
    _report_contacts(ctx, frame)
    by_mail = frame.filter(~nw.col("mail").is_null()).group_by("mail").agg(nw.col(CONTACT).min())
    matches = _known_matches(ctx, placed.matches, frame, placed.merged.aliases, some_later=some_later)
    return Contacts(frame, _by_id(ctx, frame, placed.merged.aliases), by_mail, placed.later, placed.rows, matches)


def _known_matches(
    ctx: Context, matches: pl.DataFrame | Step, frame: Step, aliases: pl.DataFrame, *, some_later: bool
) -> pl.DataFrame | Step:
    """The matches of people who are known on the day, and of the ids that stand for them."""
    if not isinstance(matches, pl.DataFrame):
        known = matches.join(frame.select("contact_id"), on="contact_id", how="semi") if some_later else matches
        return with_aliases(ctx, known, aliases)
    if some_later:
        (ids,) = ctx.engine.gather(frame.select("contact_id"))
        matches = matches.join(ids, on="contact_id", how="semi", maintain_order="left")
    return with_duplicates(matches, aliases)


def _by_id(ctx: Context, people: Step, aliases: pl.DataFrame) -> Step:
    """Add the ids that stand for another contact."""
    own = people.select("contact_id", CONTACT, ACCOUNT)
    if aliases.is_empty():
        return own
    others = ctx.engine.scatter(aliases.select(pl.col("contact_id").alias("alias"), pl.col("survivor")))
    others = others.join(own, left_on="survivor", right_on="contact_id", how="inner")
    others = others.select(nw.col("alias").alias("contact_id"), CONTACT, ACCOUNT)
    (both,) = ctx.engine.materialise(nw.concat([own, others]))
    return both


def _report_contacts(ctx: Context, contacts: Step) -> None:
    unread = nw.col("seniority").is_null() & nw.col("department").is_null() & ~nw.col("title").is_null()
    note = Level.NOTE
    ctx.scan(
        "contacts",
        contacts,
        Flaw(
            "unknown_account",
            "account_id names no account",
            nw.col("account_unknown"),
            "contact_id",
            column="account_id",
        ),
        Flaw(
            "no_account",
            "a lead without account: no id, mail domain or company name leads to one",
            nw.col(ACCOUNT).is_null(),
            "contact_id",
            note,
        ),
        Flaw("unreadable_title", "seniority and department unknown", unread, "title", note, "title"),
        Flaw(
            "invalid_email",
            "never matched: not a mail address",
            nw.col("email_kind") == "invalid",
            "contact_id",
            column="email",
        ),
    )
    shared = (
        # Those who share an address that is one are one person by now.
        contacts.filter(nw.col("email_kind") == "invalid")
        .group_by("mail")
        .agg(nw.col("contact_id").min(), nw.len().cast(nw.Int64).alias("people"))
    )
    (shared_mail,) = ctx.engine.gather(shared.filter(nw.col("people") > 1).select("contact_id", "people"))
    if shared_mail.height:
        ctx.findings.append(
            Finding(
                "contacts",
                "shared_email",
                shared_mail.height,
                "no address, and several contacts have it: events that name it go to the smallest contact_id",
                column="email",
                file=ctx.inputs["contacts"].file,
                samples=tuple(shared_mail["contact_id"].sort().head(SAMPLE_SIZE)),
            )
        )
