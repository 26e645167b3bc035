"""Accounts: one row per account_id with an integer key, and who owns which domain."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from abm.identity.matching import AccountBook, domain_owners
from abm.identity.matching import read_accounts as read_book
from abm.scoring.facts.keys import single_rows
from abm.tables.findings import SAMPLE_SIZE, Finding, Level
from abm.tables.hygiene import Flaw

if TYPE_CHECKING:
    from abm.engines.base import Step
    from abm.scoring.context import Context

ACCOUNT = "a"
"""Integer key of an account, in the order of account_id."""


_OWN = ("account_id", "name", "segment", "domain", "domains", "country", "parent_account_id")
_OWN_ONLY = ("domain", "domains", "country")
"""What the book of accounts is made of, and nothing else in the plan."""


@dataclass(frozen=True)
class Accounts:
    """Cleaned accounts.

    Attributes:
        frame: `a`, `account_id`, `name`, `segment` as given, `parent_account_id` (that of a parent given by name, too),
            and the columns that conditions name as `account.x`; key `a`.
        book: what people and domains are matched against.
        keys: `a` and `account_id` on the driver.
        rows: every column of the accounts table, one row per account_id; not materialised.
    """

    frame: Step
    book: AccountBook
    keys: pl.DataFrame
    rows: Step


def read_accounts(ctx: Context) -> Accounts:
    """Clean and key the accounts, and settle who owns each domain."""
    table = ctx.inputs["accounts"]
    ctx.scan(
        "accounts",
        table.frame,
        Flaw("missing_key", "left out: a row without account_id", nw.col("account_id").is_null(), "name"),
        Flaw(
            "negative",
            "taken as it is: less than 0 employees",
            nw.col("employees") < 0,
            "account_id",
            column="employees",
        ),
    )
    rows = single_rows(ctx, "accounts", table.frame.filter(~nw.col("account_id").is_null()), "account_id")
    # Only now do the plan's own columns appear: a column of the user may have any name.
    wanted = [nw.col(name).alias(f"account:{name}") for name in ctx.binding.needs("account")]
    keyed = rows.select(*_OWN, *wanted).with_row_index(ACCOUNT, order_by="account_id")
    (frame,) = ctx.engine.materialise(keyed.with_columns(nw.col(ACCOUNT).cast(nw.Int64)))
    (listed,) = ctx.engine.gather(frame.select(ACCOUNT, "account_id", "name", *_OWN_ONLY))
    book = read_book(listed.lazy())
    _report_domains(ctx, book)
    frame = _with_parents(ctx, frame.drop(*_OWN_ONLY))
    return Accounts(frame=frame, book=book, keys=listed.select(ACCOUNT, "account_id"), rows=rows)


def owners_of(ctx: Context, accounts: Accounts, step: Step, column: str, name: str) -> Step:
    """Who owns the domains in a column, where nobody's account is known: `column`, and the account's key as `name`.

    Worked out on the driver: distinct domains are few. See `abm.identity.matching.domain_owners`.
    """
    (texts,) = ctx.engine.gather(step.filter(~nw.col(column).is_null()).select(column).unique())
    owned = domain_owners(texts[column], accounts.book)
    ids = accounts.book.accounts.select("a", "account_id").join(accounts.keys, on="account_id", suffix="_key")
    owned = owned.join(ids, on="a").select(pl.col("text").alias(column), pl.col(f"{ACCOUNT}_key").alias(name))
    return ctx.engine.scatter(owned)


def _report_domains(ctx: Context, book: AccountBook) -> None:
    file = ctx.inputs["accounts"].file
    ctx.findings.extend(replace(finding, file=file) for finding in book.findings)
    contested = book.domains.filter(pl.len().over("host") > 1)
    if contested.height:
        ctx.findings.append(
            Finding(
                "accounts",
                "contested_domain",
                contested.height - contested["host"].n_unique(),
                "listed by several accounts: people are told apart by company, country and whose primary domain it is;"
                " anonymous activity goes to the account whose primary domain it is, else to the smallest account_id",
                column="domain",
                file=file,
                samples=tuple(contested["host"].unique().sort().head(SAMPLE_SIZE)),
            )
        )


def _with_parents(ctx: Context, frame: Step) -> Step:
    """Find the parents that are no account_id by name: exports often name the parent in words."""
    ids = frame.select("account_id")
    loose = frame.filter(~nw.col("parent_account_id").is_null()).select("account_id", "parent_account_id")
    loose = loose.join(ids, left_on="parent_account_id", right_on="account_id", how="anti")
    (orphans,) = ctx.engine.gather(loose)
    if orphans.is_empty():
        return frame
    (names,) = ctx.engine.gather(frame.filter(~nw.col("name").is_null()).select("account_id", "name"))
    by_name = names.group_by(_spoken("name")).agg(pl.col("account_id").first().alias("parent"), pl.len().alias("held"))
    found = orphans.join(by_name, left_on=_spoken("parent_account_id"), right_on="name", how="left").sort("account_id")
    found = found.filter(pl.col("parent").ne_missing(pl.col("account_id")))  # the top of a family may name itself
    held = pl.col("held").fill_null(0)
    told = {
        "parent_by_name": (held == 1, "taken for the account of that name: parent_account_id is a name", Level.NOTE),
        "ambiguous_parent": (
            held > 1,
            "kept as its own ultimate parent: several accounts have the name in parent_account_id",
            Level.PROBLEM,
        ),
        "unknown_parent": (
            held == 0,
            "kept as its own ultimate parent: parent_account_id names no account",
            Level.PROBLEM,
        ),
    }
    for code, (holds, message, level) in told.items():
        _report_parents(ctx, found.filter(holds)["account_id"], code, message, level)
    named = found.filter(held == 1).select("account_id", "parent")
    if named.is_empty():
        return frame
    frame = frame.join(ctx.engine.scatter(named), on="account_id", how="left")
    (frame,) = ctx.engine.materialise(
        frame.with_columns(nw.coalesce("parent", "parent_account_id").alias("parent_account_id")).drop("parent")
    )
    return frame


def _spoken(column: str) -> pl.Expr:
    """A name as names of parents are compared: trimmed, without regard to case."""
    return pl.col(column).str.strip_chars().str.to_lowercase()


def _report_parents(ctx: Context, accounts: pl.Series, code: str, message: str, level: Level) -> None:
    if accounts.is_empty():
        return
    ctx.findings.append(
        Finding(
            "accounts",
            code,
            len(accounts),
            message,
            level,
            column="parent_account_id",
            file=ctx.inputs["accounts"].file,
            samples=tuple(accounts.head(SAMPLE_SIZE)),
        )
    )
