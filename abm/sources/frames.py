"""Frames of a calling program become canonical tables, and results go back in the kind that came in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from abm.errors import TableError, did_you_mean
from abm.sources.canonical import Reading, canonical_table
from abm.sources.guard import first_line
from abm.sources.tables import RawTable
from abm.tables.arrow import streamed
from abm.tables.contracts import CONTRACTS
from abm.tables.hygiene import ROW

if TYPE_CHECKING:
    from collections.abc import Iterable

    from abm.sources.tables import Table

FrameKind = Literal["polars", "pandas", "pyarrow", "duckdb", "spark"]

_LIVING: dict[tuple[str, str], FrameKind] = {
    ("duckdb", "DuckDBPyRelation"): "duckdb",
    ("_duckdb", "DuckDBPyRelation"): "duckdb",
    ("pyspark", "DataFrame"): "spark",
}
"""Frames that stay where they are; the others become Polars frames."""

_REMEDY = "Rename the column before the call."


def tables_from_frames(frames: Mapping[str, Any]) -> dict[str, Table]:
    """Make canonical tables of Polars (eager or lazy), pandas or PyArrow frames.

    Args:
        frames: canonical table name -> frame, all of one kind. Columns have the canonical names; others are kept.

    Returns:
        The tables in the order of `CONTRACTS`. `_row` is null in all of them: the order of a frame's rows is an
        accident of whoever made it, and no result may hang on it. An index of pandas is not read.

    Raises:
        TableError: no such table, frames of several kinds, something that is not a frame, or a missing column; all
            tables' errors together.
    """
    frame_kind(frames)
    errors = unknown_tables(frames)
    tables: dict[str, Table] = {}
    for name in CONTRACTS:
        if name not in frames:
            continue
        try:
            tables[name] = canonical_table(_raw(name, frames[name]), Reading(remedy=_REMEDY))
        except TableError as error:
            errors.append(str(error))
    if errors:
        raise TableError("\n".join(errors))
    return tables


def unknown_tables(names: Iterable[str]) -> list[str]:
    """What to say about each name that is no canonical table's."""
    return [
        f"there is no table '{name}'. Tables are {', '.join(CONTRACTS)}.{did_you_mean(str(name), CONTRACTS)}"
        for name in names
        if name not in CONTRACTS
    ]


def frame_kind(frames: Mapping[str, Any]) -> FrameKind:
    """Return the one kind of all the frames, so that results can be given back in it.

    Raises:
        TableError: no frames at all, something that is not a frame, or frames of several kinds.

    >>> frame_kind({"accounts": pl.DataFrame({"account_id": ["A1"]})})
    'polars'
    """
    if not isinstance(frames, Mapping):
        raise TableError(
            "expected a workspace, as abm.load_workspace('crm') gives it, or frames by table name, such as"
            f" {{'accounts': frame}}; got {type(frames).__name__}{_named(frames)}."
        )
    if not frames:
        raise TableError(f"there are no tables. Give some of {', '.join(CONTRACTS)}.")
    kinds = {name: _kind(name, frame) for name, frame in frames.items()}
    if len(set(kinds.values())) > 1:
        said = ", ".join(f"{name} is {kind}" for name, kind in kinds.items())
        raise TableError(f"one kind of frame per call, but {said}. Convert them to one kind.")
    return next(iter(kinds.values()))


def _named(given: object) -> str:
    return f" '{given}'" if isinstance(given, str | Path) else ""


def to_kind(frame: pl.DataFrame, kind: FrameKind) -> Any:
    """Return a result in the kind of the frames it was made of; rows, columns and their order stay."""
    if kind == "pandas":
        return frame.to_pandas()
    return frame.to_arrow() if kind == "pyarrow" else frame


def _kind(name: str, frame: Any) -> FrameKind:
    if isinstance(frame, pl.DataFrame | pl.LazyFrame):
        return "polars"
    # By name, so that a program without pandas and PyArrow never loads them.
    names = {(base.__module__.partition(".")[0], base.__name__) for base in type(frame).__mro__}
    if ("pandas", "DataFrame") in names:
        return "pandas"
    if names & {("pyarrow", "Table"), ("pyarrow", "RecordBatch")}:
        return "pyarrow"
    for living in names & _LIVING.keys():
        return _LIVING[living]
    raise TableError(
        f"{name} is a {type(frame).__module__}.{type(frame).__name__}. Expected a frame of Polars, pandas or PyArrow,"
        " a DuckDB relation or a Spark DataFrame."
    )


def _raw(name: str, frame: Any) -> RawTable:
    try:
        lazy = _to_polars(name, frame, _kind(name, frame))
        columns = [column for column in lazy.collect_schema() if column != ROW]
    except (pl.exceptions.PolarsError, ValueError, TypeError) as error:
        raise TableError(f"frame {name}: cannot be read: {first_line(error)}") from error
    return RawTable(name, f"frame {name}", lazy.select(*columns, pl.lit(None, pl.Int64).alias(ROW)))


def _to_polars(name: str, frame: Any, kind: FrameKind) -> pl.LazyFrame:
    if kind == "polars":
        return frame.lazy()  # type: ignore[no-any-return]
    if kind == "pyarrow":
        return pl.DataFrame(frame).lazy()
    if kind in _LIVING.values():
        return streamed(frame if hasattr(frame, "__arrow_c_stream__") else frame.toArrow()).lazy()
    try:
        columns = frame.columns
        series = [_from_pandas(str(label), frame.iloc[:, position]) for position, label in enumerate(columns)]
    except ImportError as error:
        raise TableError(f"frame {name}: pandas frames need PyArrow as well. Install abm[pandas].") from error
    return pl.DataFrame(series).lazy()


def _from_pandas(name: str, column: Any) -> pl.Series:
    try:
        return pl.Series(name, pl.from_pandas(column))
    except (ValueError, TypeError, pl.exceptions.PolarsError):
        # A column of mixed objects, such as numbers and words: what each of them is called.
        return pl.Series(name, pl.from_pandas(column.astype("string")))
