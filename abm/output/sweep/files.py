"""A sweep as a file: data, a screen, a picture, or a page."""

from __future__ import annotations

import json
from datetime import date
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal

from abm.errors import OutputError
from abm.output.spreadsheet import for_spreadsheet
from abm.output.text import safe_json
from abm.output.writers import encoded

if TYPE_CHECKING:
    from abm.evaluation.sweep import Sweep
    from abm.output.sweep.screen import Shown

Data = Literal["csv", "json", "jsonl", "parquet"]
Picture = Literal["svg", "png", "html"]

MOST_AXES = 2
"""So many things that vary can be drawn."""

_NEEDED = ("altair", "vl_convert")


def require_picture(varying: int) -> None:
    """Make sure that a sweep can be drawn; asked early, it saves the work that would come to nothing.

    Args:
        varying: how many things have more than one value.

    Raises:
        OutputError: an optional package is missing, or more varies than a chart can show.
    """
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise OutputError(
            f"sweep: charts are drawn with packages that are not installed: {', '.join(missing)}."
            " Install them with: pip install 'abm[report]'. Or write a table: -o sweep.csv."
        )
    if varying > MOST_AXES:
        raise OutputError(
            f"sweep: {varying} things vary, and a chart shows {MOST_AXES}. Vary fewer, or write a table: -o sweep.csv."
        )


def data(sweep: Sweep, kind: Data) -> bytes:
    """Return the rows as data; JSON is one object: stamp and figures of the base, varied keys, then the rows.

    CSV is made for spreadsheets (see `for_spreadsheet`).
    """
    if kind == "json":
        opening = safe_json(json.dumps(head(sweep), indent=1, ensure_ascii=False)).removesuffix("\n}")
        return f'{opening},\n "rows": '.encode() + encoded(sweep.polars, "json", {}).rstrip() + b"\n}\n"
    rows = for_spreadsheet(sweep.polars) if kind == "csv" else sweep.polars
    return encoded(rows, kind, sweep.stamp)


def head(sweep: Sweep) -> dict[str, Any]:
    """What is said of all rows together."""
    base = {name: str(value) if isinstance(value, date) else value for name, value in sweep.base.items()}
    return {"stamp": dict(sweep.stamp), "base": base, "keys": list(sweep.keys), "runs": len(sweep.polars)}


def picture(shown: Shown, kind: Picture) -> bytes:
    """Return the chart as a file, or as a page with a table below it.

    Raises:
        OutputError: as `require_picture`.
    """
    from abm.output.sweep import chart  # noqa: PLC0415 - made with an optional package

    if kind == "png":
        return chart.png(shown)
    drawn = chart.svg(shown)
    if kind == "svg":
        return drawn.encode()
    from abm.output.sweep.page import page  # noqa: PLC0415 - most sweeps are no page

    return page(shown, drawn).encode()
