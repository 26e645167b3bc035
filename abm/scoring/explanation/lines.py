"""Contribution lines as a tree in words: what a person did stands below the person."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from abm.scoring.explanation.explanation import Line
from abm.scoring.explanation.words import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import polars as pl

ANONYMOUS = "anonymous"
_LABELS: dict[str, Callable[[str], str]] = {
    "repeat": lambda item: f"came back soon: {plain(item)}",
    "cap": lambda item: f"cap of {plain(item)}",
    "group cap": lambda item: f"shared cap of {plain(item)}",
    "floor": lambda _item: "no less than 0",
    "clamp": lambda _item: "kept within 0 to 100",
    "topic": lambda item: item,
    "spike": lambda item: item,
    ANONYMOUS: lambda _item: "visitors without a name",
}
"""How lines of each kind are called; others by the words of their item."""


def account_tree(table: pl.DataFrame, names: Mapping[str, str]) -> tuple[Line, ...]:
    """The lines of an account or a group in order.

    Args:
        table: its contribution lines.
        names: of people, by contact_id.

    Returns:
        The lines that have points, activity below its person.
    """
    tree: list[Line] = []
    for row in table.iter_rows(named=True):
        if row["points"] is None:
            done = _line(row, "signal", plain(row["item"]))
            tree[-1] = replace(tree[-1], activity=(*tree[-1].activity, done))
        elif row["component"] == "engagement" and not row["item"] == row["note"] == ANONYMOUS:
            tree.append(_line(row, "person", names.get(row["item"], row["item"]), role=row["note"]))
        else:
            tree.append(_labelled(row))
    return tuple(tree)


def lead_lines(table: pl.DataFrame) -> tuple[Line, ...]:
    """The lines of a lead in order."""
    return tuple(_labelled(row) for row in table.iter_rows(named=True))


def _labelled(row: Mapping[str, Any]) -> Line:
    kind = row["note"]
    return _line(row, kind, _LABELS.get(kind, plain)(row["item"]))


def _line(row: Mapping[str, Any], kind: str, label: str, role: str | None = None) -> Line:
    numbers = {name: row[name] for name in ("points", "raw_points", "count", "last_day")}
    return Line(component=row["component"], item=row["item"], label=label, kind=kind, role=role, **numbers)
