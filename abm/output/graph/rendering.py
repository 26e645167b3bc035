"""Rendering: pictures as SVG, and as a page with their meaning in words."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from abm.graph.measures import measures
from abm.output.graph.labels import cut
from abm.output.graph.people import people_of
from abm.output.graph.picture import picture
from abm.output.graph.words import accounts_of, meanings, sections, silent
from abm.output.marks import words
from abm.output.text import safe

if TYPE_CHECKING:
    from abm.graph.nodes import Graph

_TEMPLATES = Path(__file__).resolve().parent / "templates"
_MOST_LISTED = 1000
"""So many people stand in the table of a page."""


def svg(graph: Graph) -> str:
    """Draw an account's or a family's graph as an SVG file: nothing fetched, light and dark, all text escaped."""
    return _rendered("graph.svg.jinja", picture=picture(graph), alone=True)


def page(graph: Graph) -> str:
    """Draw a graph as one HTML page: the picture, what the measures say, and everybody in a table.

    It fetches nothing and runs nothing. Where a pointer rests on a person, only that person's lines stay.
    """
    found, said = measures(graph), sections(graph)
    people = [(account, each) for account in accounts_of(graph) for each in people_of(graph, account, found)]
    people.sort(key=lambda row: (row[1].disqualified, -row[1].warmth))
    return _rendered(
        "graph.html.jinja",
        picture=picture(graph),
        alone=False,
        sections=[(_name(graph, each.account), each) for each in said],
        silent=[_name(graph, account) for account in silent(graph)],
        several=len(accounts_of(graph)) > 1,
        people=[(_name(graph, account), person) for account, person in people[:_MOST_LISTED]],
        unlisted=max(len(people) - _MOST_LISTED, 0),
        meanings=meanings(said),
        words=words,
        cut=cut,
    )


def _name(graph: Graph, account: tuple[str, ...]) -> str:
    return safe(graph.nodes[account]["label"])


def _rendered(name: str, **values: Any) -> str:
    return _environment().get_template(name).render(values)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
