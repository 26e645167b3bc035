"""Thresholds: the bar of an account's segment, as a number and as the text of reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from abm.model.units import micro

if TYPE_CHECKING:
    from collections.abc import Mapping

REASON_SEPARATOR = ";"
"""Joins reason codes; names in a model cannot hold it."""


def threshold(default: float, by_segment: Mapping[str, float]) -> nw.Expr:
    """The threshold of the row's `segment` in millionths; a null segment has the default."""
    number = nw.lit(micro(default))
    for name, value in by_segment.items():
        number = nw.when(nw.col("segment") == name).then(nw.lit(micro(value))).otherwise(number)
    return number.cast(nw.Int64)


def threshold_text(default: float, by_segment: Mapping[str, float]) -> nw.Expr:
    """The same threshold as reasons show it (`%g`)."""
    text = nw.lit(f"{default:g}")
    for name, value in by_segment.items():
        text = nw.when(nw.col("segment") == name).then(nw.lit(f"{value:g}")).otherwise(text)
    return text


def score_reasons(text: nw.Expr) -> list[nw.Expr]:
    """`score>=T` or `score<T`, from the columns `score` and `threshold`; neither without a score."""
    at_least = nw.col("score") >= nw.col("threshold")
    return [
        nw.when(at_least).then(nw.concat_str([nw.lit("score>="), text])),
        nw.when(~at_least).then(nw.concat_str([nw.lit("score<"), text])),
    ]


def reason(code: str, when: nw.Expr) -> nw.Expr:
    """A reason code where it holds, else null."""
    return nw.when(when).then(nw.lit(code))


def joined(reasons: list[nw.Expr]) -> nw.Expr:
    """All reasons that hold, joined in order."""
    return nw.concat_str(reasons, separator=REASON_SEPARATOR, ignore_nulls=True)
