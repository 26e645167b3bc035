"""Where a database lies: its address taken apart, shown without its secrets, and its secrets cut out of other texts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, quote_plus, unquote

from abm.errors import SourceError, did_you_mean
from abm.sources.databases.environment import filled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SERVERS = ("postgresql", "snowflake", "bigquery")
"""Schemes of databases that are reached over the network (or a socket)."""

FILES = ("sqlite", "duckdb")
"""Schemes of databases that are one file of the data folder."""

FILE_ENDINGS = (".sqlite", ".sqlite3", ".db", ".db3", ".duckdb", ".ddb")
"""Endings by which a path without scheme is known to be a database."""

_SAME = {"postgres": "postgresql", "pgsql": "postgresql", "sqlite3": "sqlite", "bq": "bigquery"}
_URI = re.compile(r"([A-Za-z][A-Za-z0-9.-]*)(\+[A-Za-z0-9_]+)?://(.*)", re.DOTALL)
# Person, hosts, database, options. What follows the first / or ? has no @: else a password has a / or a ? in it, and
# its tail would be taken for the name of a host, and shown.
_HOST = r"(?:[\w.%-]+|\[[0-9A-Fa-f:.%]+\])?(?::\d+)?"
_PARTS = re.compile(rf"(?:([^/?]*)@)?({_HOST}(?:,{_HOST})*)(?:/([^?@]*))?(?:\?([^@]*))?")
_OPTIONS_BEHIND = re.compile(r"\?\w+=[^/]*$")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SECRET_OPTION = re.compile(r"pass|pwd|secret|token|key|cred|auth|user|sslcert", re.IGNORECASE)
_HARMLESS = re.compile(r"[a-z-]{0,12}|\d+|/[\w/.-]*")
_USERS_OWN = re.compile(r"user|login", re.IGNORECASE)
_SHORTEST = 4
_CUT = "***"
_WITHHELD = "what it said is not shown, because a password as short as this one cannot be cut out of it"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database lies.

    Attributes:
        scheme: one of `SERVERS` or `FILES`; empty for a path without scheme.
        uri: the whole address as drivers want it, secrets included; of a file its path.
        shown: scheme, host and database: what messages may say.
        host: with its port; empty for files.
        database: the name, or what follows the host.
        options: what follows the `?`.
        secrets: every spelling of what must not be seen.
        user: who connects; not a secret, but nobody's business.
    """

    scheme: str
    uri: str = field(repr=False)
    shown: str
    host: str = ""
    database: str = ""
    options: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    user: str = field(default="", repr=False)

    def cleaned(self, text: str) -> str:
        """Return what another program said, without the secrets of this address.

        >>> address = address_of("postgresql://ann:s3cret@db.example/crm", {}, "here")
        >>> address.shown, address.cleaned('no entry for user "ann" with s3cret')
        ('postgresql://db.example/crm', 'no entry for user "***" with ***')
        """
        for secret in self.secrets:
            if len(secret) < _SHORTEST and secret in text:
                return _WITHHELD
            text = text.replace(secret, _CUT)
        if self.user:
            name = re.escape(self.user)
            text = re.sub(rf"(\b(?:user|role|login|username|account)\b[ :=]*[\"']?){name}\b", rf"\1{_CUT}", text)
        return text


def address_of(written: str, environment: Mapping[str, str], where: str) -> Address:
    """Take apart what a workspace says behind `database:`.

    Args:
        written: a URI, a path, or text with `${NAME}`s of the environment.
        environment: where names are looked up.
        where: how messages call the source.

    Raises:
        SourceError: a variable that is missing, a scheme that is not known, or something that is no address; what was
            written is not repeated, for it may hold a password in a place where nobody looks for one.
    """
    uri, values = filled(written, environment, where)
    if "\0" in uri:
        raise SourceError(f"{where}: the address holds a NUL character. Remove it.")
    found = _URI.fullmatch(uri)
    if not found:
        return _path(uri, values, where)
    scheme = found.group(1).lower()
    scheme = _SAME.get(scheme, scheme)
    if scheme not in SERVERS + FILES:
        known = ", ".join(f"{each}://" for each in SERVERS + FILES)
        raise SourceError(
            f"{where}: databases of {scheme}:// cannot be read.{did_you_mean(scheme, SERVERS + FILES)} Known are"
            f" {known} and files of SQLite and DuckDB. Export the table as CSV or Parquet, and name the file."
        )
    if scheme in FILES:
        # `sqlite:///crm.db` is a path below the data folder, `sqlite:////data/crm.db` one from the root.
        path = _OPTIONS_BEHIND.sub("", found.group(3).removeprefix("/"))
        return Address(scheme, path, f"{scheme}:///{path}", secrets=_secrets(v for v in values if v not in path))
    return _server(scheme, found.group(3), values, where)


def _path(path: str, values: tuple[str, ...], where: str) -> Address:
    if PurePath(path).suffix.lower() not in FILE_ENDINGS or "://" in path or path.lower().startswith("jdbc:"):
        raise SourceError(
            f"{where}: is neither a URI such as postgresql://host/database nor a file that ends in"
            f" {', '.join(FILE_ENDINGS)}. Correct it; it is not shown here, as it may hold a password."
        )
    return Address("", path, path, secrets=_secrets(each for each in values if each not in path))


def _server(scheme: str, rest: str, values: tuple[str, ...], where: str) -> Address:
    found = _PARTS.fullmatch(rest)
    if not found:
        raise SourceError(
            f"{where}: the address cannot be taken apart. Expected {scheme}://user@host:port/database?option=value,"
            " where @ / ? in user and password are written %40 %2F %3F; or write ${NAME} for one of the environment."
        )
    person, host, database, option_text = (each or "" for each in found.groups())
    user, _, password = person.partition(":")
    options = tuple(parse_qsl(option_text, keep_blank_values=True))
    if not host and not database and not options:
        raise SourceError(
            f"{where}: the address names neither a host nor a database. Expected {scheme}://host/database."
        )
    telling = {host, host.partition(":")[0], database, scheme, *database.split("/")}
    secret = [
        *(value for name, value in options if _is_secret(name, value)),
        *(each for each in values if each not in telling and each != _decoded(user)),
        *([password] if password else []),
    ]
    sign_in = _encoded(user) + (f":{_encoded(password)}" if password else "")
    uri = f"{scheme}://{f'{sign_in}@' if sign_in else ''}{rest.rpartition('@')[2]}"
    # A host may come as an option (`?host=/var/run/postgresql`); it says enough and hides nothing.
    return Address(
        scheme,
        uri,
        f"{scheme}://{host}/{_decoded(database)}",
        host,
        _decoded(database),
        options,
        _secrets(secret),
        _decoded(user) or next((value for name, value in options if _USERS_OWN.search(name)), ""),
    )


def _is_secret(name: str, value: str) -> bool:
    """Options are nobody's business either, but for words and numbers that say nothing, such as `sslmode=require`."""
    return not _USERS_OWN.search(name) and (bool(_SECRET_OPTION.search(name)) or not _HARMLESS.fullmatch(value))


def _decoded(text: str) -> str:
    return unquote(text)


def _encoded(text: str) -> str:
    """Percent-encode what is not encoded yet: drivers refuse a stray sign, and repeat what they refuse."""
    return quote(_STRAY_PERCENT.sub("%25", text), safe="%!$&'()*+,;=-._~")


def _secrets(values: Iterable[str]) -> tuple[str, ...]:
    """Every spelling in which a secret may come back, the longest first."""
    spellings = {
        spelling
        for value in values
        for plain in (value, unquote(value))
        for spelling in (value, plain, quote(plain, safe=""), quote_plus(plain), _encoded(plain))
        if spelling
    }
    return tuple(sorted(spellings, key=lambda each: (-len(each), each)))
