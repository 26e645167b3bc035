"""A sum that does not add up: which, what was expected, what was found, and the lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from abm.output.layout import wrapped
from abm.output.text import safe

if TYPE_CHECKING:
    from abm.output.screen import Screen
    from abm.scoring.explanation import Failure


def failure_lines(failure: Failure, screen: Screen) -> list[Text]:
    """Return what is wrong as lines: numbers in millionths of a point, as in the contributions table."""
    group = f", buying group {safe(failure.group)}" if failure.group is not None else ""
    expected = "no points at all" if failure.expected is None else f"{failure.expected:,}"
    said = [
        Text(
            f"{failure.level} {safe(failure.entity_id)}{group}: {failure.what} is not the sum of its lines", "bold red"
        ),
        Text(f"expected {expected}, found {failure.found:,} (millionths of a point) in these lines:"),
    ]
    rows = failure.lines.select("component", "item", "note", "points").iter_rows()
    listed = [
        Text(f"  {component:<10}  {safe(item)}, {safe(note or '')}: {'' if points is None else f'{points:,}'}")
        for component, item, note, points in rows
    ]
    return wrapped([*said, *listed], screen.width)
