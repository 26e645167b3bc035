"""The ledger: which event counts for which signal, summed into cells (person or account, signal, day)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from tests.oracle.conditions import holds

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.oracle.hygiene import Event, Facts
    from tests.oracle.tables import Row

Raw = dict[str, Any]
Stream = dict[int, dict[date, int]]
"""Of one person, or of the anonymous activity of one account: signal index -> day -> number of occurrences."""


@dataclass
class Ledger:
    people: dict[str, Stream] = field(default_factory=dict)
    anonymous: dict[str, Stream] = field(default_factory=dict)

    def add(self, event: Event, signal: int) -> None:
        streams, owner = (self.people, event.person) if event.person is not None else (self.anonymous, event.account)
        days = streams.setdefault(str(owner), {}).setdefault(signal, {})
        days[event.day] = days.get(event.day, 0) + event.count


def write(model: Raw, facts: Facts, as_of: date, names_of: Callable[[Event], Row]) -> Ledger:
    """Every event that is not ignored, under the first signal that it matches; others count for nothing."""
    ledger = Ledger()
    for event in facts.events:
        names = names_of(event)
        if model["ignore"] is not None and holds(model["ignore"], names, as_of):
            continue
        for signal in model["signals"]:
            if event.row["type"] not in signal["events"]:
                continue
            if signal["where"] is None or holds(signal["where"], names, as_of):
                ledger.add(event, signal["index"])
                break
    return ledger


def last_day(stream: Stream) -> date | None:
    """The newest counted event day."""
    return max((day for days in stream.values() for day in days), default=None)


def pooled(streams: list[Stream]) -> Stream:
    """Several streams as if one pseudo-person had done it all."""
    total: Stream = {}
    for stream in streams:
        for signal, days in stream.items():
            cells = total.setdefault(signal, {})
            for day, count in days.items():
                cells[day] = cells.get(day, 0) + count
    return total
