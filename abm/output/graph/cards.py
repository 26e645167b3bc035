"""Cards and dots: the boxes and people of a picture, and the columns they stand in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abm.output.graph.labels import label
from abm.output.graph.shapes import Card, Dot
from abm.output.graph.words import account_words
from abm.output.marks import words
from abm.scoring.explanation.numbers import tenths

if TYPE_CHECKING:
    from abm.graph.nodes import Graph, Node
    from abm.output.graph.people import Person
    from abm.output.graph.shapes import Tone

TOPIC = 56.0
"""The least distance between the middles of two topics."""

_MARGIN, _GAP, _PAD, _STEP = 24.0, 62.0, 11.0, 16.0
_TOPICS, _ACCOUNTS, _GROUPS, _ROLES, _NAMES = 196.0, 214.0, 160.0, 190.0, 320.0
_NARROWEST = 700.0
_WARMEST = 5
_PIP = 13.0
_SMALL = 11.5
_MOST_SEATS = 10
"""More seats are told by their number."""


class Columns:
    """The left edges of the columns; one that holds nothing takes no room.

    Args:
        topics: whether there are topics.
        groups: whether there are groups and roles.
        people: whether there are people.
        depth: how far the deepest subsidiary stands to the right.
    """

    def __init__(self, *, topics: bool, groups: bool, people: bool, depth: int) -> None:
        self.topics = _MARGIN
        self.account = _MARGIN + (_TOPICS + _GAP if topics else 0.0)
        self.groups = self.account + _ACCOUNTS + depth * _STEP + _GAP
        self.roles = self.groups + (_GROUPS + _GAP if groups else 0.0)
        self.people = self.roles + (_ROLES + _GAP if groups else 0.0) + 14.0
        self.width = max(_NARROWEST, (self.people + 24.0 + _NAMES if people or groups else self.groups) + _MARGIN)

    @property
    def room(self) -> float:
        """The width between the margins."""
        return self.width - 2 * _MARGIN


def account_card(graph: Graph, columns: Columns, node: Node, y: float, depth: int) -> Card:
    """An account: name, score, stage and people."""
    said = account_words(graph, node)
    facts = graph.nodes[node]
    numbers = [each for each in said if each.startswith(("no. ", "score "))]
    texts = [facts["label"], *([" · ".join(numbers)] if numbers else []), *said[len(numbers) :]]
    return _card(
        "account", (columns.account + depth * _STEP, y, _ACCOUNTS), texts, "strong" if facts["is_mqa"] else "plain"
    )


def relative_card(graph: Graph, columns: Columns, node: Node, y: float) -> Card:
    """A parent or a subsidiary of the account drawn, by name."""
    facts = graph.nodes[node]
    texts = [facts["label"], "subsidiary" if facts["kind"] == "subsidiary" else "parent"]
    return _card("account", (columns.account + _STEP, y, _ACCOUNTS - _STEP), texts, "faint")


def group_card(graph: Graph, columns: Columns, node: Node, y: float) -> Card:
    """A buying group: name, coverage and threads."""
    facts = graph.nodes[node]
    coverage = "coverage unknown" if facts["coverage"] is None else f"coverage {tenths(facts['coverage'])}"
    threads = facts["threads"]
    told = "" if threads is None else f"{threads} {'thread' if threads == 1 else 'threads'}"
    texts = [words(facts["label"]), coverage, told]
    return _card(
        "group",
        (columns.groups, y, _GROUPS),
        [text for text in texts if text],
        "strong" if facts["is_mqa"] else "plain",
    )


def role_card(graph: Graph, columns: Columns, node: Node, y: float) -> Card:
    """A role: name, and its seats; one that is required and empty is an alarm."""
    facts = graph.nodes[node]
    taken, seats = facts["filled_engaged"], facts["seats"]
    state = "engagement unknown" if taken is None else f"{taken} of {seats}"
    state += ", required" if facts["required"] else ""
    tone: Tone = "alarm" if facts["missing"] else "plain" if taken else "faint"
    shown = seats <= _MOST_SEATS and taken is not None
    pips = tuple(place < taken for place in range(seats)) if shown else ()
    return _card("role", (columns.roles, y, _ROLES), [words(facts["label"]), state], tone, pips)


def topic_card(graph: Graph, columns: Columns, node: Node, y: float) -> Card:
    """A topic: name, and how strongly it is researched by whoever does so most."""
    edges = [told for _, _, kind, told in graph.in_edges(node, keys=True, data=True) if kind == "researches"]
    strength = max((told["strength"] or 0.0 for told in edges), default=0.0)
    spikes = any(told["spike"] for told in edges)
    said = f"{'spiking, ' if spikes else ''}strength {tenths(100 * strength)}"
    return _card(
        "topic", (columns.topics, y, _TOPICS), [graph.nodes[node]["label"], said], "strong" if spikes else "faint"
    )


def dot(columns: Columns, number: int, person: Person, y: float) -> Dot:
    """A person: the warmer, the larger and the stronger in colour."""
    warmth = min(int(person.warmth * _WARMEST) + 1, _WARMEST) if person.engaged else 0
    tags = person.tags
    room = _NAMES - sum(7.0 * len(tag) + 10.0 for tag in tags)
    return Dot(
        number=number,
        x=columns.people,
        y=y,
        radius=5.0 + 7.0 * person.warmth if person.engaged else 4.5,
        warmth=warmth,
        name=label(person.name, room),
        title=label(person.title, _NAMES, _SMALL),
        tags=tags,
        critical=bool(person.critical),
        out=person.disqualified,
        about=person.about,
    )


def _card(
    kind: str, place: tuple[float, float, float], texts: list[str], tone: Tone, seats: tuple[bool, ...] = ()
) -> Card:
    """A box at (left edge, middle, width), as high as its words need."""
    x, y, width = place
    height = 14.0 + 17.0 * len(texts)
    room = width - 2 * (_PAD if kind != "topic" else _PAD + 5.0)
    first, *others = texts
    small = [label(text, room - _PIP * len(seats), _SMALL) for text in others]
    return Card(kind, x, y - height / 2, width, height, (label(first, room), *small), tone, seats)
