"""The picture: an account's or a family's graph as shapes, ready to be drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abm.graph.measures import measures
from abm.output.graph.cards import TOPIC, Columns, account_card, dot, group_card, relative_card, role_card, topic_card
from abm.output.graph.labels import label
from abm.output.graph.layers import ROLE, block
from abm.output.graph.lines import lines_between
from abm.output.graph.places import middle, spread
from abm.output.graph.shapes import Caption, Picture
from abm.output.graph.words import account_words, accounts_of, stamp_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from abm.graph.nodes import Graph, Node
    from abm.output.graph.layers import Block
    from abm.output.graph.shapes import Card, Dot

MOST_PEOPLE, MOST_ACCOUNTS, MOST_TOPICS, MOST_RELATIVES = 60, 30, 14, 10
"""So many are drawn; what is not is said, and stands in JSON and GraphML."""
_OF_A_MEMBER = 12
_DEEPEST = 6
_TOP, _BOTTOM, _BETWEEN = 124.0, 96.0, 98.0


def picture(graph: Graph) -> Picture:
    """Place everything that a picture of an account's or a family's graph shows.

    One account is shown with everybody, up to 60 people; of a family only engaged people are, and up to 30 accounts,
    those with somebody engaged before the others. `left_out` says what is missing.
    """
    family = accounts_of(graph)
    chosen = _chosen(graph, family)
    several = len(family) > 1
    found = measures(graph)
    most = _OF_A_MEMBER if several else MOST_PEOPLE
    blocks = [block(graph, each, found, most, brief=several) for each in chosen]
    topics = _topics(graph, chosen)
    relatives = [] if several else _relatives(graph, chosen[0])
    depths = _depths(graph, chosen)
    columns = Columns(
        topics=bool(topics),
        groups=any(each.groups for each in blocks),
        people=any(each.people for each in blocks),
        depth=max(depths.values()),
    )
    tops = _tops(blocks, 0.0 if several else (min(len(topics), MOST_TOPICS) - 1) * TOPIC)
    cards = dict(_cards(graph, columns, blocks, tops, depths))
    middles = {account: card.y + card.height / 2 for account, card in cards.items() if account[0] == "account"}
    for place, relative in enumerate(relatives[:MOST_RELATIVES], start=1):
        cards[relative] = relative_card(graph, columns, relative, middles[chosen[0]] + 16.0 + place * ROLE)
    bottom = max(*(card.y + card.height for card in cards.values()), tops[-1] + blocks[-1].height + 20.0)
    cards |= _topic_cards(graph, columns, topics[:MOST_TOPICS], middles, bottom)
    dots = _dots(columns, blocks, tops)
    home: Node = ("account", graph.graph["account_id"])
    name = str(graph.nodes[home]["label"])
    unused = [(len(family) - len(chosen), "account"), (sum(each.left_out for each in blocks), "person")]
    unused += [(len(topics) - MOST_TOPICS, "topic"), (len(relatives) - MOST_RELATIVES, "relative")]
    return Picture(
        width=columns.width,
        height=max(bottom, *(card.y + card.height for card in cards.values())) + _BOTTOM,
        title=label(f"{name} and its subsidiaries" if several else name, columns.room, 22.0),
        subtitle=label(" · ".join(account_words(graph, home)), columns.room),
        lines=tuple(lines_between(graph, cards, dots)),
        cards=tuple(cards.values()),
        dots=tuple(dots.values()),
        captions=tuple(_captions(columns, blocks, tops)),
        left_out=_left_out(unused, several=several),
        stamp=stamp_words(graph),
    )


def _chosen(graph: Graph, family: Sequence[Node]) -> list[Node]:
    """The accounts to draw, in their order: the top, then those with engaged people, before the others."""
    warm = {group[1] for _, group, kind in graph.edges(keys=True) if kind == "engaged"}
    worth = sorted(family, key=lambda each: (each != family[0], each[1] not in warm))
    kept = set(worth[:MOST_ACCOUNTS])
    return [each for each in family if each in kept]


def _depths(graph: Graph, chosen: Sequence[Node]) -> dict[Node, int]:
    """How far each account stands to the right, below its parent."""
    depths: dict[Node, int] = {}
    for account in chosen:
        above = [parent for _, parent, kind in graph.out_edges(account, keys=True) if kind == "parent"]
        depths[account] = min(depths[above[0]] + 1, _DEEPEST) if above and above[0] in depths else 0
    return depths


def _tops(blocks: Sequence[Block], beside: float) -> list[float]:
    """Where each account's block begins; a lower one than what stands `beside` it, half-way down that."""
    tops = [_TOP + max(0.0, (beside - blocks[0].height) / 2)]
    for each in blocks[:-1]:
        tops.append(tops[-1] + each.height + _BETWEEN)
    return tops


def _cards(
    graph: Graph, columns: Columns, blocks: Sequence[Block], tops: Sequence[float], depths: Mapping[Node, int]
) -> Iterator[tuple[Node, Card]]:
    for each, top in zip(blocks, tops, strict=True):
        account, y = each.account
        yield account, account_card(graph, columns, account, top + y, depths[account])
        for node, y in each.groups:
            yield node, group_card(graph, columns, node, top + y)
        for node, y in each.roles:
            yield node, role_card(graph, columns, node, top + y)


def _dots(columns: Columns, blocks: Sequence[Block], tops: Sequence[float]) -> dict[Node, Dot]:
    drawn = [(person, top + y) for each, top in zip(blocks, tops, strict=True) for person, y in each.people]
    return {person.node: dot(columns, number, person, y) for number, (person, y) in enumerate(drawn)}


def _captions(columns: Columns, blocks: Sequence[Block], tops: Sequence[float]) -> Iterator[Caption]:
    for each, top in zip(blocks, tops, strict=True):
        yield from (Caption(columns.people - 6.0, top + y - 24.0, text) for text, y in each.captions if text)


def _relatives(graph: Graph, account: Node) -> list[Node]:
    """The parent and the subsidiaries of an account."""
    above = [parent for _, parent, kind in graph.out_edges(account, keys=True) if kind == "parent"]
    return above + [child for child, _, kind in graph.in_edges(account, keys=True) if kind == "parent"]


def _topics(graph: Graph, chosen: Iterable[Node]) -> list[Node]:
    """What the accounts research, the strongest first."""
    best: dict[Node, tuple[bool, float]] = {}
    for account in chosen:
        for _, topic, kind, told in graph.out_edges(account, keys=True, data=True):
            if kind == "researches":
                best[topic] = max(best.get(topic, (False, -1.0)), (told["spike"] or False, told["strength"] or 0.0))
    return sorted(best, key=lambda topic: (-best[topic][0], -best[topic][1], topic))


def _topic_cards(
    graph: Graph, columns: Columns, topics: Sequence[Node], middles: Mapping[Node, float], bottom: float
) -> dict[Node, Card]:
    """Topics beside the accounts that research them, the strongest on top."""
    if not topics:
        return {}
    around = middle(middles.values(), _TOP) - _TOP - (len(topics) - 1) * TOPIC / 2
    wanted = [around + place * TOPIC for place in range(len(topics))]
    places = spread(wanted, TOPIC, bottom - _TOP - TOPIC / 2)
    return {topic: topic_card(graph, columns, topic, _TOP + y) for topic, y in zip(topics, places, strict=True)}


def _left_out(unused: Sequence[tuple[int, str]], *, several: bool) -> str:
    plurals = {"person": "people"}
    parts = [
        f"{count:,} {name if count == 1 else plurals.get(name, name + 's')}" for count, name in unused if count > 0
    ]
    if not parts:
        return ""
    why = "not engaged, or colder than those drawn" if several else "disqualified, colder or weaker than those drawn"
    return f"Not drawn: {', '.join(parts)} ({why}). JSON and GraphML hold everything."
