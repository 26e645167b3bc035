"""Accounts: one row per account_id with an integer key, and who owns which domain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from abm.identity.domains import claim_domains
from abm.scoring.facts.keys import single_rows
from abm.tables.findings import SAMPLE_SIZE, Finding
from abm.tables.hygiene import Flaw

if TYPE_CHECKING:
    from abm.engines.base import Step
    from abm.scoring.context import Context

ACCOUNT = "a"
"""Integer key of an account, in the order of account_id."""


_OWN = ("account_id", "name", "segment", "domain", "domains", "parent_account_id")


@dataclass(frozen=True)
class Accounts:
    """Cleaned accounts.

    Attributes:
        frame: `a`, `account_id`, `name`, `segment` as given, `parent_account_id`, and the columns that conditions name
            as `account.x`; key `a`.
        owners: `host`, `a`: the account that owns each domain; key `host`.
        rows: every column of the accounts table, one row per account_id; not materialised.
    """

    frame: Step
    owners: Step
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
    (claims,) = ctx.engine.gather(frame.select(ACCOUNT, "account_id", "domain", "domains", "parent_account_id"))
    _report_parents(ctx, claims)
    return Accounts(frame=frame.drop("domain", "domains"), owners=_owners(ctx, claims), rows=rows)


def _owners(ctx: Context, claims: pl.DataFrame) -> Step:
    """Settle contested domains on the driver: distinct domains are few."""
    listed = claims.filter(pl.col("domain").is_not_null() | pl.col("domains").is_not_null())
    owner, contested, giants = claim_domains(listed.select("account_id", "domain", "domains").iter_rows())
    file = ctx.inputs["accounts"].file
    if contested:
        ctx.findings.append(
            Finding(
                "accounts",
                "contested_domain",
                len(contested),
                "given to the account whose primary domain it is, else to the smallest account_id",
                column="domain",
                file=file,
                samples=tuple(sorted({domain for domain, _, _ in contested})[:SAMPLE_SIZE]),
            )
        )
    if giants:
        ctx.findings.append(
            Finding(
                "accounts",
                "consumer_domain",
                len(giants),
                "not a company's domain: nobody is matched by it; take it out of the account",
                column="domain",
                file=file,
                samples=tuple(sorted(f"{domain} ({account})" for domain, account in giants)[:SAMPLE_SIZE]),
            )
        )
    hosts = pl.DataFrame(
        {"host": list(owner), "account_id": list(owner.values())}, schema={"host": pl.String, "account_id": pl.String}
    )
    return ctx.engine.scatter(hosts.join(claims.select(ACCOUNT, "account_id"), on="account_id").select("host", ACCOUNT))


def _report_parents(ctx: Context, claims: pl.DataFrame) -> None:
    orphans = claims.filter(
        pl.col("parent_account_id").is_not_null() & ~pl.col("parent_account_id").is_in(claims["account_id"].implode())
    )
    if orphans.height:
        ctx.findings.append(
            Finding(
                "accounts",
                "unknown_parent",
                orphans.height,
                "kept as its own ultimate parent: parent_account_id names no account",
                column="parent_account_id",
                file=ctx.inputs["accounts"].file,
                samples=tuple(orphans["account_id"].sort().head(SAMPLE_SIZE)),
            )
        )
