"""`abm graph`: an account and those who decide there, as a picture, as data, or in words."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from abm.cli.faults import FINE
from abm.cli.formats import format_of
from abm.cli.opening import Choice, opened, tell_advice, tell_problems
from abm.cli.streams import emit, tell
from abm.cli.waiting import Waiting
from abm.graph.account import account_graph
from abm.graph.exchange import graphml, node_link
from abm.graph.family import family_graph
from abm.output.files import require_place
from abm.output.graph.rendering import page, svg
from abm.output.graph.terminal import graph_lines
from abm.output.screen import Screen, screen_of
from abm.output.text import safe_json
from abm.output.writers import write_file
from abm.scoring.explanation.entity import find

if TYPE_CHECKING:
    from pathlib import Path

    from abm.graph.nodes import Graph

Format = Literal["text", "svg", "html", "graphml", "json"]

WIDTH_OF_FILE = 120

_ENDINGS: dict[str, Format] = {
    ".svg": "svg",
    ".html": "html",
    ".htm": "html",
    ".graphml": "graphml",
    ".json": "json",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What `abm graph` was asked for.

    Attributes:
        account: an id, a domain or a part of a name.
        family: whether to draw the whole family of the account.
        kind: the format; None is told from the file's ending, else text.
        output: a file, or None for stdout.
    """

    account: str
    family: bool = False
    kind: Format | None = None
    output: Path | None = None

    @property
    def format(self) -> Format:
        """The format that was asked for, in so many words or by the file's ending."""
        return format_of(self.kind, self.output, _ENDINGS, "text")


def run(choice: Choice, wanted: Wanted) -> int:
    """Draw one account, or its family."""
    if wanted.output is not None:
        require_place(wanted.output)
        _ = wanted.format  # asked for what it refuses: a file whose ending tells no format
    with Waiting() as waiting:
        source = opened(choice, waiting, [] if wanted.output is None else [wanted.output])
        waiting("drawing")
        account_id = find(source.result, wanted.account, level="account").entity_id
        draw = family_graph if wanted.family else account_graph
        graph = draw(source.result, account_id)
        screen = screen_of(sys.stdout) if wanted.output is None else Screen(WIDTH_OF_FILE)
        content = _drawn(graph, wanted.format, screen)
    if wanted.output is None:
        emit(content)
    else:
        data = content if isinstance(content, bytes) else content.encode()
        # Model, version and day stand in each of the formats, so there is no manifest beside them.
        (written,) = write_file(data, wanted.output)
        tell(f"wrote {written}")
    tell_advice(source.result)
    tell_problems(source.result)
    return FINE


def _drawn(graph: Graph, kind: Format, screen: Screen) -> str | bytes:
    if kind == "svg":
        return svg(graph)
    if kind == "html":
        return page(graph)
    if kind == "graphml":
        return graphml(graph)
    if kind == "json":
        return safe_json(node_link(graph))
    return screen.rendered(graph_lines(graph, screen))
