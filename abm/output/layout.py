"""Laying out a table in any width: columns are wished for in order of worth, and get what room is left."""

from __future__ import annotations

from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

ROOMY = 100
"""From this width on columns stand two spaces apart; below, one."""

_CONSOLE = Console(file=StringIO())
"""Rich wants one to break a line; it writes nothing."""


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes:
        title: its heading, or the heading for a width.
        draw: its cells for a width, one per row; longer ones are cut with an ellipsis.
        most: the width beyond which it has nothing more to show.
        right: whether it stands at the right edge.
    """

    title: str | Callable[[int], str]
    draw: Callable[[int], Sequence[Text]]
    most: int
    right: bool = False

    def heading(self, width: int) -> str:
        """Return the heading for a width."""
        return self.title if isinstance(self.title, str) else self.title(width)


def fixed(title: str, cells: Sequence[Text], *, right: bool = False) -> Column:
    """Make a column whose cells are the same at every width; as wide as its widest cell at most.

    >>> fixed("name", [Text("Acme"), Text("Globex")]).most
    6
    """
    most = max((cell_len(title), *(cell.cell_len for cell in cells)))
    return Column(title, lambda _width: cells, most, right)


def arrange(columns: Mapping[str, Column], wishes: Iterable[tuple[str, int]], width: int) -> dict[str, int]:
    """Choose columns and widths.

    Each wish (column, width) is granted in turn if it fits beside what was granted before: the column appears, or
    grows. No column grows beyond what it can show, and a wish for a column that is not there is passed over.

    Returns:
        Width by column, in the order of `columns`; with the gaps at most `width`.

    >>> columns = {"name": fixed("name", [Text("Acme Corporation")]), "score": fixed("score", [Text("61.5")])}
    >>> arrange(columns, [("name", 8), ("score", 5), ("name", 30)], 24)
    {'name': 16, 'score': 5}
    >>> arrange(columns, [("name", 8), ("score", 5), ("name", 30)], 12)
    {'name': 8}
    """
    gap = gap_of(width)
    granted: dict[str, int] = {}
    left = width + gap
    for name, wished in wishes:
        column = columns.get(name)
        if column is None:
            continue
        want = min(wished, column.most)
        cost = want + gap if name not in granted else want - granted[name]
        if 0 <= cost <= left:
            granted[name] = want
            left -= cost
    return {name: granted[name] for name in columns if name in granted}


def stretch(columns: Mapping[str, Column], widths: dict[str, int], names: Iterable[str], width: int) -> dict[str, int]:
    """Give the room that is left over to columns of text that still have more to show, in turn."""
    left = width - sum(widths.values()) - gap_of(width) * (len(widths) - 1)
    stretched = dict(widths)
    for name in names:
        if name in stretched:
            more = max(min(left, columns[name].most - stretched[name]), 0)
            stretched[name] += more
            left -= more
    return stretched


def lines(columns: Mapping[str, Column], widths: Mapping[str, int], width: int) -> list[Text]:
    """Return the table as lines: headings, a rule, then a line per row."""
    gap = " " * gap_of(width)
    drawn = [[_fit(cell, size, columns[name]) for cell in columns[name].draw(size)] for name, size in widths.items()]
    headings = [
        _fit(Text(columns[name].heading(size), style="bold"), size, columns[name]) for name, size in widths.items()
    ]
    total = sum(widths.values()) + len(gap) * (len(widths) - 1)
    return [
        Text(gap).join(headings),
        Text("─" * total, style="dim"),
        *(Text(gap).join(row) for row in zip(*drawn, strict=True)),
    ]


def flowing(segments: Sequence[Text], width: int, separator: str = " · ") -> list[Text]:
    """Return segments side by side, on as many lines as they need; a segment too long for a line is broken.

    >>> [line.plain for line in flowing([Text("60 accounts"), Text("6 MQA"), Text("14 MQL")], 22)]
    ['60 accounts · 6 MQA', '14 MQL']
    """
    flowed: list[Text] = []
    between = Text(separator, style="dim")
    for segment in segments:
        last = flowed[-1] if flowed else None
        if last is not None and last.cell_len + len(separator) + segment.cell_len <= width:
            flowed[-1] = Text.assemble(last, between, segment)
        else:
            flowed.extend(wrapped([segment], width))
    return flowed


def wrapped(paragraphs: Iterable[Text], width: int) -> list[Text]:
    """Return paragraphs broken between words, or inside those too long for a line."""
    return [line for paragraph in paragraphs for line in paragraph.wrap(_CONSOLE, width)]


def gap_of(width: int) -> int:
    """Return how many spaces stand between columns."""
    return 2 if width >= ROOMY else 1


def _fit(cell: Text, width: int, column: Column) -> Text:
    fitted = _cut(cell, width)
    if column.right:
        fitted.pad_left(width - fitted.cell_len)
    else:
        fitted.pad_right(width - fitted.cell_len)
    return fitted


def _cut(text: Text, width: int) -> Text:
    cut = text.copy()
    cut.truncate(width, overflow="ellipsis")
    return cut
