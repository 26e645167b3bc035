"""Spark: every step is computed by the executors and cut off from the plan that led to it."""

from __future__ import annotations

import re
import warnings
from contextlib import contextmanager
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Literal

import narwhals as nw
import polars as pl
import pyarrow as pa
from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f

from abm.engines import relational
from abm.engines.base import TEXT_SEPARATOR, Finish, Step, Tally
from abm.errors import InputError, OutputError, SourceError
from abm.tables.contracts import Kind
from abm.tables.hygiene import ROW

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyspark.sql import Column

_TYPES = {
    Kind.TEXT: "string",
    Kind.INTEGER: "bigint",
    Kind.NUMBER: "double",
    Kind.DATE: "date",
    Kind.BOOLEAN: "boolean",
    Kind.LIST: "array<string>",
}

_CSV = {
    "header": "true",
    "nullValue": "",
    "escape": '"',
    "ignoreLeadingWhiteSpace": "false",
    "ignoreTrailingWhiteSpace": "false",
}
"""CSV as everybody else reads and writes it: quotes are doubled, and spaces belong to what they stand beside."""

_FAULTS = (PySparkException, Py4JJavaError)
_NAMED = re.compile(r"\[[A-Z][A-Z0-9_.]+\] .*")
"""Spark's errors have a name in brackets, and then say what is wrong."""

_PLACES = 1 << 33
"""Spark numbers the rows of a partition in the bits below this."""

_FEW = 8
"""Partitions of a shuffle in a session of our own, on one machine; Spark's 200 are for clusters."""


class SparkEngine:
    """Runs steps in the session of a frame; without one, in the session there is, or a local one.

    Catalyst takes long over plans of hundreds of columns, so each named step is a checkpoint: a reliable one where the
    session has a checkpoint directory, else one that lasts as long as the executors.
    """

    name = "spark"
    apart = True

    def __init__(self, frame: DataFrame | None = None) -> None:
        self.session = frame.sparkSession if frame is not None else _own_session()

    def materialise(self, *steps: Step) -> tuple[Step, ...]:
        """Checkpoint each step."""
        return tuple(nw.from_native(self._checkpoint(_native(step))) for step in steps)

    def gather(self, *steps: Step) -> tuple[pl.DataFrame, ...]:
        """Collect the steps one by one, as Arrow."""
        return tuple(_collected(_native(step)) for step in steps)

    def scatter(self, frame: pl.DataFrame) -> Step:
        """Make a Spark frame of a driver frame."""
        return nw.from_native(self.native(frame))

    def native(self, frame: pl.DataFrame) -> DataFrame:
        """Make a Spark frame of a driver frame."""
        unsigned = [name for name, dtype in frame.schema.items() if dtype.is_unsigned_integer()]
        narrow = frame.with_columns(pl.col(unsigned).cast(pl.Int64)) if unsigned else frame
        table = narrow.to_arrow(compat_level=pl.CompatLevel.oldest())
        plain = pa.schema([(field.name, _plain(field.type)) for field in table.schema])
        # Without rows there may be columns without a piece, of which Spark's client cannot tell the type.
        table = table.cast(plain) if table.num_rows else pa.Table.from_batches([pa.RecordBatch.from_pylist([], plain)])
        return self.session.createDataFrame(table)

    def single_rows(self, step: Step, key: str, order: Sequence[str]) -> tuple[Step, pl.DataFrame]:
        """Count, then sort what repeats."""
        return relational.single_rows(self, step, key, order)

    def numbered(self, step: Step, name: str, order: str) -> Step:
        """Sort in ranges, each numbered from where the one before it ends: a window would take all rows to one task."""
        # To find the ranges Spark reads what it sorts twice: it should be there by then.
        rows = self._checkpoint(self._checkpoint(_native(step)).orderBy(order))
        part, place = f.spark_partition_id(), f.monotonically_increasing_id().bitwiseAND(f.lit(_PLACES - 1))
        sizes = dict(_collected(rows.groupBy(part.alias("part")).count()).iter_rows())
        first = [0, *accumulate(sizes.get(at, 0) for at in range(max(sizes, default=0)))]
        number = place + f.get(f.array(*(f.lit(each).cast("bigint") for each in first)), part)
        # Numbers hang on which part a row is in, so they are made before anything else is done to the rows.
        return nw.from_native(self._checkpoint(rows.withColumn(name, number)))

    def tally(self, step: Step, tally: Tally) -> tuple[Step, Step]:
        """Group by the texts themselves."""
        return relational.tally(self, step, tally)

    def join_texts(self, step: Step, *, by: str, value: str, order: str) -> Step:
        """Join texts per group in the given order."""
        pairs = f.array_sort(f.collect_list(f.struct(f.col(order).alias("k"), f.col(value).alias("v"))))
        joined = f.array_join(f.transform(pairs, lambda pair: pair["v"]), TEXT_SEPARATOR)
        return nw.from_native(_native(step).groupBy(by).agg(joined.alias(value)))

    def finish(self, *steps: tuple[Step, Finish]) -> tuple[DataFrame, ...]:
        """Sort, type and checkpoint each result."""
        return tuple(self._checkpoint(_finished(_native(step), wanted)) for step, wanted in steps)

    def write(self, frame: DataFrame, place: str, kind: Literal["parquet", "csv", "jsonl"]) -> int:
        """Let the executors write, each its own part; lists in CSV are joined by `;`."""
        with _guarded(place):
            if kind == "parquet":
                frame.write.parquet(place)
            elif kind == "jsonl":
                frame.write.option("ignoreNullFields", "false").json(place)
            else:
                lists = {name: f.array_join(name, ";") for name, dtype in frame.dtypes if dtype.startswith("array")}
                frame.withColumns(lists).write.options(**_CSV).csv(place)
            return frame.count()

    def read_parquet(self, files: Sequence[tuple[str, int]]) -> Step:
        """Let the executors read them; Parquet tells each row's place in its file."""
        parts = []
        for file, before in files:
            rows = self.session.read.parquet(file)
            row = (f.col("_metadata.row_index") + f.lit(before + 1)).cast("bigint")
            parts.append(nw.from_native(rows.select("*", row.alias(ROW))))
        return nw.concat(parts) if len(parts) > 1 else parts[0]

    def utc_day(self, step: Step, column: str) -> Step:
        """Count seconds since 1970, which no session's zone changes."""
        days = f.floor(f.unix_seconds(f.col(column)) / f.lit(86_400)).cast("int")
        day = f.date_add(f.lit("1970-01-01").cast("date"), days)
        return nw.from_native(_native(step).withColumn(column, day))

    def _checkpoint(self, frame: DataFrame) -> DataFrame:
        reliable = self.session.conf.get("spark.checkpoint.dir", None)
        try:
            return frame.checkpoint() if reliable else frame.localCheckpoint()
        except _FAULTS as error:
            raise _failed(error) from error


def _own_session() -> SparkSession:
    active = SparkSession.getActiveSession()
    if active is not None:
        return active
    builder: SparkSession.Builder = SparkSession.Builder()
    quiet = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.log.level": "ERROR"}
    for name, value in {"spark.sql.shuffle.partitions": str(_FEW), **quiet}.items():
        builder = builder.config(name, value)
    try:
        with warnings.catch_warnings():
            # What versions of pandas it would like: nothing here asks Spark for pandas.
            warnings.simplefilter("ignore", FutureWarning)
            return builder.appName("abm").getOrCreate()
    except _FAULTS as error:
        raise InputError(
            f"Spark does not start: {_said(error)} Expected Java 17 or newer. Install it, let JAVA_HOME name its"
            " folder, or score on another engine."
        ) from error


@contextmanager
def _guarded(place: str) -> Iterator[None]:
    try:
        yield
    except _FAULTS as error:
        raise OutputError(f"{place}: Spark cannot write there: {_said(error)}") from error


def _finished(frame: DataFrame, wanted: Finish) -> DataFrame:
    values = [_value(name, kind, wanted).cast(_TYPES[kind]).alias(name) for name, kind in wanted.columns.items()]
    return frame.orderBy(*wanted.order).select(*values)


def _value(name: str, kind: Kind, wanted: Finish) -> Column:
    if name == wanted.day:
        return f.date_sub(f.lit(wanted.as_of.isoformat()).cast("date"), f.col("age").cast("int"))
    if kind is not Kind.LIST:
        return f.col(name)
    empty = f.array().cast("array<string>")
    return f.when(f.col(name) == "", empty).otherwise(f.split(f.col(name), wanted.separators[name]))


def _plain(dtype: Any) -> Any:
    """Arrow's types as Spark reads them: 64-bit offsets are of no use to it."""
    if pa.types.is_large_string(dtype):
        return pa.string()
    if pa.types.is_large_list(dtype) or pa.types.is_list(dtype):
        return pa.list_(_plain(dtype.value_type))
    return pa.string() if pa.types.is_null(dtype) else dtype


def _collected(frame: DataFrame) -> pl.DataFrame:
    try:
        return pl.DataFrame(frame.toArrow())
    except _FAULTS as error:
        raise _failed(error) from error


def _failed(error: Exception) -> SourceError:
    # Steps cast and compute only what cannot fail: a file or table that is read only now, or the cluster has failed.
    said = _said(error)
    if "READ" in said or "FILE" in said:
        return SourceError(f"Spark cannot read what it was given: {said} Is it whole? Export it again.")
    return SourceError(f"Spark stopped: {said} Its log says more.")


def _said(error: Exception) -> str:
    """What an error of Spark says of itself in one line; in front of it and behind it is where in Java it arose."""
    text = str(error).strip()
    named = _NAMED.search(text)
    line = named.group() if named else next(iter(text.splitlines()), type(error).__name__)
    line = line.partition(" SQLSTATE")[0].strip()
    return line if line.endswith((".", "!", "?")) else f"{line}."


def _native(step: nw.LazyFrame[Any]) -> DataFrame:
    native = step.to_native()
    assert isinstance(native, DataFrame)
    return native
