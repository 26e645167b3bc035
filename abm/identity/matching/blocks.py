"""Which names are worth comparing: pairs that share a rare key, few per name, found by columns alone."""

from __future__ import annotations

from functools import partial

import polars as pl

from abm.engines.polars import engine_for
from abm.identity.matching.parallel import both

__all__ = ["candidate_pairs"]

_SHORT = 11
"""Names of at most this many letters can differ in one only: all their neighbours are found."""

_LEAST = 6
_LEAST_OF_A_WORD = 4

_PER_KIND = 4
"""Most accounts kept of those that share one whole key: more than a handful are ambiguous anyway."""

_ANY, _UNKNOWN = 0, 1
"""Scopes of keys: every country, and accounts whose country is unknown; the countries follow."""


def candidate_pairs(queries: pl.DataFrame, names: pl.DataFrame, most: int) -> pl.DataFrame:
    """Pair the names of contacts with those names of accounts that they might mean.

    Args:
        queries: `q` (key), `country`, `other` (another name, solid) and the parts of `name_parts`.
        names: the same of the accounts, with the key `m`.
        most: most pairs of one query.

    Returns:
        Distinct `q`, `m`, both countries the same or one unknown. Whole keys come first (same letters, same words in
        any order, same words but for trade, another name), `_PER_KIND` each; then keys that survive a slip of the pen,
        rarest first, as long as their accounts fit.
    """
    countries = pl.concat([queries["country"], names["country"]]).drop_nulls().unique().sort()
    scope = pl.DataFrame(
        {"country": countries, "scope": range(_UNKNOWN + 1, _UNKNOWN + 1 + len(countries))},
        schema={"country": pl.String, "scope": pl.UInt64},
    )
    asked = queries.join(scope, on="country", how="left", maintain_order="left")
    held = names.join(scope, on="country", how="left", maintain_order="left").with_columns(
        pl.col("scope").fill_null(_UNKNOWN)
    )
    anywhere = asked["scope"].null_count() > 0
    nowhere = bool((held["scope"] == _UNKNOWN).any())
    found = []
    for whole in (True, False):
        ask, hold = both(
            partial(_keys, asked, "q", whole=whole, asking=True), partial(_keys, held, "m", whole=whole, asking=False)
        )
        ask, hold = _scoped_queries(ask, nowhere=nowhere), _scoped_names(hold, anywhere=anywhere)
        found.append(_capped(ask, hold, whole=whole, most=most))
    pairs = pl.concat(found).unique(["q", "m"], keep="first", maintain_order=True)
    return pairs.filter(pl.int_range(pl.len()).over("q") < most).sort("q", "m")


def _keys(frame: pl.DataFrame, key: str, *, whole: bool, asking: bool) -> pl.DataFrame:
    made = _whole_keys(asking=asking) if whole else _slip_keys()
    parts = []
    for number, text, holds in made:
        rows = (
            frame.lazy()
            .filter(holds)
            .select(key, "scope", text.hash(seed=number).alias("key"), pl.lit(number).cast(pl.UInt8).alias("kind"))
        )
        parts.append(rows)
    if not whole:
        parts.append(_token_keys(frame, key))
    # Of one name, twice the same key ("aa" without its first and without its second letter) is one.
    return pl.concat(parts).filter(pl.col("key").is_not_null()).unique().collect(engine=engine_for(frame.height))


def _whole_keys(*, asking: bool) -> list[tuple[int, pl.Expr, pl.Expr]]:
    solid, rest, other = pl.col("solid"), pl.col("rest"), pl.col("other")
    always = pl.lit(value=True)
    several = rest.str.contains(" ", literal=True)
    keys = [
        (1, solid, always),
        (2, pl.col("sorted"), pl.col("sorted").str.contains(" ", literal=True)),
        (3, rest, rest.is_not_null()),
        (4, solid if asking else other, always if asking else other.is_not_null()),
        (5, other if asking else solid, other.is_not_null() if asking else always),
    ]
    if asking:
        return [*keys, (6, rest, several), (7, rest, ~several)]
    head = pl.col("rest_head")
    return [
        *keys,
        (6, head, head.str.contains(" ", literal=True)),
        (7, pl.col("rest_first"), pl.col("rest_first").is_not_null()),
    ]


def _slip_keys() -> list[tuple[int, pl.Expr, pl.Expr]]:
    solid = pl.col("solid")
    size = solid.str.len_chars()
    short = (size >= _LEAST - 1) & (size <= _SHORT + 1)
    keys = [(20, solid, short)]
    for place in range(_SHORT + 1):
        without = pl.concat_str(solid.str.slice(0, place), solid.str.slice(place + 1))
        keys.append((20, without, short & (size > place)))
    longer = size > _SHORT
    keys += [(21, solid.str.slice(0, 6), longer), (22, solid.str.slice(-6), longer)]
    keys += [(23, solid.str.slice(0, 9), longer), (24, solid.str.slice(-9), longer)]
    return keys


def _token_keys(frame: pl.DataFrame, key: str) -> pl.LazyFrame:
    """For each word of a name of two to four words: the other words and either end of this one."""
    words = pl.col("stem").str.split(" ")
    parts = []
    tokens = frame.lazy().select(key, "scope", words.alias("words")).filter(pl.col("words").list.len().is_between(2, 4))
    for place in range(4):
        word = pl.col("words").list.get(place, null_on_oob=True)
        others = pl.concat_list(pl.col("words").list.head(place), pl.col("words").list.slice(place + 1)).list.join(" ")
        given = tokens.filter(word.str.len_chars() >= _LEAST_OF_A_WORD).select(
            key, "scope", word.alias("word"), others.alias("others")
        )
        for number, end in ((30, pl.col("word").str.slice(0, 2)), (31, pl.col("word").str.slice(-2))):
            text = pl.concat_str("others", pl.lit(f"|{place}|"), end)
            parts.append(
                given.select(
                    key, "scope", text.hash(seed=number).alias("key"), pl.lit(number).cast(pl.UInt8).alias("kind")
                )
            )
    return pl.concat(parts)


def _scoped(rows: pl.DataFrame, scope: pl.Expr) -> pl.DataFrame:
    # 52 bits of the key, 12 of the scope: what collides is compared in vain, no more.
    return rows.with_columns(((pl.col("key") // 4096) * 4096 + scope % 4096).alias("key")).drop("scope")


def _scoped_queries(rows: pl.DataFrame, *, nowhere: bool) -> pl.DataFrame:
    parts = [_scoped(rows, pl.col("scope").fill_null(_ANY))]
    if nowhere:
        parts.append(_scoped(rows.filter(pl.col("scope").is_not_null()), pl.lit(_UNKNOWN, dtype=pl.UInt64)))
    return pl.concat(parts)


def _scoped_names(rows: pl.DataFrame, *, anywhere: bool) -> pl.DataFrame:
    parts = [_scoped(rows, pl.col("scope"))]
    if anywhere:
        parts.append(_scoped(rows, pl.lit(_ANY, dtype=pl.UInt64)))
    return pl.concat(parts)


def _capped(ask: pl.DataFrame, hold: pl.DataFrame, *, whole: bool, most: int) -> pl.DataFrame:
    wanted = hold.lazy().join(ask.lazy().select("key").unique(), on="key", how="semi").collect()
    if whole:
        # The smallest of each key: the same whatever the order of rows.
        wanted = wanted.sort("m").filter(pl.int_range(pl.len()).over("key") < _PER_KIND)
        return ask.join(wanted.drop("kind"), on="key", how="inner").sort("kind", "q", "m").select("q", "m")
    sizes = wanted.group_by("key").agg(pl.len().cast(pl.Int64).alias("size"))
    asked = ask.join(sizes, on="key", how="inner").filter(pl.col("size") <= most).sort("q", "size", "key")
    asked = asked.filter(pl.col("size").cum_sum().over("q") <= most)
    return asked.join(wanted.drop("kind"), on="key", how="inner").sort("q", "size", "key", "m").select("q", "m")
