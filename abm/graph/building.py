"""Building: one account put into a graph with its buying groups, roles, people and topics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from abm.graph.seating import seating

if TYPE_CHECKING:
    from collections.abc import Iterator

    from abm.graph.nodes import Graph, Node, Result

_ACCOUNT = ("name", "score", "stage", "rank", "is_mqa", "segment", "tier", "fit", "intent")
_GROUP = ("motion", "score", "coverage", "completeness", "engagement", "leads", "is_mqa")
_ROLE = ("weight", "seats", "known", "filled", "filled_engaged", "missing", "warmth")
_PERSON = ("title", "opted_out", "disqualified")
_LEAD = ("seniority", "department", "status", "grade", "score", "engagement", "last_activity")
_TOPIC = {
    "strength": "strength",
    "spike": "spike",
    "intent_source": "source",
    "decay": "decay",
    "observed_on": "observed_on",
}
"""What edges to topics carry; their `source` is a node in what D3 and networkx call node-link data."""


def add_account(graph: Graph, result: Result, account_id: str) -> Node:
    """Add an account that the result knows, and all that belongs to it; return its node."""
    (row,) = _of(result, "accounts", account_id)
    home = ("account", account_id)
    graph.add_node(home, kind="account", label=row["name"] or account_id, **{name: row[name] for name in _ACCOUNT})
    _add_roles(graph, result, home)
    _add_people(graph, result, home)
    _add_committees(graph, result, home)
    _add_topics(graph, result, home)
    return home


def add_parents(graph: Graph, result: Result, links: Iterator[tuple[str, str | None]]) -> None:
    """Add who belongs to whom: `account_id` and `parent_account_id`, passing over parents that are no accounts."""
    names = dict(result.columns("accounts", "account_id", "name").iter_rows())
    for account_id, parent in links:
        if parent not in names:
            continue
        for relative, kind in ((account_id, "subsidiary"), (parent, "account")):
            if ("account", relative) not in graph:
                graph.add_node(("account", relative), kind=kind, label=names[relative] or relative)
        graph.add_edge(("account", account_id), ("account", parent), key="parent", kind="parent")


def _of(result: Result, table: str, account_id: str) -> Iterator[dict[str, Any]]:
    return result.polars[table].filter(pl.col("account_id") == account_id).iter_rows(named=True)


def _add_roles(graph: Graph, result: Result, home: Node) -> None:
    for row in _of(result, "groups", home[1]):
        node: Node = ("group", home[1], row["group"])
        graph.add_node(node, kind="group", label=row["group"], **{name: row[name] for name in _GROUP})
        graph.add_edge(node, home, key="part_of", kind="part_of")
    templates = {group.name: group for group in result.model.buying_groups}
    for row in _of(result, "committee", home[1]):
        group, role = row["group"], row["role"]
        node = ("role", home[1], group, role)
        told = {
            "required": templates[group].roles[role].required,
            "place": result.greedy_roles(group).index(role) + 1,
            **{name: row[name] for name in _ROLE},
        }
        graph.add_node(node, kind="role", label=role, **told)
        graph.add_edge(node, ("group", home[1], group), key="part_of", kind="part_of")


def _add_people(graph: Graph, result: Result, home: Node) -> None:
    leads = {row["contact_id"]: row for row in _of(result, "leads", home[1])}
    for row in result.people(home[1]).iter_rows(named=True):
        contact, lead = row["contact_id"], leads[row["contact_id"]]
        name = " ".join(part for part in (row["first_name"], row["last_name"]) if part)
        told = {**{name: row[name] for name in _PERSON}, **{name: lead[name] for name in _LEAD}}
        graph.add_node(("person", contact), kind="person", label=name or contact, **told)
        graph.add_edge(("person", contact), home, key="member", kind="member")


def _add_committees(graph: Graph, result: Result, home: Node) -> None:
    members = result.members(home[1])
    half_at = result.model.account.engagement.half_at
    for rows in members.partition_by("group", maintain_order=True):
        group: Node = ("group", home[1], rows["group"][0])
        warm = rows.filter("engaged").unique("contact_id", keep="first", maintain_order=True)
        for contact, points in warm.select("contact_id", "points").iter_rows():
            warmth = 1.0 - 2.0 ** (-points / half_at)
            graph.add_edge(("person", contact), group, key="engaged", kind="engaged", weight=points, warmth=warmth)
        able = rows.filter(pl.col("role").is_not_null())
        sitting = _seated(result, group, able, graph)
        for row in able.iter_rows(named=True):
            ends: tuple[Node, Node] = ("person", row["contact_id"]), ("role", *group[1:], row["role"])
            told = {"confidence": row["confidence"], "engaged": row["engaged"]}
            graph.add_edge(*ends, key="eligible", kind="eligible", primary=row["primary"], **told)
            if sitting.get(row["contact_id"]) == row["role"]:
                graph.add_edge(*ends, key="seated", kind="seated", **told)


def _seated(result: Result, group: Node, able: pl.DataFrame, graph: Graph) -> dict[str, str]:
    eligible: dict[str, list[str]] = {}
    for contact, role in able.filter("engaged").select("contact_id", "role").iter_rows():
        eligible.setdefault(contact, []).append(role)
    seats = {role: graph.nodes["role", *group[1:], role]["seats"] for role in result.greedy_roles(group[2])}
    return seating(eligible, seats)


def _add_topics(graph: Graph, result: Result, home: Node) -> None:
    for row in _of(result, "intent", home[1]):
        graph.add_node(("topic", row["topic"]), kind="topic", label=row["topic"])
        told = {name: row[column] for name, column in _TOPIC.items()}
        graph.add_edge(home, ("topic", row["topic"]), key="researches", kind="researches", **told)
