"""What a database may be asked: one SELECT in its own dialect, or one table by its name, quoted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import TokenType, exp
from sqlglot.errors import ParseError, SqlglotError

from abm.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot import Token

    from abm.sources.database import DatabaseSource

_LONGEST_QUERY = 50_000
_MOST_PARTS = 3
_DIALECTS = {"postgresql": "postgres"}
_NAMES = {"postgresql": "PostgreSQL", "sqlite": "SQLite", "snowflake": "Snowflake", "bigquery": "BigQuery"}
_WRITING = (exp.DML, exp.Command, exp.Create, exp.Drop, exp.Into)
_FIRST = frozenset({TokenType.SELECT, TokenType.WITH, TokenType.L_PAREN, TokenType.VALUES})
_PART = re.compile(r'"((?:[^"]|"")+)"|([^".]+)')
# Functions that reach files, other connections, sessions or settings, where the account has the right to call them.
_REACHING = re.compile(
    r"dblink\w*|lo_\w+|pg_(?:read|ls|stat_file|file|terminate|cancel|reload|rotate|switch|promote|logical|replication)\w*"
    r"|set_config|(?:query|table|cursor|schema|database)_to_xml\w*|load_extension|readfile|writefile|edit"
    r"|fts3_tokenizer|system\$\w+|external_query"
)


def asked_of(source: DatabaseSource, scheme: str, where: str) -> str:
    """Return the text that is sent for a source: its query as it is written, or a SELECT of its table.

    Args:
        source: query or table.
        scheme: whose dialect it is written in.
        where: how messages call the source.

    Raises:
        SourceError: not exactly one SELECT, one that writes or locks, or a table name that is none.
    """
    if source.query is not None:
        return admitted_query(source.query, scheme, where)
    return f"select * from {quoted_table(source.table or '', scheme, where)}"  # noqa: S608 - its name is quoted


def admitted_query(query: str, scheme: str, where: str) -> str:
    """Return a query if it is exactly one SELECT; nothing else is ever sent.

    The database is asked to read only as well; this is what can be said before it is asked, and in plain words.

    Raises:
        SourceError: as said, or it cannot be read as one.
    """
    if len(query) > _LONGEST_QUERY:
        raise SourceError(
            f"{where}: the query has {len(query):,} characters, more than {_LONGEST_QUERY:,}. Make a view of it in the"
            " database and name that with `table:`."
        )
    if "\0" in query:
        raise SourceError(f"{where}: the query holds a NUL character. Remove it.")
    dialect, name = _DIALECTS.get(scheme, scheme), _NAMES.get(scheme, scheme)
    try:
        _require_one_select(sqlglot.tokenize(query, read=dialect), where)
        trees = sqlglot.parse(query, read=dialect)
    except (SqlglotError, RecursionError) as error:
        raise SourceError(
            f"{where}: the query cannot be read as one SELECT of {name}{_place(error)}. Correct it; or make a"
            " view of it in the database and name that with `table:`."
        ) from None
    for tree in trees:
        _require_reading(tree, where)
    # A comment that ends the query must not swallow what a driver puts behind it.
    return query.rstrip().rstrip(";") + "\n"


def quoted_table(table: str, scheme: str, where: str) -> str:
    """Return the name of a table as SQL: every part quoted, so that nothing in it is anything but a name.

    Parts are taken as they are written, capitals too; only Snowflake, whose plain names are upper case, gets them so.

    Args:
        table: such as `crm.contacts`, `My Table` or `"with.dot"."Contacts"`.
        scheme: of the database.
        where: how messages call the source.

    >>> quoted_table('crm.my "odd" table; drop table x', "postgresql", "here")
    Traceback (most recent call last):
    abm.errors.SourceError: here: ...
    >>> quoted_table('crm.Contacts; drop table x', "postgresql", "here"), quoted_table("crm.contacts", "snowflake", "")
    ('"crm"."Contacts; drop table x"', '"CRM"."CONTACTS"')
    """
    parts: list[str] = []
    rest = table.strip()
    while rest and (found := _PART.match(rest)):
        quoted, plain = found.groups()
        parts.append(quoted.replace('""', '"') if quoted is not None else _plain(plain, scheme))
        rest = rest[found.end() :]
        if not rest.startswith("."):
            break
        rest = rest[1:] or "."
    if rest or not parts or len(parts) > _MOST_PARTS or "\0" in table:
        raise SourceError(
            f"{where}: '{table.strip()}' is no name of a table. Expected a name such as contacts or crm.contacts, its"
            ' parts in double quotes where they hold a dot: "my.schema"."contacts".'
        )
    dialect = _DIALECTS.get(scheme, scheme)
    return ".".join(exp.to_identifier(part, quoted=True).sql(dialect=dialect) for part in parts)


def _plain(name: str, scheme: str) -> str:
    name = name.strip()
    return name.upper() if scheme == "snowflake" and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_$]*", name) else name


def _require_one_select(tokens: Sequence[Token], where: str) -> None:
    """Look at the first words before parsing, so that a parser is never asked about anything else."""
    rest = list(tokens)
    while rest and rest[-1].token_type is TokenType.SEMICOLON:
        rest.pop()
    found = "nothing"
    if rest:
        separate = [at for at, token in enumerate(rest) if token.token_type is TokenType.SEMICOLON]
        firsts = [rest[0], *(rest[at + 1] for at in separate)]
        if len(firsts) == 1 and firsts[0].token_type in _FIRST:
            return
        found = " and ".join(token.text.upper()[:20] for token in firsts)
    raise SourceError(_not_one_select(found, where))


def _require_reading(tree: object, where: str) -> None:
    if not isinstance(tree, exp.Query | exp.Values):
        raise SourceError(_not_one_select(getattr(tree, "key", "nothing").upper(), where))
    for node in tree.walk():
        if isinstance(node, _WRITING) and not isinstance(node, exp.Query):
            raise SourceError(_not_one_select(f"{node.key.upper()} in it", where))
        if isinstance(node, exp.Lock):
            raise SourceError(f"{where}: the query locks rows (`for update`). A query only reads; leave that out.")
        name = node.name.lower() if isinstance(node, exp.Anonymous) else ""
        if name and _REACHING.fullmatch(name):
            raise SourceError(f"{where}: the query calls {name}(), which does more than compute. Leave it out.")


def _not_one_select(found: str, where: str) -> str:
    return f"{where}: expected exactly one SELECT, found {found}. A query only reads; write its steps by `with`."


def _place(error: Exception) -> str:
    """Where the parser stumbled; its own words may repeat the query, which may hold anything."""
    if isinstance(error, ParseError) and error.errors and error.errors[0].get("line"):
        return f" (line {error.errors[0]['line']}, sign {error.errors[0]['col']})"
    return " (it is nested too deeply)" if isinstance(error, RecursionError) else ""
