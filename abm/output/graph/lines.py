"""Lines: the edges of a graph between the shapes that are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abm.output.graph.shapes import Line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from abm.graph.nodes import Graph, Node
    from abm.output.graph.shapes import Card, Dot


def lines_between(graph: Graph, cards: Mapping[Node, Card], dots: Mapping[Node, Dot]) -> Iterator[Line]:
    """Draw the edges whose ends are drawn, the faintest first.

    Who sits in a role is not drawn as eligible for it as well; people are drawn as members of the account only where
    no group applies.
    """
    drawn = [*_of_cards(graph, cards), *_of_people(graph, cards, dots)]
    order = ("eligible", "member", "part_of", "parent", "researches", "main", "spike", "seated")
    yield from sorted(drawn, key=lambda line: order.index(line.kind))


def _of_cards(graph: Graph, cards: Mapping[Node, Card]) -> Iterator[Line]:
    for source, target, kind, told in graph.edges(keys=True, data=True):
        if source not in cards or target not in cards:
            continue
        here, there = cards[source], cards[target]
        if kind == "part_of":
            yield Line(kind, _curve(_right(there), _left(here)))
        elif kind == "researches":
            yield Line("spike" if told["spike"] else kind, _curve(_right(there), _left(here)))
        elif kind == "parent":
            yield Line(kind, _elbow(there, here) if there.y < here.y else _elbow(here, there))


def _of_people(graph: Graph, cards: Mapping[Node, Card], dots: Mapping[Node, Dot]) -> Iterator[Line]:
    for node, dot in dots.items():
        edges = [(to, kind, told) for _, to, kind, told in graph.out_edges(node, keys=True, data=True) if to in cards]
        seats = {to for to, kind, _ in edges if kind == "seated"}
        roles = [(to, told) for to, kind, told in edges if kind == "eligible"]
        end = dot.x - dot.radius - (5.0 if dot.critical else 1.5), dot.y
        for role, told in roles:
            kind = "seated" if role in seats else "main" if told["primary"] else "eligible"
            yield Line(kind, _curve(_right(cards[role]), end), dot.number)
        if not roles and not any(card.kind == "group" for card in cards.values()):
            yield from (
                Line(kind, _curve(_right(cards[to]), end), dot.number) for to, kind, _ in edges if kind == "member"
            )


def _left(card: Card) -> tuple[float, float]:
    return card.x, card.y + card.height / 2


def _right(card: Card) -> tuple[float, float]:
    return card.x + card.width, card.y + card.height / 2


def _curve(start: tuple[float, float], end: tuple[float, float]) -> str:
    bend = (start[0] + end[0]) / 2
    return f"M{start[0]:.1f} {start[1]:.1f}C{bend:.1f} {start[1]:.1f} {bend:.1f} {end[1]:.1f} {end[0]:.1f} {end[1]:.1f}"


def _elbow(above: Card, below: Card) -> str:
    """Down from under the left corner of one box to the side of another below it."""
    x, y = _left(below)
    return f"M{above.x + 8:.1f} {above.y + above.height:.1f}V{y:.1f}H{x:.1f}"
