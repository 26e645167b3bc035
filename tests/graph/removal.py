"""The measures by their meaning: take something away, and see what is left. Nothing here shares code with abm."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import combinations, product
from typing import Any

Node = tuple[str, ...]


def groups_of(graph: Any) -> list[Node]:
    """The buying groups of a graph."""
    return [node for node in graph if node[0] == "group"]


def people_of(graph: Any) -> list[Node]:
    """The people of a graph."""
    return [node for node in graph if node[0] == "person"]


def roles_of(graph: Any, group: Node) -> list[Node]:
    """The roles of a group, in the order of the template."""
    return [node for node in graph if node[0] == "role" and node[1:3] == group[1:3]]


def lines(graph: Any, *, engaged: bool) -> list[tuple[Node, Node]]:
    """Who is eligible for what."""
    return [
        (person, role)
        for person, role, told in graph.edges(data=True)
        if told["kind"] == "eligible" and (told["engaged"] or not engaged)
    ]


def missing(graph: Any, group: Node) -> set[Node]:
    """The required roles in which nobody engaged sits, in the best of all seatings, tried one by one."""
    roles = roles_of(graph, group)
    able = lines(graph, engaged=True)
    choices = [[None, *(role for role in roles if (person, role) in able)] for person in people_of(graph)]
    best: tuple[Fraction, tuple[int, ...]] | None = None
    worth = {role: Fraction(graph.nodes[role]["weight"]) / graph.nodes[role]["seats"] for role in roles}
    order = sorted(roles, key=lambda role: (-worth[role], roles.index(role)))
    for choice in product(*choices):
        taken = Counter(role for role in choice if role is not None)
        if all(taken[role] <= graph.nodes[role]["seats"] for role in roles):
            total = sum((worth[role] * taken[role] for role in roles), Fraction(0))
            # Of seatings worth the same, the one that fills the roles that come first in the template's order of worth.
            best = max(best or (Fraction(0), ()), (total, tuple(taken[role] for role in order)))
    assert best is not None
    filled = dict(zip(order, best[1] or [0] * len(order), strict=True))
    return {role for role in roles if graph.nodes[role]["required"] and not filled[role]}


def without(graph: Any, *nodes: Node) -> Any:
    """The graph when somebody, or something, is lost."""
    rest = graph.copy()
    rest.remove_nodes_from(nodes)
    return rest


def critical(graph: Any) -> dict[Node, set[Node]]:
    """The roles that are missing when a person is lost, and were not before."""
    before = {group: missing(graph, group) for group in groups_of(graph)}
    found = {}
    for person in people_of(graph):
        after = {group: missing(without(graph, person), group) for group in groups_of(graph)}
        assert all(before[group] <= after[group] for group in before), "a loss filled a role"
        lost = set().union(*(after[group] - before[group] for group in before)) if before else set()
        if lost:
            found[person] = lost
    return found


def fewest_losses(graph: Any, groups: list[Node]) -> int:
    """The smallest number of people and roles that have to go until no engaged person is left in a role."""
    roles = {role for group in groups for role in roles_of(graph, group)}
    rest = [line for line in lines(graph, engaged=True) if line[1] in roles]
    things = sorted({node for line in rest for node in line})
    for count in range(len(things) + 1):
        for lost in combinations(things, count):
            if all(set(line) & set(lost) for line in rest):
                return count
    raise AssertionError


def connected(graph: Any) -> set[tuple[Node, Node]]:
    """The pairs of groups between which a chain of people leads."""
    near: dict[Node, set[Node]] = {group: {group} for group in groups_of(graph)}
    seats: dict[Node, set[Node]] = {}
    for person, role in lines(graph, engaged=False):
        seats.setdefault(person, set()).add(("group", *role[1:3]))
    for _ in near:
        for reached, linked in product(near.values(), seats.values()):
            if reached & linked:
                reached.update(linked)
    return {pair for pair in combinations(near, 2) if pair[1] in near[pair[0]]}


def parted(graph: Any, person: Node) -> set[tuple[Node, Node]]:
    """The pairs of groups that are connected, but not without the person."""
    return connected(graph) - connected(without(graph, person))


def leads_to(graph: Any, person: Node) -> set[Node]:
    """The groups that a person has a role in."""
    return {("group", *role[1:3]) for who, role in lines(graph, engaged=False) if who == person}
