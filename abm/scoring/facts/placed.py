"""Placed people: one row per person with an integer key, where they belong, and what their title and mail say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from abm.identity.mail import MAIL_PATTERN, role_mailboxes
from abm.identity.titles import DEPARTMENTS, SENIORITY_RANK, read_titles
from abm.scoring.binding import PERSON
from abm.scoring.facts.accounts import ACCOUNT, Accounts
from abm.scoring.facts.keys import normal_mail, normal_text, single_rows
from abm.scoring.facts.people import Merged, merged_people, single_people
from abm.scoring.facts.placing import CONTACT, Placing, placed_people, with_accounts
from abm.scoring.steps import extended

if TYPE_CHECKING:
    from collections.abc import Iterable

    from abm.engines.base import Step
    from abm.scoring.context import Context
    from abm.tables.findings import Finding

__all__ = ["CONTACT", "Placed", "named_contacts", "placed_until"]

_OWN = ("_row", "contact_id", "account_id", "email", "title", "seniority", "department", "buying_role")
_ASKED = ("company", "country", "converted_account_id")
"""What else matching looks at."""

_WORDS = {"seniority": tuple(SENIORITY_RANK), "department": tuple(DEPARTMENTS)}
"""Columns of contacts that may say what their title says too, and the words that count there."""

_READ = ("title", *_WORDS)


@dataclass(frozen=True)
class Placed:
    """People before it is asked who of them is known.

    Attributes:
        frame: as of `Contacts`.
        rows: as of `Contacts`.
        merged: those of them who had several rows.
        matches: as of `Placing`.
        later: people created after as_of who are not among them, or None.
        findings: what was wrong on the way.
    """

    frame: Step
    rows: Step
    merged: Merged
    matches: pl.DataFrame | Step
    later: Step | None
    findings: tuple[Finding, ...]


def placed_until(ctx: Context, accounts: Accounts, created_later: nw.Expr | None) -> Placed:
    """Place people as if nobody was created later, or those who were not."""
    ctx = replace(ctx, findings=[])
    named = named_contacts(ctx)
    early = named if created_later is None else named.filter((~created_later).fill_null(value=True))
    known = single_rows(ctx, "contacts", early, "contact_id")
    merged = merged_people(ctx, known, accounts.keys["account_id"])
    people = single_people(ctx, known, merged)
    everybody = _narrow(ctx, people)
    newcomers = None if created_later is None else _newcomers(ctx, named.filter(created_later), known)
    if not ctx.engine.apart:
        everybody, newcomers = _numbered(ctx, everybody, newcomers)
    both = everybody if newcomers is None else nw.concat([everybody, newcomers])
    placing = placed_people(ctx, both, accounts, merged.aliases)
    placed = _with_titles(ctx, _with_places(everybody, placing, accounts), everybody)
    if ctx.engine.apart:
        frame = ctx.engine.numbered(placed, CONTACT, "contact_id")
    else:
        (frame,) = ctx.engine.materialise(placed)
    later = None
    if newcomers is not None:
        mails = newcomers.with_columns(normal_mail("email").alias("mail"))
        (later,) = ctx.engine.materialise(with_accounts(mails, placing).select("contact_id", "mail", ACCOUNT))
    return Placed(frame, people, merged, placing.matches, later, tuple(ctx.findings))


def named_contacts(ctx: Context) -> Step:
    """The rows of contacts that have a contact_id."""
    return ctx.inputs["contacts"].frame.filter(~nw.col("contact_id").is_null())


def _narrow(ctx: Context, contacts: Step) -> Step:
    """Keep what the plan needs, the columns of conditions as `contact:x`; only then do the plan's own names appear."""
    wanted = [name for name in ctx.binding.needs("contact") if name not in PERSON]
    return contacts.select(*_OWN, *_ASKED, *(nw.col(name).alias(f"contact:{name}") for name in wanted))


def _newcomers(ctx: Context, future: Step, known: Step) -> Step:
    """People created after as_of; a contact_id that is already known is not one of them."""
    unknown = _narrow(ctx, future).join(known.select("contact_id"), on="contact_id", how="anti")
    return unknown.unique(subset="contact_id", keep="first", order_by=["_row", "account_id", "email"])


def _numbered(ctx: Context, everybody: Step, newcomers: Step | None) -> tuple[Step, Step | None]:
    """Give people their keys before they are placed: what is known of them is then found by integers, not by texts.

    Newcomers have keys among them, and are nobody's afterwards.
    """
    if newcomers is None:
        return ctx.engine.numbered(everybody, CONTACT, "contact_id"), None
    steps = (step.with_columns(nw.lit(late).alias("late")) for step, late in ((everybody, False), (newcomers, True)))
    both = ctx.engine.numbered(nw.concat(list(steps)), CONTACT, "contact_id")
    return both.filter(~nw.col("late")).drop("late"), both.filter(nw.col("late")).drop("late")


def _with_places(contacts: Step, placing: Placing, accounts: Accounts) -> Step:
    """Add `mail`, `email_kind`, the account `a`, and whether the account_id that was given names none."""
    host = nw.col("mail").str.replace_all(r"^.*@", "")
    step = contacts.with_columns(normal_mail("email").alias("mail")).with_columns(host.alias("host"))
    step = with_accounts(step, placing)
    unknown = nw.lit(False)
    if not placing.ids_known:
        known = accounts.frame.select("account_id", nw.col(ACCOUNT).alias("a_id"))
        step = step.join(known, on="account_id", how="left")
        unknown = ~nw.col("account_id").is_null() & nw.col("a_id").is_null()
    kind = _email_kind(placing.free_hosts)
    step = step.with_columns(kind.alias("email_kind"), unknown.alias("account_unknown"))
    return step.drop("host", *_ASKED, *([] if placing.ids_known else ["a_id"]))


def _email_kind(free_hosts: list[str]) -> nw.Expr:
    mail = nw.col("mail")
    local = mail.str.replace_all(r"(\+[^@]*)?@.*$", "")
    kind = nw.when(local.is_in(sorted(role_mailboxes()))).then(nw.lit("role")).otherwise(nw.lit("work"))
    kind = nw.when(nw.col("host").is_in(free_hosts)).then(nw.lit("free")).otherwise(kind)
    kind = nw.when(mail.str.contains(MAIL_PATTERN)).then(kind).otherwise(nw.lit("invalid"))
    return nw.when(~mail.is_null()).then(kind)


def _with_titles(ctx: Context, contacts: Step, everybody: Step) -> Step:
    """Resolve seniority and department: the contact's own columns, else what its title says (each text read once)."""
    texts = [everybody.filter(~nw.col(name).is_null()).select(name).unique() for name in _READ]
    titles, *words = ctx.engine.gather(*texts)
    read = read_titles(titles["title"])
    said = {"title": list(read)}
    said |= {f"title_{name}": [getattr(title, name) for title in read.values()] for name in _WORDS}
    survey = _ranked(pl.DataFrame(said, schema=dict.fromkeys(said, pl.String)), "title_seniority", "title_rank")
    step = contacts.join(ctx.engine.scatter(survey), on="title", how="left")
    for (name, known), given in zip(_WORDS.items(), words, strict=True):
        step = step.join(ctx.engine.scatter(_understood(given, name, known)), on=name, how="left")
    word = {name: nw.coalesce(f"word_{name}", f"title_{name}").alias(name) for name in _WORDS}
    rank = nw.coalesce("word_rank", "title_rank").alias("seniority_rank")
    read_off = [f"{prefix}{name}" for name in _WORDS for prefix in ("title_", "word_")]
    step = step.with_columns(rank, *word.values()).drop("title_rank", "word_rank", *read_off)
    resolved = [name for name in ctx.binding.needs("contact") if name in PERSON]
    return extended(step, (nw.col(name).alias(f"contact:{name}") for name in resolved))


def _understood(given: pl.DataFrame, name: str, known: Iterable[str]) -> pl.DataFrame:
    """What given words are of ours, in any case, spaces or hyphens for underscores; without those that are none."""
    word = normal_text(name).str.replace_all(r"[\s-]+", "_").alias(f"word_{name}")
    words = nw.from_native(given).with_columns(word).filter(nw.col(f"word_{name}").is_in(list(known))).to_native()
    return _ranked(words, "word_seniority", "word_rank") if name == "seniority" else words


def _ranked(words: pl.DataFrame, name: str, rank: str) -> pl.DataFrame:
    return words.with_columns(
        pl.col(name).replace_strict(SENIORITY_RANK, default=None, return_dtype=pl.Int64).alias(rank)
    )
