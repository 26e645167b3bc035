"""Places: where things stand in a column, near what they belong to and clear of each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


def spread(wanted: Sequence[float], gap: float, bottom: float) -> list[float]:
    """Place things in their order, each as near as may be to where it wants to stand.

    Args:
        wanted: where each would like to stand.
        gap: the least distance between neighbours.
        bottom: below this none stands, unless there are too many; then they begin at 0 and end where they end.

    >>> spread([10, 10, 10, 90], 20, 100)
    [10, 30, 50, 90]
    >>> spread([90, 95, 99], 20, 100)
    [60, 80, 100]
    """
    placed: list[float] = []
    for want in wanted:
        placed.append(max(want, placed[-1] + gap) if placed else max(want, 0.0))
    limit = max(bottom, gap * (len(placed) - 1))
    for place in range(len(placed) - 1, -1, -1):
        placed[place] = min(placed[place], limit)
        limit = placed[place] - gap
    return placed


def middle(places: Iterable[float], otherwise: float) -> float:
    """The middle between the first and the last of some places.

    >>> middle([10, 20, 60], 0), middle([], 5)
    (35.0, 5)
    """
    known = list(places)
    return (min(known) + max(known)) / 2 if known else otherwise


def filled_in(wanted: Mapping[int, float], count: int, gap: float) -> list[float]:
    """Give those who want nothing a place behind the one before.

    >>> filled_in({1: 50.0}, 3, 20)
    [0.0, 50.0, 70.0]
    """
    places: list[float] = []
    for number in range(count):
        behind = places[-1] + gap if places else 0.0
        places.append(wanted.get(number, behind))
    return places
