"""What a mail domain that is nobody's says about an account: it speaks for it, looks like it, or neither."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from abm.identity.company_words import company_words
from abm.identity.countries import country_words
from abm.identity.matching.letters import letters_apart

if TYPE_CHECKING:
    from abm.identity.matching.accounts import AccountBook

__all__ = ["LOOKS_ALIKE", "NEUTRAL", "SPEAKS", "relations"]

SPEAKS, NEUTRAL, LOOKS_ALIKE = "speaks", "neutral", "looks_alike"

_SHORTEST = 4
"""Fewest letters of a label that is worth imitating."""


def relations(pairs: pl.DataFrame, book: AccountBook) -> pl.DataFrame:
    """Compare a registrable domain's first label with those of an account's domains and with its name.

    Args:
        pairs: distinct `site`, `a`.
        book: the accounts.

    Returns:
        `site`, `a`, `relation`: `speaks` when the labels or the name are equal (`acme.de` for `acme.com`), or differ
        by a word that firms add (`acme-group`, `getacme`); `looks_alike` when one letter differs or the account's label
        is part of a longer one (`notacme`); else `neutral`. Hyphens are not looked at.
    """
    if pairs.is_empty():
        return pl.DataFrame(schema={**pairs.schema, "relation": pl.String})
    wanted = pairs["a"].unique()
    label = pl.col("site").str.extract(r"^([^.]+)").str.replace_all("-", "", literal=True)
    domains = book.domains.filter(pl.col("a").is_in(wanted.implode())).select("a", label.alias("label")).unique()
    named = book.named.filter(pl.col("a").is_in(wanted.implode())).select(
        "a", pl.col("core").str.replace_all(" ", "", literal=True).alias("label")
    )
    labels = pl.concat([domains, named]).drop_nulls().unique()
    frame = pairs.select("site", "a", label.alias("mine")).join(labels, on="a", how="left")
    frame = frame.with_columns(_one_letter(frame["mine"], frame["label"]).alias("slip"))
    contains = pl.col("mine").str.contains(pl.col("label"), literal=True) & (
        pl.col("label").str.len_chars() >= _SHORTEST
    )
    added = sorted(
        {
            *company_words().structural,
            *company_words().legal_after,
            *company_words().own_labels,
            *country_words(),
            *_ADDED,
        }
    )
    rest = (
        pl.when(pl.col("mine").str.starts_with(pl.col("label")))
        .then(pl.col("mine").str.strip_prefix(pl.col("label")))
        .otherwise(pl.col("mine").str.strip_suffix(pl.col("label")))
    )
    usual = contains & rest.is_in([word.replace(" ", "") for word in added])
    slip = pl.col("slip") & (pl.col("label").str.len_chars() >= _SHORTEST)
    said = frame.group_by("site", "a").agg(
        ((pl.col("mine") == pl.col("label")) | usual).any().alias(SPEAKS), (contains | slip).any().alias(LOOKS_ALIKE)
    )
    relation = (
        pl.when(SPEAKS).then(pl.lit(SPEAKS)).when(LOOKS_ALIKE).then(pl.lit(LOOKS_ALIKE)).otherwise(pl.lit(NEUTRAL))
    )
    return said.select("site", "a", relation.alias("relation"))


_ADDED = (
    "get",
    "go",
    "my",
    "the",
    "try",
    "use",
    "we",
    "team",
    "hello",
    "inc",
    "corp",
    "hq",
    "app",
    "io",
    "tech",
    "labs",
)


def _one_letter(left: pl.Series, right: pl.Series) -> pl.Series:
    return letters_apart(left.fill_null(""), right.fill_null(""), at_most=1) == 1
