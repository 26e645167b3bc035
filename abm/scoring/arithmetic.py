"""The integer arithmetic of points: millionths, rounding and decayed worth, alike on every engine."""

from __future__ import annotations

from datetime import date

import narwhals as nw

MICRO = 1_000_000
"""One point, or one percent of a component, in the millionths that are summed."""


def millionths(value: nw.Expr) -> nw.Expr:
    """Round a real result to Int64 millionths: `floor(v * 1e6 + 0.5)`; null stays null."""
    return (value * float(MICRO) + 0.5).floor().cast(nw.Int64)


def in_points(name: str) -> nw.Expr:
    """Give a column of millionths as Float64 points (or percent)."""
    return nw.col(name).cast(nw.Float64) / float(MICRO)


def decayed(kept: nw.Expr, factor: nw.Expr) -> nw.Expr:
    """Return `kept * factor // 1e6` for `kept >= 0`.

    The product of large points and a factor leaves 64 bits, hence whole points and their fraction apart; the result
    is the same integer.
    """
    return (kept // MICRO) * factor + ((kept % MICRO) * factor) // MICRO


def ordinal(day: nw.Expr) -> nw.Expr:
    """Return the proleptic Gregorian ordinal of a day (as `date.toordinal`), the one day number all engines can compute."""
    years = day.dt.year().cast(nw.Int64) - 1
    leap_days = years // 4 - years // 100 + years // 400
    return years * 365 + leap_days + day.dt.ordinal_day().cast(nw.Int64)


def age(day: nw.Expr, as_of: date) -> nw.Expr:
    """Return `as_of - day` in days."""
    return nw.lit(as_of.toordinal()) - ordinal(day)
