"""The drivers of databases: optional packages, loaded when a workspace asks for them, each by the same standard."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from abm.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Driver:
    """A package that speaks Arrow Database Connectivity (ADBC).

    Attributes:
        package: what is imported; its `dbapi` module has `connect`.
        extra: the extra of abm that installs it.
    """

    package: str
    extra: str


DRIVERS: Mapping[str, Driver] = {
    "postgresql": Driver("adbc_driver_postgresql", "postgres"),
    "sqlite": Driver("adbc_driver_sqlite", "sqlite"),
    "snowflake": Driver("adbc_driver_snowflake", "snowflake"),
    "bigquery": Driver("adbc_driver_bigquery", "bigquery"),
}
"""Driver by scheme."""


def driver_of(scheme: str, where: str) -> Any:
    """Return the `dbapi` module of a scheme's driver.

    Raises:
        SourceError: it, or Arrow, is not installed.
    """
    driver = DRIVERS[scheme]
    try:
        import_module("pyarrow")
        return import_module(f"{driver.package}.dbapi")
    except ImportError:
        message = f"{where}: reading from {scheme} needs a driver that is not installed."
    raise SourceError(f"{message} Install it with: pip install 'abm[{driver.extra}]'.")


@contextmanager
def statement(connection: Any) -> Iterator[Any]:
    """A cursor of a connection; both are closed at the end, in the order in which the driver wants it."""
    try:
        cursor = connection.cursor()
        try:
            yield cursor
        finally:
            cursor.close()
    finally:
        connection.close()
