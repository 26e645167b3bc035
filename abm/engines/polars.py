"""The default engine: Polars, streaming, in process."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import polars as pl

from abm.engines.base import TEXT_SEPARATOR, Step
from abm.errors import SourceError


class PolarsEngine:
    """Runs steps with Polars' streaming engine; several steps share one pass over their common parts."""

    name = "polars"

    def materialise(self, *steps: Step) -> tuple[Step, ...]:
        """Collect the steps together and return them as lazy in-memory frames."""
        return tuple(nw.from_native(frame.lazy()) for frame in self.gather(*steps))

    def gather(self, *steps: Step) -> tuple[pl.DataFrame, ...]:
        """Collect the steps together, common sub-plans once."""
        if not steps:
            return ()
        try:
            return tuple(pl.collect_all([_native(step) for step in steps], engine="streaming"))
        except (pl.exceptions.ComputeError, pl.exceptions.PanicException, OSError) as error:
            # Steps cast and compute only what cannot fail; what fails here is a file whose pages are read only now.
            said = next(iter(str(error).strip().splitlines()), type(error).__name__)
            raise SourceError(f"a file cannot be read to its end: {said}. Is it whole? Export it again.") from error

    def scatter(self, frame: pl.DataFrame) -> Step:
        """Wrap a driver frame."""
        return nw.from_native(frame.lazy())

    def join_texts(self, step: Step, *, by: str, value: str, order: str) -> Step:
        """Join texts per group in the given order."""
        joined = pl.col(value).sort_by(order).str.join(TEXT_SEPARATOR)
        return nw.from_native(_native(step).group_by(by).agg(joined))


def _native(step: nw.LazyFrame[Any]) -> pl.LazyFrame:
    native = step.to_native()
    assert isinstance(native, pl.LazyFrame)
    return native
