"""The account graph: an account, its buying groups, roles, people and topics as networkx sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import networkx as nx
import polars as pl

from abm.errors import NotFoundError, did_you_mean
from abm.graph.seating import seating

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Node = tuple[str, ...]
"""`("account", id)`, `("group", name)`, `("role", group, name)`, `("person", contact_id)` or `("topic", name)`."""

_ACCOUNT = ("name", "score", "stage", "rank", "is_mqa", "segment", "tier", "fit", "intent")
_GROUP = ("motion", "score", "coverage", "completeness", "engagement", "leads", "is_mqa")
_ROLE = ("weight", "seats", "known", "filled", "filled_engaged", "missing", "warmth")
_LEAD = ("seniority", "department", "status", "grade", "score", "engagement", "last_activity")
_TOPIC = ("source", "strength", "spike", "decay", "observed_on")


class Result(Protocol):
    """What the graph reads of a result of `score`."""

    @property
    def polars(self) -> Mapping[str, pl.DataFrame]:
        """The result tables by name."""
        ...

    def members(self, account_id: str) -> pl.DataFrame:
        """People with the roles they are eligible for."""
        ...

    def greedy_roles(self, group: str) -> list[str]:
        """The roles of a buying group, the most valuable seat first."""
        ...

    def relatives(self, account_id: str) -> pl.DataFrame:
        """The account and its direct subsidiaries with their parents: `account_id`, `parent_account_id`."""
        ...


def account_graph(result: Result, account_id: str) -> nx.MultiDiGraph[Node]:
    """Draw one account as a graph.

    Args:
        result: what `score` gave.
        account_id: the account.

    Returns:
        A directed graph; nodes are tuples that begin with their `kind`, and carry `kind`, `label` and the numbers of
        the result tables. Edges have a `kind`, which is also their key:

        - `member`: person to account, for every known contact of it
        - `eligible`: person to role (`confidence` 0-1, `primary`, `engaged`), for people who are not disqualified
        - `seated`: person to role (`confidence`, `engaged`): one optimal seating of the engaged people, the warmest
          first; as many as `filled_engaged` says
        - `part_of`: role to group, group to account
        - `researches`: account to topic (`strength` 0-1, `spike`)
        - `parent`: account to its parent, and its subsidiaries to it

    Raises:
        NotFoundError: there is no such account.

    >>> import abm
    >>> graph = account_graph(abm.score(abm.load_workspace(abm.demo_folder())), "A009")
    >>> [role for _, role, kind in graph.edges(keys=True) if kind == "seated"]
    [('role', 'core', 'economic_buyer')]
    """
    row = _row(result, account_id)
    graph: nx.MultiDiGraph[Node] = nx.MultiDiGraph()
    home = ("account", account_id)
    graph.add_node(home, kind="account", label=row["name"] or account_id, **{name: row[name] for name in _ACCOUNT})
    _add_roles(graph, result, home)
    _add_people(graph, result, home)
    _add_topics(graph, result, home)
    _add_relatives(graph, result, home)
    return graph


def _row(result: Result, account_id: str) -> dict[str, Any]:
    accounts = result.polars["accounts"]
    found = accounts.filter(pl.col("account_id") == account_id)
    if found.is_empty():
        hint = did_you_mean(account_id, accounts["account_id"])
        raise NotFoundError(f"there is no account '{account_id}' among {accounts.height} accounts.{hint}")
    return found.row(0, named=True)


def _of(result: Result, table: str, account_id: str) -> Iterator[dict[str, Any]]:
    return result.polars[table].filter(pl.col("account_id") == account_id).iter_rows(named=True)


def _add_roles(graph: nx.MultiDiGraph[Node], result: Result, home: Node) -> None:
    node: Node
    for row in _of(result, "groups", home[1]):
        node = ("group", row["group"])
        graph.add_node(node, kind="group", label=row["group"], **{name: row[name] for name in _GROUP})
        graph.add_edge(node, home, key="part_of", kind="part_of")
    for row in _of(result, "committee", home[1]):
        node = ("role", row["group"], row["role"])
        graph.add_node(node, kind="role", label=row["role"], **{name: row[name] for name in _ROLE})
        graph.add_edge(node, ("group", row["group"]), key="part_of", kind="part_of")


def _add_people(graph: nx.MultiDiGraph[Node], result: Result, home: Node) -> None:
    for row in _of(result, "leads", home[1]):
        node = ("person", row["contact_id"])
        graph.add_node(node, kind="person", label=row["contact_id"], **{name: row[name] for name in _LEAD})
        graph.add_edge(node, home, key="member", kind="member")
    able = result.members(home[1]).filter(pl.col("role").is_not_null())
    for rows in able.partition_by("group", maintain_order=True):
        sitting = _seated(result, rows["group"][0], rows, graph)
        for row in rows.iter_rows(named=True):
            ends: tuple[Node, Node]
            ends = ("person", row["contact_id"]), ("role", row["group"], row["role"])
            told = {"confidence": row["confidence"], "engaged": row["engaged"]}
            graph.add_edge(*ends, key="eligible", kind="eligible", primary=row["primary"], **told)
            if sitting.get(row["contact_id"]) == row["role"]:
                graph.add_edge(*ends, key="seated", kind="seated", **told)


def _seated(result: Result, group: str, able: pl.DataFrame, graph: nx.MultiDiGraph[Node]) -> dict[str, str]:
    eligible: dict[str, list[str]] = {}
    for contact, role in able.filter("engaged").select("contact_id", "role").iter_rows():
        eligible.setdefault(contact, []).append(role)
    seats = {role: graph.nodes["role", group, role]["seats"] for role in result.greedy_roles(group)}
    return seating(eligible, seats)


def _add_topics(graph: nx.MultiDiGraph[Node], result: Result, home: Node) -> None:
    for row in _of(result, "intent", home[1]):
        node = ("topic", row["topic"])
        graph.add_node(node, kind="topic", label=row["topic"], **{name: row[name] for name in _TOPIC})
        told = {"strength": row["strength"], "spike": row["spike"]}
        graph.add_edge(home, node, key="researches", kind="researches", **told)


def _add_relatives(graph: nx.MultiDiGraph[Node], result: Result, home: Node) -> None:
    """Add the parent and the direct subsidiaries, by their names."""
    near = result.relatives(home[1])
    names = dict(result.polars["accounts"].select("account_id", "name").iter_rows())
    for account_id, parent in near.iter_rows():
        if parent not in names:
            continue
        for relative in (account_id, parent):
            if ("account", relative) not in graph:
                graph.add_node(("account", relative), kind="account", label=names[relative] or relative)
        graph.add_edge(("account", account_id), ("account", parent), key="parent", kind="parent")
