"""Which columns of which file the SQL of a page means, read from the database's own tree of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from abm.errors import SourceError, did_you_mean
from abm.sources.query import ROW_FUNCTIONS, defined_names, dotted, nodes

if TYPE_CHECKING:
    from collections.abc import Collection

_QUALIFIED = 2


@dataclass(frozen=True, slots=True)
class References:
    """The columns that a query names.

    Attributes:
        of: file -> columns named as its own (`stage.label`), as written.
        plain: columns named without a file that the query does not define itself, as written.
        whole: files of which all columns are asked for (`*`).
    """

    of: dict[str, tuple[str, ...]]
    plain: tuple[str, ...]
    whole: frozenset[str]


def references(tree: dict[str, Any], files: Collection[str], where: str) -> References:
    """Return what a query names, after making sure that it reads the given files alone.

    Args:
        tree: what `abm.sources.query.parsed_query` gives.
        files: how the query may call the files; lower case.
        where: how messages call the query.

    Raises:
        SourceError: it reads something else.
    """
    calls = _calls(tree, files, where)
    named: dict[str, list[str]] = {file: [] for file in files}
    plain = _plain(tree)
    for node in nodes(tree):
        if node.get("class") != "COLUMN_REF":
            continue
        *qualifier, name = node["column_names"][-_QUALIFIED:]
        for file in calls.get(qualifier[0].lower(), ()) if qualifier else ():
            named[file].append(name)
    stars = [str(node.get("relation_name") or "").lower() for node in nodes(tree) if node.get("class") == "STAR"]
    whole = {file for star in stars for file in (calls.get(star, ()) if star else files)}
    of = {file: tuple(dict.fromkeys(names)) for file, names in named.items()}
    return References(of, tuple(plain), frozenset(whole))


def _calls(tree: dict[str, Any], files: Collection[str], where: str) -> dict[str, set[str]]:
    """Return, by the word that stands before a column, the files it may mean."""
    own = defined_names(tree)
    calls: dict[str, set[str]] = {}
    for node in nodes(tree):
        if node.get("type") == "TABLE_FUNCTION":
            function = dotted(node["function"]).lower()
            if function not in ROW_FUNCTIONS:
                known = ", ".join(sorted(ROW_FUNCTIONS))
                raise SourceError(f"{where}: {function}() may not be read from. Allowed are {known}.")
        if node.get("type") != "BASE_TABLE":
            continue
        name = dotted(node)
        if name.lower() in own:
            continue
        if name.lower() not in files:
            raise SourceError(
                f"{where}: there is no file '{name}'.{did_you_mean(name, files)} The SQL of a preset reads the file"
                f" it is given and those of `with`: {', '.join(files)}."
            )
        for call in (name.lower(), str(node.get("alias") or name).lower()):
            calls.setdefault(call, set()).add(name.lower())
    return calls


def _plain(tree: dict[str, Any]) -> list[str]:
    """Return the columns named without a file, as written, that no SELECT around or below defines itself.

    What is read from a SELECT in `from` is that one's own, and what a SELECT calls its results may be named beside
    them; but a name within its own definition, as in `trim(Topic) as topic`, cannot mean itself and is the file's.
    """
    found: list[str] = []
    tables = {
        entry["key"].lower(): _defined(entry["value"])
        for node in nodes(tree)
        for entry in (node.get("cte_map") or {}).get("map", [])
    }
    waiting: list[tuple[Any, frozenset[str], frozenset[str]]] = [(tree, frozenset(), frozenset())]
    while waiting:
        here, read, called = waiting.pop()
        if isinstance(here, list):
            waiting += [(each, read, called) for each in here]
        if not isinstance(here, dict):
            continue
        if here.get("class") == "COLUMN_REF" and len(here["column_names"]) == 1:
            name = here["column_names"][0]
            found += [name] if name.lower() not in read | called else []
        elif here.get("type") == "SELECT_NODE":
            below = [each for each in nodes(here["from_table"]) if each.get("type") == "BASE_TABLE"]
            inside = read.union(_defined(here["from_table"]), *(tables.get(dotted(each).lower(), ()) for each in below))
            results = called | {_alias(each) for each in here["select_list"]}
            for key, part in here.items():
                if key == "select_list":
                    waiting += [(each, inside, results - {_alias(each)}) for each in part]
                elif key in ("from_table", "cte_map"):
                    waiting.append((part, read, called))
                else:
                    waiting.append((part, inside, results))
        else:
            waiting += [(part, read, called) for part in here.values()]
    return list(dict.fromkeys(found))


def _alias(node: dict[str, Any]) -> str:
    return str(node.get("alias") or "").lower()


def _defined(tree: object) -> frozenset[str]:
    """Return the names that a query, or a part of one, gives to columns, lower-cased."""
    names: set[str] = set()
    for node in nodes(tree):
        names.add(_alias(node))
        for key in ("aliases", "column_name_alias"):
            names |= {str(name).lower() for name in node.get(key) or ()}
    return frozenset(names - {""})
