"""One row per key with Polars: keys are compared by a hash first, and only rows whose hash repeats by their text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from abm.tables.hygiene import ROW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from polars._typing import EngineType

MOST_SUSPECTS = 1_000_000
"""More repeated hashes than these are not worth holding in memory."""


def repeated_hashes(rows: pl.LazyFrame, key: str, engine: EngineType, passes: int = 1) -> pl.Series:
    """The hashes of `key` that stand on more than one row; no row of another hash repeats a key.

    Each of several `passes` over the rows keeps its share of the hashes in memory.
    """
    known = rows.filter(pl.col(key).is_not_null()).select(pl.col(key).hash().alias("hash"))
    if passes == 1:
        return _repeated(known, engine)
    share = pl.col("hash") % passes
    return pl.concat([_repeated(known.filter(share == turn), engine) for turn in range(passes)])


def _repeated(known: pl.LazyFrame, engine: EngineType) -> pl.Series:
    return several(known.collect(engine=engine)["hash"])


def several(hashes: pl.Series) -> pl.Series:
    """The hashes that occur more than once, each once: integers sort in less time than they group."""
    ordered = hashes.sort()
    return ordered.filter(ordered == ordered.shift(1)).unique()


def first_of_each(
    rows: pl.LazyFrame, key: str, order: Sequence[str], suspects: pl.Series
) -> tuple[pl.LazyFrame, pl.DataFrame]:
    """Keep the first row of each key in `order`, given the hashes that repeat (see `repeated_hashes`).

    Returns:
        The rows that stay, and the keys that stood on more than one row with the rows in excess as `extra`.
    """
    suspect = (pl.col(key).hash().is_in(suspects.implode()) & pl.col(key).is_not_null()).fill_null(value=False)
    numbered = rows.filter(suspect).select(key, ROW).collect(engine="streaming")
    counted = numbered.group_by(key).agg((pl.len().cast(pl.Int64) - 1).alias("extra")).filter(pl.col("extra") > 0)
    if not numbered[ROW].null_count():
        # Rows that have a number are left out by it: the key need not be read and hashed again.
        first = numbered.sort(ROW).unique(key, keep="first")
        gone = numbered.join(first.select(ROW), on=ROW, how="anti")[ROW]
        return rows.filter(~pl.col(ROW).is_in(gone.implode())), counted
    several = rows.filter(suspect).collect(engine="streaming")
    ordered = several.sort(ROW, *(name for name in order if name not in {ROW, key}))
    return pl.concat([rows.filter(~suspect), ordered.unique(key, keep="first", maintain_order=True).lazy()]), counted
