"""The text of a query, admitted and grounded: one SELECT over known kinds of source, its file names made absolute.

The database's own parser gives the tree, so that no comment, quote or spelling says one thing here and another there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from abm.errors import SourceError, did_you_mean
from abm.sources.guard import admitted, locate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE_FUNCTIONS = frozenset(
    [
        "parquet_scan",
        "read_csv",
        "read_csv_auto",
        "read_json",
        "read_json_auto",
        "read_json_objects",
        "read_json_objects_auto",
        "read_ndjson",
        "read_ndjson_auto",
        "read_ndjson_objects",
        "read_parquet",
    ]
)
"""Table functions that read the files their first argument names."""

ROW_FUNCTIONS = frozenset(["range", "generate_series", "unnest", "json_each", "json_tree"])
"""Table functions that make rows of their arguments alone."""

# What a tree that only reads is made of. A SELECT can write: `with t as (copy ... to ...)`, and so a closed list.
_READING = frozenset(
    [
        "ASCENDING",
        "BASE_TABLE",
        "CTE_NODE",
        "DESCENDING",
        "DISTINCT_MODIFIER",
        "EMPTY",
        "EXPRESSION_LIST",
        "JOIN",
        "LIMIT_MODIFIER",
        "LIMIT_PERCENT_MODIFIER",
        "ORDER_DEFAULT",
        "ORDER_MODIFIER",
        "PIVOT",
        "RECURSIVE_CTE_NODE",
        "SELECT_NODE",
        "SET_OPERATION_NODE",
        "SUBQUERY",
        "TABLE_FUNCTION",
    ]
)
_WORDS = {"SHOW_REF": "DESCRIBE, SHOW or SUMMARIZE"}
_GLOB = "*?["
_Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Grounded:
    """An admitted query.

    Attributes:
        text: the query, its file names absolute.
        files: the files it reads, relative to the data folder; none twice.
    """

    text: str
    files: tuple[str, ...]


def parsed_query(connection: duckdb.DuckDBPyConnection, query: str, where: str) -> _Node:
    """Return the tree of a query that only reads, as the database serialises it; nothing is run.

    Args:
        connection: a database whose parser reads the query.
        query: the text.
        where: how messages call it.

    Raises:
        SourceError: not exactly one SELECT, or one that does more than read.
        duckdb.Error: it cannot be parsed.
    """
    statements = connection.extract_statements(query)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise SourceError(_not_one_select(where, [str(each.type).rpartition(".")[2] for each in statements]))
    try:
        tree: _Node = json.loads(_scalar(connection, "select json_serialize_sql(?)", query))
    except RecursionError as error:
        raise SourceError(f"{where}: the query is nested too deeply. Write its steps by `with`.") from error
    if tree["error"]:
        raise SourceError(f"{where}: {tree['error_message']} Write the query as one plain SELECT.")
    for node in nodes(tree):
        kind = node.get("type")
        if isinstance(kind, str) and "class" not in node and kind not in _READING:
            raise SourceError(_not_one_select(where, [_WORDS.get(kind, kind.partition("_")[0])]))
    return tree


def defined_names(tree: _Node) -> set[str]:
    """Return the tables that a query names itself by `with`, lower-cased."""
    return {entry["key"].lower() for node in nodes(tree) for entry in (node.get("cte_map") or {}).get("map", [])}


def grounded_query(connection: duckdb.DuckDBPyConnection, query: str, root: Path, where: str) -> Grounded:
    """Return the query with every file name made absolute, or say why it is not admitted.

    Only tables that are files (or named by `with`) and the functions of `FILE_FUNCTIONS` and `ROW_FUNCTIONS` are
    admitted: among the others are some that log to files, run text as SQL or follow raw pointers.

    Args:
        connection: a database whose parser reads the query; nothing is run.
        query: what the workspace says.
        root: the data folder, resolved.
        where: how messages call the query.

    Returns:
        The same query, written by the database, and the files that it names.

    Raises:
        SourceError: not exactly one SELECT; a source that is not admitted; a file that is missing or lies elsewhere.
        duckdb.Error: it cannot be parsed.
    """
    tree = parsed_query(connection, query, where)
    files = _Files(connection, root, where)
    names = defined_names(tree)
    for node in nodes(tree):
        match node.get("type"):
            case "BASE_TABLE" if dotted(node).lower() not in names:
                node["table_name"] = _grounded_table(node, names, files)
                node["qualified_name"] = {"path": [node["table_name"]]}
            case "TABLE_FUNCTION":
                _ground_function(node["function"], files)
    text = _scalar(connection, "select json_deserialize_sql(?::json)", json.dumps(tree))
    return Grounded(text, tuple(dict.fromkeys(files.found)))


def _not_one_select(where: str, kinds: list[str]) -> str:
    found = " and ".join(kinds) or "nothing"
    return f"{where}: expected exactly one SELECT, found {found}. A query only reads; write its steps by `with`."


def _scalar(connection: duckdb.DuckDBPyConnection, query: str, parameter: str) -> str:
    # All rows, though there is one: a connection with an unfinished result refuses other work.
    return str(connection.execute(query, [parameter]).fetchall()[0][0])


def nodes(tree: object) -> Iterator[_Node]:
    """Walk every object of the tree; a stack, because conditions can nest deeper than Python's."""
    waiting = [tree]
    while waiting:
        here = waiting.pop()
        if isinstance(here, dict):
            yield here
            waiting.extend(here.values())
        elif isinstance(here, list):
            waiting.extend(here)


def dotted(node: _Node) -> str:
    """Return the name of a table or function as the query writes it, its parts joined by dots."""
    return ".".join(str(part) for part in node["qualified_name"]["path"])


def _grounded_table(node: _Node, names: set[str], files: _Files) -> str:
    name, where = dotted(node), files.where
    if len(node["qualified_name"]["path"]) > 1:
        raise SourceError(f"{where}: {name} is written as a table of a database. Put file names in quotes: '{name}'.")
    if "." not in name and "/" not in name:
        raise SourceError(
            f"{where}: there is no table '{name}'.{did_you_mean(name, names)} A query reads files of the data folder,"
            f" such as '{name}.csv', and what it names itself by `with`."
        )
    return files.grounded(name)


def _ground_function(function: _Node, files: _Files) -> None:
    name = dotted(function).lower()
    if name in ROW_FUNCTIONS:
        return
    if name not in FILE_FUNCTIONS:
        known = sorted(FILE_FUNCTIONS | ROW_FUNCTIONS)
        raise SourceError(
            f"{files.where}: {name}() may not be read from.{did_you_mean(name, known)} Allowed are {', '.join(known)}."
        )
    # Options such as `encoding = 'utf-16'` may be about what is unusual in the bytes.
    plain = len(function["arguments"]) == 1
    for node in _constants(function["arguments"][:1]):
        node["literal"]["text"] = files.grounded(node["literal"]["text"], plain=plain)


def _constants(arguments: list[_Node]) -> Iterator[_Node]:
    """The text constants that are the argument, or the elements of the list that it is."""
    for argument in arguments:
        expression = argument["expression"]
        if expression["type"] == "VALUE_CONSTANT" and expression["literal"]["kind"] == "STRING":
            yield expression
        elif expression["type"] == "FUNCTION" and expression["function_name"] == "list_value":
            yield from _constants(expression["arguments"])


class _Files:
    """The files that a query names, each looked at as it is met."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, root: Path, where: str) -> None:
        self.connection = connection
        self.root = root
        self.where = where
        self.found: list[str] = []

    def grounded(self, name: str, *, plain: bool = True) -> str:
        """Return the absolute name of a file or pattern, and pass what it means through the guard of all readers."""
        if "://" in name:
            # Not repeated whole: an address may hold a password.
            shown = f"{name.partition('://')[0]}://..."
            raise SourceError(f"{self.where}: '{shown}' is not a file of the data folder. Download it there first.")
        if not any(sign in name for sign in _GLOB):
            return str(self._guarded(name, plain=plain))
        if any(sign in str(self.root) for sign in _GLOB):
            raise SourceError(
                f"{self.where}: the path of the data folder holds * ? or [, so '{name}' cannot. List the files."
            )
        # Links that leave the folder, and `..`, are refused by the database itself.
        pattern = str(self.root / name)
        for (path,) in self.connection.execute("select file from glob(?)", [pattern]).fetchall():
            self._guarded(path.removeprefix(f"{self.root}/"), plain=plain)
        return pattern

    def _guarded(self, name: str, *, plain: bool) -> Path:
        try:
            path = admitted(name, self.root) if plain else locate(name, self.root)
        except SourceError as error:
            raise SourceError(f"{self.where}: {error}") from error
        self.found.append(name)
        return path
