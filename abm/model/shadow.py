"""Signals that can never count, because an earlier signal takes every event they would match."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from abm.model.conditions import Condition
    from abm.model.places import Path
    from abm.model.signals import Signal


def shadowed_signals(signals: tuple[Signal, ...]) -> list[tuple[Path, str]]:
    """Return, as (path, message), the signals that no event can reach.

    An event counts for the first signal it matches. A signal is out of reach when, for each of its event types, an
    earlier signal of that type has no `where`, or the same one (compared as parsed, so blanks and capitals of keywords
    do not matter). Overlapping but different conditions are not compared.
    """
    found: list[tuple[Path, str]] = []
    takers: dict[tuple[str, str | None], str] = {}
    for position, signal in enumerate(signals):
        where = _canonical(signal.where)
        taken_by = [takers.get((event, None)) or takers.get((event, where)) for event in signal.event]
        blockers = list(dict.fromkeys(name for name in taken_by if name is not None))
        if None not in taken_by:
            verb = "takes" if len(blockers) == 1 else "take"
            quoted = " and ".join(f"'{name}'" for name in blockers)
            text = f"never matches, because {quoted} above {verb} all its events. Move it up, or narrow the one above"
            found.append((("signals", position), text))
        for event in signal.event:
            takers.setdefault((event, where), signal.name)
    return found


def _canonical(where: Condition | None) -> str | None:
    """Return the condition in one spelling; none, and one that is always true, are the same."""
    text = where.tree.sql(comments=False) if where is not None else None
    return None if text == "TRUE" else text
