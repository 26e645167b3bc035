"""DuckDB files: opened to read only, in a database that reaches nothing else."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import duckdb

from abm.errors import SourceError
from abm.sources.databases.admission import quoted_table
from abm.sources.databases.failures import telling
from abm.sources.query import ROW_FUNCTIONS, dotted, nodes, parsed_query
from abm.sources.sql import require_readable
from abm.tables.arrow import streamed

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from abm.sources.database import DatabaseSource

_CLOSED: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "python_enable_replacements": False,
    "allow_persistent_secrets": False,
    "temp_directory": "",
}
_SETTINGS = ("TimeZone = 'UTC'", "enable_external_access = false", "lock_configuration = true")


def read_duckdb(path: Path, source: DatabaseSource, where: str) -> pl.DataFrame:
    """Read one query or table from a DuckDB file.

    Args:
        path: the file.
        source: query or table.
        where: how messages call the source.

    Returns:
        What the query gives; times with a zone are UTC.

    Raises:
        SourceError: the file cannot be opened, the query is not one SELECT over its tables, or fails, or a column is
            of a type without counterpart.
    """
    told = partial(telling, where, lambda text: text.replace(str(path), path.name))
    connection: Any = None
    with told("cannot be opened"):
        connection = duckdb.connect(str(path), read_only=True, config=_CLOSED)
    with told(), connection:
        for setting in _SETTINGS:
            connection.execute(f"set {setting}")
        query = source.query
        if query is None:
            query = f"select * from {quoted_table(source.table or '', 'duckdb', where)}"  # noqa: S608 - it is quoted
        _require_own_tables(parsed_query(connection, query, where), where)
        relation = connection.sql(query)
        require_readable(relation, where)
        return streamed(relation)
    raise AssertionError


def _require_own_tables(tree: dict[str, Any], where: str) -> None:
    """Of the functions that rows can come from, some read files, log to them, or follow raw pointers."""
    for node in nodes(tree):
        if node.get("type") == "TABLE_FUNCTION":
            name = dotted(node["function"]).lower()
            if name not in ROW_FUNCTIONS:
                raise SourceError(
                    f"{where}: {name}() may not be read from. A query of a database reads its tables and views, and"
                    f" {', '.join(sorted(ROW_FUNCTIONS))}."
                )
