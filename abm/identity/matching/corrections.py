"""What a person said about where contacts belong: the highest authority."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from abm.identity.companies import fold_names
from abm.identity.matching.contacts import normal_mails
from abm.identity.suffixes import hosts
from abm.tables.findings import SAMPLE_SIZE, Finding
from abm.tables.inert import undone

if TYPE_CHECKING:
    from abm.identity.matching.accounts import AccountBook

__all__ = ["KEYS", "NONE", "Corrections", "read_corrections"]

NONE = "none"
"""Stands for an account where a person says that there is none; unless an account has this id."""

KEYS = ("contact_id", "email", "domain", "company")
"""By what a correction may name its contacts, most specific first. A row counts by the first that it has."""


@dataclass(frozen=True)
class Corrections:
    """By key (`KEYS`): `value` (normal), `a` (null: no account); key `value`."""

    by: dict[str, pl.DataFrame] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


def read_corrections(corrections: pl.LazyFrame | None, book: AccountBook) -> Corrections:
    """Read corrections; rows without account_id say nothing.

    Corrections that name an account which does not exist, or two accounts for one key, are reported and not applied.
    """
    if corrections is None:
        return Corrections()
    given = set(corrections.collect_schema().names())
    text = {
        # A company that calls itself `=Acme` comes back from a spreadsheet as `'=Acme`.
        name: undone(pl.col(name).cast(pl.String)).str.strip_chars().replace("", None)
        if name in given
        else pl.lit(None, dtype=pl.String)
        for name in (*KEYS, "account_id")
    }
    rows = corrections.select(**text).filter(pl.col("account_id").is_not_null()).collect()
    rows = rows.join(book.accounts.select("account_id", "a"), on="account_id", how="left", maintain_order="left")
    nobody = pl.col("a").is_null() & (pl.col("account_id").str.to_lowercase() == NONE)
    unknown = rows.filter(pl.col("a").is_null() & ~nobody)
    findings = _finding(
        unknown["account_id"], "unknown_account", "not applied: it names an account that does not exist"
    )
    rows = rows.join(unknown.select("account_id").unique(), on="account_id", how="anti")
    rows = rows.with_columns(
        normal_mails(rows["email"]).alias("email"),
        hosts(rows["domain"]).alias("domain"),
        fold_names(rows["company"]).alias("company"),
    )
    by: dict[str, pl.DataFrame] = {}
    left = rows
    for key in KEYS:
        named = left.filter(pl.col(key).is_not_null()).select(pl.col(key).alias("value"), "account_id", "a").unique()
        left = left.filter(pl.col(key).is_null())
        contradicted = named.filter(pl.col("value").is_duplicated())
        findings += _finding(
            contradicted["value"].unique(), "contradiction", f"not applied: two accounts for one {key}"
        )
        agreed = named.filter(~pl.col("value").is_duplicated()).select("value", "a").sort("value")
        if agreed.height:
            by[key] = agreed
    findings += _finding(left["account_id"], "nothing_named", f"not applied: none of {', '.join(KEYS)} is filled in")
    return Corrections(by, tuple(findings))


def _finding(values: pl.Series, code: str, message: str) -> list[Finding]:
    samples = tuple(values.unique().sort().head(SAMPLE_SIZE))
    return [Finding("corrections", code, len(values), message, samples=samples)] if len(values) else []
