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

# The driver fixes the type of a column by its first batch, and SQLite's columns hold whatever a row has: one batch.
_ONE_BATCH = {"adbc.sqlite.query.batch_rows": "2147483646"}
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
        cursor.adbc_statement.set_options(**_ONE_BATCH)
        cursor.execute(query)
        with cursor.fetch_record_batch() as reader:
            return frame_of(reader, where)
    raise SourceError(where)


def _as_text(query: str, columns: Sequence[str], mixed: Sequence[str]) -> str:
    """The same query, with SQLite itself writing its numbers as text."""
    quoted = {name: '"' + name.replace('"', '""') + '"' for name in columns}
    chosen = (f"cast({quoted[name]} as text) as {quoted[name]}" if name in mixed else quoted[name] for name in columns)
    return f"select {', '.join(chosen)} from ({query})"  # noqa: S608 - names are quoted, the query is admitted
