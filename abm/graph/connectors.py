"""Connectors: people through whom one buying group of an account leads to another."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import networkx as nx

if TYPE_CHECKING:
    from abm.graph.nodes import Graph, Node


@dataclass(frozen=True, slots=True)
class Connector:
    """Where a person leads.

    Attributes:
        groups: the buying groups in which the person is eligible for a role, in the order of the graph.
        alone: the pairs of buying groups that nobody connects without the person.
    """

    groups: tuple[Node, ...]
    alone: tuple[tuple[Node, Node], ...]


def connectors(graph: Graph) -> dict[Node, Connector]:
    """Find the people who connect buying groups: who are eligible for roles of more than one, engaged or not.

    Two groups are connected when a chain of such people leads from one to the other. A person is the only link between
    two groups when they are connected, and no longer are without the person (an articulation point of the graph of
    people and groups).

    Args:
        graph: what `account_graph` or `family_graph` gave.

    Returns:
        The connectors in the order of the graph, which is that of `ScoreResult.people`. None where fewer than two
        groups apply.

    >>> import abm
    >>> graph = abm.account_graph(abm.score(abm.load_workspace(abm.demo_folder())), "A009")
    >>> connectors(graph)
    {}
    """
    order = [node for node, kind in graph.nodes(data="kind") if kind == "group"]
    links = nx.Graph()
    links.add_nodes_from(order)
    for person, role, kind in graph.edges(keys=True):
        if kind == "eligible":
            links.add_edge(person, role_group(role))
    leading = [person for person, kind in graph.nodes(data="kind") if kind == "person" and _degree(links, person) > 1]
    only = set(nx.articulation_points(links))
    return {
        person: Connector(
            groups=tuple(group for group in order if links.has_edge(person, group)),
            alone=_parted(links, person, order) if person in only else (),
        )
        for person in leading
    }


def role_group(role: Node) -> Node:
    """The node of the buying group that a role belongs to."""
    return ("group", *role[1:3])


def _degree(links: nx.Graph[Node], person: Node) -> int:
    return int(links.degree(person)) if person in links else 0


def _parted(links: nx.Graph[Node], person: Node, order: list[Node]) -> tuple[tuple[Node, Node], ...]:
    """The pairs of groups that are connected, but not without the person."""
    near = nx.node_connected_component(links, person)
    without = links.subgraph(near - {person})
    part = {node: number for number, nodes in enumerate(nx.connected_components(without)) for node in nodes}
    return tuple(
        pair for pair in combinations([group for group in order if group in part], 2) if part[pair[0]] != part[pair[1]]
    )
