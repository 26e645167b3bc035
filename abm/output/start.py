"""What `abm init` saw, as a screen: each file and what it is, what is not read and why, what a person must decide."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from abm.output.layout import arrange, fixed, flowing, lines, stretch, wrapped
from abm.output.text import safe
from abm.workspace.start.event_types import sorted_types
from abm.workspace.start.patterns import masked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from abm.output.screen import Screen
    from abm.workspace.start.start import Row, Start

_MOST_LEFT = 25
_MOST_TYPES = 8


@dataclass(frozen=True)
class _Line:
    """One line of the table: a file, or several of one shape."""

    file: str
    rows: int | None
    meant: str
    tables: str
    evidence: str


def start_lines(name: str, seen: Start, screen: Screen) -> list[Text]:
    """Return what was seen as lines, none wider than the screen.

    Args:
        name: what to call the folder.
        seen: what was seen.
        screen: where it is shown.
    """
    width = screen.width
    heading = [
        Text(safe(name), style="bold"),
        Text(_many(len(seen.read) + len(seen.left), "file")),
        Text(f"{len(seen.read)} read", style="green" if seen.read else "red"),
    ]
    if seen.left:
        heading.append(Text(f"{len(seen.left)} not", style="yellow"))
    drawn = flowing(heading, width)
    if seen.read:
        drawn += [Text(), *_table(_collapsed(seen.read), width)]
    drawn += _events(seen, width)
    drawn += _left(seen.left, width)
    drawn += _section("To decide", [Text(safe(each)) for each in seen.questions], width, "yellow")
    return drawn + _section("Not enough to score yet", [Text(safe(each)) for each in seen.missing], width, "yellow")


def _collapsed(rows: Sequence[Row]) -> list[_Line]:
    """Put the files of one shape, whose names differ in numbers only, on one line."""
    groups: dict[tuple[str, str, tuple[str, ...], str], list[Row]] = defaultdict(list)
    for row in rows:
        groups[masked(row.file), row.meant, row.tables, row.evidence].append(row)
    collapsed = []
    for (mask, meant, tables, evidence), group in groups.items():
        counted = [row.rows for row in group if row.rows is not None]
        count = sum(counted) if len(counted) == len(group) else None
        file = group[0].file if len(group) == 1 else f"{mask} ({len(group)} files)"
        collapsed.append(_Line(file, count, meant, ", ".join(tables), evidence))
    return collapsed


def _table(rows: Sequence[_Line], width: int) -> list[Text]:
    columns = {
        "file": fixed("File", [Text(safe(row.file)) for row in rows]),
        "rows": fixed("Rows", [_count(row.rows) for row in rows], right=True),
        "meant": fixed("Read as", [Text(safe(row.meant), style="cyan") for row in rows]),
        "tables": fixed("Feeds", [Text(row.tables) for row in rows]),
        "evidence": fixed("Known by", [Text(safe(row.evidence), style="dim") for row in rows]),
    }
    wishes = [
        *(("file", 14), ("meant", 14), ("rows", 6), ("tables", 12), ("file", 30), ("meant", 32), ("tables", 24)),
        *(("rows", 11), ("evidence", 14), ("tables", 40), ("evidence", 60), ("file", 60)),
    ]
    widths = stretch(columns, arrange(columns, wishes, width), ["evidence", "file", "tables"], width)
    return lines(columns, widths, width)


def _count(rows: int | None) -> Text:
    return Text("large", style="dim") if rows is None else Text(f"{rows:,}")


def _events(seen: Start, width: int) -> list[Text]:
    """How many of the events a signal of the first model counts, and which types nobody knows."""
    types = seen.seen.types
    if not types:
        return []
    kinds = sorted_types(types)
    total, counted = sum(types.values()), sum(types[each] for own in kinds.signals.values() for each in own)
    told = [Text(f"{counted:,} of {total:,} events are of a type with points in the model")]
    ignored = [each for own in kinds.ignored.values() for each in own]
    for what, words in (("known and not counted", ignored), ("not known, yours to weigh", kinds.unknown)):
        if words:
            shown = ", ".join(f"{safe(each)} {types[each]:,}" for each in words[:_MOST_TYPES])
            more = f" and {len(words) - _MOST_TYPES} more types" if len(words) > _MOST_TYPES else ""
            told.append(Text(f"{what}: {shown}{more}"))
    return _section("Events", told, width)


def _left(rows: Sequence[Row], width: int) -> list[Text]:
    told = []
    for row in rows[:_MOST_LEFT]:
        what = f" ({row.meant})" if row.meant else ""
        text = Text.assemble((safe(row.file), "bold"), f"{safe(what)}: {safe(row.evidence).rstrip('.')}.")
        if row.advice:
            text.append(f" {safe(row.advice)}", style="cyan")
        told.append(text)
    if len(rows) > _MOST_LEFT:
        told.append(Text(f"and {len(rows) - _MOST_LEFT} more; workspace.yaml lists them", style="dim"))
    return _section("Not read", told, width)


def _section(title: str, told: Sequence[Text], width: int, style: str = "") -> list[Text]:
    if not told:
        return []
    drawn = [Text(), Text(title, style=f"bold {style}".strip()), Text("─" * width, style="dim")]
    for each in told:
        first, *rest = wrapped([each], width - 2)
        drawn += [Text.assemble("· ", first), *(Text.assemble("  ", line) for line in rest)]
    return drawn


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
