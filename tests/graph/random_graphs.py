"""Random accounts as graphs, made of nodes and edges alone: what the measures read, and nothing else."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any

import networkx as nx

ROLES = ("buyer", "champion", "evaluator", "user")


def random_graph(seed: int, groups: int = 1, people: int = 5) -> Any:
    """An account with so many buying groups, and up to so many people; some are engaged, some eligible for nothing."""
    random = Random(seed)
    graph: Any = nx.MultiDiGraph()
    for number in range(groups):
        _add_group(graph, random, f"g{number}")
    count = random.randint(0, people)
    everybody = [f"p{number}" for number in range(count)]
    for person in everybody:
        graph.add_node(("person", person), kind="person", label=person)
    for number in range(groups):
        # The warmest first, which is another order in each group.
        for person in random.sample(everybody, count):
            _add_member(graph, random, f"g{number}", person)
    return graph


def _add_group(graph: Any, random: Random, name: str) -> None:
    group = ("group", "A", name)
    graph.add_node(group, kind="group", label=name)
    roles = random.sample(ROLES, random.randint(1, len(ROLES)))
    facts = [(role, random.choice([1, 1, 2, 3]), random.choice([0.5, 1, 1, 2, 3])) for role in roles]
    order = sorted(range(len(facts)), key=lambda slot: (-Fraction(facts[slot][2]) / facts[slot][1], slot))
    for slot, (role, seats, weight) in enumerate(facts):
        told = {"seats": seats, "weight": weight, "required": random.random() < 0.6, "place": order.index(slot) + 1}
        graph.add_node(("role", "A", name, role), kind="role", label=role, filled_engaged=0, **told)
        graph.add_edge(("role", "A", name, role), group, key="part_of", kind="part_of")


def _add_member(graph: Any, random: Random, group: str, person: str) -> None:
    roles = [node for node in graph if node[0] == "role" and node[2] == group]
    engaged = random.random() < 0.7
    if engaged:
        graph.add_edge(("person", person), ("group", "A", group), key="engaged", kind="engaged", weight=1.0, warmth=0.1)
    for role in roles:
        if random.random() < 0.4:
            graph.add_edge(("person", person), role, key="eligible", kind="eligible", engaged=engaged)
