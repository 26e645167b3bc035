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

_ASKED = ("contact_id", "account_id", "converted_account_id", "email", "company", "country")


@dataclass(frozen=True)
class Placing:
    """Where people belong.

    Attributes:
        matches: how each person found its account (see `abm.identity.matching.result.MatchResult.matches`), on the
            driver; a step, `candidates` joined by `TEXT_SEPARATOR`, where people stay in the engine.
        accounts: `contact_id`, `a` of everybody who has an account; key `contact_id`.
        free_hosts: hosts of mail addresses that are a consumer mailbox provider's and no account's.
    """

    matches: pl.DataFrame | Step
    accounts: Step
    free_hosts: list[str]


def placed_people(ctx: Context, people: Step, accounts: Accounts, aliases: pl.DataFrame) -> Placing:
    """Match people to accounts, and report what a person should look at; `aliases` as `single_people` gives them."""
    said = None
    if "corrections" in ctx.inputs:
        (rows,) = ctx.engine.gather(ctx.inputs["corrections"].frame)
        said = for_survivors(rows.lazy(), aliases)
    if ctx.engine.apart:
        return _placed_apart(ctx, people, accounts, said)
    (asked,) = ctx.engine.gather(people.select(*_ASKED))
    found = match_contacts(asked.lazy(), accounts.book, corrections=said, settings=ctx.matching)
    # What is wrong with accounts was said when they were read; unknown account ids are, with their rows, by contacts.
    ctx.findings.extend(each for each in found.findings if each.table != "accounts" and each.column != "account_id")
    doubtful = found.matches.filter(pl.col("method") == "ambiguous")["contact_id"]
    _report_ambiguous(ctx, len(doubtful), doubtful.head(SAMPLE_SIZE))
    placed = found.matches.select("contact_id", "account_id").drop_nulls().join(accounts.keys, on="account_id")
    return Placing(found.matches, ctx.engine.scatter(placed.select("contact_id", ACCOUNT)), found.free_hosts)


def _placed_apart(ctx: Context, people: Step, accounts: Accounts, said: pl.LazyFrame | None) -> Placing:
    matches, free = matched_apart(ctx, people.select(*_ASKED), accounts, said)
    doubtful = matches.filter(nw.col("method") == "ambiguous").select("contact_id")
    first = doubtful.sort("contact_id").head(SAMPLE_SIZE)
    count, samples = ctx.engine.gather(doubtful.select(nw.len()), first)
    _report_ambiguous(ctx, int(count.item()), samples["contact_id"].sort())
    placed = matches.join(accounts.frame.select("account_id", ACCOUNT), on="account_id", how="inner")
    return Placing(matches, placed.select("contact_id", ACCOUNT), free)


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
    return people.join(placing.accounts, on="contact_id", how="left").with_columns(nw.col(ACCOUNT).cast(nw.Int64))
