"""Databases become raw tables: an address, one query or table, and a driver that only reads."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from abm.sources.databases.address import SERVERS, address_of
from abm.sources.databases.drivers import driver_of
from abm.sources.databases.files import database_file
from abm.sources.tables import RawTable
from abm.tables.hygiene import ROW

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from abm.sources.databases.address import Address


@dataclass(frozen=True, slots=True)
class DatabaseSource:
    """What a workspace says about a table that is in a database; exactly one of `query` and `table` is given.

    Attributes:
        address: a URI, or a path of a database file below the data folder; `${NAME}` stands for the environment's.
        query: one SELECT in the database's own dialect.
        table: a table or view, such as `crm.contacts`; parts that hold a dot stand in double quotes.
    """

    address: str
    query: str | None = None
    table: str | None = None


def read_database(
    name: str, source: DatabaseSource, folder: Path, where: str, environment: Mapping[str, str] | None = None
) -> RawTable:
    """Run one query, or read one table, and change nothing.

    Args:
        name: canonical table name.
        source: address and query or table.
        folder: the data folder; files of SQLite and DuckDB lie below it.
        where: how messages call the source, such as `workspace.yaml:7: tables.events`.
        environment: where `${NAME}`s are looked up; None is the environment of the program.

    Returns:
        The query's columns, and a `_row` of nulls: rows of a query have no order to rely on. Whole numbers, numbers,
        decimals, booleans, days, times, lists and text come as such; times with a zone are UTC, JSON and UUIDs are
        text. A column of SQLite that mixes text with numbers is text.

    Raises:
        SourceError: the address cannot be read, its driver is not installed, the database cannot be reached, the query
            is not one SELECT or fails, or a column is of a type that has no counterpart. No message holds a user, a
            password or an option of the address.
    """
    environment = os.environ if environment is None else environment
    address = address_of(source.address, environment, where)
    frame = _frame_of(address, source, folder, where)
    rows = frame.lazy().drop(ROW, strict=False).with_columns(pl.lit(None, pl.Int64).alias(ROW))
    return RawTable(name, f"{where}: {address.shown}", rows)


def _frame_of(address: Address, source: DatabaseSource, folder: Path, where: str) -> pl.DataFrame:
    place = f"{where}: {address.shown}"
    file = None if address.scheme in SERVERS else database_file(address, folder, where)
    if file is not None and file.kind == "duckdb":
        from abm.sources.databases.duckdb_file import read_duckdb  # noqa: PLC0415 - loaded only where it is asked

        return read_duckdb(file.path, source, place)
    # Before what stands on the driver, an optional package, is loaded.
    driver = driver_of(address.scheme if file is None else file.kind, place)
    if file is not None:
        from abm.sources.databases.sqlite import read_sqlite  # noqa: PLC0415 - as its driver

        return read_sqlite(driver, file.path, source, place)
    from abm.sources.databases.servers import read_server  # noqa: PLC0415 - as its driver

    return read_server(driver, address, source, place)
