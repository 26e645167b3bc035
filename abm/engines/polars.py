"""The default engine: Polars, in process; streaming, but for what is small."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import narwhals as nw
import polars as pl

from abm.engines.base import TEXT_SEPARATOR, Finish, Step, Tally
from abm.engines.repeats import MOST_SUSPECTS, first_of_each, repeated_hashes
from abm.engines.tally import counted
from abm.errors import SourceError
from abm.tables.arrow import streamed
from abm.tables.contracts import Kind
from abm.tables.hygiene import ROW, first_rows, repeated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

DTYPES: dict[Kind, pl.DataType] = {
    Kind.TEXT: pl.String(),
    Kind.INTEGER: pl.Int64(),
    Kind.NUMBER: pl.Float64(),
    Kind.DATE: pl.Date(),
    Kind.BOOLEAN: pl.Boolean(),
    Kind.LIST: pl.List(pl.String),
}
"""The types of results."""

FEW = 100_000
"""Rows that are worked on in one piece faster than in the streams that many rows are cut into."""


def engine_for(rows: int) -> Literal["in-memory", "streaming"]:
    """Return which of Polars' engines takes less time for so many rows; what comes out is the same.

    >>> engine_for(2_000), engine_for(2_000_000)
    ('in-memory', 'streaming')
    """
    return "in-memory" if rows <= FEW else "streaming"


def engine_of(frames: Sequence[pl.LazyFrame]) -> Literal["in-memory", "streaming"]:
    """Return which of Polars' engines takes less time for frames; of none are more than `FEW` rows looked at."""
    first = [frame.head(FEW + 1).select(pl.len()) for frame in frames]
    counts = guarded(lambda: pl.collect_all(first, engine="streaming"))
    return engine_for(max((count.item() for count in counts), default=0))


class PolarsEngine:
    """Runs steps with Polars; several steps share one pass over their common parts."""

    name = "polars"
    apart = False

    def __init__(self, engine: Literal["in-memory", "streaming"] = "streaming") -> None:
        self._engine = engine

    def materialise(self, *steps: Step) -> tuple[Step, ...]:
        """Collect the steps together and return them as lazy in-memory frames."""
        return tuple(nw.from_native(frame.lazy()) for frame in self.gather(*steps))

    def gather(self, *steps: Step) -> tuple[pl.DataFrame, ...]:
        """Collect the steps together, common sub-plans once."""
        if not steps:
            return ()
        return guarded(lambda: tuple(pl.collect_all([native_of(step) for step in steps], engine=self._engine)))

    def scatter(self, frame: pl.DataFrame) -> Step:
        """Wrap a driver frame."""
        return nw.from_native(frame.lazy())

    def single_rows(self, step: Step, key: str, order: Sequence[str]) -> tuple[Step, pl.DataFrame]:
        """Compare keys by a hash first."""
        return self._single_rows(step, key, order, 1)

    def _single_rows(self, step: Step, key: str, order: Sequence[str], passes: int) -> tuple[Step, pl.DataFrame]:
        rows = native_of(step)
        suspects = guarded(lambda: repeated_hashes(rows, key, self._engine, passes))
        if suspects.is_empty():
            return step, pl.DataFrame(schema={key: pl.String, "extra": pl.Int64})
        if len(suspects) > MOST_SUSPECTS:
            (found,) = self.gather(repeated(step, key))
            return first_rows(step, key, self.scatter(found), order), found
        kept, found = guarded(lambda: first_of_each(rows, key, order, suspects))
        return nw.from_native(kept), found

    def numbered(self, step: Step, name: str, order: str) -> Step:
        """Sort them: what comes later finds neighbours near each other."""
        rows = native_of(step).sort(order).with_row_index(name).with_columns(pl.col(name).cast(pl.Int64))
        return self.materialise(nw.from_native(rows))[0]

    def tally(self, step: Step, tally: Tally) -> tuple[Step, Step]:
        """Count in batches of sorted integers."""
        subjects, cells = guarded(lambda: counted(native_of(step), tally, self._engine))
        return nw.from_native(subjects.lazy()), nw.from_native(cells.lazy())

    def finish(self, *steps: tuple[Step, Finish]) -> tuple[pl.DataFrame, ...]:
        """Collect the results together."""
        frames = self.gather(*(step for step, _ in steps))
        return tuple(finished(frame, wanted) for frame, (_, wanted) in zip(frames, steps, strict=True))

    def native(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return it as it is."""
        return frame

    def read_parquet(self, files: Sequence[tuple[str, int]]) -> Step:
        """Scan them lazily."""
        scans = [
            pl.scan_parquet(file, glob=False).with_row_index(ROW, offset=before + 1).cast({ROW: pl.Int64})
            for file, before in files
        ]
        return nw.from_native(pl.concat(scans))

    def utc_day(self, step: Step, column: str) -> Step:
        """Take the day of the moment in UTC."""
        return nw.from_native(native_of(step).with_columns(pl.col(column).dt.convert_time_zone("UTC").dt.date()))

    def join_texts(self, step: Step, *, by: str, value: str, order: str) -> Step:
        """Join texts per group in the given order."""
        joined = pl.col(value).sort_by(order).str.join(TEXT_SEPARATOR)
        return nw.from_native(native_of(step).group_by(by).agg(joined))


def on_driver(frame: Any) -> pl.LazyFrame:
    """The rows of a step, or of an engine's own frame, as Polars reads them; another engine's are fetched now."""
    native = nw.to_native(frame, pass_through=True)
    if isinstance(native, pl.LazyFrame | pl.DataFrame):
        return native.lazy()
    # Spark: its own stream would ask executors for Python with PyArrow, which they may not have.
    return streamed(native.toArrow() if hasattr(native, "toArrow") else native).lazy()


class OnDriver(Mapping[str, pl.DataFrame]):
    """Frames of an engine by name as Polars frames, each fetched once, when it is first asked for."""

    def __init__(self, frames: Mapping[str, Any]) -> None:
        self._frames = frames
        self._fetched: dict[str, pl.DataFrame] = {}

    def __getitem__(self, name: str) -> pl.DataFrame:
        """Fetch it, or give it again."""
        if name not in self._fetched:
            frame = self._frames[name]
            self._fetched[name] = frame if isinstance(frame, pl.DataFrame) else on_driver(frame).collect()
        return self._fetched[name]

    def __iter__(self) -> Iterator[str]:
        """Go through the names."""
        return iter(self._frames)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._frames)


def finished(frame: pl.DataFrame, wanted: Finish) -> pl.DataFrame:
    """Sort a result, date it and give its columns their types."""
    if wanted.day is not None:
        frame = frame.with_columns((pl.lit(wanted.as_of) - pl.duration(days="age")).alias(wanted.day))
    return frame.sort(wanted.order).select(
        (_split(name, wanted.separators[name]) if kind is Kind.LIST else pl.col(name)).cast(DTYPES[kind]).alias(name)
        for name, kind in wanted.columns.items()
    )


def _split(name: str, separator: str) -> pl.Expr:
    text = pl.col(name)
    empty = pl.lit([], dtype=pl.List(pl.String))
    return pl.when(text == "").then(empty).otherwise(text.str.split(separator))


_T = TypeVar("_T")


def guarded(compute: Callable[[], _T]) -> _T:
    """Compute something; what fails is a file that cannot be read."""
    try:
        return compute()
    except (pl.exceptions.ComputeError, pl.exceptions.PanicException, OSError) as error:
        # Steps cast and compute only what cannot fail; what fails here is a file whose pages are read only now.
        said = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise SourceError(f"a file cannot be read to its end: {said}. Is it whole? Export it again.") from error


def native_of(step: Step) -> pl.LazyFrame:
    """The Polars frame of a step."""
    native = step.to_native()
    assert isinstance(native, pl.LazyFrame)
    return native
