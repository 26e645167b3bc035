"""A comparison as a screen: who becomes qualified, who stops, because of what, by segment, and what moves in rank."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
from rich.text import Text

from abm.output import marks
from abm.output.layout import arrange, fixed, flowing, gap_of, lines
from abm.output.text import safe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from abm.evaluation.compare import By, Comparison
    from abm.output.layout import Column
    from abm.output.screen import Screen

_HASH_SHOWN = 8
_BESIDE_AT_LEAST = 44
"""A reason narrower than this stands below its row rather than beside it."""
_INDENT = 4
_MOVERS = 5
_NAME_AT_MOST = 30
_ARROW = " → "

_SECTIONS: dict[By, dict[str, tuple[str, str]]] = {
    "account": {
        "becomes_mqa": ("Become MQA", "bold green"),
        "stops_mqa": ("Stop being MQA", "bold red"),
        "becomes_excluded": ("Excluded now", "yellow"),
        "stops_excluded": ("No longer excluded", "cyan"),
        "appears": ("Were not there before", "cyan"),
        "disappears": ("Are not there any more", "yellow"),
    },
    "lead": {
        "becomes_mql": ("Become MQL", "bold green"),
        "stops_mql": ("Stop being MQL", "bold red"),
        "becomes_disqualified": ("Disqualified now", "yellow"),
        "stops_disqualified": ("No longer disqualified", "cyan"),
        "appears": ("Were not there before", "cyan"),
        "disappears": ("Are not there any more", "yellow"),
    },
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A comparison to be shown.

    Attributes:
        comparison: what `compare` gave.
        workspace: what to call the workspace.
        by: what the rows are.
        top: at most so many rows of each kind.
    """

    comparison: Comparison
    workspace: str
    by: By
    top: int


def comparison_lines(shown: Shown, screen: Screen) -> list[Text]:
    """Return the comparison as lines, none wider than the screen.

    Above what is compared and how many change; then those who become and stop, with the reasons; the largest changes of
    a score where the verdict stays; counts by segment; and how much of the ranking moved. Nothing is cut off: reasons
    that do not fit beside their row stand below it.
    """
    found, width = shown.comparison, screen.width
    above = [*_heading(shown, width), *_headline(found, width)]
    if not found.differs:
        return [*above, Text(), *flowing([Text(_same(found))], width)]
    drawn = [*above]
    rows = found.rows(shown.by)
    for verdict, (title, style) in _SECTIONS[shown.by].items():
        some = rows.filter(pl.col("verdict") == verdict)
        drawn += _section(shown, title, style, some, width)
    drawn += _staying(shown, rows, width)
    drawn += _segments(found, width)
    if shown.by == "account":
        drawn += _churn(shown, width)
    return drawn


def _heading(shown: Shown, width: int) -> list[Text]:
    stamps = (shown.comparison.before, shown.comparison.after)
    models = [f"{safe(each['model'])} v{each['model_version']} ({each['model_hash'][:_HASH_SHOWN]})" for each in stamps]
    days = [each["as_of"] for each in stamps]
    same_model = stamps[0]["model_hash"] == stamps[1]["model_hash"]
    model = f"model {models[0]}" if same_model else f"models {_ARROW.join(models)}"
    day = f"as of {days[0]}" if days[0] == days[1] else f"as of {_ARROW.join(days)}"
    return flowing([Text(safe(shown.workspace), style="bold"), Text(model), Text(day)], width)


def _headline(found: Comparison, width: int) -> list[Text]:
    parts = []
    for by, noun, word in (("account", "account", "MQA"), ("lead", "lead", "MQL")):
        counts = found.counts(by)  # type: ignore[arg-type]
        if not counts:
            continue
        more, fewer = counts.get(f"becomes_{word.lower()}", 0), counts.get(f"stops_{word.lower()}", 0)
        new, gone = counts.get("appears", 0), counts.get("disappears", 0)
        rest = sum(counts.values()) - more - fewer - new - gone
        beside = [f", {count:,} {said}" for count, said in ((new, "new"), (gone, "gone")) if count]
        parts.append(
            Text.assemble(
                (f"{_many(more, noun)} become{'s' if more == 1 else ''} {word}", "bold green" if more else ""),
                ", ",
                (f"{fewer:,} stop{'s' if fewer == 1 else ''}", "bold red" if fewer else ""),
                f", {rest:,} stay{'s' if rest == 1 else ''}{''.join(beside)}",
            )
        )
    return flowing(parts, width)


def _same(found: Comparison) -> str:
    if found.before["model_hash"] == found.after["model_hash"]:
        return "Nothing differs: it is the same model, and it gives the same scores."
    return "Nothing differs: both models give every account and lead the same score, verdict and reasons."


def _section(shown: Shown, title: str, style: str, rows: pl.DataFrame, width: int) -> list[Text]:
    if rows.is_empty():
        return []
    some = rows.head(shown.top)
    heading = Text.assemble((title, style), (f" ({rows.height:,})", "dim"))
    drawn = [Text(), heading, *_table(shown, some, width)]
    if some.height < rows.height:
        drawn += flowing([Text(f"{some.height:,} of {rows.height:,} shown (--top N for more)", style="dim")], width)
    return drawn


def _staying(shown: Shown, rows: pl.DataFrame, width: int) -> list[Text]:
    """The largest changes of score among those whose verdict is what it was."""
    staying = rows.filter(pl.col("verdict").str.starts_with("stays_") & (pl.col("score_change") != 0))
    if staying.is_empty():
        return []
    alone = not rows["verdict"].str.contains("^(becomes|stops)_").any()
    said = "Largest changes of score" if alone else "Largest changes of score besides"
    title = Text.assemble(
        (said, "bold"), (f" ({staying.height:,} more)" if not alone else f" ({staying.height:,})", "dim")
    )
    return [Text(), title, *_table(shown, staying.head(min(_MOVERS, shown.top)), width)]


def _table(shown: Shown, rows: pl.DataFrame, width: int) -> list[Text]:
    """Rows with their reasons beside them where there is room, else below."""
    columns, wishes = _columns(shown, rows)
    widths = arrange(columns, wishes, width)
    head, rule, *cells = lines(columns, widths, width)
    margin = sum(widths.values()) + gap_of(width) * len(widths)
    beside = width - margin >= _BESIDE_AT_LEAST
    room = width - margin if beside else width - _INDENT
    reasons = [flowing([Text(safe(each)) for each in because], room) for because in rows["because"].to_list()]
    if beside:
        head = Text.assemble(head, " " * gap_of(width), ("Because", "bold"))
        rule = Text("─" * width, style="dim")
    drawn = [head, rule]
    for cell, reason in zip(cells, reasons, strict=True):
        if beside:
            first, *rest = reason or [Text()]
            drawn += [Text.assemble(cell, " " * gap_of(width), first), *(_indented(line, margin) for line in rest)]
        else:
            drawn += [cell, *(_indented(line, _INDENT) for line in reason)]
    return drawn


def _indented(line: Text, margin: int) -> Text:
    return Text.assemble(" " * margin, line)


def _columns(shown: Shown, rows: pl.DataFrame) -> tuple[Mapping[str, Column], Sequence[tuple[str, int]]]:
    score = fixed("Score", [_moved(*pair, marks.number) for pair in _pairs(rows, "score")])
    change = fixed("", [marks.change(*pair[::-1]) for pair in _pairs(rows, "score")], right=True)
    if shown.by == "account":
        names = [name or own for name, own in rows.select("name", "account_id").iter_rows()]
        account = fixed("Account", [marks.plain(name) for name in names])
        rank = fixed("Rank", [_moved(*pair, _whole) for pair in _pairs(rows, "rank")])
        stage = fixed("Stage", [_moved(*pair, marks.words) for pair in _pairs(rows, "stage")])
        columns = {"name": account, "score": score, "change": change, "rank": rank, "stage": stage}
        wishes = [("name", 16), ("score", 13), ("change", 6), ("name", _NAME_AT_MOST), ("rank", 11)]
        return columns, wishes
    names = rows.join(_account_names(shown), on="account_id", how="left", maintain_order="left")["name"].to_list()
    columns = {
        "name": fixed("Contact", [marks.plain(each) for each in rows["contact_id"].to_list()]),
        "account": fixed("Account", [marks.plain(name) for name in names]),
        "status": fixed("Status", [_moved(*pair, marks.words) for pair in _pairs(rows, "status")]),
        "score": score,
        "change": change,
    }
    wishes = [("name", 14), ("score", 13), ("change", 6), ("status", 14), ("account", 12), ("status", 28)]
    return columns, [*wishes, ("account", 24), ("name", 20)]


def _account_names(shown: Shown) -> pl.DataFrame:
    return shown.comparison.accounts.select("account_id", pl.coalesce("name", "account_id").alias("name"))


def _pairs(rows: pl.DataFrame, name: str) -> list[tuple[Any, Any]]:
    return list(rows.select(f"{name}_before", f"{name}_after").iter_rows())


def _moved(before: Any, after: Any, write: Any) -> Text:
    """Both values, or the one if they are the same."""
    texts = [marks.UNKNOWN if each is None else Text(write(each)) for each in (before, after)]
    return texts[0] if before == after else Text.assemble(texts[0], _ARROW, texts[1])


def _whole(value: int) -> str:
    return f"{value:,}"


def _segments(found: Comparison, width: int) -> list[Text]:
    rows = found.segments.filter(
        pl.col("accounts_before") + pl.col("accounts_after") + pl.col("leads_before") + pl.col("leads_after") > 0
    )
    last = [
        Text("all", style="bold") if total else marks.plain(name or "no account")
        for name, total in rows.select("segment", "is_total").iter_rows()
    ]
    columns = {"segment": fixed("Segment", last)}
    for noun, title in (("accounts", "Accounts"), ("mqas", "MQA"), ("leads", "Leads"), ("mqls", "MQL")):
        if noun in ("leads", "mqls") and not found.leads.height:
            continue
        columns[noun] = fixed(title, [_moved(*pair, _whole) for pair in _pairs(rows, noun)], right=True)
        if noun in ("mqas", "mqls"):
            pairs = rows.select(f"{noun}_gained", f"{noun}_lost").iter_rows()
            columns[f"{noun}_moved"] = fixed("", [_gained_and_lost(*pair) for pair in pairs])
    wishes = [("segment", 10), ("mqas", 9), ("mqls", 11), ("mqas_moved", 9), ("mqls_moved", 9), ("accounts", 15)]
    wishes += [("segment", 20), ("leads", 17), ("mqls", 17), ("mqas", 17), ("mqas_moved", 13), ("mqls_moved", 13)]
    return [Text(), Text("By segment", style="bold"), *lines(columns, arrange(columns, wishes, width), width)]


def _gained_and_lost(gained: int, lost: int) -> Text:
    parts = [(f"+{gained:,}", "green")] if gained else []
    parts += [(f"-{lost:,}", "red")] if lost else []
    return Text(" ").join(Text(*part) for part in parts)


def _churn(shown: Shown, width: int) -> list[Text]:
    found = shown.comparison
    ranked = found.accounts.filter(pl.any_horizontal(pl.col("rank_before", "rank_after").is_not_null())).height
    tops = [row for row in found.churn.select("top", "entered").iter_rows() if row[0] < ranked]
    said = [Text(f"{entered:,} of the first {top:,} {'is' if entered == 1 else 'are'} new") for top, entered in tops]
    if tops and not any(entered for _, entered in tops):
        said = [Text(f"the same accounts are the first {', '.join(f'{top:,}' for top, _ in tops)}")]
    if found.rank_correlation is not None:
        said.append(Text(f"rank correlation {_correlation(found.rank_correlation)}"))
    movers = []
    for title, rows, mark in (("Up", found.climbers(_MOVERS), "green"), ("Down", found.fallers(_MOVERS), "red")):
        named = [
            _mover(row, mark) for row in rows.select("name", "account_id", "rank_before", "rank_after").iter_rows()
        ]
        if named:
            movers += flowing([Text(title, style="bold"), *named], width)
    return [Text(), Text("The ranking", style="bold"), *flowing(said, width), *movers]


def _mover(row: tuple[Any, ...], style: str) -> Text:
    name, own, before, after = row
    return Text.assemble(safe(name or own), " ", (f"{before:,}{_ARROW}{after:,}", style))


def _correlation(value: float) -> str:
    """With two decimals, cut, so that only an unchanged order shows as 1.

    >>> _correlation(0.99999), _correlation(1.0), _correlation(-0.129)
    ('0.99', '1', '-0.12')
    """
    return f"{value:g}" if value in (1.0, -1.0) else f"{int(value * 100) / 100:.2f}"


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
