"""Databases that are one file of the data folder: found, and told apart by their first bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from abm.errors import SourceError
from abm.sources.guard import locate

if TYPE_CHECKING:
    from pathlib import Path

    from abm.sources.databases.address import Address

_SQLITE = b"SQLite format 3\x00"
_DUCKDB, _DUCKDB_AT = b"DUCK", 8


@dataclass(frozen=True, slots=True)
class DatabaseFile:
    """A database file and whose it is."""

    path: Path
    kind: Literal["sqlite", "duckdb"]


def database_file(address: Address, folder: Path, where: str) -> DatabaseFile:
    """Find the file of a database below the data folder.

    Raises:
        SourceError: as of `locate`, or it is a database of neither SQLite nor DuckDB.
    """
    try:
        path = locate(address.uri, folder)
    except SourceError as error:
        raise SourceError(f"{where}: {error}") from error
    with path.open("rb") as handle:
        head = handle.read(64)
    if head.startswith(_SQLITE):
        return DatabaseFile(path, "sqlite")
    if head[_DUCKDB_AT:].startswith(_DUCKDB):
        return DatabaseFile(path, "duckdb")
    raise SourceError(
        f"{where}: {address.uri}: is not a database of SQLite or DuckDB: its first bytes are of another kind (or it is"
        " encrypted). Name the database file itself; other files are read with `file:`."
    )
