"""Layers: an account as columns, topics, account, groups, roles and people, from left to right.

networkx's multipartite layout puts the nodes of every layer at equal distances round one middle, so that four roles
huddle beside forty people; here roles stand beside their people, in the order of the template, so that few lines cross.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from abm.output.graph.people import people_of
from abm.output.graph.places import filled_in, middle, spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from abm.graph.measures import Measures
    from abm.graph.nodes import Graph, Node
    from abm.output.graph.people import Person

ROW, ROLE, GROUP, ACCOUNT = 34.0, 58.0, 62.0, 76.0
"""The least distance between the middles of two people, roles, groups, accounts."""
_OUT = 6
"""So many people who are disqualified are drawn; they are in no committee."""
_CAPTION = 26.0
"""The room that a caption takes above a person."""


@dataclass(frozen=True)
class Block:
    """One account, placed: the middles of all that belongs to it, counted from its own top.

    Attributes:
        account: its node and middle.
        groups: nodes and middles.
        roles: nodes and middles.
        people: who is drawn, and their middles.
        captions: words above the first of those who are in no role, and where these stand.
        left_out: how many people are not drawn.
        height: the room it takes.
    """

    account: tuple[Node, float]
    groups: tuple[tuple[Node, float], ...]
    roles: tuple[tuple[Node, float], ...]
    people: tuple[tuple[Person, float], ...]
    captions: tuple[tuple[str, float], ...]
    left_out: int
    height: float


def block(graph: Graph, account: Node, found: Measures, most: int, *, brief: bool) -> Block:
    """Place an account.

    Args:
        graph: the graph.
        account: the account.
        found: its measures.
        most: so many people are drawn at most, the engaged and the warmest of them first.
        brief: whether to draw only engaged people, and only roles that somebody sits in or that are required.
    """
    everybody = people_of(graph, account, found)
    drawn = _drawn([each for each in everybody if each.engaged or not brief], most)
    groups = [node for node in found.empty if node[1] == account[1]]
    roles = [node for group in groups for node in _roles(graph, group, brief=brief)]
    if brief and not drawn:
        groups, roles = [], []
    shelves = _shelves(drawn) if roles else [""] * len(drawn)
    rows, places = _beside(drawn, roles, shelves)
    height = max(*rows, *places, 0.0, 0.0)
    middles = [
        middle((y for role, y in zip(roles, places, strict=True) if role[1:3] == each[1:3]), 0.0) for each in groups
    ]
    standing = spread(middles, GROUP, max(height, (len(groups) - 1) * GROUP))
    around = [*rows, *places, *standing]
    return Block(
        account=(account, middle(standing or rows, 0.0)),
        groups=tuple(zip(groups, standing, strict=True)),
        roles=tuple(zip(roles, places, strict=True)),
        people=tuple(zip(drawn, rows, strict=True)),
        captions=tuple(
            (shelf, y) for shelf, before, y in zip(shelves, ["", *shelves], rows, strict=False) if shelf != before
        ),
        left_out=len(everybody) - len(drawn),
        height=max(around, default=0.0),
    )


def _drawn(people: Sequence[Person], most: int) -> list[Person]:
    """The people to draw, in their order: those who are critical, lead on or are warm go before the others."""
    able = [each for each in people if not each.disqualified]
    worth = sorted(able, key=lambda each: (not each.critical, not each.seated, not each.alone, -each.warmth))
    out = [each for each in people if each.disqualified]
    chosen = {each.node for each in (*worth[:most], *out[:_OUT])}
    return [each for each in people if each.node in chosen]


def _roles(graph: Graph, group: Node, *, brief: bool) -> list[Node]:
    roles = [role for role, _, kind in graph.in_edges(group, keys=True) if kind == "part_of"]
    if not brief:
        return roles
    seated = {role for _, role, kind in graph.in_edges(roles, keys=True) if kind == "seated"}
    return [role for role in roles if role in seated or graph.nodes[role]["required"]]


def _shelves(people: Sequence[Person]) -> list[str]:
    """What to write above people who are in no role, by person; nothing above the others."""
    return ["disqualified" if each.disqualified else "" if each.home is not None else "no role here" for each in people]


def _beside(people: Sequence[Person], roles: Sequence[Node], shelves: Sequence[str]) -> tuple[list[float], list[float]]:
    """Middles of people and roles: whichever are more stand at equal distances, the others beside theirs."""
    steps = [
        ROW + (_CAPTION if shelf != before else 0.0) for shelf, before in zip(shelves, ["", *shelves], strict=False)
    ]
    rows = [ends - ROW for ends in accumulate(steps)]
    if not rows or rows[-1] < (len(roles) - 1) * ROLE:
        return _beside_roles(people, roles, steps)
    wanted = {}
    for number, role in enumerate(roles):
        mine = [y for each, y in zip(people, rows, strict=True) if each.home == role]
        if mine:
            wanted[number] = middle(mine, 0.0)
    return rows, spread(filled_in(wanted, len(roles), ROLE), ROLE, rows[-1])


def _beside_roles(
    people: Sequence[Person], roles: Sequence[Node], steps: Sequence[float]
) -> tuple[list[float], list[float]]:
    places = [number * ROLE for number in range(len(roles))]
    beside = dict(zip(roles, places, strict=True))
    rows: list[float] = []
    for each, step in zip(people, steps, strict=True):
        mates = [mate for mate in people if mate.home == each.home]
        want = beside[each.home] - (len(mates) - 1) / 2 * ROW if each.home in beside else 0.0
        rows.append(max(want, rows[-1] + step if rows else step - ROW))
    return rows, places
