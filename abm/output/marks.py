"""Small drawings for a line of text: bars, blocks, numbers and the colours of words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from abm.output.text import safe

if TYPE_CHECKING:
    from datetime import date

_HEIGHTS = "▁▂▃▄▅▆▇█"
_EIGHTHS = " ▏▎▍▌▋▊▉"
_FULL = 100.0

UNKNOWN = Text("·", style="dim")
"""What stands where a value is null: unknown, which is not zero."""

STAGE_STYLES = {
    "customer": "blue",
    "excluded": "dim",
    "opportunity": "magenta",
    "qualified": "bold green",
    "engaged": "cyan",
    "in_market": "yellow",
    "unaware": "dim",
}
"""Colours of the stages that models usually name; others are left plain."""

STATUS_STYLES = {
    "hand_raiser": "bold magenta",
    "mql": "bold green",
    "disqualified": "dim red",
    "insufficient_data": "dim",
}


def words(code: str | None) -> str:
    """Return a name of the model as words: `economic_buyer` as `economic buyer`.

    >>> words("in_market")
    'in market'
    """
    return safe(code or "").replace("_", " ")


def number(value: float | None) -> str:
    """Return a value with one decimal, cut rather than rounded, so that 59.96 never looks like the 60 it missed.

    >>> number(59.96), number(100.0), number(None)
    ('59.9', '100.0', '·')
    """
    if value is None:
        return UNKNOWN.plain
    tenths = abs(round(value * 1_000_000)) // 100_000
    return f"{'-' if value < 0 and tenths else ''}{tenths // 10}.{tenths % 10}"


def change(now: float | None, then: float | None) -> Text:
    """Return how much a value rose or fell, rounded to one decimal.

    >>> change(60.0, 48.96).plain, change(60.0, 60.0).plain, change(60.0, None).plain
    ('+11.0', '=', '·')
    """
    if now is None or then is None:
        return UNKNOWN
    shown = f"{now - then:+.1f}"
    if shown in {"+0.0", "-0.0"}:
        return Text("=", style="dim")
    return Text(shown, style="green" if now > then else "red")


def block(value: float | None, *, blocks: bool = True) -> Text:
    """Return a component (0-100) as one character: a block of eight heights, or a digit where there are no blocks.

    >>> "".join(block(value).plain for value in (0, 40, 100, None))
    '▁▄█·'
    """
    if value is None:
        return UNKNOWN if blocks else Text("-", style="dim")
    share = min(max(value / _FULL, 0.0), 1.0)
    signs = _HEIGHTS if blocks else "0123456789"
    return Text(signs[min(int(share * len(signs)), len(signs) - 1)], style=_warmth(value))


def bar(
    value: float | None, width: int, *, full: float = _FULL, tick: float | None = None, blocks: bool = True
) -> Text:
    """Return a value as a horizontal bar, `full` filling it, with a faint mark at `tick` while that is not reached.

    >>> bar(50, 8, tick=75).plain, bar(50, 8, blocks=False).plain
    ('████  ╎ ', '####    ')
    """
    if value is None or full <= 0:
        return Text(" " * width)
    share = min(max(value / full, 0.0), 1.0)
    eighths = int(share * width * 8)
    solid, rest = divmod(eighths, 8)
    drawn = ("█" if blocks else "#") * solid + (_EIGHTHS[rest] if blocks and rest else "")
    reached = tick is None or value >= tick
    line = Text(drawn.ljust(width), style="green" if reached else "yellow" if tick and value >= tick * 0.6 else "dim")
    if tick is not None and not reached:
        spot = min(int(tick / full * width), width - 1)
        if spot >= len(drawn):
            mark = Text("╎" if blocks else "|", style="dim")
            line = Text.assemble(line[:spot], mark, line[spot + 1 :])
    return line


def listed(items: list[str] | None, style: str = "") -> Text:
    """Return names as words with commas between them.

    >>> listed(["economic_buyer", "champion"]).plain
    'economic buyer, champion'
    """
    return Text(", ".join(words(item) for item in items or []), style=style)


def plain(value: str | None, style: str = "") -> Text:
    """Return text of the data, made safe; unknown shows as a faint dot."""
    return UNKNOWN if value is None else Text(safe(value), style=style)


def day(value: date | None) -> Text:
    """Return a day in ISO form."""
    return UNKNOWN if value is None else Text(value.isoformat())


def _warmth(value: float) -> str:
    return "green" if value >= 66 else "yellow" if value >= 33 else "dim"  # noqa: PLR2004 - thirds
