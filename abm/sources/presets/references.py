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
    plain: list[str] = []
    defined, own = _defined(tree), _of_themselves(tree)
    for node in nodes(tree):
        if node.get("class") != "COLUMN_REF":
            continue
        *qualifier, name = node["column_names"][-_QUALIFIED:]
        if not qualifier:
            plain += [name] if name.lower() not in defined or name.lower() in own else []
        for file in calls.get(qualifier[0].lower(), ()) if qualifier else ():
            named[file].append(name)
    stars = [str(node.get("relation_name") or "").lower() for node in nodes(tree) if node.get("class") == "STAR"]
    whole = {file for star in stars for file in (calls.get(star, ()) if star else files)}
    of = {file: tuple(dict.fromkeys(names)) for file, names in named.items()}
    return References(of, tuple(dict.fromkeys(plain)), frozenset(whole))


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


def _defined(tree: dict[str, Any]) -> set[str]:
    """Return the names that a query gives to columns, lower-cased."""
    names: set[str] = set()
    for node in nodes(tree):
        names.add(str(node.get("alias") or "").lower())
        for key in ("aliases", "column_name_alias"):
            names |= {str(name).lower() for name in node.get(key) or ()}
    return names - {""}


def _of_themselves(tree: dict[str, Any]) -> set[str]:
    """Return the names whose own definition names them, as in `trim(Topic) as topic`: no name can mean itself there."""
    found: set[str] = set()
    for node in nodes(tree):
        alias = str(node.get("alias") or "").lower()
        inside = nodes(node) if alias else ()
        found |= {alias for each in inside if [str(part).lower() for part in each.get("column_names", ())] == [alias]}
    return found
