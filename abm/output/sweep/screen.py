"""A sweep as a screen: a row per variant, with bars, and what it is held against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.text import Text

from abm.output import marks
from abm.output.layout import Column, arrange, fixed, flowing, lines, stretch
from abm.output.sweep.axes import axes, heading, is_base
from abm.output.text import safe

if TYPE_CHECKING:
    from abm.evaluation.sweep import Sweep
    from abm.output.screen import Screen
    from abm.output.sweep.axes import Axis

_LONGEST_BAR = 24
_KEY_AT_LEAST, _KEY_ROOMY = 9, 16
_DEALS = "mqas_with_deal"


@dataclass(frozen=True, slots=True)
class Shown:
    """A sweep to be shown.

    Attributes:
        sweep: what `sweep` gave.
        workspace: what to call the workspace.
    """

    sweep: Sweep
    workspace: str


def sweep_lines(shown: Shown, screen: Screen) -> list[Text]:
    """Return the sweep as lines, none wider than the screen: the base, a row per variant, what the columns mean."""
    sweep, width = shown.sweep, screen.width
    varied = axes(sweep)
    columns = {**_axis_columns(varied), **_figures(sweep, blocks=screen.blocks)}
    names = list(_axis_columns(varied))
    wishes = [*((name, _KEY_AT_LEAST) for name in names), ("mqas", 4), ("mqas_moved", 7), ("mqls", 5), ("base", 6)]
    wishes += [
        ("bar", 8),
        *((name, _KEY_ROOMY) for name in names),
        ("mqls_moved", 7),
        ("deals", 7),
        ("median", 6),
        ("top", 6),
        ("mqas_moved", 13),
    ]
    wishes += [("mqls_moved", 13), ("raised", 6), ("deal_share", 7), *((name, 40) for name in names)]
    widths = arrange(columns, [*wishes, ("bar", _LONGEST_BAR)], width)
    widths = stretch(columns, widths, ["bar"], width)
    above = [Text(safe(shown.workspace), style="bold"), Text(heading(sweep)), Text(_runs(sweep))]
    drawn = [*flowing(above, width), *flowing(_base(sweep, varied), width), Text()]
    return [*drawn, *lines(columns, widths, width), Text(), *flowing(_meaning(widths, screen), width)]


def _runs(sweep: Sweep) -> str:
    return f"{sweep.polars.height:,} {'run' if sweep.polars.height == 1 else 'runs'}"


def _base(sweep: Sweep, varied: list[Axis]) -> list[Text]:
    base = sweep.base
    parts = [f"{axis.name} {axis.said(axis.base)}" for axis in varied if axis.base is not None and axis.kind != "day"]
    parts.append(f"{base['mqas']:,} MQA of {base['ranked_accounts']:,} ranked accounts")
    if base["mqls"] is not None:
        parts.append(f"{base['mqls']:,} MQL")
    return [Text.assemble(("The base: ", "bold"), parts[0]), *map(Text, parts[1:])]


def _axis_columns(varied: list[Axis]) -> dict[str, Column]:
    return {f"axis {axis.name}": _axis_column(axis) for axis in varied}


def _axis_column(axis: Axis) -> Column:
    cells = [Text(axis.said(value)) for value in axis.values]
    title = axis.title
    most = max(len(title), *(cell.cell_len for cell in cells))
    return Column(lambda width: _ending(title, width), lambda _width: cells, most, axis.kind == "number")


def _ending(title: str, width: int) -> str:
    """The end of a key, which tells most, where there is no room for all of it.

    >>> _ending("mql.threshold_by_segment.smb", 12)
    '…segment.smb'
    """
    return title if len(title) <= width else f"…{title[1 - width :]}" if width > 1 else "…"


def _figures(sweep: Sweep, *, blocks: bool) -> dict[str, Column]:
    rows = sweep.polars
    most = max([1, sweep.base["mqas"], *rows["mqas"].to_list()])
    same, deals = is_base(sweep), rows.select(_DEALS, "accounts_with_deal").iter_rows()
    mqas = list(zip(rows["mqas"].to_list(), same, strict=True))
    columns = {
        "mqas": fixed("MQA", [Text(f"{count:,}", style="bold") for count, _ in mqas], right=True),
        "bar": Column(
            "",
            lambda width: [
                marks.bar(count, width, full=most, tick=sweep.base["mqas"] or None, blocks=blocks) for count, _ in mqas
            ],
            _LONGEST_BAR,
        ),
        "mqas_moved": _moved(sweep, "mqas"),
        "mqls": _counts(sweep, "MQL", "mqls"),
        "mqls_moved": _moved(sweep, "mqls"),
        "raised": _counts(sweep, "Raised", "hand_raisers"),
        "median": fixed("Median", [Text(marks.number(each)) for each in rows["median_score"].to_list()], right=True),
        "top": _counts(sweep, f"Top {min(20, sweep.base['top_20_stay'])}", "top_20_stay"),
        "deals": fixed("Deals", [_of(*pair) for pair in deals], right=True),
        "deal_share": fixed("of MQA", [_percent(each) for each in rows["deal_share_of_mqas"].to_list()], right=True),
        "base": fixed("", [Text("● base" if each else "", style="cyan") for each in same]),
    }
    silent = {"deals", "deal_share"} if rows[_DEALS].is_null().all() else set()
    silent |= {"mqls", "mqls_moved", "raised"} if rows["mqls"].is_null().all() else set()
    silent |= set() if any(same) else {"base"}
    return {name: column for name, column in columns.items() if name not in silent}


def _counts(sweep: Sweep, title: str, name: str) -> Column:
    values = sweep.polars[name].to_list()
    return fixed(title, [marks.UNKNOWN if each is None else Text(f"{each:,}") for each in values], right=True)


def _moved(sweep: Sweep, name: str) -> Column:
    pairs = sweep.polars.select(f"{name}_gained", f"{name}_lost").iter_rows()
    return fixed("", [_gained_and_lost(*pair) for pair in pairs])


def _gained_and_lost(gained: int | None, lost: int | None) -> Text:
    parts = [(f"+{gained:,}", "green")] if gained else []
    parts += [(f"-{lost:,}", "red")] if lost else []
    return Text(" ").join(Text(*part) for part in parts)


def _of(part: int | None, whole: int | None) -> Text:
    return marks.UNKNOWN if part is None else Text(f"{part:,}/{whole:,}")


def _percent(share: float | None) -> Text:
    return marks.UNKNOWN if share is None else Text(f"{int(share * 100)}%")


def _meaning(widths: dict[str, int], screen: Screen) -> list[Text]:
    """What the columns that are there mean."""
    said: dict[str, Any] = {
        "mqas_moved": "+ gained and - lost, beside the base",
        "bar": f"the mark in a bar ({'╎' if screen.blocks else '|'}) is the base",
        "raised": "Raised: hand-raisers",
        "median": "Median: the middle score of ranked accounts",
        "top": "Top: how many of the base's first ranks stay among them",
        "deals": "Deals: of ranked accounts with an open or won opportunity those that are MQAs; it looks at facts of"
        " the same day, so it is feedback and no forecast",
        "deal_share": "of MQA: how many of the MQAs have such an opportunity",
    }
    return [Text(words, style="dim") for name, words in said.items() if name in widths]
