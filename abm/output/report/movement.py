"""Movement: who qualified, who lapsed and whose score moved most since the earlier run."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

MOST = 6
"""So many risers and fallers are named."""
_LEAST = 0.5
"""A smaller change is none worth a line."""


@dataclass(frozen=True)
class Movement:
    """What moved, as rows of `account_rows`; excluded accounts never do.

    Attributes:
        gained: qualified now and not before, by rank.
        lapsed: qualified before and not now, by rank.
        risers: the largest gains of score.
        fallers: the largest losses of score.
        risen: how many rose.
        fallen: how many fell.
    """

    gained: pl.DataFrame
    lapsed: pl.DataFrame
    risers: pl.DataFrame
    fallers: pl.DataFrame
    risen: int
    fallen: int


def movement(rows: pl.DataFrame) -> Movement:
    """Compare each account with where it stood before.

    Args:
        rows: what `account_rows` gives.
    """
    ranked = rows.filter(~pl.col("is_excluded"))
    up = ranked.filter(pl.col("change") >= _LEAST).sort(["change", "rank"], descending=[True, False])
    down = ranked.filter(pl.col("change") <= -_LEAST).sort(["change", "rank"])
    return Movement(
        gained=ranked.filter(pl.col("is_mqa"), ~pl.col("is_mqa_then")),
        lapsed=ranked.filter(~pl.col("is_mqa"), pl.col("is_mqa_then")),
        risers=up.head(MOST),
        fallers=down.head(MOST),
        risen=up.height,
        fallen=down.height,
    )
