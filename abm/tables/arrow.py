"""Tables handed on as Arrow streams, by Arrow's C interface alone: it needs no package, PyArrow least of all."""

from __future__ import annotations

from typing import Any

import polars as pl


class _Stream:
    """An Arrow stream by itself.

    Polars keeps what it is given until the program ends, and DuckDB complains on stderr about relations that outlive
    it.
    """

    def __init__(self, capsule: object) -> None:
        self._capsule = capsule

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._capsule


def streamed(source: Any) -> pl.DataFrame:
    """Read all that something gives as an Arrow stream (a relation of DuckDB, a table of PyArrow) into a frame.

    >>> streamed(pl.DataFrame({"a": [1, None]})).rows()
    [(1,), (None,)]
    """
    return pl.DataFrame(_Stream(source.__arrow_c_stream__()))
