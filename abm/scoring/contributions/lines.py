"""What a contribution line is, and how lines of several kinds are put into one shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

if TYPE_CHECKING:
    from abm.engines.base import Step

LINE = ("key", "component", "item", "raw_points", "points", "count", "age", "note", "place")
"""`key` of the lead or account, `place` the line's position among the lines of its key."""

COMPONENTS = ("fit", "leads", "engagement", "coverage", "intent")
"""The components in the order of their lines."""

PER_COMPONENT = 10**12
"""Places of one component."""


def text(value: str) -> nw.Expr:
    """A constant text."""
    return nw.lit(value)


def number(value: int | None = None) -> nw.Expr:
    """A constant Int64, null by default."""
    return nw.lit(value, dtype=nw.Int64)


def line(
    step: Step,
    component: str,
    *,
    item: nw.Expr,
    points: nw.Expr,
    note: nw.Expr,
    order: nw.Expr | int,
    raw_points: nw.Expr | None = None,
    count: nw.Expr | None = None,
    age: nw.Expr | None = None,
) -> Step:
    """Shape rows that have a `key` into lines of one component.

    Args:
        step: rows with `key`.
        component: `fit`, `leads`, `engagement`, `coverage` or `intent`.
        item: what made the points: a rule, a signal, a role, a person, a topic.
        points: Int64 millionths, or a share that is still to be turned into points.
        note: what kind of line it is, or whom it belongs to.
        order: position within the component.
        raw_points: points before caps and decay, in millionths.
        count: occurrences.
        age: of the newest activity, in days.
    """
    first = COMPONENTS.index(component) * PER_COMPONENT
    place = number(first + order) if isinstance(order, int) else order + first
    columns = {
        "component": text(component),
        "item": item,
        "raw_points": number() if raw_points is None else raw_points,
        "points": points,
        "count": number() if count is None else count,
        "age": number() if age is None else age,
        "note": note,
        "place": place,
    }
    kinds = {"component": nw.String, "item": nw.String, "note": nw.String}
    return step.select("key", *(value.cast(kinds.get(name, nw.Int64)).alias(name) for name, value in columns.items()))
