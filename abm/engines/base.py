"""What the plan asks of an engine beyond the Narwhals dialect: three verbs and one missing aggregate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import narwhals as nw
    import polars as pl

    Step = nw.LazyFrame[Any]
else:
    Step = Any


class Engine(Protocol):
    """Runs named steps of the plan.

    The plan is written against Narwhals; what Narwhals cannot say for every engine is said here, once per engine.
    """

    name: str

    def materialise(self, *steps: Step) -> tuple[Step, ...]:
        """Compute the steps once, together, and return frames that later steps read without recomputing them."""
        ...

    def gather(self, *steps: Step) -> tuple[pl.DataFrame, ...]:
        """Bring small frames (distinct things, counts, samples) to the driver, together."""
        ...

    def scatter(self, frame: pl.DataFrame) -> Step:
        """Hand a small driver frame to the engine."""
        ...

    def join_texts(self, step: Step, *, by: str, value: str, order: str) -> Step:
        """Return one row per `by` with the texts of `value` joined by `TEXT_SEPARATOR` in ascending `order`."""
        ...


TEXT_SEPARATOR = "\x1f"
"""Unit separator: joins texts inside the plan, because names and topics may hold any printable character."""
