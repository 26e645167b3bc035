"""The numbers of a model's signals as small tables, to be joined: points and budgets, repeats, decay by age."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from abm.model.units import micro
from abm.scoring.arithmetic import MICRO

if TYPE_CHECKING:
    from abm.model import Model, Signal

_MOST_A_CELL = 10**15
"""A person's signal of one day gives at most a thousand million points, so that sums stay within 64 bits."""


def signal_table(model: Model) -> pl.DataFrame:
    """The numbers of each signal, points in millionths; a signal of no group or without a cap has nulls."""
    groups = {name: i for i, name in enumerate(model.signal_groups)}
    rows = [
        (
            i,
            micro(signal.points),
            signal.daily_cap,
            _MOST_A_CELL // max(1, abs(micro(signal.points))),
            None if signal.max_points is None else micro(signal.max_points),
            None if signal.group is None else groups[signal.group],
            None if signal.group is None else micro(model.signal_groups[signal.group].max_points),
        )
        for i, signal in enumerate(model.signals)
    ]
    names = ["signal", "points", "daily_cap", "most", "max_points", "group", "group_max"]
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.Int64), orient="row")


def repeat_table(model: Model) -> pl.DataFrame:
    """How often within how many days a signal must come for its bonus; signals that have one."""
    rows = [
        (i, signal.repeat.times, signal.repeat.within_days, micro(signal.repeat.points))
        for i, signal in enumerate(model.signals)
        if signal.repeat
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(["signal", "times", "within", "bonus"], pl.Int64), orient="row")


def factor_table(model: Model, oldest: int, span: int) -> pl.DataFrame:
    """f(signal, age) in millionths wherever it is not 0, made with Python floats so that every engine has the same.

    `moment` is `signal * span + age`.
    """
    rows = [
        (i * span + age, factor) for i, signal in enumerate(model.signals) for age, factor in _factors(signal, oldest)
    ]
    return pl.DataFrame(rows, schema={"moment": pl.Int64, "factor": pl.Int64}, orient="row")


def _factors(signal: Signal, oldest: int) -> list[tuple[int, int]]:
    last = oldest if signal.window_days is None else min(oldest, signal.window_days - 1)
    factors = [(age, round(signal.decay.factor(age) * MICRO)) for age in range(last + 1)]
    return [(age, factor) for age, factor in factors if factor]
