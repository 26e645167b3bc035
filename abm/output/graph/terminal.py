"""A graph at the terminal: what its measures say, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from abm.output.graph.words import account_words, accounts_of, meanings, sections, silent, stamp_words
from abm.output.layout import flowing, wrapped
from abm.output.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from abm.graph.nodes import Graph, Node
    from abm.output.graph.words import Section, Statement
    from abm.output.screen import Screen

_MARGIN = 19
"""How far the words stand from the left, behind the name of the measure."""
_NARROW = 50
"""Below this width the words stand under it."""


def graph_lines(graph: Graph, screen: Screen) -> list[Text]:
    """Return the measures of an account's or a family's graph as lines, none wider than the screen."""
    return [*_lines(graph, screen.width)]


def _lines(graph: Graph, width: int) -> Iterator[Text]:
    said = sections(graph)
    before: Node | None = None
    for section in said:
        if section.account != before:
            if before is not None:
                yield Text()
            yield from _heading(graph, section.account, width)
        before = section.account
        yield from _section(section, width)
    yield from _silent(graph, {section.account for section in said}, width)
    yield Text()
    yield from flowing([Text(stamp_words(graph), style="dim")], width)
    yield from flowing([Text(f"{word}: {means}", style="dim") for word, means in meanings(said).items()], width)


def _heading(graph: Graph, account: Node, width: int) -> list[Text]:
    name, account_id = safe(graph.nodes[account]["label"]), safe(account[1])
    shown = Text(name, style="bold") if name == account_id else Text.assemble((name, "bold"), f" ({account_id})")
    return flowing([shown, *(Text(each) for each in account_words(graph, account))], width)


def _section(section: Section, width: int) -> Iterator[Text]:
    yield Text()
    yield from wrapped([Text(section.title, style="bold")], width)
    for statement in section.statements:
        yield from _statement(statement, width)


def _statement(statement: Statement, width: int) -> Iterator[Text]:
    style = "yellow" if statement.alarming else ""
    margin = _MARGIN if width >= _NARROW else 2
    name = Text(f"  {statement.measure}".ljust(margin), style="dim")
    if margin < _MARGIN:
        yield name
        name = Text(" " * margin)
    for line in statement.lines:
        for part in wrapped([Text(line, style=style)], width - margin):
            yield Text.assemble(name, part)
            name = Text(" " * margin)


def _silent(graph: Graph, said: set[Node], width: int) -> Iterator[Text]:
    quiet = [account for account in silent(graph) if account not in said]
    if quiet and len(accounts_of(graph)) > 1:
        yield Text()
        names = ", ".join(safe(graph.nodes[account]["label"]) for account in quiet)
        yield from wrapped([Text(f"Nobody engaged: {names}", style="yellow")], width)
