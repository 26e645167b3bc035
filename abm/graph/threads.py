"""Independent threads: how many conversations would not end with one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abm.graph.committee import committee_of, committees
from abm.graph.seating import seating

if TYPE_CHECKING:
    from abm.graph.nodes import Graph, Node


def independent_threads(graph: Graph, group: Node | None = None) -> dict[Node, Node]:
    """Find the most engaged people who can each stand for a role of their own at the same time.

    Each of them could be lost, or their role lose its say, without losing the rest. Ten engaged people who are all
    users are one thread, and so is one person who might be anything. (A maximum matching of engaged people and roles.
    By Koenig's theorem its size is the smallest number of losses, of people or roles, after which no engaged person
    is left in any role: so many things have to go wrong before the account is silent.)

    Args:
        graph: what `account_graph` or `family_graph` gave.
        group: one buying group, or None for all of them together, where the roles of different groups are different
            roles; a person still counts once.

    Returns:
        The role of each person. Which of several equally large sets it is: roles in the order of the graph's groups,
        the most valuable first, take the warmest person who leaves the others theirs. Empty where nothing is known of
        engagement.

    >>> import abm
    >>> graph = abm.account_graph(abm.score(abm.load_workspace(abm.demo_folder())), "A009")
    >>> len(independent_threads(graph))
    1
    """
    able: dict[str, list[str]] = {}
    seats: dict[str, int] = {}
    nodes: dict[str, Node] = {}
    for committee in committees(graph) if group is None else [committee_of(graph, group)]:
        names = {role: f"{len(nodes) + place}" for place, role in enumerate(committee.seats)}
        nodes |= {name: committee.role(role) for role, name in names.items()}
        seats |= dict.fromkeys(names.values(), 1)
        for person, roles in committee.able.items():
            able.setdefault(person, []).extend(names[role] for role in roles)
    return {("person", person): nodes[name] for person, name in seating(able, seats).items()}
