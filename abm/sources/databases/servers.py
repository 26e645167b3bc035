"""Databases that are reached over the network: one connection, one read-only query, one frame."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from abm.errors import SourceError
from abm.sources.databases.admission import asked_of
from abm.sources.databases.arrow import frame_of
from abm.sources.databases.drivers import statement
from abm.sources.databases.failures import telling

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import polars as pl

    from abm.sources.database import DatabaseSource
    from abm.sources.databases.address import Address

_PATIENCE = 10
"""Seconds to wait for a server that does not answer, unless the address says otherwise."""

# Before the first query of a transaction; from then on the server itself refuses whatever would change something.
# Times that a query casts to days are UTC, whatever the server's own zone is.
_BEFORE_READING: Mapping[str, tuple[str, ...]] = {
    "postgresql": ("set transaction read only", "set local time zone 'UTC'"),
    "snowflake": ("alter session set timezone = 'UTC'",),
}


def read_server(driver: Any, address: Address, source: DatabaseSource, where: str) -> pl.DataFrame:
    """Read one query or table from a server.

    Args:
        driver: the `dbapi` module of its driver.
        address: where it is.
        source: query or table.
        where: how messages call the source.

    Returns:
        What the query gives.

    Raises:
        SourceError: no connection, a query that is refused or fails, a type without counterpart.
    """
    query = asked_of(source, address.scheme, where)
    told = partial(telling, where, address.cleaned)
    connection: Any = None
    with told("cannot connect"):
        connection = _CONNECT[address.scheme](driver, address, where)
    with told(), statement(connection) as cursor:
        for setting in _BEFORE_READING.get(address.scheme, ()):
            cursor.execute(setting)
        cursor.execute(query)
        with cursor.fetch_record_batch() as reader:
            return frame_of(reader, where)
    raise AssertionError


def _postgresql(driver: Any, address: Address, _where: str) -> Any:
    uri = address.uri
    if not any(name == "connect_timeout" for name, _ in address.options):
        uri += f"{'&' if '?' in uri else '?'}connect_timeout={_PATIENCE}"
    return driver.connect(uri)


def _snowflake(driver: Any, address: Address, _where: str) -> Any:
    # Its driver takes what stands behind the scheme: user:password@account/database/schema?warehouse=...
    return driver.connect(address.uri.removeprefix("snowflake://"))


def _bigquery(driver: Any, address: Address, where: str) -> Any:
    """Connect to bigquery://project/dataset; Google's own environment variables say who asks."""
    if not address.host:
        raise SourceError(f"{where}: the address names no project. Expected bigquery://project/dataset.")
    known = {"credentials", "location"}
    unknown = [name for name, _ in address.options if name not in known]
    if unknown:
        raise SourceError(f"{where}: there is no option '{unknown[0]}'. Known are {', '.join(sorted(known))}.")
    options = dict(address.options)
    given = {"adbc.bigquery.sql.project_id": address.host}
    if address.database:
        given["adbc.bigquery.sql.dataset_id"] = address.database
    if "location" in options:
        given["adbc.bigquery.sql.location"] = options["location"]
    if "credentials" in options:
        given["adbc.bigquery.sql.auth_type"] = "adbc.bigquery.sql.auth_type.json_credential_file"
        given["adbc.bigquery.sql.auth_credentials"] = unquote(options["credentials"])
    return driver.connect(db_kwargs=given)


_CONNECT: Mapping[str, Callable[[Any, Address, str], Any]] = {
    "postgresql": _postgresql,
    "snowflake": _snowflake,
    "bigquery": _bigquery,
}
