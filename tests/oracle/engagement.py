"""Engagement points x and recent points r of one stream: caps, repeats and decay, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tests.oracle.millionths import MICRO
from tests.oracle.tables import age, within

if TYPE_CHECKING:
    from collections.abc import Collection

    from tests.oracle.ledger import Stream

Raw = dict[str, Any]


@dataclass
class Line:
    """One cell, or one repeat, with what the caps have left of it, in fresh millionths."""

    signal: Raw
    day: date
    is_repeat: bool
    kept: int


def decay(signal: Raw, days: int) -> float:
    if signal["window_days"] is not None and days >= signal["window_days"]:
        return 0.0
    if signal.get("linear_days") is not None:
        return max(0.0, 1.0 - days / float(signal["linear_days"]))
    if signal.get("steps") is not None:
        reached = [step["factor"] for step in signal["steps"] if step["after_days"] <= days]
        return float(reached[-1]) if reached else 1.0
    half_life = signal["half_life_days"]
    return 1.0 if half_life == "none" else 2.0 ** (-days / float(half_life))


def factor(signal: Raw, days: int) -> int:
    """f(signal, age), millionths, half to even."""
    return round(decay(signal, days) * MICRO)


def capped(signal: Raw, count: int) -> int:
    """min(n, daily_cap)."""
    return count if signal["daily_cap"] is None else min(count, int(signal["daily_cap"]))


def points_of(stream: Stream, model: Raw, as_of: date, signals: Collection[str] | str = "all") -> int:
    """x in millionths. `signals`: the names that count, or "all"; the others are as if they had never happened."""
    lines = lines_of(stream, model, signals)
    return max(0, sum(worth(line, as_of) for line in lines))


def lines_of(stream: Stream, model: Raw, signals: Collection[str] | str = "all") -> list[Line]:
    """Cells and repeats after the caps of signals, then of groups."""
    lines: list[Line] = []
    for signal in model["signals"]:
        days = stream.get(signal["index"])
        if days and (signals == "all" or signal["name"] in signals):
            lines += _cells(signal, days) + _repeats(signal, days)
    for name, budget in model["signal_groups"].items():
        _spend_group(budget, [line for line in lines if line.signal["group"] == name and line.signal["points"] > 0])
    return lines


def worth(line: Line, as_of: date) -> int:
    """t * f // 1e6, truncated toward zero."""
    size = abs(line.kept) * factor(line.signal, age(as_of, line.day)) // MICRO
    return size if line.kept >= 0 else -size


def _cells(signal: Raw, days: dict[date, int]) -> list[Line]:
    """Newest cell first, each keeps what is left of the signal's max_points."""
    left = signal["max_points"]
    lines = []
    for day in sorted(days, reverse=True):
        fresh = capped(signal, days[day]) * signal["points"]
        size = abs(fresh)
        if left is not None:
            size = min(size, left)
            left -= size
        lines.append(Line(signal, day, False, size if fresh >= 0 else -size))
    return lines


def _repeats(signal: Raw, days: dict[date, int]) -> list[Line]:
    """One line at the latest day with a cell on which enough occurrences lie within the days that end there."""
    repeat = signal["repeat"]
    if repeat is None:
        return []
    for day in sorted(days, reverse=True):
        window = [day - timedelta(days=back) for back in range(repeat["within_days"])]
        if sum(capped(signal, days[each]) for each in window if each in days) >= repeat["times"]:
            return [Line(signal, day, True, repeat["points"])]
    return []


def _spend_group(budget: int, lines: list[Line]) -> None:
    """Newest day first; on one day in model order, a signal before its repeat."""
    left = budget
    for line in sorted(lines, key=lambda each: (-each.day.toordinal(), each.signal["index"], each.is_repeat)):
        line.kept = min(line.kept, left)
        left -= line.kept


def recent_points(stream: Stream, model: Raw, as_of: date, days: int, signals: Collection[str] | str = "all") -> int:
    """r in millionths: positive signals of the last `days` days under daily caps, otherwise uncapped, undecayed."""
    return sum(
        capped(signal, count) * signal["points"]
        for signal in model["signals"]
        if signal["points"] > 0 and (signals == "all" or signal["name"] in signals)
        for day, count in stream.get(signal["index"], {}).items()
        if within(as_of, day, days)
    )
