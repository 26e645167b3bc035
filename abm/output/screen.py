"""A screen: how wide a stream is, what it can show, and lines of styled text turned into what is written to it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from io import StringIO
from typing import IO, TYPE_CHECKING, Literal

from rich.console import Console

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.text import Text

NARROWEST = 20
WIDTH_OF_NO_TERMINAL = 100

_IN_ASCII = str.maketrans("─·…●→", "-.~*>")
"""What stands for the signs of a table where only ASCII can be written."""

ColorSystem = Literal["auto", "standard", "256", "truecolor", "windows"]


@dataclass(frozen=True, slots=True)
class Screen:
    """What a stream can show.

    Attributes:
        width: columns a line may fill.
        colors: Rich's name of the colour system, or None for text without any codes.
        blocks: whether block characters and other signs outside ASCII can be written.
    """

    width: int
    colors: ColorSystem | None = None
    blocks: bool = True

    def rendered(self, lines: Iterable[Text]) -> str:
        r"""Return the lines as they are written: none wraps, each ends in a line feed, no trailing spaces.

        >>> from rich.text import Text
        >>> Screen(width=40).rendered([Text("Acme", style="bold")])
        'Acme\n'
        """
        sink = StringIO()
        console = Console(
            file=sink,
            width=self.width,
            color_system=self.colors,
            force_terminal=self.colors is not None,
            legacy_windows=False,
            no_color=False,
            emoji=False,
            markup=False,
            highlight=False,
        )
        for line in lines:
            line.rstrip()
            console.print(line, no_wrap=True, overflow="crop", crop=True)
        return sink.getvalue() if self.blocks else sink.getvalue().translate(_IN_ASCII)


def screen_of(stream: IO[str]) -> Screen:
    """Find out what a stream can show.

    A terminal is as wide as it says; what is no terminal takes the width from the variable COLUMNS, else that of the
    terminal behind the pipe, else 100. There are colours only on a terminal (or with FORCE_COLOR), and none at all with
    NO_COLOR.
    """
    console = Console(file=stream)
    plain = bool(os.environ.get("NO_COLOR")) or console.color_system is None or console.legacy_windows
    known = console.is_terminal or "COLUMNS" in os.environ or any(map(_is_terminal, (0, 1, 2)))
    return Screen(
        width=max(NARROWEST, console.width if known else WIDTH_OF_NO_TERMINAL),
        colors=None if plain else console.color_system,  # type: ignore[arg-type]
        blocks=console.encoding.startswith("utf"),
    )


def _is_terminal(descriptor: int) -> bool:
    try:
        return os.isatty(descriptor)
    except OSError:
        return False
