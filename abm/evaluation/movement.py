"""Counts by segment, and how much of the ranking moved."""

from __future__ import annotations

import polars as pl

SIDES = ("before", "after")
TOPS = (10, 25, 50, 100)

_COUNTS = ("accounts", "mqas", "leads", "mqls")


def segment_counts(accounts: pl.DataFrame, leads: pl.DataFrame) -> pl.DataFrame:
    """Count accounts, MQAs, leads and MQLs by segment (see `Comparison.segments`)."""
    parts = [
        *_counted(accounts, "accounts", "mqas", "is_mqa"),
        *_counted(leads, "leads", "mqls", "is_mql"),
    ]
    names = [
        *(f"{name}_{side}" for name in _COUNTS for side in SIDES),
        *(f"{name}_{side}" for name in ("mqas", "mqls") for side in ("gained", "lost")),
    ]
    order = [name for noun in _COUNTS for name in names if name.startswith(f"{noun}_")]
    whole = pl.concat(parts, how="diagonal").group_by("segment").agg(pl.col(name).sum() for name in order)
    whole = whole.sort(
        pl.col("accounts_after") + pl.col("accounts_before"), "segment", descending=[True, False], nulls_last=True
    )
    total = whole.select(pl.lit("total").alias("segment"), *(pl.col(name).sum() for name in order))
    return pl.concat([whole.with_columns(is_total=False), total.with_columns(is_total=True)]).select(
        "segment", "is_total", *order
    )


def _counted(rows: pl.DataFrame, noun: str, qualified: str, flag: str) -> list[pl.DataFrame]:
    """Those of before under the segment they were in, those of after under the one they are in."""
    was, now = (pl.col(f"{flag}_{side}").fill_null(value=False) for side in SIDES)
    parts = []
    for side, own, moved, change in (("before", was, was & ~now, "lost"), ("after", now, now & ~was, "gained")):
        there = rows.filter(pl.col(f"{flag}_{side}").is_not_null())
        parts.append(
            there.group_by(pl.col(f"segment_{side}").alias("segment")).agg(
                pl.len().cast(pl.Int64).alias(f"{noun}_{side}"),
                own.sum().cast(pl.Int64).alias(f"{qualified}_{side}"),
                moved.sum().cast(pl.Int64).alias(f"{qualified}_{change}"),
            )
        )
    return parts


def rank_churn(accounts: pl.DataFrame) -> pl.DataFrame:
    """Count how many of the best changed (see `Comparison.churn`)."""
    ranks = [pl.col(f"rank_{side}") for side in SIDES]
    counts = []
    for top in TOPS:
        was, now = ((rank <= top).fill_null(value=False) for rank in ranks)
        counts.append(
            accounts.select(
                pl.lit(top, dtype=pl.Int64).alias("top"),
                (was & now).sum().cast(pl.Int64).alias("stayed"),
                (now & ~was).sum().cast(pl.Int64).alias("entered"),
                (was & ~now).sum().cast(pl.Int64).alias("left"),
            )
        )
    return pl.concat(counts)


def spearman(accounts: pl.DataFrame) -> float | None:
    """The rank correlation of the accounts ranked on both sides: 1 - 6 * sum(d^2) / (n^3 - n).

    They are ranked anew among themselves, d apart. No two share a rank, so that the formula is exact. None with fewer
    than two accounts.

    >>> spearman(pl.DataFrame({"rank_before": [1, 2, 3, 4], "rank_after": [2, 1, 3, None]}))
    0.5
    """
    both = accounts.filter(pl.all_horizontal(pl.col(f"rank_{side}").is_not_null() for side in SIDES))
    count = both.height
    if count < 2:  # noqa: PLR2004 - one alone has no order
        return None
    places = [pl.col(f"rank_{side}").rank("ordinal").cast(pl.Int128) for side in SIDES]
    apart = both.select((places[1] - places[0]).pow(2).sum()).item()
    return 1 - 6 * int(apart) / (count**3 - count)
