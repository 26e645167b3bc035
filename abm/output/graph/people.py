"""People: what a picture and its words say of each person of a graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from abm.output.graph.labels import cut
from abm.output.marks import words
from abm.output.text import safe
from abm.scoring.explanation.numbers import tenths

if TYPE_CHECKING:
    from collections.abc import Iterable

    from abm.graph.measures import Measures
    from abm.graph.nodes import Graph, Node


_LONGEST = 60
"""So many cells a name or a title takes in a sentence."""


@dataclass(frozen=True, slots=True)
class Person:
    """One person of an account.

    Attributes:
        node: the node.
        name: the name, or the contact's id.
        title: the title, empty where it is not known.
        home: the role whose seat the person has, else the main role, in the first group that sees one; or None.
        seated: whether the person sits there.
        engaged: whether engaged in any group.
        warmth: 0-1, of the group that sees the person warmest; 0 of those who are not engaged.
        points: engagement in that group, after decay and caps; None of those who are not engaged.
        critical: the roles that would be empty without the person.
        groups: the buying groups that the person connects.
        alone: whether nobody else connects some of them.
        disqualified: whether ruled out by the model.
        opted_out: whether the person wants no mail.
    """

    node: Node
    name: str
    title: str
    home: Node | None
    seated: bool
    engaged: bool
    warmth: float
    points: float | None
    critical: tuple[Node, ...]
    groups: tuple[Node, ...]
    alone: bool
    disqualified: bool
    opted_out: bool

    @property
    def called(self) -> str:
        """Name and title, cut where they are longer than names and titles are."""
        return f"{self.short} ({cut(self.title, _LONGEST)})" if self.title else self.short

    @property
    def short(self) -> str:
        """The name, cut where it is longer than names are."""
        return cut(self.name, _LONGEST)

    @property
    def shown_points(self) -> str:
        """The points with one decimal."""
        return tenths(self.points)

    @property
    def tags(self) -> tuple[str, ...]:
        """What stands out about the person, in a few words each."""
        tags = ["critical"] if self.critical else []
        if self.groups:
            tags.append("only link" if self.alone else f"in {len(self.groups)} groups")
        return tuple(tags)

    @property
    def about(self) -> str:
        """All that is said of the person, for a tooltip."""
        said = [f"{self.name} ({self.title})" if self.title else self.name]
        if self.home is not None:
            said.append(f"{'sits as' if self.seated else 'could be'} {words(self.home[3])}")
        said.append("not engaged" if self.points is None else f"engaged, {tenths(self.points)} points")
        said += [f"without them {words(role[3])} is empty" for role in self.critical]
        said += [f"leads from {' to '.join(words(group[2]) for group in self.groups)}"] if self.groups else []
        said += ["disqualified"] if self.disqualified else []
        if self.opted_out:
            said.append("opted out of mail")
        return " · ".join(said)


def people_of(graph: Graph, account: Node, found: Measures) -> list[Person]:
    """Read the people of an account off its graph: by role, the warmest first; those ruled out last.

    Roles are in the order of the graph; behind them come people without a role.
    """
    groups = [group for group, _, kind in graph.in_edges(account, keys=True) if kind == "part_of"]
    roles = [role for group in groups for role, _, kind in graph.in_edges(group, keys=True) if kind == "part_of"]
    order = {role: place for place, role in enumerate(roles)}
    members = [person for person, _, kind in graph.in_edges(account, keys=True) if kind == "member"]
    people = [_person(graph, node, found) for node in members]

    def place(each: Person) -> tuple[bool, int, float]:
        return each.disqualified, len(order) if each.home is None else order[each.home], -each.warmth

    return sorted(people, key=place)


def _person(graph: Graph, node: Node, found: Measures) -> Person:
    facts = graph.nodes[node]
    edges = [(kind, to, told) for _, to, kind, told in graph.out_edges(node, keys=True, data=True)]
    warm = [(told["warmth"], told["weight"]) for kind, _, told in edges if kind == "engaged"]
    seats = [to for kind, to, _ in edges if kind == "seated"]
    main = [to for kind, to, told in edges if kind == "eligible" and told["primary"]]
    link = found.connectors.get(node)
    warmth, points = max(warm, default=(0.0, None))
    return Person(
        node=node,
        name=safe(facts["label"]),
        title=safe(facts["title"] or ""),
        home=_first([*seats, *main]),
        seated=bool(seats),
        engaged=bool(warm),
        warmth=warmth,
        points=points,
        critical=found.critical.get(node, ()),
        groups=() if link is None else link.groups,
        alone=link is not None and bool(link.alone),
        disqualified=facts["disqualified"],
        opted_out=bool(facts["opted_out"]),
    )


def _first(nodes: Iterable[Node]) -> Node | None:
    return next(iter(nodes), None)
