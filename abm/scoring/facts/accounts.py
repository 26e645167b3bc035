"""Accounts: one row per account_id with an integer key, and who owns which domain."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from abm.identity.matching import AccountBook, domain_owners
from abm.identity.matching import read_accounts as read_book
from abm.scoring.facts.keys import single_rows
from abm.scoring.facts.parents import PARENTS, with_parents
from abm.tables.findings import SAMPLE_SIZE, Finding
from abm.tables.hygiene import Flaw

if TYPE_CHECKING:
    from abm.engines.base import Step
    from abm.scoring.context import Context

ACCOUNT = "a"
"""Integer key of an account, in the order of account_id."""


_OWN = ("account_id", "name", "segment", "domain", "domains", "country", *PARENTS)
_OWN_ONLY = ("domain", "domains", "country")
"""What the book of accounts is made of, and nothing else in the plan."""


@dataclass(frozen=True)
class Accounts:
    """Cleaned accounts.

    Attributes:
        frame: `a`, `account_id`, `name`, `segment` as given, `parent_account_id` (see `abm.scoring.facts.parents`), and
            the columns that conditions name as `account.x`; key `a`.
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
    frame = ctx.engine.numbered(rows.select(*_OWN, *wanted), ACCOUNT, "account_id")
    (listed,) = ctx.engine.gather(frame.select(ACCOUNT, "account_id", "name", *_OWN_ONLY))
    book = read_book(listed.lazy())
    _report_domains(ctx, book)
    frame = with_parents(ctx, frame.drop(*_OWN_ONLY))
    return Accounts(frame=frame, book=book, keys=listed.select(ACCOUNT, "account_id"), rows=rows)


def owners_of(ctx: Context, accounts: Accounts, step: Step, column: str, name: str) -> Step:
    """Who owns the domains in a column, where nobody's account is known: `column`, and the account's key as `name`.

    Worked out on the driver: distinct domains are few. See `abm.identity.matching.domain_owners`.
    """
    (texts,) = ctx.engine.gather(step.filter(~nw.col(column).is_null()).select(column).unique())
    # From day to day the same domains come, or a few more.
    same = (column, None if ctx.kept is None else frozenset(texts[column]))
    owned = ctx.once(f"owners of {column}", same, lambda: _owned(texts[column], accounts))
    return ctx.engine.scatter(owned.select(pl.col("text").alias(column), pl.col(ACCOUNT).alias(name)))


def _owned(texts: pl.Series, accounts: Accounts) -> pl.DataFrame:
    owned = domain_owners(texts, accounts.book)
    ids = accounts.book.accounts.select("a", "account_id").join(accounts.keys, on="account_id", suffix="_key")
    return owned.join(ids, on="a").select("text", pl.col(f"{ACCOUNT}_key").alias(ACCOUNT))


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
