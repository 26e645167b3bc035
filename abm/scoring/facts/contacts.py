"""Contacts: one row per contact_id with an integer key, the account it belongs to, and what its title and mail say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from abm.identity.mail import GIANTS, MAIL_PATTERN, free_providers, role_mailboxes
from abm.identity.titles import DEPARTMENTS, SENIORITY_RANK, read_titles
from abm.scoring.binding import PERSON
from abm.scoring.facts.accounts import ACCOUNT, Accounts
from abm.scoring.facts.keys import normal_mail, normal_text, single_rows
from abm.scoring.steps import extended
from abm.tables.findings import SAMPLE_SIZE, Finding, Level
from abm.tables.hygiene import Flaw

if TYPE_CHECKING:
    from abm.engines.base import Step
    from abm.scoring.context import Context

CONTACT = "c"
"""Integer key of a contact, in the order of contact_id."""


_OWN = ("_row", "contact_id", "account_id", "email", "title", "seniority", "department", "buying_role")


@dataclass(frozen=True)
class Contacts:
    """Cleaned contacts.

    Attributes:
        frame: `c`, `contact_id`, `a` (null without account), `mail` (normal), `email_kind`, `seniority`, `department`,
            `seniority_rank`, `buying_role`, `title`, and the columns that conditions name as `contact.x`; key `c`.
        by_mail: `mail`, `c`: the contact an address belongs to; key `mail`.
        later: `contact_id`, `mail`, `a` of people created after as_of, whose earlier activity is anonymous; or None.
        rows: every column of the contacts table, one row per contact_id; not materialised.
    """

    frame: Step
    by_mail: Step
    later: Step | None
    rows: Step


def read_contacts(ctx: Context, accounts: Accounts) -> Contacts:
    """Clean, key and place the contacts of the run."""
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
    named = table.filter(~nw.col("contact_id").is_null())
    known = single_rows(ctx, "contacts", named.filter((~created_later).fill_null(value=True)), "contact_id")
    placed = _with_titles(ctx, _placed(_narrow(ctx, known), accounts))
    frame = placed.with_row_index(CONTACT, order_by="contact_id").with_columns(nw.col(CONTACT).cast(nw.Int64))
    (frame,) = ctx.engine.materialise(frame)
    _report_contacts(ctx, frame)
    by_mail = frame.filter(~nw.col("mail").is_null()).group_by("mail").agg(nw.col(CONTACT).min())
    later = _later(ctx, _narrow(ctx, named.filter(created_later)), frame, accounts) if "after_as_of" in found else None
    return Contacts(frame=frame, by_mail=by_mail, later=later, rows=known)


def _narrow(ctx: Context, contacts: Step) -> Step:
    """Keep what the plan needs, the columns of conditions as `contact:x`; only then do the plan's own names appear."""
    wanted = [name for name in ctx.binding.needs("contact") if name not in PERSON]
    return contacts.select(*_OWN, *(nw.col(name).alias(f"contact:{name}") for name in wanted))


def _placed(contacts: Step, accounts: Accounts) -> Step:
    """Add `mail`, `email_kind` and the account `a`: the known account_id, else the owner of a work mail's domain."""
    host = nw.col("mail").str.replace_all(r"^.*@", "")
    by_id = accounts.frame.select("account_id", nw.col(ACCOUNT).alias("a_id"))
    by_host = accounts.owners.rename({ACCOUNT: "a_host"})
    step = contacts.with_columns(normal_mail("email").alias("mail")).with_columns(host.alias("host"))
    step = step.join(by_id, on="account_id", how="left").join(by_host, on="host", how="left")
    step = step.with_columns(_email_kind().alias("email_kind"))
    own = nw.when(nw.col("email_kind").is_in(["work", "role"])).then(nw.col("a_host"))
    unknown = ~nw.col("account_id").is_null() & nw.col("a_id").is_null()
    step = step.with_columns(nw.coalesce(nw.col("a_id"), own).alias(ACCOUNT), unknown.alias("account_unknown"))
    return step.drop("a_id", "a_host", "host")


def _email_kind() -> nw.Expr:
    mail, host = nw.col("mail"), nw.col("host")
    local = mail.str.replace_all(r"(\+[^@]*)?@.*$", "")
    free = host.is_in(sorted(GIANTS)) | (host.is_in(sorted(free_providers())) & nw.col("a_host").is_null())
    valid = mail.str.contains(MAIL_PATTERN)
    kind = nw.when(local.is_in(sorted(role_mailboxes()))).then(nw.lit("role")).otherwise(nw.lit("work"))
    kind = nw.when(free).then(nw.lit("free")).otherwise(kind)
    kind = nw.when(valid).then(kind).otherwise(nw.lit("invalid"))
    return nw.when(~mail.is_null()).then(kind)


def _with_titles(ctx: Context, contacts: Step) -> Step:
    """Resolve seniority and department: the contact's own columns, else what its title says (each title read once)."""
    (titles,) = ctx.engine.gather(contacts.filter(~nw.col("title").is_null()).select("title").unique())
    read = read_titles(titles["title"])
    survey = pl.DataFrame(
        {
            "title": list(read),
            "title_seniority": [title.seniority for title in read.values()],
            "title_department": [title.department for title in read.values()],
        },
        schema={"title": pl.String, "title_seniority": pl.String, "title_department": pl.String},
    )
    step = contacts.join(ctx.engine.scatter(survey), on="title", how="left")
    step = step.with_columns(
        nw.coalesce(_word("seniority", SENIORITY_RANK), nw.col("title_seniority")).alias("seniority"),
        nw.coalesce(_word("department", DEPARTMENTS), nw.col("title_department")).alias("department"),
    )
    ranks = nw.lit(None, dtype=nw.Int64)
    for word, rank in SENIORITY_RANK.items():
        ranks = nw.when(nw.col("seniority") == word).then(nw.lit(rank)).otherwise(ranks)
    step = step.with_columns(ranks.cast(nw.Int64).alias("seniority_rank"))
    resolved = [name for name in ctx.binding.needs("contact") if name in PERSON]
    return extended(step, (nw.col(name).alias(f"contact:{name}") for name in resolved))


def _word(column: str, words: object) -> nw.Expr:
    """A given word counts if it is one of ours, in any case, with spaces or hyphens for underscores."""
    word = normal_text(column).str.replace_all(r"[\s-]+", "_")
    return nw.when(word.is_in(list(words))).then(word)  # type: ignore[call-overload]


def _later(ctx: Context, future: Step, known: Step, accounts: Accounts) -> Step:
    """People created after as_of and where they will belong; a contact_id that is already known is not one of them."""
    unknown = future.join(known.select("contact_id"), on="contact_id", how="anti")
    rows = unknown.unique(subset="contact_id", keep="first", order_by=["_row", "account_id", "email"])
    (later,) = ctx.engine.materialise(_placed(rows, accounts).select("contact_id", "mail", ACCOUNT))
    return later


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
            "a lead without account: nobody owns its mail domain",
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
        contacts.filter(~nw.col("mail").is_null())
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
                "its events go to the smallest contact_id: several contacts have one address",
                column="email",
                file=ctx.inputs["contacts"].file,
                samples=tuple(shared_mail["contact_id"].sort().head(SAMPLE_SIZE)),
            )
        )
