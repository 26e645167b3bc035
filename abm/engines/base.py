"""What the plan asks of an engine beyond the Narwhals dialect: three verbs and one missing aggregate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import narwhals as nw
    import polars as pl

    Step = nw.LazyFrame[Any]
else:
    Step = Any


@dataclass(frozen=True)
class Tally:
    """What `Engine.tally` counts.

    Attributes:
        owner: text columns that say whose a row is.
        code: a column of integers.
        codes: every code is at least 0 and below this.
        day: a column of dates from 1970-01-01 on.
        amount: a column of integers to add up; None adds 1 a row.
    """

    owner: tuple[str, ...]
    code: str
    codes: int
    day: str
    amount: str | None


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

    def single_rows(self, step: Step, key: str, order: Sequence[str]) -> tuple[Step, pl.DataFrame]:
        """Keep one row per value of a text column: the first by `_row`, then by `order`; rows without a value stay.

        Returns:
            The rows that stay, and on the driver the values that stood on more than one, with the rows in excess as
            `extra`.
        """
        ...

    def tally(self, step: Step, tally: Tally) -> tuple[Step, Step]:
        """Count the rows of each owner, code and day.

        Returns:
            The owners, `subject` (an integer key of no meaning) and the owner columns, and the cells: `subject`, the
            code, the day, `n` (the sum of the amount) and `rows`; both materialised. Nulls are values like others.
        """
        ...

    def join_texts(self, step: Step, *, by: str, value: str, order: str) -> Step:
        """Return one row per `by` with the texts of `value` joined by `TEXT_SEPARATOR` in ascending `order`."""
        ...


TEXT_SEPARATOR = "\x1f"
"""Unit separator: joins texts inside the plan, because names and topics may hold any printable character."""
