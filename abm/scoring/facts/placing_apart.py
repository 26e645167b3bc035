"""Placing where people stay in the engine: distinct domains, companies and countries alone come to the driver.

Matching decides about what a contact says of its company, never about the person; so it is asked once for each distinct
answer, in the guise of a contact, and its decisions are joined back in the engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from abm.engines.base import TEXT_SEPARATOR
from abm.identity.mail import MAIL_PATTERN
from abm.identity.matching import match_contacts
from abm.identity.matching.corrections import Corrections, read_corrections
from abm.identity.matching.people import DUPLICATE
from abm.identity.matching.result import CONFIDENCE, SCHEMA, MatchResult
from abm.scoring.facts.keys import normal_mail, normal_text
from abm.tables.findings import Level
from abm.tables.hygiene import ROW, Flaw

if TYPE_CHECKING:
    from abm.engines.base import Step
    from abm.scoring.context import Context
    from abm.scoring.facts.accounts import Accounts

_SAID = ("account_id", "converted_account_id", "host", "company", "country")
"""What decides about a contact."""

_AT_ONCE = 500_000
"""So many answers are asked about at a time."""

_ANSWER = "answer"
_COLUMNS = tuple(name for name in SCHEMA if name != "contact_id")


def matched_apart(ctx: Context, people: Step, accounts: Accounts, said: pl.LazyFrame | None) -> tuple[Step, list[str]]:
    """Match people to accounts.

    Args:
        ctx: the run.
        people: `contact_id`, `account_id`, `converted_account_id`, `email`, `company`, `country`; key `contact_id`.
        accounts: the accounts.
        said: corrections of people, or None.

    Returns:
        What `match_contacts` gives of them, `candidates` joined by `TEXT_SEPARATOR`, and the free hosts.
    """
    corrections = read_corrections(said, accounts.book)
    step = _with_answer(people, accounts)
    _report_unknown(ctx, step)
    (step,) = ctx.engine.materialise(step)
    named = _named(ctx, step, corrections)
    rest = step if named is None else step.join(named.select("contact_id"), on="contact_id", how="anti")
    placed: list[Step] = []
    if not {"domain", "company"} & corrections.by.keys():
        # A correction by domain or company goes before an id; without one, ids settle it.
        placed = [_by_id(rest.filter(~nw.col("account_id").is_null()), "account_id", "account_id")]
        rest = rest.filter(nw.col("account_id").is_null())
        placed.append(
            _by_id(rest.filter(~nw.col("converted_account_id").is_null()), "converted_account_id", "converted")
        )
        rest = rest.filter(nw.col("converted_account_id").is_null())
    answers, hosts, own = ctx.engine.gather(
        rest.select(_ANSWER, *_SAID).unique(subset=[_ANSWER], keep="any"),
        step.filter(~nw.col("host").is_null()).select("host").unique(),
        (step.head(0) if named is None else named).select("contact_id", *_SAID, "email"),
    )
    found = _decided(ctx, accounts, answers, hosts, own, said=said)
    ctx.findings.extend(each for each in found.findings if each.table == "corrections")
    verdicts = found.matches.with_columns(
        pl.col("method").cast(pl.String), pl.col("candidates").list.join(TEXT_SEPARATOR)
    )
    by_answer, by_person = _split(verdicts, answers)
    placed.append(rest.join(ctx.engine.scatter(by_answer), on=_ANSWER, how="inner").select("contact_id", *_verdict()))
    placed.append(ctx.engine.scatter(by_person).select("contact_id", *_verdict(suffix="")))
    (matches,) = ctx.engine.materialise(nw.concat(placed))
    return matches, found.free_hosts


def with_aliases(ctx: Context, matches: Step, aliases: pl.DataFrame) -> Step:
    """Add a row for each id that gave way to another (see `abm.identity.matching.people.with_duplicates`)."""
    if aliases.is_empty():
        return matches
    told = aliases.select(
        "contact_id", "survivor", pl.format("one person with {}: {}", "survivor", "evidence").alias("told")
    )
    kept = matches.select(nw.col("contact_id").alias("survivor"), "account_id", "confidence")
    others = ctx.engine.scatter(told).join(kept, on="survivor", how="inner")
    rows = others.select(
        "contact_id",
        "account_id",
        nw.lit(DUPLICATE).alias("method"),
        "confidence",
        nw.col("told").alias("evidence"),
        nw.lit(None, dtype=nw.String).alias("runner_up"),
        nw.lit(None, dtype=nw.Float64).alias("runner_up_confidence"),
        nw.lit(None, dtype=nw.String).alias("candidates"),
    )
    return nw.concat([matches, rows])


def _with_answer(people: Step, accounts: Accounts) -> Step:
    """Keep the ids that name accounts, and put what decides about a person into one text."""
    ids = accounts.frame.select("account_id")
    mail = normal_text("email")
    host = nw.when(mail.str.contains(MAIL_PATTERN)).then(mail.str.replace_all(r"^.*@", ""))
    step = people.with_columns(host.alias("host"), nw.col("converted_account_id").alias("converted"))
    for column in ("account_id", "converted_account_id"):
        known = ids.select(nw.col("account_id").alias("named"), nw.col("account_id").alias("known"))
        step = step.join(known, left_on=column, right_on="named", how="left").drop(column).rename({"known": column})
    parts = [_part(name) for name in _SAID]
    return step.with_columns(nw.concat_str(parts).alias(_ANSWER))


def _part(name: str) -> nw.Expr:
    """A text with its length before it, so that texts put together stay apart."""
    text = nw.col(name)
    return nw.coalesce(nw.concat_str([text.str.len_chars().cast(nw.String), nw.lit(":"), text]), nw.lit("-"))


def _named(ctx: Context, step: Step, corrections: Corrections) -> Step | None:
    """The people whom corrections name by contact_id or address."""
    found = []
    if "contact_id" in corrections.by:
        ids = ctx.engine.scatter(corrections.by["contact_id"].select(pl.col("value").alias("contact_id")))
        found.append(step.join(ids, on="contact_id", how="semi"))
    if "email" in corrections.by:
        mails = corrections.by["email"].select(pl.col("value").str.replace(r"@www\.", "@").alias("mail")).unique()
        keyed = step.with_columns(normal_mail("email").alias("mail"))
        found.append(keyed.join(ctx.engine.scatter(mails), on="mail", how="semi").drop("mail"))
    return nw.concat(found).unique(subset=["contact_id"], keep="any") if found else None


def _by_id(people: Step, column: str, method: str) -> Step:
    """People whose account is named by its id."""
    return people.select(
        "contact_id",
        nw.col(column).alias("account_id"),
        nw.lit(method).alias("method"),
        nw.lit(CONFIDENCE[method]).alias("confidence"),
        nw.concat_str([nw.lit(f"{column} "), nw.col(column)]).alias("evidence"),
        nw.lit(None, dtype=nw.String).alias("runner_up"),
        nw.lit(None, dtype=nw.Float64).alias("runner_up_confidence"),
        nw.lit(None, dtype=nw.String).alias("candidates"),
    )


def _decided(
    ctx: Context,
    accounts: Accounts,
    answers: pl.DataFrame,
    hosts: pl.DataFrame,
    own: pl.DataFrame,
    *,
    said: pl.LazyFrame | None,
) -> MatchResult:
    """Ask about answers and hosts in the guise of contacts, and about contacts that corrections name."""
    guised = pl.format("x@{}", "host").alias("email")
    asked = pl.concat(
        [
            answers.select(pl.format(f"{TEXT_SEPARATOR}{{}}", _ANSWER).alias("contact_id"), *_SAID, guised),
            hosts.select(pl.format(f"{TEXT_SEPARATOR}@{{}}", "host").alias("contact_id"), guised),
            own,
        ],
        how="diagonal",
    )
    asked = asked.drop("host")
    found = [
        match_contacts(some.lazy(), accounts.book, corrections=said, settings=ctx.matching)
        for some in (asked.iter_slices(_AT_ONCE) if asked.height else [asked])
    ]
    free = sorted({host for each in found for host in each.free_hosts})
    return MatchResult(pl.concat([each.matches for each in found]), found[0].findings, free)


def _split(verdicts: pl.DataFrame, answers: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Decisions by answer, their columns apart from those of people by a suffix; and decisions by person."""
    guise = pl.col("contact_id").str.starts_with(TEXT_SEPARATOR)
    texts = verdicts.filter(guise).with_columns(pl.col("contact_id").str.slice(1).alias(_ANSWER))
    by_answer = texts.join(answers.select(_ANSWER), on=_ANSWER, how="semi").drop("contact_id")
    return by_answer.rename({name: f"{name}_found" for name in _COLUMNS}), verdicts.filter(~guise)


def _verdict(suffix: str = "_found") -> list[nw.Expr]:
    return [nw.col(f"{name}{suffix}").alias(name) for name in _COLUMNS]


def _report_unknown(ctx: Context, step: Step) -> None:
    unknown = ~nw.col("converted").is_null() & nw.col("converted_account_id").is_null()
    message = "converted_account_id names no account"
    flaw = Flaw("unknown_account", message, unknown, "contact_id", Level.PROBLEM, "converted_account_id")
    ctx.scan("contacts", step.with_columns(nw.lit(None, dtype=nw.Int64).alias(ROW)), flaw)
