"""Movement: who qualified, who lapsed and whose score moved most since the earlier run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from abm.scoring.result import ScoreResult

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


def had_begun(before: ScoreResult) -> bool:
    """Whether the facts had begun by the day of the earlier run.

    They had not when nobody had done anything and nothing was researched, or when all activity is of that very day:
    what came later is no movement then, it is the beginning of the data.

    Args:
        before: the earlier run.
    """
    seen = before.polars["accounts"]["last_activity"].drop_nulls()
    return not before.polars["intent"].is_empty() or bool((seen < before.as_of).any())


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
