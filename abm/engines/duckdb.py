"""DuckDB, in process: every step becomes a temporary table of one connection, computed once."""

from __future__ import annotations

from functools import partial
from itertools import count
from secrets import token_hex
from typing import TYPE_CHECKING, Any, TypeVar

import duckdb
import narwhals as nw
import polars as pl

from abm.engines import relational
from abm.engines.base import TEXT_SEPARATOR, Finish, Step, Tally
from abm.engines.room import LEAST
from abm.errors import SourceError
from abm.tables.arrow import streamed
from abm.tables.contracts import Kind
from abm.tables.hygiene import ROW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from abm.engines.room import Room

_T = TypeVar("_T")

_TYPES = {
    Kind.TEXT: "varchar",
    Kind.INTEGER: "bigint",
    Kind.NUMBER: "double",
    Kind.DATE: "date",
    Kind.BOOLEAN: "boolean",
    Kind.LIST: "varchar[]",
}


_FILE, _BEFORE = "abm_file", "abm_rows_before"
"""Columns that files have for a moment, beside their own."""

_ALWAYS, _SHARE = 400_000_000, 0.6
"""Of the memory there is, the program takes so many bytes; of the rest so much is DuckDB's, and what is distinct in the
tables, which comes to the driver, takes the other part."""

_ROWS_AT_ONCE = 200_000
"""So many rows of a result are fetched at a time, to be written."""


class DuckDBEngine:
    """Runs steps on the connection of a relation; without one, on a connection of its own, in memory.

    Relations of two connections do not join, so everything goes through the one relation that is known to be on it. The
    temporary tables begin with `abm_` and go with the connection.

    Args:
        relation: where the tables live already.
        room: how much memory a connection of its own may take, and where it puts aside what has no room there; by
            default as much as DuckDB thinks fit.
    """

    name = "duckdb"
    apart = True

    def __init__(self, relation: duckdb.DuckDBPyRelation | None = None, room: Room | None = None) -> None:
        if relation is None:
            relation = _connection(room).sql("select 1 as one")
        self.room = room
        self._gate = relation
        self._run = f"abm_{token_hex(4)}"
        self._numbers = count(1)

    def materialise(self, *steps: Step) -> tuple[Step, ...]:
        """Make a temporary table of each step."""
        return tuple(nw.from_native(self._table(_native(step), "select * from abm_step")) for step in steps)

    def gather(self, *steps: Step) -> tuple[pl.DataFrame, ...]:
        """Fetch the steps one by one, as Arrow."""
        return tuple(self._with_room(partial(streamed, _native(step))) for step in steps)

    def scatter(self, frame: pl.DataFrame) -> Step:
        """Copy a driver frame into a temporary table."""
        return nw.from_native(self.native(frame))

    def native(self, frame: pl.DataFrame) -> duckdb.DuckDBPyRelation:
        """Copy a driver frame into a temporary table."""
        abm_given = frame.__arrow_c_stream__()  # DuckDB finds it by this name, and of a frame it would ask for PyArrow.
        table = self._name()
        self._gate.query("abm_step", f"create temp table {table} as select * from abm_given")  # noqa: S608 - our own name
        del abm_given
        return self._relation(table)

    def single_rows(self, step: Step, key: str, order: Sequence[str]) -> tuple[Step, pl.DataFrame]:
        """Count, then sort what repeats."""
        return relational.single_rows(self, step, key, order)

    def numbered(self, step: Step, name: str, order: str) -> Step:
        """Number them in one go."""
        return relational.numbered(self, step, name, order)

    def tally(self, step: Step, tally: Tally) -> tuple[Step, Step]:
        """Group by the texts themselves."""
        return relational.tally(self, step, tally)

    def join_texts(self, step: Step, *, by: str, value: str, order: str) -> Step:
        """Join texts per group in the given order."""
        joined = f"string_agg({_quoted(value)}, '{TEXT_SEPARATOR}' order by {_quoted(order)}) as {_quoted(value)}"
        return nw.from_native(_native(step).aggregate(f"{_quoted(by)}, {joined}", _quoted(by)))

    def finish(self, *steps: tuple[Step, Finish]) -> tuple[duckdb.DuckDBPyRelation, ...]:
        """Make a temporary table of each result."""
        return tuple(self._table(_native(step), _finishing(wanted)) for step, wanted in steps)

    def stored(self, file: Path) -> Step:
        """Read a Parquet file as it is."""
        rows = self._gate.query("abm_step", f"select * from read_parquet({_text(str(file))})")  # noqa: S608 - quoted
        assert rows is not None
        return nw.from_native(rows)

    def batches(self, frame: duckdb.DuckDBPyRelation) -> Iterator[pl.DataFrame]:
        """Fetch a result in parts, in its order; an empty one in one part."""
        table = f"temp.main.{frame.alias}"
        try:
            yield streamed(frame.limit(0))
            for first in range(0, len(frame), _ROWS_AT_ONCE):
                some = f"rowid >= {first} and rowid < {first + _ROWS_AT_ONCE}"
                yield streamed(frame.query("abm_step", f"select * from {table} where {some}"))  # noqa: S608 - our own name
        except duckdb.Error as error:
            raise _unreadable(error) from error

    def read_parquet(self, files: Sequence[tuple[str, int]]) -> Step:
        """Let DuckDB read them, and number their rows."""
        before = self.scatter(pl.DataFrame(files, schema={_FILE: pl.String, _BEFORE: pl.Int64}, orient="row"))
        listed = ", ".join(_text(file) for file, _ in files)
        read = f"select * from read_parquet([{listed}], filename={_text(_FILE)}, file_row_number=true)"  # noqa: S608 - quoted
        rows = self._gate.query("abm_step", read)
        assert rows is not None
        step: Step = nw.from_native(rows).join(before, on=_FILE, how="left")
        row = nw.col("file_row_number") + nw.col(_BEFORE) + 1
        return step.with_columns(row.cast(nw.Int64).alias(ROW)).drop(_FILE, _BEFORE, "file_row_number")

    def utc_day(self, step: Step, column: str) -> Step:
        """Count seconds since 1970, which no session's zone changes."""
        name = _quoted(column)
        day = f"date '1970-01-01' + cast(floor(epoch({name}) / 86400) as integer)"
        return nw.from_native(_native(step).project(f"* replace (cast({day} as date) as {name})"))

    def _table(self, relation: duckdb.DuckDBPyRelation, query: str) -> duckdb.DuckDBPyRelation:
        table = self._name()
        self._with_room(lambda: relation.query("abm_step", f"create temp table {table} as {query}"))
        return self._relation(table)

    def _with_room(self, compute: Callable[[], _T]) -> _T:
        """Compute something; where memory does not hold what several threads have in hand, let one go on alone."""
        try:
            try:
                return compute()
            except duckdb.OutOfMemoryException:
                if self.room is None:
                    raise
                self._gate.query("abm_step", "set threads = 1")
                return compute()
        except duckdb.Error as error:
            raise _unreadable(error) from error

    def _relation(self, table: str) -> duckdb.DuckDBPyRelation:
        relation = self._gate.query("abm_step", f"select * from temp.main.{table}")  # noqa: S608 - our own name
        assert relation is not None
        return relation.set_alias(table)

    def _name(self) -> str:
        return f"{self._run}_{next(self._numbers)}"


def _connection(room: Room | None) -> duckdb.DuckDBPyConnection:
    settings: dict[str, str | bool | int | float | list[str]] = {}
    if room is not None:
        limit = int((max(room.memory, LEAST) - _ALWAYS) * _SHARE)
        settings = {"memory_limit": f"{limit}B", "temp_directory": str(room.folder)}
    connection = duckdb.connect(config=settings)
    # What takes long would be shown on stdout, where results go.
    connection.execute("set enable_progress_bar = false")
    return connection


def _finishing(wanted: Finish) -> str:
    """The query that types, dates and sorts a result."""
    values = []
    for name, kind in wanted.columns.items():
        value = _quoted(name)
        if name == wanted.day:
            value = f"date '{wanted.as_of.isoformat()}' - cast(age as integer)"
        elif kind is Kind.LIST:
            split = f"string_split({value}, '{wanted.separators[name]}')"
            value = f"case when {value} = '' then [] else {split} end"
        values.append(f"cast({value} as {_TYPES[kind]}) as {_quoted(name)}")
    keys = ", ".join(f"abm_step.{_quoted(name)}" for name in wanted.order)
    return f"select {', '.join(values)} from abm_step order by {keys}"  # noqa: S608 - quoted names


def _unreadable(error: duckdb.Error) -> SourceError:
    said = next(iter(str(error).strip().splitlines()), type(error).__name__)
    if isinstance(error, duckdb.OutOfMemoryException):
        return SourceError(
            f"DuckDB has not enough memory for these tables, or no space to put them aside. Allow more: {said}"
        )
    # Steps cast and compute only what cannot fail; what fails here is a file or table that is read only now.
    return SourceError(f"DuckDB cannot read what it was given: {said}. Is it whole? Export it again.")


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _native(step: nw.LazyFrame[Any]) -> duckdb.DuckDBPyRelation:
    native = step.to_native()
    assert isinstance(native, duckdb.DuckDBPyRelation)
    return native
