"""A sweep as one HTML page: the chart, and below it the table."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from abm.output import marks
from abm.output.sweep.axes import axes, heading, is_base
from abm.output.text import safe

if TYPE_CHECKING:
    from abm.output.sweep.screen import Shown

_TITLES = {
    "mqas": "MQAs",
    "mqas_gained": "gained",
    "mqas_lost": "lost",
    "mqls": "MQLs",
    "mqls_gained": "gained",
    "mqls_lost": "lost",
    "hand_raisers": "Hand-raisers",
    "median_score": "Median",
    "top_20_stay": "Top 20",
    "accounts_with_deal": "With deal",
    "mqas_with_deal": "of them MQA",
    "deal_share_of_mqas": "of MQAs",
}


def page(shown: Shown, svg: str) -> str:
    """Return the page: nothing fetched, nothing run, all text escaped.

    Args:
        shown: the sweep.
        svg: its chart.
    """
    sweep = shown.sweep
    varied = axes(sweep)
    known = [name for name in _TITLES if not sweep.polars[name].is_null().all()]
    counted = sweep.polars.select(known).iter_rows()
    rows = [
        {"keys": [axis.said(axis.values[place]) for axis in varied], "figures": list(map(_said, figures)), "base": same}
        for place, (figures, same) in enumerate(zip(counted, is_base(sweep), strict=True))
    ]
    made: str = _template().render(
        workspace=safe(shown.workspace),
        heading=heading(sweep),
        base=sweep.base,
        svg=Markup(svg[svg.index("<svg") :]),  # noqa: S704 - the drawing's own, its text escaped by what drew it
        keys=[axis.title for axis in varied],
        titles=[_TITLES[name] for name in known],
        rows=rows,
        deals="mqas_with_deal" in known,
    )
    return made


def _said(value: Any) -> str:
    if isinstance(value, float):
        return f"{int(value * 100)}%" if value <= 1 else marks.number(value)
    return "·" if value is None else f"{value:,}"


@cache
def _template() -> Any:
    loader = FileSystemLoader(Path(__file__).resolve().parent / "templates")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.get_template("page.html.jinja")
