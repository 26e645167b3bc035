"""Rows: every account of a run in one frame, with what was given of it and where it stood before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from abm.model.units import MICRO

if TYPE_CHECKING:
    from abm.scoring.result import ScoreResult

_GIVEN = ("owner", "industry", "employees", "country", "domain", "is_target")
_CUT = ("fit", "leads", "engagement", "coverage", "completeness", "intent", "score", "next_score", "best_lead_score")


def account_rows(result: ScoreResult, before: ScoreResult | None) -> pl.DataFrame:
    """Put together what a report says of each account.

    Args:
        result: the run.
        before: the same model over the facts of an earlier day, or None.

    Returns:
        The columns of `accounts`, with numbers cut to tenths, as they are shown; `label`, the name or else the id;
        `owner`, `industry`, `employees`, `country`, `domain`, `is_target` as given; `missing`, the required roles that
        nobody engaged fills; `score_then`, `stage_then`, `is_mqa_then` of the earlier run (null without one, or where
        the account was not known) and `change`, the difference of the scores that are shown. By rank, then those that
        are excluded, by score and id.
    """
    given = result.account_rows().select("account_id", *_GIVEN).collect()
    rows = result.polars["accounts"].join(given, on="account_id", how="left", maintain_order="left")
    rows = rows.with_columns(cut(name) for name in _CUT)
    missing = pl.col("reasons").list.eval(pl.element().filter(pl.element().str.starts_with("missing:")))
    rows = rows.with_columns(
        missing=missing.list.eval(pl.element().str.strip_prefix("missing:")),
        label=pl.coalesce("name", "account_id"),
    )
    then = rows.clear() if before is None else before.polars["accounts"]
    earlier = then.select("account_id", cut("score").alias("score_then"), stage_then="stage", is_mqa_then="is_mqa")
    rows = rows.join(earlier, on="account_id", how="left", maintain_order="left")
    rows = rows.with_columns(change=(pl.col("score") - pl.col("score_then")).round(1))
    return rows.sort(["rank", "score", "account_id"], descending=[False, True, False], nulls_last=True)


def cut(name: str) -> pl.Expr:
    """A number of the result cut to tenths, so that nothing looks like a bar that it missed.

    >>> pl.DataFrame({"score": [59.96, 100.0, None]}).select(cut("score"))["score"].to_list()
    [59.9, 100.0, None]
    """
    whole = (pl.col(name) * MICRO).round().cast(pl.Int64)
    # Divided by a constant, Polars multiplies with the reciprocal, which may be one bit off: rounded, it is exact.
    return (whole.abs() // (MICRO // 10) * whole.sign() / 10).round(1).alias(name)
