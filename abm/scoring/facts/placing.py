"""Placing: which account each person belongs to, decided on the driver once for each distinct domain and company."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from abm.identity.matching import match_contacts
from abm.identity.matching.people import for_survivors
from abm.scoring.facts.accounts import ACCOUNT, Accounts
from abm.scoring.facts.placing_apart import matched_apart
from abm.tables.findings import SAMPLE_SIZE, Finding, Level

if TYPE_CHECKING:
    from abm.engines.base import Step
    from abm.scoring.context import Context

CONTACT = "c"
"""Integer key of a contact, in the order of contact_id."""

_ASKED = ("contact_id", "account_id", "converted_account_id", "email", "company", "country")


@dataclass(frozen=True)
class Placing:
    """Where people belong.

    Attributes:
        matches: how each person found its account (see `abm.identity.matching.result.MatchResult.matches`), on the
            driver; a step, `candidates` joined by `TEXT_SEPARATOR`, where people stay in the engine.
        accounts: `a` of everybody who has an account; key `key`.
        key: `c`, or `contact_id` where people have no keys yet.
        free_hosts: hosts of mail addresses that are a consumer mailbox provider's and no account's.
        ids_known: whether every account_id that people give is known to be an account's.
    """

    matches: pl.DataFrame | Step
    accounts: Step
    key: str
    free_hosts: list[str]
    ids_known: bool


def placed_people(ctx: Context, people: Step, accounts: Accounts, aliases: pl.DataFrame) -> Placing:
    """Match people to accounts, and report what a person should look at; `aliases` as `single_people` gives them."""
    said = None
    if "corrections" in ctx.inputs:
        (rows,) = ctx.engine.gather(ctx.inputs["corrections"].frame)
        said = for_survivors(rows.lazy(), aliases)
    if ctx.engine.apart:
        return _placed_apart(ctx, people, accounts, said)
    (asked,) = ctx.engine.gather(people.select(CONTACT, *_ASKED).sort(CONTACT))
    found = match_contacts(asked.lazy(), accounts.book, corrections=said, settings=ctx.matching)
    # What is wrong with accounts was said when they were read; unknown account ids are, with their rows, by contacts.
    ctx.findings.extend(each for each in found.findings if each.table != "accounts" and each.column != "account_id")
    doubtful = found.matches.filter(pl.col("method") == "ambiguous")["contact_id"]
    _report_ambiguous(ctx, len(doubtful), doubtful.head(SAMPLE_SIZE))
    known = all(each.code != "unknown_account" or each.column != "account_id" for each in found.findings)
    # Keys are in the order of contact_id, and so are matches.
    placed = pl.DataFrame({CONTACT: asked[CONTACT], ACCOUNT: _keys(accounts).gather(found.places)}).drop_nulls()
    return Placing(found.matches, ctx.engine.scatter(placed), CONTACT, found.free_hosts, ids_known=known)


def _keys(accounts: Accounts) -> pl.Series:
    """The keys of accounts in the order of their book."""
    ids = accounts.book.accounts.select("account_id")
    return ids.join(accounts.keys, on="account_id", how="left", maintain_order="left")[ACCOUNT]


def _placed_apart(ctx: Context, people: Step, accounts: Accounts, said: pl.LazyFrame | None) -> Placing:
    matches, free = matched_apart(ctx, people.select(*_ASKED), accounts, said)
    doubtful = matches.filter(nw.col("method") == "ambiguous").select("contact_id")
    first = doubtful.sort("contact_id").head(SAMPLE_SIZE)
    count, samples = ctx.engine.gather(doubtful.select(nw.len()), first)
    _report_ambiguous(ctx, int(count.item()), samples["contact_id"].sort())
    placed = matches.join(accounts.frame.select("account_id", ACCOUNT), on="account_id", how="inner")
    return Placing(matches, placed.select("contact_id", ACCOUNT), "contact_id", free, ids_known=False)


def _report_ambiguous(ctx: Context, count: int, samples: pl.Series) -> None:
    if count:
        ctx.findings.append(
            Finding(
                "contacts",
                "ambiguous_account",
                count,
                "kept without account: several accounts are as likely; `abm match` shows them and takes corrections",
                Level.NOTE,
                file=ctx.inputs["contacts"].file,
                samples=tuple(samples),
            )
        )


def with_accounts(people: Step, placing: Placing) -> Step:
    """Add the account `a`, null for those who have none."""
    return people.join(placing.accounts, on=placing.key, how="left").with_columns(nw.col(ACCOUNT).cast(nw.Int64))
