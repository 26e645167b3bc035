"""Seating people by means that share nothing with the closed form: trying everything, flow, and augmenting paths."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import product
from math import lcm
from typing import TYPE_CHECKING

import networkx as nx

if TYPE_CHECKING:
    from abm.model import BuyingGroup
    from tests.coverage.committees import Committee


def worth_per_seat(group: BuyingGroup) -> list[Fraction]:
    """Weight by number of seats, exactly as the model writes it."""
    return [Fraction(str(role.weight)) / role.people for role in group.roles.values()]


def value(group: BuyingGroup, filled: tuple[int, ...]) -> Fraction:
    """Sum of w * filled / m."""
    return sum((worth * seats for worth, seats in zip(worth_per_seat(group), filled, strict=True)), Fraction(0))


def share(group: BuyingGroup, worth: Fraction) -> int:
    """What a seating of that worth covers, in millionths of a percent, half rounded up."""
    total = sum(Fraction(str(role.weight)) for role in group.roles.values())
    return int((100_000_000 * worth / total + Fraction(1, 2)) // 1)


def best_of_all(group: BuyingGroup, committee: Committee) -> Fraction:
    """The worth of the best of all assignments; each person takes one of their roles, or none."""
    seats = [role.people for role in group.roles.values()]
    choices = [[None, *(slot for slot in range(len(seats)) if mask >> slot & 1)] for mask in committee]
    best = Fraction(0)
    for taken in set(map(_tally, product(*choices))):
        filled = dict(taken)
        if all(filled.get(slot, 0) <= seats[slot] for slot in range(len(seats))):
            best = max(best, value(group, tuple(filled.get(slot, 0) for slot in range(len(seats)))))
    return best


def _tally(choice: tuple[int | None, ...]) -> frozenset[tuple[int, int]]:
    return frozenset(Counter(slot for slot in choice if slot is not None).items())


def best_by_flow(group: BuyingGroup, committee: Committee) -> Fraction:
    """The worth of the best seating as a circulation of minimal cost: source, kinds of people, roles, sink, source."""
    worths = worth_per_seat(group)
    scale = lcm(*(worth.denominator for worth in worths))
    graph = nx.DiGraph()
    graph.add_edge("sink", "source", weight=0, capacity=len(committee))
    for mask, people in Counter(committee).items():
        graph.add_edge("source", ("people", mask), weight=0, capacity=people)
        for slot in range(len(worths)):
            if mask >> slot & 1:
                graph.add_edge(("people", mask), ("role", slot), weight=0, capacity=people)
    for slot, role in enumerate(group.roles.values()):
        graph.add_edge(("role", slot), "sink", weight=-int(worths[slot] * scale), capacity=role.people)
    cost, _ = nx.network_simplex(graph)
    return Fraction(-cost, scale)


def greedily(group: BuyingGroup, committee: Committee) -> tuple[int, ...]:
    """Seats filled per role when the dearest seats are filled first, people moving along augmenting paths."""
    worths = worth_per_seat(group)
    order = sorted(range(len(worths)), key=lambda slot: (-worths[slot], slot))
    seats = [role.people for role in group.roles.values()]
    filled = [0] * len(seats)
    sitting: dict[int, int] = {}
    """Person -> the role whose seat they have."""
    for slot in order:
        while filled[slot] < seats[slot] and _seat(slot, committee, sitting, set()):
            filled[slot] += 1
    return tuple(filled)


def _seat(slot: int, committee: Committee, sitting: dict[int, int], asked: set[int]) -> bool:
    """Find somebody for one more seat of a role, asking those who sit elsewhere whether they can be replaced."""
    for person, mask in enumerate(committee):
        if person in asked or not mask >> slot & 1 or sitting.get(person) == slot:
            continue
        asked.add(person)
        if person not in sitting or _seat(sitting[person], committee, sitting, asked):
            sitting[person] = slot
            return True
    return False
