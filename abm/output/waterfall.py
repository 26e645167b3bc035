"""The waterfall: contribution lines as bars that begin where the one before ended, down to the score."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rich.text import Text

from abm.output import marks
from abm.output.layout import Column, arrange, fixed, lines, stretch, wrapped
from abm.output.text import safe
from abm.scoring.explanation import AccountExplanation
from abm.scoring.explanation.numbers import hundredths, running, tenths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from abm.output.screen import Screen
    from abm.scoring.explanation import Explanation
    from abm.scoring.explanation.explanation import Line

_LONGEST = 48
_INDENT = "    "
_CROWD = 15
"""More people than that are put together."""


@dataclass(frozen=True, slots=True)
class Scale:
    """From where to where bars reach, in hundredths of a point, and the threshold between."""

    low: int
    high: int
    goal: int | None

    def cell(self, value: int, width: int) -> int:
        """The cell in which a value lies."""
        return min(max(round((value - self.low) / (self.high - self.low) * width), 0), width)


def waterfall(explained: Explanation, screen: Screen) -> list[Text]:
    """Draw the lines of a lead, account or group, none wider than the screen.

    Sums are cut to hundredths and points are the differences between them, so that what is printed adds up to what is
    printed, and the last sum is the score. Lines without points stand below their person, in words.
    """
    kept = shown_lines(explained)
    columns = _columns(explained, kept, screen)
    widths = stretch(columns, arrange(columns, _WISHES, screen.width), ("what", "bar"), screen.width)
    heading, rule, *rows = lines(columns, widths, screen.width)
    drawn = [heading, rule]
    for line, row in zip(kept, rows, strict=False):
        drawn.append(row)
        drawn += _activity(line, screen.width, blocks=screen.blocks)
    return [*drawn, rule.copy(), *rows[len(kept) :]]


_WISHES = [
    ("what", 18), ("points", 8), ("sum", 8), ("component", 10), ("bar", 8), ("what", 24), ("times", 5), ("last", 10),
    ("raw", 8), ("detail", 20), ("bar", 16), ("what", 36),
]  # fmt: skip


def shown_lines(explained: Explanation) -> tuple[Line, ...]:
    """The lines that a page shows: none of components that the model gives no weight, a crowd put together."""
    parts = explained.components if isinstance(explained, AccountExplanation) else ()
    weightless = {part.name for part in parts if not part.weight}
    return _folded([line for line in explained.lines if line.component not in weightless])


def _folded(every: Sequence[Line]) -> tuple[Line, ...]:
    """Put the coldest people of a crowd into one line."""
    people = [line for line in every if line.kind == "person"]
    if len(people) <= _CROWD:
        return tuple(every)
    cold = sorted(people, key=lambda line: abs(line.points or 0))[: len(people) - _CROWD]
    rest = sum(line.points or 0 for line in cold)
    last = max(i for i, line in enumerate(every) if line.kind == "person")
    one = replace(cold[0], item="", label=f"{len(cold):,} more people", role=None, points=rest, activity=())
    kept = [line for line in every[: last + 1] if line not in cold]
    return (*kept, one, *every[last + 1 :])


def _columns(explained: Explanation, kept: Sequence[Line], screen: Screen) -> dict[str, Column]:
    steps = running([line.points or 0 for line in kept])
    end = steps[-1][1] if steps else 0
    sums = [0, *(total for _, total in steps)]
    goal = None if explained.threshold is None else round(explained.threshold * 100)
    scale = Scale(min(sums), max(*sums, goal or 0, 1), goal)
    total = Text(hundredths(end), style="bold")
    last = [] if explained.level != "lead" else [Text()]

    def bars(width: int) -> list[Text]:
        falling = [_floating(after - part, after, scale, width, blocks=screen.blocks) for part, after in steps]
        return [*falling, _floating(0, end, scale, width, blocks=screen.blocks, style=_verdict(end, goal))]

    columns = {
        "component": fixed("", [*_components(kept), Text("score", style="bold")]),
        "what": fixed("", [*(Text(safe(line.label)) for line in kept), Text()]),
        "points": fixed("Points", [*(_signed(part) for part, _ in steps), Text()], right=True),
        "sum": fixed("Sum", [*(Text(hundredths(after), style="dim") for _, after in steps), total], right=True),
        "bar": Column("", bars, _LONGEST),
    }
    if explained.level == "lead":
        given = {
            "times": fixed("Times", [*(_times(line) for line in kept), *last], right=True),
            "last": fixed("Last", [*(_day(line) for line in kept), *last]),
            "raw": fixed("Raw", [*(_raw(line) for line in kept), *last], right=True),
        }
        columns = {name: columns[name] for name in ("component", "what")} | given | columns
    else:
        columns = (
            {name: columns[name] for name in ("component", "what")}
            | {"detail": fixed("", [*(Text(line_detail(line), style="dim") for line in kept), Text()])}
            | columns
        )
    return columns


def _components(kept: Sequence[Line]) -> list[Text]:
    """The component's name where its lines begin."""
    before = [None, *(line.component for line in kept)]
    return [
        Text("" if line.component == previous else line.component, style="bold")
        for line, previous in zip(kept, before, strict=False)
    ]


def _signed(part: int) -> Text:
    return Text(hundredths(part), style="red" if part < 0 else "")


def _times(line: Line) -> Text:
    return Text("" if line.count is None else f"{line.count:,}")


def _day(line: Line) -> Text:
    return Text("" if line.last_day is None else line.last_day.isoformat())


def _raw(line: Line) -> Text:
    return Text("" if line.raw_points is None else tenths(line.raw_points / 1_000_000))


def line_detail(line: Line) -> str:
    """What is behind a line of an account: who, how many, how much."""
    raw = None if line.raw_points is None else tenths(line.raw_points / 1_000_000)
    if line.kind == "person":
        return {None: "", "person": "", "other": "without a role"}.get(line.role, marks.words(line.role))
    if line.component == "leads":
        return f"best lead {raw}"
    if line.component == "coverage":
        return f"{line.count} {'seat' if line.count == 1 else 'seats'} engaged"
    if line.component == "intent":
        return "spike" if line.kind == "spike" else ""
    return f"{raw} points" if raw is not None else ""


def _activity(line: Line, width: int, *, blocks: bool) -> list[Text]:
    if not line.activity:
        return []
    times = "×" if blocks else "x"  # noqa: RUF001 - that is the sign for it
    done = [f"{safe(each.label)}{f' {times}{each.count:,}' if (each.count or 1) > 1 else ''}" for each in line.activity]
    last = f"; last {line.last_day.isoformat()}" if line.last_day else ""
    said = Text(f"{', '.join(done)}{last}", style="dim")
    return [Text.assemble(_INDENT, each) for each in wrapped([said], max(10, width - len(_INDENT)))]


def _verdict(end: int, goal: int | None) -> str:
    return "green" if goal is not None and end >= goal else "yellow"


def _floating(start: int, end: int, scale: Scale, width: int, *, blocks: bool, style: str | None = None) -> Text:
    """A bar from one sum to the next, at least a sliver, with a faint mark at the threshold."""
    low, high = sorted((scale.cell(start, width), scale.cell(end, width)))
    falls = end < start
    sign = ("▒" if falls else "█") if blocks else ("-" if falls else "#")
    cells = [" "] * width
    if scale.goal is not None and 0 < (spot := scale.cell(scale.goal, width)) <= width:
        cells[spot - 1] = "╎" if blocks else "|"
    if low == high and start != end:
        at = min(low, width - 1)
        cells[at] = ("▏" if blocks else ("-" if falls else "+")) if width else ""
        low, high = at, at + 1
    elif low != high:
        cells[low:high] = sign * (high - low)
    text = Text("".join(cells), style="dim")
    text.stylize(style or ("red" if falls else "cyan"), low, high)
    if high > low:
        text.stylize("not dim", low, high)
    return text
