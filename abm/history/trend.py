"""Trend: what the same model said a week and a month before, beside what it says now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl

from abm.engines.polars import on_driver
from abm.scoring.ranking import TABLE_OF
from abm.scoring.score import score
from abm.workspace.loader import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from abm.ledger.ledger import Ledger
    from abm.scoring.ranking import By
    from abm.scoring.result import ScoreResult

DAYS_BACK = (7, 30)

_KEYS = {
    "account": ["account_id"],
    "group": ["account_id", "group"],
    "lead": ["contact_id"],
    "family": ["account_id"],
}


def with_trend(
    ranking: Any,
    result: ScoreResult,
    facts: Workspace | Mapping[str, Any] | Ledger,
    *,
    by: By = "account",
    progress: Callable[[str], None] = lambda _step: None,
) -> Any:
    """Add `score_7d` and `score_30d` to a ranking: the score at as_of - 7 and as_of - 30 days.

    Both are computed anew from the facts that existed then, under the model of today, so a difference is always a
    difference of facts and never of the model.

    Args:
        ranking: rows of `result`, as `rank` gives them.
        result: the result that was ranked; its model and as_of are used.
        facts: what `result` was scored from, or a ledger of it.
        by: what a row of the ranking is.
        progress: called with the name of each step as it begins.

    Returns:
        The ranking in the same order and kind of frame, with the two columns (Float64) after all others; null where the
        account, group or lead had no score on that day, or did not exist.

    >>> import abm
    >>> workspace = abm.load_workspace(abm.demo_folder())
    >>> result = abm.score(workspace)
    >>> with_trend(abm.rank(result, top=1), result, workspace).columns[-2:]
    ['score_7d', 'score_30d']
    """
    frame = on_driver(ranking).collect()
    for days in DAYS_BACK:
        before = earlier(result, facts, days, progress=progress)
        then = before.polars[TABLE_OF[by]].select(*_KEYS[by], pl.col("score").alias(f"score_{days}d"))
        frame = frame.join(then, on=_KEYS[by], how="left", maintain_order="left")
    return result.in_kind(frame)


def earlier(
    result: ScoreResult,
    facts: Workspace | Mapping[str, Any] | Ledger,
    days: int,
    *,
    progress: Callable[[str], None] = lambda _step: None,
) -> ScoreResult:
    """Score the same facts, as far as they existed so many days before, under the same model.

    Args:
        result: a run; its model and as_of are used.
        facts: what it was scored from.
        days: how many days before.
        progress: called with the name of each step as it begins.
    """
    told, day = partial(_told, progress, days), result.as_of - timedelta(days=days)
    if isinstance(facts, Workspace | Mapping):
        return score(facts, result.model, as_of=day, progress=told)
    return facts.score(result.model, as_of=day, progress=told)


def _told(progress: Callable[[str], None], days: int, step: str) -> None:
    progress(f"{days} days before: {step}")
