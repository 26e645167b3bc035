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


def budget_table(model: Model) -> pl.DataFrame:
    """The budgets of each signal in millionths; null without a cap, and without a group whose budget it spends.

    Points that are taken away, and the bonus of such a signal, are outside the group's budget.
    """
    groups = {name: i for i, name in enumerate(model.signal_groups)}
    rows = []
    for i, signal in enumerate(model.signals):
        group = signal.group if signal.points > 0 else None
        rows.append(
            (
                i,
                None if signal.max_points is None else micro(signal.max_points),
                None if group is None else groups[group],
                None if group is None else micro(model.signal_groups[group].max_points),
            )
        )
    names = ["signal", "max_points", "group", "group_max"]
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.Int64), orient="row")


def repeat_table(model: Model) -> pl.DataFrame:
    """How often within how many days a signal must come for its bonus; signals that have one."""
    rows = [
        (i, signal.repeat.times, signal.repeat.within_days, micro(signal.repeat.points))
        for i, signal in enumerate(model.signals)
        if signal.repeat
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(["signal", "times", "within", "bonus"], pl.Int64), orient="row")


def moment_table(model: Model, oldest: int) -> pl.DataFrame:
    """What a cell of each signal and age is worth: `points` of an occurrence, at `most` so many, and the `factor`.

    `moment` is `signal * (oldest + 1) + age`. `factor` is f(signal, age), and with `points` in millionths; it is made
    with Python floats so that every engine has the same.
    """
    rows = []
    for i, signal in enumerate(model.signals):
        first, points, most = i * (oldest + 1), micro(signal.points), _most(signal)
        rows += [(first + age, factor, points, most) for age, factor in enumerate(_factors(signal, oldest))]
    names = ["moment", "factor", "points", "most"]
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.Int64), orient="row")


def _most(signal: Signal) -> int:
    """How many occurrences of one cell count."""
    most = _MOST_A_CELL // max(1, abs(micro(signal.points)))
    return most if signal.daily_cap is None else min(signal.daily_cap, most)


def _factors(signal: Signal, oldest: int) -> list[int]:
    last = oldest if signal.window_days is None else min(oldest, signal.window_days - 1)
    factors = [round(signal.decay.factor(age) * MICRO) for age in range(last + 1)]
    return factors + [0] * (oldest - last)
