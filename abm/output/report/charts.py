"""Charts: drawings made by Altair, compiled to Vega; rows and the colours of light and dark come from the page."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import altair as alt
from vl_convert import vegalite_to_vega

if TYPE_CHECKING:
    from collections.abc import Sequence

Drawing = dict[str, Any]

GOOD, PLAIN, WARN, FAINT, INK = "var(--good)", "var(--blue)", "var(--warn)", "var(--faint)", "var(--ink)"
"""Colours are properties of the page's style sheet, so that a chart follows light, dark and print by itself."""

_SERIES = ("var(--blue)", "var(--warn)", "var(--good)", "var(--pink)", "var(--gold)", "var(--sky)", "var(--ink-soft)")
_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right", "triangle-left")
_LOOK: Drawing = {
    "background": "transparent",
    "font": 'system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif',
    "view": {"stroke": None},
    "axis": {
        "labelColor": "var(--ink-soft)",
        "titleColor": "var(--ink-soft)",
        "gridColor": "var(--line)",
        "domainColor": "var(--line)",
        "tickColor": "var(--line)",
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": 500,
        "titlePadding": 8,
        "labelPadding": 6,
    },
    "axisY": {"labelColor": "var(--ink)"},
    "legend": {"labelColor": "var(--ink-soft)", "labelFontSize": 12, "titleColor": "var(--ink-soft)"},
}
_LABEL = 170
_ROOMY = "bandwidth('x') > 125"
"""Whether the names of columns have room beside one another."""


@cache
def drawings(signals: tuple[str, ...], components: tuple[str, ...], threshold: float | None) -> dict[str, Drawing]:
    """Make every drawing of a report, without data; the same ones are compiled once a process.

    Args:
        signals: the signals of the model, in order.
        components: the components that have a weight, in order.
        threshold: the score at which accounts qualify, if it is the same for all.

    Returns:
        Vega specifications by name; each takes its rows as the data set `rows`.
    """
    charts = {
        "map": _map(threshold),
        "stages": _stages(),
        "moved": _moved(),
        "heat": _heat(),
        "reach": _bars("step", "accounts", "share"),
        "roles": _bars("role", "engaged", "share"),
        "falls": _falls(components),
        "weeks": _weeks(),
        "days": _days(signals),
    }
    return {name: _compiled(chart) for name, chart in charts.items()}


def _compiled(chart: alt.LayerChart) -> Drawing:
    made: Drawing = vegalite_to_vega({**chart.to_dict(), "config": _LOOK})
    return made


def _rows() -> alt.NamedData:
    return alt.NamedData(name="rows")


def _map(threshold: float | None) -> alt.LayerChart:
    """Score against coverage, a dot an account."""
    few = alt.Axis(tickCount=5)
    title = "Coverage: how much of the committee is engaged"
    x = alt.X("place:Q", title=title, scale=alt.Scale(domain=[0, 100]), axis=few)
    y = alt.Y("score:Q", title="Score", scale=alt.Scale(domain=[0, 100]), axis=few)
    color = alt.Color(
        "standing:N",
        title=None,
        scale=alt.Scale(domain=["qualified", "in market", "other"], range=[GOOD, WARN, PLAIN]),
        legend=None,
    )
    shape = alt.Shape(
        "standing:N",
        scale=alt.Scale(domain=["qualified", "in market", "other"], range=["diamond", "triangle-up", "circle"]),
        legend=None,
    )
    dots = (
        alt.Chart(_rows())
        .mark_point(filled=True, opacity=0.75, stroke="var(--paper)", strokeWidth=0.5, cursor="pointer")
        .encode(
            x=x,
            y=y,
            color=color,
            shape=shape,
            size=alt.Size(
                "people:Q", title="Engaged people", scale=alt.Scale(range=[45, 420], domainMin=0), legend=None
            ),
            tooltip=_tips("label:N", "score:Q", "coverage:Q", "people:Q", "stage:N"),
        )
    )
    names = (
        alt.Chart(_rows())
        .transform_filter("datum.named")
        .mark_text(align="right", dx=-10, fontSize=11, fill=INK, limit=160)
        .encode(x=x, y=y, text="label:N")
    )
    layers: list[alt.Chart] = [dots, names] if threshold is None else [_level(threshold), dots, names]
    return _sized(*layers, height=380)


def _level(at: float) -> alt.Chart:
    base = alt.Chart(alt.InlineData(values=[{"at": at}])).mark_rule(strokeDash=[4, 4], stroke="var(--ink-soft)")
    ruled: alt.Chart = base.encode(y="at:Q")
    return ruled


def _stages() -> alt.LayerChart:
    """How many accounts stand in each stage, and stood before."""
    y = alt.Y("stage:N", sort=None, title=None, axis=alt.Axis(labelLimit=_LABEL, ticks=False, domain=False))
    x = alt.X("accounts:Q", axis=None, title=None)
    base = alt.Chart(_rows())
    bars = base.mark_bar(cornerRadius=3, cursor="pointer").encode(
        y=y,
        x=x,
        color=alt.Color(
            "kind:N",
            legend=None,
            scale=alt.Scale(domain=["path", "goal", "aside"], range=[PLAIN, GOOD, "var(--faint)"]),
        ),
        tooltip=_tips("stage:N", "accounts:Q", "before:Q"),
    )
    counts = base.mark_text(fontWeight="bold", fill=INK, align="left", dx=6).encode(y=y, x=x, text="told:N")
    return _sized(bars, counts, height=alt.Step(42))


def _moved() -> alt.LayerChart:
    """Scores then and now, with a line between."""
    y = alt.Y("label:N", sort=None, title=None, axis=alt.Axis(labelLimit=_LABEL, ticks=False, domain=False))
    x = alt.X("score:Q", title=None, scale=alt.Scale(domain=[0, 108], nice=False), axis=alt.Axis(values=[0, 50, 100]))
    color = alt.Color(
        "way:N",
        title=None,
        scale=alt.Scale(domain=["up", "down"], range=[GOOD, WARN]),
        legend=None,
    )
    base = alt.Chart(_rows())
    lines = base.mark_rule(strokeWidth=3, opacity=0.55).encode(y=y, x=alt.X("then:Q"), x2="score:Q", color=color)
    before = base.mark_point(filled=True, size=45, fill="var(--paper)", strokeWidth=1.5, opacity=1).encode(
        y=y,
        x="then:Q",
        stroke=alt.Stroke("way:N", scale=alt.Scale(domain=["up", "down"], range=[GOOD, WARN]), legend=None),
    )
    now = base.mark_point(filled=True, size=110, opacity=1, cursor="pointer").encode(
        y=y, x=x, color=color, tooltip=_tips("label:N", "then:Q", "score:Q", "change:Q")
    )
    change = base.mark_text(fontSize=11, align="left", dx=9, fill="var(--ink-soft)").encode(
        y=y, x="edge:Q", text="told:N"
    )
    return _sized(lines, before, now, change, height=alt.Step(24))


def _heat() -> alt.LayerChart:
    """Accounts by topics; the darker the stronger, with a mark where it spikes."""
    base = alt.Chart(_rows())
    x = alt.X(
        "topic:N",
        sort=None,
        title=None,
        axis=alt.Axis(
            orient="top",
            labelAngle=alt.ExprRef(f"{_ROOMY} ? 0 : -50"),
            labelAlign=alt.ExprRef(f"{_ROOMY} ? 'center' : 'left'"),
            labelLimit=_LABEL,
            labelOverlap=False,
            ticks=False,
            domain=False,
        ),
    )
    y = alt.Y("label:N", sort=None, title=None, axis=alt.Axis(labelLimit=_LABEL, ticks=False, domain=False))
    cells = base.mark_rect(fill=PLAIN, stroke="var(--line)", strokeWidth=0.6, cornerRadius=2, cursor="pointer").encode(
        x=x,
        y=y,
        fillOpacity=alt.FillOpacity("heat:Q", scale=alt.Scale(domain=[0, 100], range=[0.03, 1]), legend=None),
        tooltip=_tips("label:N", "topic:N", "heat:Q", "spiking:N", "source:N", "seen:N"),
    )
    spikes = (
        base.transform_filter("datum.spike")
        .mark_point(shape="triangle-up", filled=True, size=42, opacity=1)
        .encode(x=x, y=y, color=alt.condition("datum.heat > 55", alt.value("var(--on-blue)"), alt.value(INK)))
    )
    return _sized(cells, spikes, height=alt.Step(22))


def _bars(name: str, count: str, share: str) -> alt.LayerChart:
    """Counts as parts of a whole."""
    base = alt.Chart(_rows())
    y = alt.Y(f"{name}:N", sort=None, title=None, axis=alt.Axis(labelLimit=_LABEL, ticks=False, domain=False))
    x = alt.X(f"{share}:Q", axis=None, scale=_leaving(112))
    whole = base.mark_bar(cornerRadius=3, fill="var(--wash)").encode(y=y, x=alt.X("whole:Q", axis=None))
    part = base.mark_bar(cornerRadius=3, fill=PLAIN).encode(
        y=y, x=x, tooltip=_tips(f"{name}:N", f"{count}:Q", f"{share}:Q")
    )
    told = base.mark_text(align="left", dx=8, fill=INK).encode(y=y, x=alt.X("whole:Q", axis=None), text="told:N")
    return _sized(whole, part, told, height=alt.Step(28))


def _falls(components: Sequence[str]) -> alt.LayerChart:
    """A waterfall: bars that begin where the one before ended."""
    base = alt.Chart(_rows())
    y = alt.Y("label:N", sort=None, title=None, axis=alt.Axis(labelLimit=_LABEL, ticks=False, domain=False))
    x = alt.X("from:Q", title="Points", scale=_leaving(42), axis=alt.Axis(values=[0, 20, 40, 60, 80, 100]))
    order = [*components, "score"]
    colors = [*_SERIES[: len(components)], INK]
    bars = base.mark_bar(cornerRadius=2, height={"band": 0.72}).encode(
        y=y,
        x=x,
        x2="to:Q",
        color=alt.Color(
            "component:N",
            title=None,
            scale=alt.Scale(domain=order, range=colors),
            legend=alt.Legend(
                orient="top", values=list(components), symbolType="square", columns=alt.ExprRef("floor(width / 85)")
            ),
        ),
        tooltip=_tips("label:N", "component:N", "points:Q", "to:Q"),
    )
    told = base.mark_text(align="left", dx=5, fontSize=11, fill="var(--ink-soft)").encode(
        y=y, x="edge:Q", text="told:N"
    )
    bar = (
        base.transform_filter("datum.bar != null")
        .mark_rule(strokeDash=[4, 4], stroke="var(--ink-soft)")
        .encode(x="bar:Q")
    )
    return _sized(bar, bars, told, height=alt.Step(20))


def _weeks() -> alt.LayerChart:
    """Topics by week."""
    base = alt.Chart(_rows())
    x = alt.X(
        "week:O",
        title=None,
        sort=None,
        axis=alt.Axis(labelAngle=0, ticks=False, domain=False, labelOverlap="greedy"),
    )
    y = alt.Y("topic:N", sort=None, title=None, axis=alt.Axis(labelLimit=_LABEL, ticks=False, domain=False))
    cells = base.mark_rect(fill=PLAIN, stroke="var(--line)", strokeWidth=0.6, cornerRadius=2).encode(
        x=x,
        y=y,
        fillOpacity=alt.FillOpacity(
            "share:Q", scale=alt.Scale(type="pow", exponent=2.5, domain=[0, 1], range=[0.03, 1]), legend=None
        ),
        tooltip=_tips("topic:N", "week:O", "value:Q", "kind:N"),
    )
    values = base.mark_text(fontSize=10.5).encode(
        x=x,
        y=y,
        text="value:Q",
        color=alt.Color("deep:N", scale=alt.Scale(domain=["yes", "no"], range=["var(--on-blue)", INK]), legend=None),
    )
    return _sized(cells, values, height=alt.Step(26))


def _days(signals: Sequence[str]) -> alt.LayerChart:
    """What everybody did, day by day."""
    names = list(signals)
    colors = [_SERIES[i % len(_SERIES)] for i in range(len(names))]
    shapes = [_SHAPES[(i + 3 * (i // len(_SERIES))) % len(_SHAPES)] for i in range(len(names))]
    marks = (
        alt.Chart(_rows())
        .mark_point(filled=True, opacity=0.8)
        .encode(
            x=alt.X("day:T", title=None, axis=alt.Axis(labelOverlap="greedy", format="%-d %b", grid=True, tickCount=7)),
            y=alt.Y("who:N", sort=None, title=None, axis=alt.Axis(labelLimit=_LABEL, ticks=False, grid=True)),
            color=alt.Color(
                "signal:N",
                title=None,
                scale=alt.Scale(domain=names, range=colors),
                legend=alt.Legend(orient="bottom", columns=3, labelLimit=130),
            ),
            shape=alt.Shape("signal:N", scale=alt.Scale(domain=names, range=shapes)),
            size=alt.Size("times:Q", scale=alt.Scale(range=[40, 260], domainMin=1, type="sqrt"), legend=None),
            tooltip=_tips("who:N", "signal:N", "date:N", "times:Q"),
        )
    )
    return _sized(marks, height=alt.Step(22))


_TITLES = {
    "label": "Account", "people": "Engaged people", "then": "Before", "heat": "Strength", "spiking": "Spiking",
    "seen": "Seen on", "before": "Before", "to": "Sum so far", "who": "Who", "times": "Times", "date": "Day",
}  # fmt: skip


def _leaving(room: int) -> alt.Scale:
    """A scale from 0 to 100 that leaves so many pixels behind 100 for words, however wide the chart is."""
    return alt.Scale(domainMin=0, domainMax=alt.ExprRef(f"100 * width / max(width - {room}, 40)"), nice=False)


def _tips(*fields: str) -> list[alt.Tooltip]:
    names = [each.partition(":")[0] for each in fields]
    return [
        alt.Tooltip(each, title=_TITLES.get(name, name.capitalize())) for each, name in zip(fields, names, strict=True)
    ]


def _sized(*layers: alt.Chart, height: int | alt.Step) -> alt.LayerChart:
    fitted = alt.AutoSizeParams(type="fit-x", contains="padding")
    sized: Any = alt.layer(*layers).properties(width="container", height=height, autosize=fitted)
    assert isinstance(sized, alt.LayerChart)
    return sized
