"""Millionths of a point: how the oracle reads model numbers and rounds results."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

MICRO = 1_000_000


@lru_cache(maxsize=4096)
def exact(value: float) -> Fraction:
    """The number as it is written in the model, not as the machine stores it: 0.1 is one tenth."""
    return Fraction(Decimal(str(value)))


@lru_cache(maxsize=4096)
def micro(value: float) -> int:
    """A number of the model in millionths."""
    return round(exact(value) * MICRO)


def rounded(value: Fraction | float) -> int:
    """A result as it is written: floor(v * 1e6 + 0.5), worked out without a second rounding error."""
    return math.floor(Fraction(value) * MICRO + Fraction(1, 2))


def clamp(value: Fraction, low: int, high: int) -> Fraction:
    return max(Fraction(low), min(Fraction(high), value))


def saturation(points: Fraction, half_at: float) -> Fraction:
    """sat(x) = 1 - 2^(-x / half_at), x in points."""
    return Fraction(1.0 - 2.0 ** (-float(points) / float(half_at)))
