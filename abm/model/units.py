"""Points as whole numbers: millionths of a point, so that sums do not depend on their order."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

MICRO = 1_000_000
"""Micro-points in one point."""

_LARGEST = 2**63 - 1


def micro(points: float) -> int:
    """Return `points` in millionths, exact for what was written and rounded half to even beyond six decimals.

    Args:
        points: A finite number of points; its shortest decimal text is what is converted, never its binary value.

    Raises:
        ValueError: The number is not finite, or its millionths do not fit in 64 bits.

    >>> micro(0.1), micro(-20), micro(2.5e-7)
    (100000, -20000000, 0)
    """
    exact = Decimal(str(points))
    if not exact.is_finite():
        msg = f"expected a finite number, got {points}"
        raise ValueError(msg)
    millionths = int(exact.scaleb(6).to_integral_value(ROUND_HALF_EVEN))
    if abs(millionths) > _LARGEST:
        msg = f"{points} is too large to be counted in millionths"
        raise ValueError(msg)
    return millionths
