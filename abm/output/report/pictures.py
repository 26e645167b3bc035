"""Pictures: the rows that the charts of a report are drawn from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from abm.output.brief.words import capital, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from abm.model import Model, NamedCondition
    from abm.output.report.movement import Movement
    from abm.output.report.topics import Heat

_NAMED = 8
"""So many dots of the map have names."""
_TRIED, _LEFT, _HIGH, _WIDE = 12, 25, 5, 36
"""Of so many accounts names are tried, right of so much coverage, and apart by so much score or coverage."""
_GOAL = "is_mqa"
_ASIDE = frozenset({"is_excluded", "lifecycle"})
_MINUS = "\N{MINUS SIGN}"


def stage_kind(stage: NamedCondition) -> Literal["goal", "aside", "path"]:
    """What a stage is in the funnel: where accounts are qualified, none of its steps, or a step.

    Stages that ask whether an account is excluded, or is a customer, are none of its steps.
    """
    if stage.when.text.strip() == _GOAL:
        return "goal"
    return "aside" if _ASIDE & set(stage.when.names) else "path"


def stage_bars(model: Model, rows: pl.DataFrame, *, compared: bool) -> list[dict[str, Any]]:
    """The stages as a funnel: from far to near, those that are no step of it last.

    Args:
        model: the model; its stages stand there from near to far, for the first that fits wins.
        rows: what `account_rows` gives.
        compared: whether there is an earlier run.
    """
    now = dict(rows.group_by("stage").len().iter_rows())
    before = dict(rows.group_by("stage_then").len().iter_rows())
    aside = [each for each in model.stages if stage_kind(each) == "aside"]
    path = [each for each in reversed(model.stages) if stage_kind(each) != "aside"]
    return [
        {
            "stage": capital(plain(each.name)),
            "value": each.name,
            "accounts": now.get(each.name, 0),
            "before": before.get(each.name, 0) if compared else None,
            "kind": stage_kind(each),
            "told": f"{now.get(each.name, 0):,}" + (f"  ({before.get(each.name, 0):,})" if compared else ""),
        }
        for each in [*path, *aside]
    ]


def legible(listed: pl.DataFrame) -> Iterator[int]:
    """The best ranked accounts whose names on the map would not lie upon one another, by row."""
    taken: list[tuple[float, float]] = []
    ranked = listed.with_row_index("place").filter(~pl.col("is_excluded"), pl.col("score").is_not_null())
    for place, score, coverage in (
        ranked.select("place", "score", pl.col("coverage").fill_null(0)).head(_TRIED).iter_rows()
    ):
        if coverage < _LEFT or any(abs(score - y) < _HIGH and abs(coverage - x) < _WIDE for x, y in taken):
            continue
        taken.append((coverage, score))
        yield place
        if len(taken) == _NAMED:
            return


def movements(moved: Movement, places: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    """Rows of the chart: the risers, then the fallers, the largest last."""
    seen: dict[str, int] = {}
    for row in [*moved.risers.iter_rows(named=True), *moved.fallers.reverse().iter_rows(named=True)]:
        label = _unique(row["label"], seen)
        up = row["change"] > 0
        yield {
            "row": places.get(row["account_id"]),
            "label": label,
            "then": row["score_then"],
            "score": row["score"],
            "change": row["change"],
            "way": "up" if up else "down",
            "edge": max(row["score"], row["score_then"]),
            "told": f"{'+' if up else _MINUS}{abs(row['change']):.1f}",
        }


def heat_cells(found: Heat, places: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    """Rows of the heat map."""
    seen: dict[str, int] = {}
    labels = {
        account_id: _unique(label, seen)
        for account_id, label in found.cells.select("account_id", "label").unique(maintain_order=True).iter_rows()
    }
    for row in found.cells.iter_rows(named=True):
        yield {
            "row": places.get(row["account_id"]),
            "label": labels[row["account_id"]],
            "topic": row["topic"],
            "heat": row["heat"],
            "spike": row["spike"],
            "spiking": "yes" if row["spike"] else "no",
            "source": row["source"],
            "seen": None if row["observed_on"] is None else row["observed_on"].isoformat(),
        }


def _unique(label: str, seen: dict[str, int]) -> str:
    """The same label, numbered where two accounts are called alike: a chart has one row per label."""
    seen[label] = seen.get(label, 0) + 1
    return label if seen[label] == 1 else f"{label} ({seen[label]})"
