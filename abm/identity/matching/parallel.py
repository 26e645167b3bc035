"""Two halves of a step that know nothing of each other, side by side."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["both"]

First = TypeVar("First")
Second = TypeVar("Second")


def both(first: Callable[[], First], second: Callable[[], Second]) -> tuple[First, Second]:
    """Return what both functions return; on two cores they take the time of the longer one.

    Polars works without the interpreter's lock, but most of its text functions use one core each.

    >>> both(lambda: 1, lambda: "a")
    (1, 'a')
    """
    with ThreadPoolExecutor(max_workers=1) as other:
        later = other.submit(second)
        return first(), later.result()
