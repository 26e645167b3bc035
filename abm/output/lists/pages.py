"""Lists on a screen: which targets there are, what a page says, what an export did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from abm.output import preset_pages
from abm.output.layout import flowing, wrapped
from abm.output.text import safe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from abm.output.lists.export import Export, Prepared
    from abm.output.lists.target import Target
    from abm.output.screen import Screen

_ROWS = {"account": "accounts", "person": "people", "either": "accounts or people"}


def targets_lines(targets: Sequence[Target], screen: Screen) -> list[Text]:
    """Return the targets as lines: name, what a row is, title, limits."""
    width = max(len(each.name) for each in targets) + 2
    drawn = [Text("Targets", style="bold underline"), Text()]
    for each in targets:
        said = [Text(safe(each.title)), Text(_ROWS[each.level], style="cyan"), *_limits(each)]
        beside = flowing(said, max(screen.width - width, 24))
        head = Text(safe(each.name), style="bold")
        head.pad_right(width - len(each.name))
        drawn += [Text.assemble(head, beside[0]), *(Text.assemble(" " * width, line) for line in beside[1:])]
    advice = "abm export TARGET --show shows a page; a page of your own lies in the folder targets/ of a workspace"
    return [*drawn, Text(), *wrapped([Text(advice, style="dim")], screen.width)]


def page_lines(page: str, screen: Screen) -> list[Text]:
    """Return a page of YAML as lines that fit, highlighted."""
    return preset_pages.page_lines(page, screen)


def export_lines(done: Export, target: Target, planned: Prepared | None = None) -> list[str]:
    """Return what an export did, or with `planned` would do, in plain lines."""
    files = (
        [(path.name, frame.height) for path, frame, _ in planned.pieces]
        if planned
        else [(each.path.name, each.rows) for each in done.files]
    )
    verb = "would write" if planned else "wrote"
    place = f" to {done.manifest.parent}" if not planned else ""
    lines = [f"{verb} {done.written:,} of {done.selected:,} {_ROWS[_level(done, target)]} for {target.title}{place}"]
    if done.added is not None:
        lines[0] = f"{verb} what changed for {target.title}{place}: {done.added:,} added, {done.removed:,} removed"
        lines.append(f"  the whole list has {done.written:,} rows")
    if done.lost:
        lines.append(f"  {done.lost:,} rows of the earlier list are not in the data any more: no file can name them")
    width = max(len(name) for name, _ in files)
    lines += [f"  {name:<{width}}  {rows:,} rows" for name, rows in files]
    lines += [] if planned else [f"  {done.manifest.name}"]
    lines += [f"  left out: {each}, such as {', '.join(each.samples[:3])}" for each in done.dropped]
    lines += [f"  note: {each}" for each in done.notes]
    return [*lines, *(f"warning: {each}" for each in done.warnings)]


def _level(done: Export, target: Target) -> str:
    return done.level if target.level == "either" else target.level


def _limits(target: Target) -> list[Text]:
    limits = target.limits
    said = [
        f"at least {limits.least:,} rows" if limits.least else "",
        f"at most {limits.most:,} rows a file" if limits.most else "",
    ]
    return [Text(each, style="dim") for each in said if each]
