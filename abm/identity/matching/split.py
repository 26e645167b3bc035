"""Which of several accounts on one mail domain a contact belongs to: by company name, country, or primary domain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from abm.identity.matching.choice import first_case
from abm.identity.matching.letters import words_in_common
from abm.identity.matching.result import CONFIDENCE

if TYPE_CHECKING:
    from abm.identity.matching.accounts import AccountBook

__all__ = ["split_domains", "split_verdicts"]

_KINDS = ("domain_name", "domain_country", "domain_primary")

_CROWD = 25
"""Where more accounts than this list one domain, it says little: only the very name decides between them."""

_LIKE, _AHEAD = 90.0, 8.0
"""Among the accounts of one domain a name needs to resemble only one of them, and to be ahead of the next."""


_SPLIT: dict[str, pl.DataType] = {
    "k": pl.UInt32(),
    "a": pl.UInt32(),
    "kind": pl.String(),
    "others": pl.List(pl.UInt32()),
}


def split_domains(keys: pl.DataFrame, owners: pl.DataFrame, book: AccountBook, candidates: int) -> pl.DataFrame:
    """Decide between the accounts of a shared domain.

    Args:
        keys: `k`, `host`, `full`, `core`, `country`.
        owners: `host`, `a`, `primary`, of shared hosts.
        book: the accounts.
        candidates: most candidates listed.

    Returns:
        `k`; `a`, null when it stays open; `kind`: `domain_name`, `domain_country`, `domain_primary` or `domain_open`;
        `others`. A name decides when it equals or resembles that of exactly one account; among those that it does not
        tell apart the only one in the contact's country; then the only one whose primary domain it is.
    """
    if owners.is_empty():
        return pl.DataFrame(schema=_SPLIT)
    frame = _pairs(keys, owners.select("host", "a", "primary"), book.named, candidates)
    frame = frame.with_columns(_likeness(frame))
    frame = frame.with_columns(pl.col("name").max().over("k").alias("most"))
    frame = frame.with_columns(((pl.col("name") > 0) & (pl.col("name") > pl.col("most") - _AHEAD)).alias("by_name"))
    named = pl.col("by_name").any().over("k")
    frame = frame.with_columns((pl.col("by_name") | ~named).alias("left"), named.alias("named"))
    few = pl.col("left") & ~pl.col("crowded")
    here = few & (pl.col("country") == pl.col("a_country")).fill_null(value=False)
    first = few & pl.col("primary")
    frame = frame.with_columns(here.alias("here"), first.alias("first")).sort(
        "k", "name", "here", "primary", "a", descending=[False, True, True, True, False]
    )
    only = {name: pl.col("a").filter(pl.col(name)) for name in ("by_name", "here", "first")}
    grouped = frame.group_by("k", maintain_order=True).agg(
        *(pl.when(chosen.len() == 1).then(chosen.first()).alias(name) for name, chosen in only.items()),
        pl.col("a").head(candidates + 1).alias("all"),
    )
    kind = first_case(
        [(pl.col(name).is_not_null(), kind) for name, kind in zip(only, _KINDS, strict=True)], "domain_open"
    )
    account = pl.coalesce("by_name", "here", "first")
    grouped = grouped.select("k", account.alias("a"), kind.alias("kind"), "all")
    # The chosen one is no other; lists keep their order, best first.
    listed = grouped.select("k", "a", "all").explode("all", empty_as_null=True, keep_nulls=True)
    listed = (
        listed.filter(pl.col("all").ne_missing(pl.col("a")))
        .group_by("k", maintain_order=True)
        .agg(pl.col("all").head(candidates).alias("others"))
    )
    return grouped.drop("all").join(listed, on="k", how="left", maintain_order="left")


def _pairs(keys: pl.DataFrame, owners: pl.DataFrame, accounts: pl.DataFrame, candidates: int) -> pl.DataFrame:
    """Pair each contact with the accounts on its domain: all of them, or of a crowd its namesakes and a few to show."""
    held = accounts.select(
        "a",
        pl.col("full").alias("a_full"),
        pl.col("core").alias("a_core"),
        pl.col("alias").alias("a_alias"),
        pl.col("country").alias("a_country"),
    )
    size = pl.len().over("host")
    owners = owners.with_columns((size > _CROWD).alias("crowded")).join(held, on="a", how="left", maintain_order="left")
    crowd = owners.filter("crowded")
    namesakes = keys.join(crowd.with_columns(pl.col("a_core").alias("core")), on=["host", "core"], how="inner")
    shown = crowd.sort("host", "primary", "a", descending=[False, True, False])
    shown = shown.filter(pl.int_range(pl.len()).over("host") <= candidates)
    few = pl.concat([owners.filter(~pl.col("crowded")), shown])
    pairs = keys.join(few, on="host", how="inner")
    return pl.concat([pairs, namesakes.select(pairs.columns)]).unique(["k", "a"], keep="first", maintain_order=True)


def _likeness(frame: pl.DataFrame) -> pl.Series:
    """Return 120 for the same whole name, 110 for the same normal one, else the token set ratio - 10, or 0."""
    if not frame.height:
        return pl.Series("name", [], dtype=pl.Float64)
    ratio = words_in_common(frame["core"].fill_null(""), frame["a_core"].fill_null(""))
    same = (pl.col("core") == pl.col("a_core")) | (pl.col("core") == pl.col("a_alias"))
    like = pl.when(pl.col("ratio") >= _LIKE).then(pl.col("ratio") - 10).otherwise(0.0)
    name = pl.when(pl.col("full") == pl.col("a_full")).then(120.0).when(same).then(110.0).otherwise(like)
    return frame.with_columns(ratio.alias("ratio")).select(
        pl.when(pl.col("core").is_null()).then(0.0).otherwise(name.fill_null(like)).alias("name")
    )["name"]


def split_verdicts(keys: pl.DataFrame, split: pl.DataFrame) -> pl.DataFrame:
    """Return what `split_domains` decided, by `k`, with columns of `VERDICT`."""
    kind, is_open = pl.col("kind"), pl.col("a").is_null()
    rows = split.join(keys.select("k", "host", "company", "country"), on="k", how="left", maintain_order="left")
    text = first_case(
        [
            (kind == "domain_name", pl.format("mail domain {} and company '{}'", "host", "company")),
            (kind == "domain_country", pl.format("mail domain {} and country {}", "host", "country")),
            (kind == "domain_primary", pl.format("mail domain {}, the primary domain of one account", "host")),
        ],
        pl.format("mail domain {} is that of several accounts", "host"),
    )
    worth = {name: CONFIDENCE[name] for name in _KINDS}
    return rows.select(
        "k",
        "a",
        first_case([(is_open, "ambiguous")], "domain").alias("method"),
        kind.replace_strict(worth, default=0.0, return_dtype=pl.Float64).alias("confidence"),
        text.alias("evidence"),
        pl.col("others").list.first().alias("runner_up"),
        pl.lit(CONFIDENCE["name_candidate"]).alias("runner_up_confidence"),
        pl.when(is_open).then("others").alias("candidates"),
    )
