"""Names such as `${CRM_PASSWORD}` in an address, filled from the environment; values never stand in a message."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from abm.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping

_NAME = re.compile(r"\$\{([^{}]*)\}")
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def filled(written: str, environment: Mapping[str, str], where: str) -> tuple[str, tuple[str, ...]]:
    """Return an address with its `${NAME}`s filled, and the values that went into it.

    A value that is the whole address is taken as it is. A value for the user, the password or an option is put in
    percent-encoded, so that a password in the environment is the password itself, whatever signs it has.

    Args:
        written: what the workspace says.
        environment: where the names are looked up.
        where: how messages call the source.

    Raises:
        SourceError: a name that is none, or a variable that is missing, empty or has control characters.

    >>> filled("postgresql://me:${PW}@db/crm", {"PW": "a/b"}, "here")
    ('postgresql://me:a%2Fb@db/crm', ('a/b',))
    """
    values: list[str] = []
    person_ends, options_begin = written.rfind("@"), written.find("?") if "?" in written else len(written)

    def fill(found: re.Match[str]) -> str:
        value = _value(found.group(1), environment, where)
        values.append(value)
        encodes = found.start() < person_ends or found.start() > options_begin
        return quote(value, safe="") if encodes else value

    return _NAME.sub(fill, written.strip()), tuple(values)


def as_address(value: object) -> object:
    """Return what `database:` says as text: `{env: CRM_URL}` is another way to write `${CRM_URL}`.

    >>> as_address({"env": "CRM_URL"}), as_address("crm.duckdb")
    ('${CRM_URL}', 'crm.duckdb')
    """
    if isinstance(value, dict) and list(value) == ["env"] and isinstance(value["env"], str):
        return f"${{{value['env']}}}"
    return value


def _value(name: str, environment: Mapping[str, str], where: str) -> str:
    if not _PLAIN.fullmatch(name):
        raise SourceError(
            f"{where}: between ${{ and }} stands the name of an environment variable: letters, digits and _, such as"
            " ${CRM_URL}. Correct the name."
        )
    value = environment.get(name, "").strip()
    if not value:
        state = "is empty" if name in environment else "is not set"
        raise SourceError(f"{where}: the environment variable {name} {state}. Set it before abm is run.")
    if _CONTROL.search(value):
        raise SourceError(
            f"{where}: the environment variable {name} has a line break or another control character in it. Remove it."
        )
    return value
