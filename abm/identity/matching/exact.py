"""Accounts that bear the same normal name as a contact's company."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from abm.identity.matching.accounts import AccountBook

__all__ = ["exact_names"]

_SAME: dict[str, pl.DataType] = {
    "n": pl.UInt32(),
    "a": pl.UInt32(),
    "kind": pl.String(),
    "others": pl.List(pl.UInt32()),
}


def exact_names(names: pl.DataFrame, book: AccountBook, candidates: int) -> pl.DataFrame:
    """Look names up among the accounts' normal names.

    Args:
        names: `n` (key), `full`, `core` and `country` of distinct companies.
        book: the accounts.
        candidates: most candidates listed.

    Returns:
        One row per name that any account bears: `n`; `a`, null unless exactly one account is meant; `kind`, a name of
        `CONFIDENCE`; `others`, the accounts of that name besides `a`, those of the country first. One is meant when it
        is the only one of the name in the country, or the only one with the same legal form in it; where a country is
        unknown, on either side, only when it is the only one of the name anywhere (or has the same legal form alone).
    """
    if names.is_empty():
        return pl.DataFrame(schema=_SAME)
    accounts = book.named.select("a", "full", "core", "country").join(
        names.select("core").unique(), on="core", how="semi"
    )
    by_core = _blocks(accounts, ["core"], "any")
    here = _blocks(accounts, ["core", "country"], "here")
    whole = _blocks(accounts, ["full"], "whole")
    whole_here = _blocks(accounts, ["full", "country"], "whole_here")
    rows = names.join(by_core, on="core", how="inner")
    rows = rows.join(here, on=["core", "country"], how="left", nulls_equal=True)
    rows = rows.join(whole, on="full", how="left")
    rows = rows.join(whole_here, on=["full", "country"], how="left", nulls_equal=True)
    nowhere = (
        accounts.filter(pl.col("country").is_null())
        .select("core")
        .unique()
        .with_columns(pl.lit(value=True).alias("nowhere"))
    )
    rows = rows.join(nowhere, on="core", how="left").with_columns(pl.col("nowhere").fill_null(value=False))
    known = pl.col("country").is_not_null()
    alone = (pl.col("any_count") == 1) & (~known | pl.col("nowhere"))
    decided = [
        (known & (pl.col("here_count") == 1), pl.col("here"), "name_country"),
        (known & (pl.col("here_count") > 1) & (pl.col("whole_here_count") == 1), pl.col("whole_here"), "name_full"),
        (alone & pl.col("here_count").is_null() | alone & ~known, pl.col("any"), "name_alone"),
        (~known & (pl.col("any_count") > 1) & (pl.col("whole_count") == 1), pl.col("whole"), "name_alone"),
    ]
    account, kind = pl.lit(None, dtype=pl.UInt32), pl.lit("name_candidate")
    for holds, found, name in reversed(decided):
        account = pl.when(holds).then(found).otherwise(account)
        kind = pl.when(holds).then(pl.lit(name)).otherwise(kind)
    rows = rows.with_columns(account.alias("a"), kind.alias("kind"))
    # Lists only where there is somebody else of the name.
    several = rows.filter(pl.col("any_count") > 1).select("n", "a", "core", pl.col("country").alias("own"))
    shown = accounts.sort("a").filter(pl.int_range(pl.len()).over("core", "country") <= candidates)
    listed = several.join(shown.select("core", "country", pl.col("a").alias("others")), on="core", how="inner")
    here_first = (pl.col("country") == pl.col("own")).fill_null(value=False)
    listed = listed.filter(pl.col("others").ne_missing(pl.col("a"))).with_columns(here_first.alias("here_first"))
    listed = listed.sort("n", "here_first", "others", descending=[False, True, False])
    others = listed.group_by("n", maintain_order=True).agg(pl.col("others").head(candidates))
    alone_elsewhere = (
        pl.when(pl.col("a").is_null() & pl.col("others").is_null()).then(pl.concat_list("any")).otherwise("others")
    )
    return (
        rows.select("n", "a", "kind", "any")
        .join(others, on="n", how="left", maintain_order="left")
        .select("n", "a", "kind", alone_elsewhere.alias("others"))
    )


def _blocks(accounts: pl.DataFrame, by: list[str], name: str) -> pl.DataFrame:
    return accounts.group_by(by).agg(pl.col("a").min().alias(name), pl.len().alias(f"{name}_count"))
