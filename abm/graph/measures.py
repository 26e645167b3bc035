"""Measures: what the shape of a graph means to a seller, put together and written on its nodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from abm.graph.committee import committees
from abm.graph.connectors import connectors
from abm.graph.critical import critical_people
from abm.graph.threads import independent_threads

if TYPE_CHECKING:
    from collections.abc import Mapping

    from abm.graph.connectors import Connector
    from abm.graph.nodes import Graph, Node


@dataclass(frozen=True, slots=True)
class Measures:
    """What a graph's shape says.

    Attributes:
        known: the buying groups of which it is known who is engaged; of others only `connectors` says anything.
        empty: the required roles in which nobody engaged sits, by group.
        critical: the roles that would be empty without a person, by person (see `critical_people`).
        threads: people and roles of the largest set of independent threads, by group (see `independent_threads`).
        connectors: the people who lead from group to group (see `connectors`).
    """

    known: frozenset[Node]
    empty: Mapping[Node, tuple[Node, ...]]
    critical: Mapping[Node, tuple[Node, ...]]
    threads: Mapping[Node, Mapping[Node, Node]]
    connectors: Mapping[Node, Connector]


def measures(graph: Graph) -> Measures:
    """Measure an account's or a family's graph.

    >>> import abm
    >>> graph = abm.account_graph(abm.score(abm.load_workspace(abm.demo_folder())), "A009")
    >>> measures(graph).empty
    {('group', 'A009', 'core'): (('role', 'A009', 'core', 'champion'),)}
    """
    every = list(committees(graph))
    return Measures(
        known=frozenset(each.group for each in every if each.known),
        empty={each.group: tuple(each.role(role) for role in each.empty) for each in every},
        critical=critical_people(graph),
        threads={each.group: independent_threads(graph, each.group) for each in every},
        connectors=connectors(graph),
    )


def mark(graph: Graph) -> None:
    """Write the measures on the nodes, so that they travel with the graph into any other program.

    People get `critical` (true or false), `connects` (how many groups they lead to, where more than one) and
    `only_link` (of two groups); groups get `threads`, how many there are, null where nobody knows who is engaged.
    """
    found = measures(graph)
    for node, facts in graph.nodes(data=True):
        if facts["kind"] == "person":
            link = found.connectors.get(node)
            facts["critical"] = node in found.critical
            facts["connects"] = 0 if link is None else len(link.groups)
            facts["only_link"] = link is not None and bool(link.alone)
        elif facts["kind"] == "group":
            facts["threads"] = len(found.threads[node]) if node in found.known else None
