"""Labels: text cut to the room it has, the whole kept for those who ask."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from rich.cells import cell_len, set_cell_size

from abm.output.text import safe

_ROOM_PER_CELL = 0.62
"""How wide a letter is beside the height of its font: more than in any usual font without serifs, on average."""
_LONGEST_TITLE = 400


@dataclass(frozen=True)
class Label:
    """A text of the data that is drawn.

    Attributes:
        text: the text, made safe.
        room: the width there is, in pixels.
        size: the height of the font, in pixels.
    """

    text: str
    room: float
    size: float

    @cached_property
    def shown(self) -> str:
        """As much of it as there is room for, with an ellipsis where that is not all."""
        return cut(self.text, int(self.room / (self.size * _ROOM_PER_CELL)))

    @property
    def whole(self) -> str:
        """The text for a tooltip: all of it, within reason."""
        return self.text if len(self.text) <= _LONGEST_TITLE else self.text[: _LONGEST_TITLE - 1] + "…"


def cut(text: str, cells: int) -> str:
    """Cut a text to a number of cells, as terminals count them: a Chinese character takes two.

    >>> cut("Copperfinch Robotics", 12), cut("Acme", 12)
    ('Copperfinch…', 'Acme')
    """
    return text if cell_len(text) <= cells else set_cell_size(text, max(cells - 1, 1)).rstrip() + "…"


def label(text: str, room: float, size: float = 13.0) -> Label:
    """Make a label; nothing in the text can do anything to whoever reads it.

    >>> label("A very long name of a company", 100).shown
    'A very long…'
    """
    return Label(safe(text), room, size)
