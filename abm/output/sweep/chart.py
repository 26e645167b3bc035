"""A sweep as a chart: lines against a number or days, bars for words, a heat map for two things that vary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
from vl_convert import vegalite_to_png, vegalite_to_svg

from abm.output.sweep.axes import MODEL, axes, heading, is_base

if TYPE_CHECKING:
    from abm.output.sweep.axes import Axis
    from abm.output.sweep.screen import Shown

COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000", "#7a7a7a")
"""Okabe and Ito's, which people tell apart however they see colours."""
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right", "triangle-left")

SCALE = 2
"""Points of a PNG per point of the drawing."""

Rows = list[dict[str, Any]]

_INK, _SOFT, _LINE = "#1b2733", "#52616f", "#e1e6eb"
_WIDE, _HIGH, _LOW = 760, 280, 170
_FONT = "DejaVu Sans, Segoe UI, Roboto, Helvetica, Arial, sans-serif"
_LOOK: dict[str, Any] = {
    "background": "white",
    "font": _FONT,
    "padding": 18,
    "view": {"stroke": None},
    "title": {
        "anchor": "start",
        "color": _INK,
        "fontSize": 17,
        "subtitleColor": _SOFT,
        "subtitleFontSize": 12,
        "subtitlePadding": 6,
        "offset": 16,
    },
    "axis": {
        "labelColor": _SOFT,
        "titleColor": _SOFT,
        "gridColor": _LINE,
        "domainColor": _LINE,
        "tickColor": _LINE,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "titlePadding": 10,
        "labelPadding": 6,
        "labelLimit": 240,
    },
    "legend": {
        "labelColor": _INK,
        "titleColor": _SOFT,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "orient": "top",
    },
}
_COUNTS = {"mqas": "MQAs", "mqls": "MQLs"}
_NUMBERED = 24
"""So many points of a line, or columns of a heat map, have their numbers beside them."""
_CELL = 52
_HEADROOM = 1.15


def svg(shown: Shown) -> str:
    """Draw a sweep as SVG: nothing fetched, nothing run."""
    drawn: str = vegalite_to_svg(drawing(shown))
    return drawn


def png(shown: Shown) -> bytes:
    """Draw a sweep as PNG."""
    drawn: bytes = vegalite_to_png(drawing(shown), scale=SCALE)
    return drawn


def drawing(shown: Shown) -> dict[str, Any]:
    """Return the drawing as a Vega-Lite specification, rows included.

    One thing that varies: a line of MQAs against it and below it one of MQLs, where they change; bars if it is no
    number. Two: a line per model against the other, or per value of a key against days; else a heat map of MQAs. The
    base is marked.
    """
    first, *others = axes(shown.sweep)
    rows = _rows(shown, first, others)
    if not others:
        chart = _panels(rows, first, None, shown)
    elif _as_lines(first, others[0]):
        chart = _panels(rows, others[0], first, shown)
    else:
        chart = _heat(rows, others[0], first)
    counts = "MQAs" if others and not _as_lines(first, others[0]) else " and ".join(_drawn(rows).values())
    made: dict[str, Any] = chart.to_dict()
    title = {
        "text": f"{counts} by {' and '.join(_named(each) for each in (first, *others))}",
        "subtitle": f"{shown.workspace} · held against {heading(shown.sweep)}",
    }
    return {**made, "title": title, "config": _LOOK}


def _as_lines(first: Axis, other: Axis) -> bool:
    """Whether two things are shown as several lines, not as a heat map."""
    ordered = other.kind == "day" or (first.name == MODEL and other.kind == "number")
    return ordered and len(first.distinct) <= len(COLORS)


def _rows(shown: Shown, first: Axis, others: list[Axis]) -> Rows:
    """What is drawn: counts, and by axis its value to lie at and its value in words."""
    counted = shown.sweep.polars.select(*_COUNTS).to_dicts()
    for row, same in zip(counted, is_base(shown.sweep), strict=True):
        row["base"] = same
    for axis in (first, *others):
        for row, value in zip(counted, axis.values, strict=True):
            row[f"{axis.kind}:{axis.name}"] = value if axis.kind == "number" else axis.said(value)
    slots = {f"{axis.kind}:{axis.name}": slot for axis, slot in zip((first, *others), ("first", "other"), strict=False)}
    return [{slots.get(name, name): value for name, value in row.items()} for row in counted]


def _drawn(rows: Rows) -> dict[str, str]:
    """MQAs always, MQLs where they change."""
    return {name: title for name, title in _COUNTS.items() if name == "mqas" or len({row[name] for row in rows}) > 1}


def _panels(rows: Rows, axis: Axis, series: Axis | None, shown: Shown) -> Any:
    """MQAs above, MQLs below."""
    field = "first" if series is None else "other"
    names = _drawn(rows)
    panels = []
    for place, name in enumerate(names):
        last = place == len(names) - 1
        if axis.kind == "word":
            panels.append(_bars(rows, name, shown))
        else:
            layers = _lines(rows, axis, field, series, name, last=last, top=not place)
            panels.append(alt.layer(*layers).properties(width=_WIDE, height=_LOW if place else _HIGH))
    return alt.vconcat(*panels, spacing=24)


def _lines(
    rows: Rows, axis: Axis, field: str, series: Axis | None, name: str, *, last: bool, top: bool
) -> list[alt.Chart]:
    x = _x(axis, field, last=last)
    most = max(row[name] for row in rows) * _HEADROOM or 1
    scale = alt.Scale(domain=[0, most], nice=False)
    y = alt.Y(f"{name}:Q", title=_COUNTS[name], scale=scale, axis=alt.Axis(tickMinStep=1, tickCount=6))
    base = alt.Chart(alt.InlineData(values=rows))
    marks: dict[str, Any] = {"x": x, "y": y}
    layers = _base_rule(axis, x, top=top)
    if series is None:
        layers.append(base.mark_line(color=COLORS[0], strokeWidth=2.5).encode(**marks))
        layers.append(base.mark_point(color=COLORS[0], filled=True, size=60, opacity=1).encode(**marks))
        if len(rows) <= _NUMBERED:
            layers += _numbers(base, marks, name)
        return layers
    names = [series.said(each) for each in series.distinct]
    legend = alt.Legend(title=_named(series), symbolSize=90) if top else None
    color = alt.Color("label:N", scale=alt.Scale(domain=names, range=list(COLORS[: len(names)])), legend=legend)
    shape = alt.Shape("label:N", scale=alt.Scale(domain=names, range=list(SHAPES[: len(names)])), legend=legend)
    labelled = [{**row, "label": series.said(row["first"])} for row in rows]
    base = alt.Chart(alt.InlineData(values=labelled))
    layers.append(base.mark_line(strokeWidth=2.5).encode(**marks, color=color))
    layers.append(base.mark_point(filled=True, size=60, opacity=1).encode(**marks, color=color, shape=shape))
    return layers


def _numbers(base: alt.Chart, place: dict[str, Any], name: str) -> list[alt.Chart]:
    """Counts above their points, on a white ground, so that no line runs through them."""
    said = {**place, "text": alt.Text(f"{name}:Q", format=",")}
    ground = base.mark_text(dy=-13, fontSize=12, stroke="white", strokeWidth=5, strokeJoin="round")
    return [ground.encode(**said), base.mark_text(dy=-13, fontSize=12, color=_INK).encode(**said)]


def _x(axis: Axis, field: str, *, last: bool) -> alt.X:
    title = _named(axis) if last else None
    if axis.kind == "day":
        scale = alt.Scale(type="utc", padding=24)  # days are days wherever the picture is drawn
        return alt.X(
            f"{field}:T", title=title, scale=scale, axis=alt.Axis(format="%-d %b %Y", labelOverlap=True, grid=False)
        )
    few: dict[str, Any] = {"values": axis.distinct} if len(axis.distinct) <= _NUMBERED else {}
    drawn = alt.Axis(grid=False, labelOverlap=True, **few)
    return alt.X(f"{field}:Q", title=title, scale=alt.Scale(zero=False, nice=False, padding=24), axis=drawn)


def _base_rule(axis: Axis, x: alt.X, *, top: bool) -> list[alt.Chart]:
    """A dashed line where the base stands, if it stands among the values."""
    values = [each for each in axis.values if each is not None]
    if axis.base is None or not min(values) <= axis.base <= max(values):
        return []
    at = axis.base if axis.kind == "number" else axis.said(axis.base)
    words = f"base {axis.said(axis.base)}"
    given = alt.Chart(alt.InlineData(values=[{"first": at, "other": at, "words": words}]))
    rule = given.mark_rule(strokeDash=[5, 4], color=_SOFT).encode(x=x)
    late = sum(each < axis.base for each in values) > len(values) / 2
    said = given.mark_text(align="right" if late else "left", dx=-6 if late else 6, dy=6, color=_SOFT, fontSize=12)
    return [rule, said.encode(x=x, y=alt.value(0), text="words:N")] if top else [rule]


def _bars(rows: Rows, name: str, shown: Shown) -> Any:
    base = alt.Chart(alt.InlineData(values=rows))
    y = alt.Y("first:N", sort=None, title=None, axis=alt.Axis(ticks=False, domain=False, labelColor=_INK))
    x = alt.X(f"{name}:Q", title=_COUNTS[name], axis=alt.Axis(tickMinStep=1))
    bars = base.mark_bar(color=COLORS[0], cornerRadius=2, height={"band": 0.7}).encode(x=x, y=y)
    numbers = base.mark_text(align="left", dx=6, color=_INK, fontSize=12).encode(x=x, y=y, text=f"{name}:Q")
    now = shown.sweep.base[name]
    given = alt.Chart(alt.InlineData(values=[{name: now, "words": f"base {now:,}"}]))
    rule = given.mark_rule(strokeDash=[5, 4], color=_SOFT).encode(x=x)
    said = given.mark_text(align="left", dx=5, dy=-8, color=_SOFT, fontSize=12)
    words = said.encode(x=x, y=alt.value(0), text="words:N")
    return alt.layer(bars, rule, words, numbers).properties(width=_WIDE, height=alt.Step(34))


def _heat(rows: Rows, across: Axis, down: Axis) -> Any:
    """A field per pair of values, darker with more MQAs; the base has a frame."""
    columns, counts = len(across.distinct), [row["mqas"] for row in rows]
    said = [{**row, "x": across.said(row["other"]), "y": down.said(row["first"])} for row in rows]
    base = alt.Chart(alt.InlineData(values=said))
    plain: dict[str, Any] = {"ticks": False, "domain": False, "labelOverlap": True, "labelColor": _INK}
    x = alt.X("x:O", sort=None, title=_named(across), axis=alt.Axis(labelAngle=0, **plain))
    y = alt.Y("y:O", sort=None, title=_named(down), axis=alt.Axis(**plain))
    scale = alt.Scale(scheme="blues", domain=[min(counts), max(*counts, min(counts) + 1)])
    numbered = columns <= _NUMBERED
    legend = None if numbered else alt.Legend(title="MQAs", orient="right", tickMinStep=1, gradientLength=100)
    color = alt.Color("mqas:Q", scale=scale, legend=legend)
    cells = base.mark_rect(stroke="white", strokeWidth=1).encode(x=x, y=y, color=color)
    framed = base.transform_filter("datum.base").mark_rect(fill=None, stroke=COLORS[1], strokeWidth=2.5)
    layers = [cells, framed.encode(x=x, y=y)]
    if numbered:
        middle = (min(counts) + max(counts)) / 2
        ink = alt.condition(f"datum.mqas > {middle}", alt.value("white"), alt.value(_INK))
        layers.insert(1, base.mark_text(fontSize=12).encode(x=x, y=y, text="mqas:Q", color=ink))
    step = max(6, min(_CELL, _WIDE // columns))
    high = max(6, min(38, 620 // len(down.distinct)))
    return alt.layer(*layers).properties(width=alt.Step(step), height=alt.Step(high))


def _named(axis: Axis) -> str:
    return axis.title.lower() if axis.title != axis.name else axis.name
