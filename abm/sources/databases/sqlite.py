"""SQLite files: opened to read only, and columns that mix kinds of values brought to one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import polars as pl

from abm.errors import SourceError
from abm.sources.databases.admission import asked_of
from abm.sources.databases.arrow import frame_of
from abm.sources.databases.drivers import statement
from abm.sources.databases.failures import telling

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from abm.sources.database import DatabaseSource

# The driver takes the type of a column from its first batch, for which it sets memory aside, row by column.
_BATCH, _FIRST_ROWS = "adbc.sqlite.query.batch_rows", 1 << 14
_OTHER_TYPE = "Type mismatch in column"
# How the driver writes a floating point number into a column that has text too: with six digits, the others lost.
_CURTAILED = r"^-?(?:\d\.\d{6}e[-+]\d{2,3}|inf)$"


def read_sqlite(driver: Any, path: Path, source: DatabaseSource, where: str) -> pl.DataFrame:
    """Read one query or table from an SQLite file.

    Args:
        driver: the `dbapi` module of its driver.
        path: the file.
        source: query or table.
        where: how messages call the source.

    Returns:
        What the query gives. A column is Int64 or Float64 if all its values are such numbers, else text as SQLite's
        own cast writes it; one without any value is text.

    Raises:
        SourceError: a query that is refused or fails, bytes in a column.
    """
    query = asked_of(source, "sqlite", where)
    frame = _run(driver, path, query, where)
    texts = (each for each in frame if each.dtype == pl.String)
    mixed = [each.name for each in texts if each.str.contains(_CURTAILED).any()]
    if mixed:
        frame = _run(driver, path, _as_text(query, frame.columns, mixed), where)
    # The driver takes a column without values for whole numbers; nothing says so.
    return frame.with_columns(pl.col(each.name).cast(pl.String) for each in frame if each.null_count() == len(each))


def _run(driver: Any, path: Path, query: str, where: str) -> pl.DataFrame:
    told = partial(telling, where, lambda text: text)
    connection: Any = None
    with told("cannot be opened"):
        connection = driver.connect(f"file:{quote(str(path))}?mode=ro")
    with told(), statement(connection) as cursor:
        frame = _batched(cursor, query, _FIRST_ROWS, where)
        if frame is not None:
            return frame
        # A value that is not of the type of the first rows: all rows as one batch, whose type fits them all.
        cursor.execute(f"select count(*) from ({query})")  # noqa: S608 - the query is admitted
        rows = cursor.fetchone()[0]
        frame = _batched(cursor, query, max(rows, 1), where)
        if frame is not None:
            return frame
    raise SourceError(f"{where}: its columns change while they are read. Try again when nothing writes to it.")


def _batched(cursor: Any, query: str, rows: int, where: str) -> pl.DataFrame | None:
    """Run a query in batches; None if a later batch does not have the types of the first."""
    cursor.adbc_statement.set_options(**{_BATCH: str(rows)})
    cursor.execute(query)
    with cursor.fetch_record_batch() as reader:
        try:
            return frame_of(reader, where)
        except (OSError, ValueError) as error:
            if _OTHER_TYPE not in str(error):
                raise
    return None


def _as_text(query: str, columns: Sequence[str], mixed: Sequence[str]) -> str:
    """The same query, with SQLite itself writing its numbers as text."""
    quoted = {name: '"' + name.replace('"', '""') + '"' for name in columns}
    chosen = (f"cast({quoted[name]} as text) as {quoted[name]}" if name in mixed else quoted[name] for name in columns)
    return f"select {', '.join(chosen)} from ({query})"  # noqa: S608 - names are quoted, the query is admitted
