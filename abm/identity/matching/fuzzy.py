"""Accounts whose name resembles a contact's company, above a threshold and ahead of the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from abm.identity.matching.blocks import candidate_pairs
from abm.identity.matching.likeness import judged
from abm.identity.matching.parallel import both
from abm.identity.matching.words import mended, name_parts, word_list

if TYPE_CHECKING:
    from abm.identity.matching.accounts import AccountBook
    from abm.model.matching import MatchSettings

__all__ = ["Fuzzy", "fuzzy_names"]

_BEHIND = 1.0
"""Taken off where a country is unknown: of equals the account in the same country leads."""

_AT_ONCE = 500_000
"""Names whose pairs are made together."""

_FOUND: dict[str, pl.DataType] = {
    "n": pl.UInt32(),
    "a": pl.UInt32(),
    "likeness": pl.Float64(),
    "next_likeness": pl.Float64(),
    "why": pl.String(),
    "others": pl.List(pl.UInt32()),
}


@dataclass(frozen=True)
class Fuzzy:
    """What resembles what.

    Attributes:
        found: `n`; `a`, null unless one account leads; `likeness` of the best and `next_likeness` of the next one;
        `why`; `others`, the
            accounts besides `a` that come near, best first. Names that resemble none have no row.
        names: distinct names that were asked for.
        comparisons: pairs that were compared.
        most: most comparisons of one name.
    """

    found: pl.DataFrame
    names: int
    comparisons: int
    most: int


def fuzzy_names(names: pl.DataFrame, book: AccountBook, settings: MatchSettings) -> Fuzzy:
    """Find the accounts that names resemble.

    Args:
        names: `n` (key), `core`, `alias` and `country` of distinct companies.
        book: the accounts.
        settings: threshold, margin and bounds.
    """
    if names.is_empty():
        return Fuzzy(pl.DataFrame(schema=_FOUND), 0, 0, 0)
    by = ["core", "alias", "country"]
    held = book.named.filter(pl.col("core").is_not_null())
    held = held.group_by(by).agg(pl.col("a").min(), pl.len().alias("bearers"))
    held = held.sort(by, nulls_last=True)
    asked = names.select(by).unique().sort(by, nulls_last=True)
    held, asked = both(
        lambda: _with_parts(held).with_row_index("m"), lambda: _mended(asked, held["core"]).with_row_index("q")
    )
    found, sizes = [], []
    # Part by part: the memory of pairs has a bound, however many the names.
    for start in range(0, asked.height, _AT_ONCE):
        pairs = candidate_pairs(asked.slice(start, _AT_ONCE), held, settings.comparisons)
        if pairs.is_empty():
            continue
        sizes.append(pairs.group_by("q").len()["len"].cast(pl.Int64))
        found.append(_best(judged(pairs, asked, held, settings.threshold), asked, held, settings))
    if not found:
        return Fuzzy(pl.DataFrame(schema=_FOUND), asked.height, 0, 0)
    best, per_name = pl.concat(found), pl.concat(sizes)
    keyed = names.join(
        asked.select("q", pl.col("written").alias("core"), "alias", "country"), on=by, how="inner", nulls_equal=True
    ).select("n", "q")
    most = per_name.max()
    rows = keyed.join(best, on="q", how="inner").drop("q")
    return Fuzzy(rows, asked.height, int(per_name.sum()), most if isinstance(most, int) else 0)


def _mended(asked: pl.DataFrame, cores: pl.Series) -> pl.DataFrame:
    """Take the names of contacts apart, slips in general words mended; `written` is the name as it was."""
    right = mended(asked["core"].unique(), word_list(cores))
    asked = asked.join(right, on="core", how="left", maintain_order="left")
    return _with_parts(asked.rename({"core": "written", "right": "core"}))


def _with_parts(frame: pl.DataFrame) -> pl.DataFrame:
    parts = name_parts(frame["core"].unique())
    other = pl.col("alias").str.replace_all(" ", "", literal=True)
    return frame.join(parts, on="core", how="left", maintain_order="left").with_columns(other.alias("other"))


def _best(found: pl.DataFrame, asked: pl.DataFrame, held: pl.DataFrame, settings: MatchSettings) -> pl.DataFrame:
    countries = asked["country"][found["q"]], held["country"][found["m"]]
    frame = found.with_columns(countries[0].alias("q_country"), countries[1].alias("m_country"))
    same = (pl.col("q_country") == pl.col("m_country")).fill_null(value=False)
    rank = pl.col("likeness") - pl.when(same).then(0.0).otherwise(_BEHIND)
    needed = settings.threshold + pl.when(same).then(0.0).otherwise(settings.unknown_country)
    frame = frame.with_columns(rank.alias("rank"), (pl.col("sure") & (pl.col("likeness") >= needed)).alias("enough"))
    near = frame.filter(pl.col("rank") >= settings.threshold - settings.margin)
    near = near.join(held.select("m", "a", "bearers"), on="m", how="left")
    near = near.sort(["q", "rank", "sure", "m"], descending=[False, True, True, False])
    # One account may be asked for under its name and another of its names.
    grouped = near.group_by("q", maintain_order=True).agg(
        pl.col("m").first(),
        pl.col("rank").first(),
        pl.col("likeness").first(),
        pl.col("enough").first(),
        pl.col("bearers").first(),
        pl.col("why").first(),
        pl.col("rank").get(1, null_on_oob=True).alias("next_likeness"),
        pl.col("a").unique(maintain_order=True).head(settings.candidates + 1).alias("others"),
    )
    ahead = (pl.col("rank") - pl.col("next_likeness").fill_null(0.0)) >= settings.margin
    leads = pl.col("enough") & ahead & (pl.col("bearers") == 1)
    grouped = grouped.with_columns(pl.when(leads).then(pl.col("others").list.first()).alias("a"))
    rest = pl.when(leads).then(pl.col("others").list.slice(1)).otherwise(pl.col("others"))
    return grouped.select(
        "q", "a", "likeness", "next_likeness", "why", rest.list.head(settings.candidates).alias("others")
    )
