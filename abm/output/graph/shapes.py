"""Shapes: what a picture of a graph is made of; a template draws them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from abm.output.graph.labels import Label

Tone = Literal["plain", "alarm", "strong", "faint"]


@dataclass(frozen=True, slots=True)
class Card:
    """A box with words.

    Attributes:
        kind: account, group, role or topic.
        x: of its left edge.
        y: of its top.
        width: in pixels.
        height: in pixels.
        lines: what stands in it; the first is its name.
        tone: how it is drawn; an alarm has a dashed edge.
        seats: of a role, whether each seat is taken; empty for others.
    """

    kind: str
    x: float
    y: float
    width: float
    height: float
    lines: tuple[Label, ...]
    tone: Tone = "plain"
    seats: tuple[bool, ...] = ()

    @property
    def about(self) -> str:
        """All that stands in it, for a tooltip."""
        return " · ".join(line.whole for line in self.lines if line.text)


@dataclass(frozen=True, slots=True)
class Dot:
    """A person.

    Attributes:
        number: which one of the picture.
        x: of the middle.
        y: of the middle.
        radius: in pixels.
        warmth: 0 is not engaged, 1 to 5 ever warmer.
        name: the name.
        title: the title.
        tags: what stands out.
        critical: whether the person is critical.
        out: whether the person is disqualified.
        about: everything, for a tooltip.
    """

    number: int
    x: float
    y: float
    radius: float
    warmth: int
    name: Label
    title: Label
    tags: tuple[str, ...]
    critical: bool
    out: bool
    about: str


@dataclass(frozen=True, slots=True)
class Caption:
    """A line of words above people of one kind.

    Attributes:
        x: where it begins.
        y: of its base line.
        text: the words.
    """

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A curve between two shapes.

    Attributes:
        kind: seated, main, eligible, member, part_of, researches, spike or parent.
        path: as SVG writes it.
        person: the number of the person it belongs to, or None.
    """

    kind: str
    path: str
    person: int | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """All shapes of a graph, and the room they take.

    Attributes:
        width: in pixels.
        height: in pixels.
        title: whose graph it is.
        subtitle: how that account stands.
        lines: curves, drawn first.
        cards: boxes.
        dots: people.
        captions: words above people.
        left_out: what is not drawn, in a sentence, or an empty text.
        stamp: model and day.
    """

    width: float
    height: float
    title: Label
    subtitle: Label
    lines: tuple[Line, ...]
    cards: tuple[Card, ...]
    dots: tuple[Dot, ...]
    captions: tuple[Caption, ...]
    left_out: str
    stamp: str
