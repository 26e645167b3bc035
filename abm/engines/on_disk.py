"""Polars for tables that memory does not hold: what a step gives lies on disk, and a run goes part by part."""

from __future__ import annotations

from functools import partial
from itertools import count, pairwise
from typing import TYPE_CHECKING, Any, TypeVar

import narwhals as nw
import polars as pl

from abm.engines.polars import PolarsEngine, finished, guarded, native_of
from abm.engines.tally import counted_aside
from abm.errors import OutputError, SourceError, is_full

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from abm.engines.base import Finish, Step, Tally
    from abm.engines.room import Room

_T = TypeVar("_T")

_AT_ONCE, _HASHES, _TALLIED = 0.42, 0.42, 0.17
"""What a part, the hashes of one pass and a batch of counted rows may take of the memory there is. The rest is for the
program, for what is distinct in the tables, and for the rows that are on their way."""

_BYTES_PER_CELL = 32
"""Of a row while it is sorted, for each column: eight bytes or a text, twice."""

_HASH = 24
"""Bytes of a hash while hashes are sorted."""

_ROWS_AT_ONCE = 200_000
"""So many rows of a result are fetched at a time, to be written."""


class OnDiskEngine(PolarsEngine):
    """Runs steps with Polars, streaming; materialised steps are Parquet files of a folder.

    Args:
        room: how much memory a run may take, and the folder; the files lie there until somebody removes it.
        rows: of the largest table.
    """

    apart = True

    def __init__(self, room: Room, rows: int) -> None:
        super().__init__("streaming")
        self.room: Room | None = room
        self.within = PolarsEngine("streaming")
        self._given, self._rows, self._numbers = room, rows, count()

    def at_once(self, size: int) -> int:
        """How many things of so many bytes a part may have."""
        return max(1, int(self._given.memory * _AT_ONCE) // size)

    def together(self, parts: Iterable[tuple[Step | None, ...]]) -> tuple[Step | None, ...]:
        """Put aside what each part gives, one part after the other, and return it as one."""
        files: list[list[Path]] = []
        for part in parts:
            given = [step is not None for step in part]
            files.append(self._put_aside([native_of(step) for step in part if step is not None]))
        found = (nw.from_native(pl.scan_parquet(list(each))) for each in zip(*files, strict=True))
        return tuple(next(found) if there else None for there in given)

    def materialise(self, *steps: Step) -> tuple[Step, ...]:
        """Write each step into a file."""
        files = self._put_aside([native_of(step) for step in steps])
        return tuple(nw.from_native(pl.scan_parquet(file)) for file in files)

    def single_rows(self, step: Step, key: str, order: Sequence[str]) -> tuple[Step, pl.DataFrame]:
        """Compare keys by a hash first, some of the hashes at a time."""
        passes = 1 + int(self._rows * _HASH // (self._given.memory * _HASHES))
        return self._single_rows(step, key, order, passes)

    def numbered(self, step: Step, name: str, order: str) -> Step:
        """Sort some of the rows at a time."""
        done = 0

        def number(rows: pl.DataFrame) -> pl.DataFrame:
            nonlocal done
            first, done = done, done + rows.height
            return rows.sort(order).with_row_index(name, offset=first).cast({name: pl.Int64})

        (held,) = self._put_aside([native_of(step)])
        ordered = self._in_order(pl.scan_parquet(held), order, number)
        held.unlink()
        return nw.from_native(ordered)

    def tally(self, step: Step, tally: Tally) -> tuple[Step, Step]:
        """Count batches, put the counts aside by owner, and add up those of some owners at a time."""
        rows, folder = native_of(step), self._place()
        most = max(10_000, int(self._given.memory * _TALLIED) // 200)
        buckets = 1 + self._rows // (2 * most)
        folder.mkdir()
        parts = self._written(lambda: [*counted_aside(rows, tally, folder, at_once=most, buckets=buckets)])
        subjects, cells = ([part[i] for part in parts] for i in (0, 1))
        return nw.from_native(pl.scan_parquet(subjects)), nw.from_native(pl.scan_parquet(cells))

    def finish(self, *steps: tuple[Step, Finish]) -> tuple[Any, ...]:
        """Sort some of the rows of each result at a time."""
        return tuple(
            self._in_order(native_of(step), wanted.order[0], partial(finished, wanted=wanted)) for step, wanted in steps
        )

    def batches(self, frame: pl.LazyFrame) -> Iterator[pl.DataFrame]:
        """Read a result in parts, in its order; first one without rows."""
        yield frame.head(0).collect()
        yield from frame.collect_batches(chunk_size=_ROWS_AT_ONCE, maintain_order=True, engine="streaming")

    def stored(self, file: Path) -> Step:
        """Read a Parquet file as it is."""
        return nw.from_native(pl.scan_parquet(file))

    def stacked(self, frames: Iterable[pl.DataFrame]) -> pl.LazyFrame:
        """Put frames aside as they come, and return them one below the other."""
        files = [self._put_aside([frame.lazy()])[0] for frame in frames]
        return pl.scan_parquet(files)

    def _in_order(self, rows: pl.LazyFrame, by: str, finish: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.LazyFrame:
        """Cut rows into ranges of a column without nulls, and finish one range after the other, each in memory.

        The rows are computed once for each range: they should be little more than read.
        """
        at_once = self.at_once(_BYTES_PER_CELL * len(rows.collect_schema()))
        value = pl.col(by)
        files = []
        for low, high in pairwise([None, *self._bounds(rows, by, at_once), None]):
            here = pl.lit(value=True) if low is None else value >= low
            part = rows.filter(here if high is None else here & (value < high))
            files += self._put_aside([finish(_read(part)).lazy()])
        return pl.scan_parquet(files)

    def _bounds(self, rows: pl.LazyFrame, by: str, at_once: int) -> list[Any]:
        """Values that cut a column into ranges of about so many rows."""
        values = _read(rows.select(by))[by]
        if len(values) <= at_once:
            return []
        return values.sort().gather_every(at_once, at_once).unique().sort().to_list()

    def _put_aside(self, frames: Sequence[pl.LazyFrame]) -> list[Path]:
        files = [self._place(".parquet") for _ in frames]
        pairs = zip(frames, files, strict=True)
        sinks = [frame.sink_parquet(file, compression="lz4", lazy=True) for frame, file in pairs]
        self._written(lambda: pl.collect_all(sinks, engine="streaming"))
        return files

    def _written(self, write: Callable[[], _T]) -> _T:
        try:
            return guarded(write)
        except SourceError as error:
            if error.__cause__ is None or not is_full(error.__cause__):
                raise
            raise OutputError(
                f"{self._given.folder.parent}: no space is left to put aside what memory does not hold."
                " Free some, write elsewhere, or allow more memory."
            ) from error

    def _place(self, ending: str = "") -> Path:
        return self._given.folder / f"{next(self._numbers)}{ending}"


def _read(rows: pl.LazyFrame) -> pl.DataFrame:
    return guarded(lambda: rows.collect(engine="streaming"))
