"""The integer arithmetic of points: millionths, rounding and decayed worth, alike on every engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from abm.engines.base import Step

MICRO = 1_000_000
"""One point, or one percent of a component, in the millionths that are summed."""

PERCENT = 100 * MICRO
"""The whole of a component, in millionths of a percent."""


def millionths(value: nw.Expr) -> nw.Expr:
    """Round a real result to Int64 millionths: `floor(v * 1e6 + 0.5)`; null stays null."""
    return (value * float(MICRO) + 0.5).floor().cast(nw.Int64)


def total(parts: Iterable[nw.Expr]) -> nw.Expr:
    """Add up Int64 expressions, null as 0; nothing is 0."""
    return nw.sum_horizontal(*parts, nw.lit(0, dtype=nw.Int64))


def in_points(name: str) -> nw.Expr:
    """Give a column of millionths as Float64 points (or percent): the double nearest to them."""
    return divided(nw.col(name).cast(nw.Float64), float(MICRO), name)


def points_of(step: Step, names: Mapping[str, str]) -> Step:
    """Add columns of millionths as `in_points` gives them; `names` has the new name of each.

    All divisors are made by one expression: it costs less to plan than one a column. Each is that of its own column,
    since Polars takes a column of equal values, such as any other may be, for a constant.
    """
    if not names:
        return step
    divisors = {name: f"{name}:divisor" for name in names}
    step = step.with_columns((nw.col(*names).cast(nw.Float64) * 0.0 + float(MICRO)).name.suffix(":divisor"))
    points = ((nw.col(name) / nw.col(divisors[name])).alias(new) for name, new in names.items())
    return step.with_columns(*points).drop(*divisors.values())


def divided(value: nw.Expr, divisor: float, anchor: str) -> nw.Expr:
    """Divide by a constant, rounding as IEEE 754 says.

    Polars multiplies by the reciprocal of a constant divisor, which is one bit off for one number in ten and would make
    60.1 points 60.099999999999994; a divisor that is a column is divided by. `anchor` is a finite number column of the
    frame; where it is null, so is the result.
    """
    return value / (nw.col(anchor).cast(nw.Float64) * 0.0 + divisor)


def decayed(kept: nw.Expr, factor: nw.Expr) -> nw.Expr:
    """Return `kept * factor // 1e6` for `kept >= 0`.

    The product of large points and a factor leaves 64 bits, hence whole points and their fraction apart; the result
    is the same integer.
    """
    return (kept // MICRO) * factor + ((kept % MICRO) * factor) // MICRO


def ordinal(day: nw.Expr) -> nw.Expr:
    """Return the proleptic Gregorian ordinal of a day (as `date.toordinal`).

    Engines disagree on subtracting dates; all of them know the year and the day in it.
    """
    years = day.dt.year().cast(nw.Int64) - 1
    leap_days = years // 4 - years // 100 + years // 400
    return years * 365 + leap_days + day.dt.ordinal_day().cast(nw.Int64)


def age(day: nw.Expr, as_of: date) -> nw.Expr:
    """Return `as_of - day` in days."""
    return nw.lit(as_of.toordinal()) - ordinal(day)


_LARGEST = (1 << 63) - 1


def exact_ratio(numerator: nw.Expr, denominator: nw.Expr | int, scale: int, *, largest: int | None = None) -> nw.Expr:
    """Return `floor(scale * numerator / denominator + 1/2)` for integers `0 <= numerator <= denominator`.

    Halves are common among shares and means, and floats fall to either side of them; integers do not. Where 64 bits
    would not hold the product, a float is the best there is, and near enough.

    Args:
        numerator: Int64 expression; null stays null.
        denominator: Int64 expression or a constant; null gives null.
        scale: what a ratio of 1 becomes, such as 1e6 millionths, or 1e8 for millionths of a percent.
        largest: what the denominator cannot exceed, if that is known; a constant knows itself.
    """
    most = _LARGEST // (2 * scale + 1)
    known = denominator if isinstance(denominator, int) else largest
    if known is not None and known <= most:
        return ((numerator * (2 * scale) + denominator) // (denominator * 2)).cast(nw.Int64)
    bottom = denominator if isinstance(denominator, nw.Expr) else numerator * 0 + denominator
    small, least = nw.min_horizontal(numerator, nw.lit(most)), nw.min_horizontal(bottom, nw.lit(most))
    whole = (small * (2 * scale) + least) // (least * 2)
    real = (numerator.cast(nw.Float64) * float(scale) / bottom.cast(nw.Float64) + 0.5).floor()
    return nw.when(bottom <= most).then(whole.cast(nw.Int64)).otherwise(real.cast(nw.Int64))
