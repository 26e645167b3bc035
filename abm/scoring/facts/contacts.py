"""Contacts: one row per contact_id with an integer key, the account it belongs to, and what its title and mail say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from abm.identity.mail import MAIL_PATTERN, role_mailboxes
from abm.identity.matching.people import with_duplicates
from abm.identity.titles import DEPARTMENTS, SENIORITY_RANK, read_titles
from abm.scoring.binding import PERSON
from abm.scoring.facts.accounts import ACCOUNT, Accounts
from abm.scoring.facts.keys import normal_mail, normal_text, single_rows
from abm.scoring.facts.people import single_people
from abm.scoring.facts.placing import Placing, placed_people, with_accounts
from abm.scoring.facts.placing_apart import with_aliases
from abm.scoring.steps import extended
from abm.tables.findings import SAMPLE_SIZE, Finding, Level
from abm.tables.hygiene import Flaw

if TYPE_CHECKING:
    from abm.engines.base import Step
    from abm.scoring.context import Context

CONTACT = "c"
"""Integer key of a contact, in the order of contact_id."""


_OWN = ("_row", "contact_id", "account_id", "email", "title", "seniority", "department", "buying_role")
_ASKED = ("company", "country", "converted_account_id")
"""What else matching looks at."""


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
    named = table.filter(~nw.col("contact_id").is_null())
    known = single_rows(ctx, "contacts", named.filter((~created_later).fill_null(value=True)), "contact_id")
    people, aliases = single_people(ctx, known, accounts.keys["account_id"])
    everybody = _narrow(ctx, people)
    newcomers = _newcomers(ctx, named.filter(created_later), known) if "after_as_of" in found else None
    placing = placed_people(
        ctx, everybody if newcomers is None else nw.concat([everybody, newcomers]), accounts, aliases
    )
    placed = _with_titles(ctx, _placed(everybody, placing, accounts), everybody.select("title"))
    frame = ctx.engine.numbered(placed, CONTACT, "contact_id")
    _report_contacts(ctx, frame)
    by_mail = frame.filter(~nw.col("mail").is_null()).group_by("mail").agg(nw.col(CONTACT).min())
    later = None
    if newcomers is not None:
        mails = newcomers.with_columns(normal_mail("email").alias("mail"))
        (later,) = ctx.engine.materialise(with_accounts(mails, placing).select("contact_id", "mail", ACCOUNT))
    matches = _known_matches(ctx, placing, frame, aliases, some_later=newcomers is not None)
    return Contacts(frame, _by_id(ctx, frame, aliases), by_mail, later, people, matches)


def _known_matches(
    ctx: Context, placing: Placing, frame: Step, aliases: pl.DataFrame, *, some_later: bool
) -> pl.DataFrame | Step:
    """The matches of people who are known on the day, and of the ids that stand for them."""
    matches = placing.matches
    if not isinstance(matches, pl.DataFrame):
        known = matches.join(frame.select("contact_id"), on="contact_id", how="semi") if some_later else matches
        return with_aliases(ctx, known, aliases)
    if some_later:
        (ids,) = ctx.engine.gather(frame.select("contact_id"))
        matches = matches.join(ids, on="contact_id", how="semi", maintain_order="left")
    return with_duplicates(matches, aliases)


def _narrow(ctx: Context, contacts: Step) -> Step:
    """Keep what the plan needs, the columns of conditions as `contact:x`; only then do the plan's own names appear."""
    wanted = [name for name in ctx.binding.needs("contact") if name not in PERSON]
    return contacts.select(*_OWN, *_ASKED, *(nw.col(name).alias(f"contact:{name}") for name in wanted))


def _newcomers(ctx: Context, future: Step, known: Step) -> Step:
    """People created after as_of; a contact_id that is already known is not one of them."""
    unknown = _narrow(ctx, future).join(known.select("contact_id"), on="contact_id", how="anti")
    return unknown.unique(subset="contact_id", keep="first", order_by=["_row", "account_id", "email"])


def _placed(contacts: Step, placing: Placing, accounts: Accounts) -> Step:
    """Add `mail`, `email_kind`, the account `a`, and whether the account_id that was given names none."""
    host = nw.col("mail").str.replace_all(r"^.*@", "")
    known = accounts.frame.select("account_id", nw.col(ACCOUNT).alias("a_id"))
    step = contacts.with_columns(normal_mail("email").alias("mail")).with_columns(host.alias("host"))
    step = with_accounts(step, placing).join(known, on="account_id", how="left")
    unknown = ~nw.col("account_id").is_null() & nw.col("a_id").is_null()
    kind = _email_kind(placing.free_hosts)
    return step.with_columns(kind.alias("email_kind"), unknown.alias("account_unknown")).drop("a_id", "host", *_ASKED)


def _email_kind(free_hosts: list[str]) -> nw.Expr:
    mail = nw.col("mail")
    local = mail.str.replace_all(r"(\+[^@]*)?@.*$", "")
    kind = nw.when(local.is_in(sorted(role_mailboxes()))).then(nw.lit("role")).otherwise(nw.lit("work"))
    kind = nw.when(nw.col("host").is_in(free_hosts)).then(nw.lit("free")).otherwise(kind)
    kind = nw.when(mail.str.contains(MAIL_PATTERN)).then(kind).otherwise(nw.lit("invalid"))
    return nw.when(~mail.is_null()).then(kind)


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


def _with_titles(ctx: Context, contacts: Step, all_titles: Step) -> Step:
    """Resolve seniority and department: the contact's own columns, else what its title says (each title read once)."""
    (titles,) = ctx.engine.gather(all_titles.filter(~nw.col("title").is_null()).unique())
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
                "no address, and several contacts have it: events that name it go to the smallest contact_id",
                column="email",
                file=ctx.inputs["contacts"].file,
                samples=tuple(shared_mail["contact_id"].sort().head(SAMPLE_SIZE)),
            )
        )
