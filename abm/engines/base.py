"""What the plan asks of an engine beyond the Narwhals dialect: three verbs and one missing aggregate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    import narwhals as nw
    import polars as pl

    from abm.engines.room import Room
    from abm.tables.contracts import Kind

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


@dataclass(frozen=True)
class Finish:
    """What `Engine.finish` makes of a step.

    Attributes:
        columns: the columns of the result in order, with their kinds.
        order: the columns that its rows are sorted by, of the result or not; no two rows are equal in them.
        separators: by list column, what its text is joined by; an empty text is an empty list.
        day: the column that is not there yet: `as_of` less the days in `age`.
        as_of: the day of the run.
    """

    columns: Mapping[str, Kind]
    order: tuple[str, ...]
    separators: Mapping[str, str]
    day: str | None
    as_of: date


class Engine(Protocol):
    """Runs named steps of the plan.

    The plan is written against Narwhals; what Narwhals cannot say for every engine is said here, once per engine.
    """

    name: str
    apart: bool
    """Whether its rows live apart from the driver, so that people are not to be brought there."""

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

    def numbered(self, step: Step, name: str, order: str) -> Step:
        """Number the rows from 0 on by a column of which no two values are equal; materialised."""
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

    def finish(self, *steps: tuple[Step, Finish]) -> tuple[Any, ...]:
        """Compute result tables together, and return the engine's own frames: eager ones, or what is computed once."""
        ...

    def native(self, frame: pl.DataFrame) -> Any:
        """Hand a driver frame to the engine, as the engine's own frame."""
        ...

    def read_parquet(self, files: Sequence[tuple[str, int]]) -> Step:
        """Read Parquet files, one below the other, with `_row`: the 1-based row of each file after so many before."""
        ...

    def utc_day(self, step: Step, column: str) -> Step:
        """Replace a column of moments (times that know their zone) by their UTC days."""
        ...


@runtime_checkable
class Writer(Protocol):
    """An engine that writes results itself: on a cluster nobody else has the room."""

    def write(self, frame: Any, place: str, kind: Literal["parquet", "csv", "jsonl"]) -> int:
        """Write one of its own frames to a folder of files, an address, and return the number of rows."""
        ...


@runtime_checkable
class Spilling(Protocol):
    """An engine on this machine for tables that memory does not hold."""

    room: Room | None
    """What it may take; None: as much as it thinks fit."""

    def stored(self, file: Path) -> Step:
        """Read a Parquet file as it is, `_row` included."""
        ...

    def batches(self, frame: Any) -> Iterator[pl.DataFrame]:
        """Fetch one of its own frames in parts, one below the other; first one without rows."""
        ...


@runtime_checkable
class Parting(Spilling, Protocol):
    """An engine that works on some people or accounts at a time, and puts aside what it found of them."""

    within: Engine
    """Runs the steps of one part, in memory, on the same frames."""

    def at_once(self, size: int) -> int:
        """How many things of so many bytes a part may have."""
        ...

    def together(self, parts: Iterable[tuple[Step | None, ...]]) -> tuple[Step | None, ...]:
        """Put aside what each part gives before the next one is computed, and return it as one: parts below parts."""
        ...

    def stacked(self, frames: Iterable[pl.DataFrame]) -> Any:
        """Put frames aside as they come, and return them as one of its own, one below the other."""
        ...


TEXT_SEPARATOR = "\x1f"
"""Unit separator: joins texts inside the plan, because names and topics may hold any printable character."""
