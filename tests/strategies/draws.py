"""Where randomness comes from: a seeded generator or hypothesis, behind the same four questions."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Protocol, TypeVar

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")


class Draw(Protocol):
    """What the builders ask. The simplest answers are the low integer, the first choice and no."""

    def integer(self, low: int, high: int) -> int:
        """An integer from low to high, both included."""

    def choice(self, options: Sequence[T]) -> T:
        """One of the options; those first in the list are simplest."""

    def chance(self, percent: int) -> bool:
        """True in about so many of a hundred cases."""

    def some(self, options: Sequence[T], at_least: int, at_most: int) -> list[T]:
        """Different options, in their order."""


class RandomDraw:
    """Draws of a seeded generator: thousands of cases in a second, no shrinking."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def integer(self, low: int, high: int) -> int:
        return self.random.randint(low, high)

    def choice(self, options: Sequence[T]) -> T:
        return options[self.random.randrange(len(options))]

    def chance(self, percent: int) -> bool:
        return self.random.randrange(100) < percent

    def some(self, options: Sequence[T], at_least: int, at_most: int) -> list[T]:
        count = self.random.randint(at_least, min(at_most, len(options)))
        return [options[index] for index in sorted(self.random.sample(range(len(options)), count))]


class HypothesisDraw:
    """Draws of a hypothesis example, so that a failing case shrinks."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw

    def integer(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))

    def choice(self, options: Sequence[T]) -> T:
        return options[self.draw(st.integers(0, len(options) - 1))]

    def chance(self, percent: int) -> bool:
        return self.draw(st.integers(0, 99)) >= 100 - percent

    def some(self, options: Sequence[T], at_least: int, at_most: int) -> list[T]:
        indexes = st.lists(
            st.integers(0, len(options) - 1), min_size=at_least, max_size=min(at_most, len(options)), unique=True
        )
        return [options[index] for index in sorted(self.draw(indexes))]
