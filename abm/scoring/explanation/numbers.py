"""Numbers as explanations print them: cut, never rounded up, so that nothing looks like a bar that it missed."""

from __future__ import annotations

from itertools import accumulate, pairwise

from abm.model.units import MICRO

_HUNDREDTH = MICRO // 100
_ROUNDING = 9
"""So many millionths the rounding of shares may take from a sum."""
_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def tenths(value: float | None) -> str:
    """Points or percent with one decimal; `unknown` for null.

    >>> tenths(59.96), tenths(100.0), tenths(-0.04), tenths(None)
    ('59.9', '100.0', '0.0', 'unknown')
    """
    if value is None:
        return "unknown"
    whole = abs(round(value * MICRO)) // (MICRO // 10)
    return f"{'-' if value < 0 and whole else ''}{whole // 10:,}.{whole % 10}"


def points(millionths: int | None) -> str:
    """Millionths of a point as points with two decimals; empty for null.

    >>> points(12_345_678), points(-5_000), points(None)
    ('12.34', '0.00', '')
    """
    if millionths is None:
        return ""
    return hundredths(_cut(millionths))


def hundredths(value: int) -> str:
    """Hundredths of a point as points.

    >>> hundredths(1234), hundredths(-5)
    ('12.34', '-0.05')
    """
    return f"{'-' if value < 0 else ''}{abs(value) // 100:,}.{abs(value) % 100:02d}"


def running(parts: list[int]) -> list[tuple[int, int]]:
    """Give each part and the sum up to it in hundredths, so that what is printed adds up to what is printed.

    A sum is cut to hundredths, unless it lies but some millionths below the next, as rounded shares may; the last sum
    is cut for certain. A part is the difference of two sums, hence within a hundredth of its own value.

    >>> running([2_777_778, 2_777_778, 8_333_333])
    [(277, 277), (278, 555), (833, 1388)]
    >>> running([11_999_999, 8_000_000, 100_000]), running([59_999_999])
    ([(1200, 1200), (800, 2000), (9, 2009)], [(5999, 5999)])
    """
    exact = list(accumulate(parts))
    sums = [_cut(total + _ROUNDING) for total in exact[:-1]] + [_cut(total) for total in exact[-1:]]
    for i in reversed(range(len(sums) - 1)):
        # What comes in addition never makes a sum smaller.
        if parts[i + 1] >= 0:
            sums[i] = min(sums[i], sums[i + 1])
    return [(after - before, after) for before, after in pairwise([0, *sums])]


def general(value: float) -> str:
    """A threshold as the model writes it.

    >>> general(60.0), general(62.5)
    ('60', '62.5')
    """
    return f"{value:g}"


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """A number of things in words up to ten.

    >>> counted(1, "role"), counted(3, "role"), counted(12, "person", "people")
    ('one role', 'three roles', '12 people')
    """
    number = _WORDS[count] if 0 <= count < len(_WORDS) else f"{count:,}"
    return f"{number} {noun if count == 1 else plural or noun + 's'}"


def _cut(millionths: int) -> int:
    whole = abs(millionths) // _HUNDREDTH
    return whole if millionths >= 0 else -whole
