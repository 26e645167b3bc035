"""One SELECT over files of the data folder, run by an embedded DuckDB that can neither write nor look elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl

from abm.errors import SourceError
from abm.sources.query import grounded_query
from abm.sources.tables import RawTable
from abm.tables.hygiene import ROW

if TYPE_CHECKING:
    from pathlib import Path

# These cross into Polars by a panic or not at all.
_UNREADABLE = ("interval", "union", "time with time zone")


class _Stream:
    """An Arrow stream by itself.

    Polars keeps what it is given until the program ends, and the database complains on stderr about relations that
    outlive it.
    """

    def __init__(self, capsule: object) -> None:
        self.capsule = capsule

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.capsule


def read_query(name: str, query: str, folder: Path, where: str) -> RawTable:
    """Run the query of one table.

    Args:
        name: canonical table name.
        query: one SELECT of DuckDB's dialect; file names in it are relative to `folder`.
        folder: the data folder; nothing outside it can be read, nothing at all can be written.
        where: how messages call the query, such as `workspace.yaml: tables.events.sql`.

    Returns:
        The query's columns, and a `_row` of nulls: rows of a query have no order to rely on. Times are UTC.

    Raises:
        SourceError: not exactly one SELECT, a file that cannot be read, or whatever the database finds wrong.
    """
    root = folder.resolve()
    with _sandbox(root) as connection:
        try:
            relation = connection.sql(grounded_query(connection, query, root, where))
            _require_readable(relation, where)
            frame = pl.DataFrame(_Stream(relation.__arrow_c_stream__()))
        except duckdb.Error as error:
            raise SourceError(f"{where}: {_said(error, root)}") from error
    return RawTable(name, where, frame.lazy().drop(ROW, strict=False).with_columns(pl.lit(None, pl.Int64).alias(ROW)))


def _sandbox(root: Path) -> duckdb.DuckDBPyConnection:
    """Open a database in memory that reads below `root` only: no extensions, no network, no spilling to disk."""
    connection = duckdb.connect(
        config={
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
            "allow_persistent_secrets": False,
        }
    )
    folder = str(root).replace("'", "''").rstrip("/")
    for setting in (
        "TimeZone = 'UTC'",
        "temp_directory = ''",
        f"allowed_directories = ['{folder}/']",
        "enable_external_access = false",
        "lock_configuration = true",
    ):
        connection.execute(f"set {setting}")
    return connection


def _require_readable(relation: duckdb.DuckDBPyRelation, where: str) -> None:
    repeated = sorted({name for name in relation.columns if relation.columns.count(name) > 1})
    if repeated:
        raise SourceError(f"{where}: the query gives the column '{repeated[0]}' twice. Give one of them another name.")
    for name, dtype in zip(relation.columns, relation.types, strict=True):
        if _holds_unreadable(dtype):
            raise SourceError(f"{where}: column '{name}' is of type {dtype}. Cast it to text, a number or a date.")


def _holds_unreadable(dtype: Any) -> bool:
    if dtype.id in _UNREADABLE:
        return True
    nested = dtype.children if dtype.id in ("list", "array", "struct", "map") else []
    return any(hasattr(child, "id") and _holds_unreadable(child) for _name, child in nested)


def _said(error: duckdb.Error, root: Path) -> str:
    """The database's first line, with paths as the workspace writes them, and what to do about it."""
    said = next(iter(str(error).strip().splitlines()), type(error).__name__).replace(f"{root}/", "")
    hints = {
        duckdb.PermissionException: "A query reads files below the data folder only, written as plain text: 'a.csv'.",
        duckdb.ParserException: "The query is one SELECT in DuckDB's dialect.",
        duckdb.BinderException: "Compare the names with the header of the file.",
        duckdb.IOException: "Is the file below the data folder? --data DIR says where that is.",
        duckdb.CatalogException: "Tables are files of the data folder, in single quotes: 'a.csv'.",
    }
    hint = next((text for kind, text in hints.items() if isinstance(error, kind)), "")
    return f"{said.rstrip('.')}. {hint}".rstrip()
