"""Committee: what the measures ask of one buying group, read off a graph."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from abm.graph.seating import seating

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from abm.graph.nodes import Graph, Node


@dataclass(frozen=True)
class Committee:
    """One buying group of one account: its roles, and the engaged people who can take seats in them.

    Attributes:
        group: its node.
        seats: the number of seats by the name of the role, the role whose seats are worth most first.
        required: the names of the roles that it must not lack.
        able: the roles that each engaged person is eligible for, by contact_id, the warmest person first; nobody who
            is eligible for none.
        known: whether anything is known of engagement; without events there is nobody in `able`, which says nothing.
    """

    group: Node
    seats: Mapping[str, int]
    required: frozenset[str]
    able: Mapping[str, tuple[str, ...]]
    known: bool

    @cached_property
    def sitting(self) -> dict[str, str]:
        """The role of everybody who sits in the optimal seating: that of coverage, tables and `seated` edges."""
        return seating(self.able, self.seats)

    @cached_property
    def empty(self) -> tuple[str, ...]:
        """The required roles in which nobody sits, the most valuable first; none where nothing is known."""
        taken = set(self.sitting.values())
        return tuple(role for role in self.seats if self.known and role in self.required and role not in taken)

    def role(self, name: str) -> Node:
        """The node of a role."""
        return ("role", *self.group[1:], name)


def committees(graph: Graph) -> Iterator[Committee]:
    """Read the committees of all buying groups off an account's or a family's graph, in its order.

    They are made of its nodes and edges, so that a graph from which somebody was removed gives the committees without
    them.
    """
    for group, kind in graph.nodes(data="kind"):
        if kind == "group":
            yield committee_of(graph, group)


def committee_of(graph: Graph, group: Node) -> Committee:
    """Read the committee of one buying group."""
    around = list(graph.in_edges(group, keys=True))
    roles = {role: graph.nodes[role] for role, _, kind in around if kind == "part_of"}
    able: dict[str, tuple[str, ...]] = {}
    for person in (person for person, _, kind in around if kind == "engaged"):
        mine = tuple(
            role[3] for _, role, kind in graph.out_edges(person, keys=True) if kind == "eligible" and role in roles
        )
        if mine:
            able[person[1]] = mine
    return Committee(
        group=group,
        seats={role[3]: roles[role]["seats"] for role in sorted(roles, key=lambda each: int(roles[each]["place"]))},
        required=frozenset(role[3] for role, facts in roles.items() if facts["required"]),
        able=able,
        known=all(facts["filled_engaged"] is not None for facts in roles.values()),
    )
