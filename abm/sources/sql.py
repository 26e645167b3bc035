"""One SELECT over files of the data folder, run by an embedded DuckDB that can neither write nor look elsewhere."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl

from abm.errors import SourceError
from abm.sources.delimited import repeated_names
from abm.sources.guard import LIBRARY_ERRORS, diagnosis
from abm.sources.query import grounded_query
from abm.sources.tables import RawTable
from abm.tables.arrow import streamed
from abm.tables.findings import Finding
from abm.tables.hygiene import ROW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# These cross into Polars by a panic or not at all.
_UNREADABLE = ("interval", "union", "time with time zone")


_DELIMITED = frozenset({".csv", ".tsv", ".txt"})
_CSV_LINE = re.compile(r"CSV Error on Line: (\d+)")
_SHOWN_FILES = 5
# The database needs seconds for a condition this long, and the square of them for one twice as long.
_LONGEST_QUERY = 50_000
_KINDS = ("Invalid Input", "Conversion", "Binder", "Parser", "Catalog", "IO", "Permission", "Not implemented")
_HINTS: tuple[tuple[type[BaseException], str], ...] = (
    (duckdb.PermissionException, "A query reads files below the data folder only, written as plain text: 'a.csv'."),
    (duckdb.ParserException, "The query is one SELECT in DuckDB's dialect."),
    (duckdb.BinderException, "Compare the names with the header of the file."),
    (duckdb.IOException, "Is the file below the data folder? --data DIR says where that is."),
    (duckdb.CatalogException, "Tables are files of the data folder, in single quotes: 'a.csv'."),
    (duckdb.ConversionException, "Correct the value, or use try_cast; read_csv(..., all_varchar = true) gives text."),
    (duckdb.OutOfMemoryException, "The query needs more memory than there is. Select fewer columns or rows."),
)


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
    if len(query) > _LONGEST_QUERY:
        raise SourceError(
            f"{where}: the query has {len(query):,} characters, more than {_LONGEST_QUERY:,}."
            " Put a long list into a file of its own and join it."
        )
    root = folder.resolve()
    files: tuple[str, ...] = ()
    with sandbox(root) as connection:
        try:
            grounded = grounded_query(connection, query, root, where)
            files = grounded.files
            relation = connection.sql(grounded.text)
            require_readable(relation, where)
            columns = set(relation.columns)
            frame = streamed(relation)
        except (duckdb.Error, *LIBRARY_ERRORS) as error:
            raise SourceError(f"{where}: {_diagnosed(files, root) or _said(error, root, files)}") from error
    rows = frame.lazy().drop(ROW, strict=False).with_columns(pl.lit(None, pl.Int64).alias(ROW))
    return RawTable(name, where, rows, findings=tuple(_repeated_names(name, files, root, columns)))


def sandbox(root: Path | None) -> duckdb.DuckDBPyConnection:
    """Open a database in memory that reads files below `root` only (None: none): no extensions, network or spilling."""
    connection = duckdb.connect(
        config={
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
            "allow_persistent_secrets": False,
        }
    )
    folders = "" if root is None else _quoted(str(root).rstrip("/") + "/")
    for setting in (
        "TimeZone = 'UTC'",
        "temp_directory = ''",
        f"allowed_directories = [{folders}]",
        "enable_external_access = false",
        "lock_configuration = true",
    ):
        connection.execute(f"set {setting}")
    return connection


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def require_readable(relation: duckdb.DuckDBPyRelation, where: str) -> None:
    """Make sure that what a query gives can cross into a frame.

    Raises:
        SourceError: a column is there twice, or is of a type that no frame has.
    """
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


def _repeated_names(table: str, files: tuple[str, ...], root: Path, columns: set[str]) -> Iterator[Finding]:
    """Note headers in which a name stands twice: the database calls the second `name_1`, and says nothing."""
    for file in files:
        names = repeated_names(root / file) if PurePath(file).suffix.lower() in _DELIMITED else []
        for name in names:
            if columns & {name, f"{name}_1"}:
                said = f"the column name '{name}' is there more than once; a query calls the second {name}_1"
                message = f"{file}: {said}. Rename one of them in the file, or select the one that is meant."
                yield Finding(table=table, code="repeated_column", count=1, message=message, column=name, file=file)


def _diagnosed(files: tuple[str, ...], root: Path) -> str | None:
    """What is wrong with the bytes of the first file that has something wrong."""
    return next((found for file in files if (found := diagnosis(root / file, file))), None)


def _said(error: BaseException, root: Path, files: tuple[str, ...]) -> str:
    """What the database says that helps, with paths as the workspace writes them, and what to do about it."""
    lines = [line.strip().replace(f"{root}/", "") for line in str(error).splitlines() if line.strip()]
    said = lines[0] if lines else type(error).__name__
    for kind in _KINDS:
        said = said.removeprefix(f"{kind} Error: ")
    at_line = _CSV_LINE.fullmatch(said)
    if at_line:
        file = next((line.removeprefix("file = ") for line in lines if line.startswith("file = ")), "the file")
        reason = next((line for line in lines[1:] if not line.startswith("Original Line")), "cannot be read")
        said = f"{file}: line {at_line.group(1)}: {reason}"
    elif not any(file in said for file in files) and not isinstance(error, duckdb.ProgrammingError):
        said = f"reading {', '.join(files[:_SHOWN_FILES]) or 'the query'}: {said}"
    said += "".join(f" {line}" for line in lines[1:] if line.startswith(("Candidate", "Did you mean")))
    hint = next(
        (text for kind, text in _HINTS if isinstance(error, kind)), "Is the file what its name says, and whole?"
    )
    if "Function" in said:
        hint = "Use a function of DuckDB's that computes, from its arguments alone."
    end = "" if said.endswith(("?", "!")) else "."
    return f"{said.rstrip('.')}{end} {hint}"
