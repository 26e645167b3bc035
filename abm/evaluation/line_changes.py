"""Contribution lines of two results side by side: what each line gave before, and what it gives after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from abm.engines.polars import on_driver
from abm.evaluation.wording import signed

if TYPE_CHECKING:
    from abm.scoring.result import ScoreResult

LINE = ("level", "entity_id", "component", "item", "kind")
"""What makes a line the same line in both results."""

_MOST_LINES = 3
_SMALL = 10
"""A line that moved less than a tenth of what the largest moved is not worth naming."""
_SAID = ("cap", "group cap", "repeat")
"""Kinds of line that are said beside the item; of the others the item says enough."""


def line_changes(before: ScoreResult, after: ScoreResult) -> pl.DataFrame:
    """Set the contribution lines of two results side by side.

    Returns:
        One row per line that gives other points than it did: `level` (lead | account), `entity_id`, `component`,
        `item`, `kind` (signal, cap, rule, role, person, topic ...), `points_before`, `points_after` (Int64 millionths;
        null where there is no such line), `points_change`. Leads first, by id, then in the order of the score. The
        changes of an entity that has a score on both sides sum to the change of its score exactly.
    """
    sides = [_summed(result, side) for result, side in ((before, "before"), (after, "after"))]
    both = sides[0].join(sides[1], on=list(LINE), how="full", coalesce=True, nulls_equal=True)
    points = [pl.col(f"points_{side}") for side in ("before", "after")]
    change = points[1].fill_null(0) - points[0].fill_null(0)
    place = pl.coalesce("place_after", "place_before")
    return (
        both.with_columns(
            change.alias("points_change"), place.alias("place"), (pl.col("level") != "lead").alias("late")
        )
        .filter(pl.col("points_change") != 0)
        .sort("late", "entity_id", "place", *LINE)
        .select(*LINE, *(f"points_{side}" for side in ("before", "after", "change")))
    )


def _summed(result: ScoreResult, side: str) -> pl.DataFrame:
    """Lines by what makes them the same, with their place among those of the entity."""
    # A person stays the same line when the model gives them another role, and a topic when it begins to spike.
    person = (pl.col("level") == "account") & (pl.col("component") == "engagement") & (pl.col("note") != "anonymous")
    kind = pl.when(person).then(pl.lit("person")).when(pl.col("component") == "intent").then(pl.lit("topic"))
    every = on_driver(result.contribution_lines()).collect()
    lines = every.filter(pl.col("points").is_not_null())
    lines = lines.with_columns(kind.otherwise(pl.col("note")).alias("kind")).with_row_index("place")
    return lines.group_by(LINE).agg(
        pl.col("points").sum().alias(f"points_{side}"), pl.col("place").min().alias(f"place_{side}")
    )


def phrases(changes: pl.DataFrame, level: str, wanted: pl.DataFrame) -> pl.DataFrame:
    """Say which lines changed a score the most.

    Args:
        changes: what `line_changes` gave.
        level: lead or account.
        wanted: `entity_id` of those to speak of, and `sign` of the changes that matter: 1, -1, or 0 for both.

    Returns:
        `entity_id` and `lines`: at most three texts such as `coverage champion -12.5`, the largest change first, none
        below a tenth of it. To what a person gives to an account is added the signal that changed the most.
    """
    lines = changes.filter(pl.col("level") == level).join(wanted, on="entity_id", how="inner")
    change = pl.col("points_change")
    lines = lines.filter((pl.col("sign") == 0) | (change.sign() == pl.col("sign")))
    lines = lines.with_columns(change.abs().alias("size"), change.sign().alias("way"))
    lines = lines.sort("entity_id", "size", *LINE[2:], descending=[False, True, False, False, False])
    lines = lines.filter(pl.col("size") * _SMALL >= pl.col("size").max().over("entity_id"))
    lines = lines.group_by("entity_id", maintain_order=True).head(_MOST_LINES)
    said = pl.when(pl.col("kind").is_in(_SAID)).then(pl.concat_str(pl.lit(" "), "kind")).otherwise(pl.lit(""))
    signal = pl.when(pl.col("signal").is_not_null()).then(pl.format(" ({})", "signal")).otherwise(pl.lit(""))
    text = pl.concat_str("component", pl.lit(" "), "item", said, pl.lit(" "), signed(change), signal)
    lines = lines.join(_signals(changes), on=["kind", "item", "way"], how="left", maintain_order="left")
    return lines.group_by("entity_id", maintain_order=True).agg(text.alias("lines"))


def _signals(changes: pl.DataFrame) -> pl.DataFrame:
    """The signal of each person that changed the most upwards, and downwards."""
    change = pl.col("points_change")
    lines = changes.filter((pl.col("level") == "lead") & (pl.col("component") == "engagement"))
    lines = lines.with_columns(change.abs().alias("size"), change.sign().alias("way"))
    lines = lines.sort("entity_id", "size", *LINE[2:], descending=[False, True, False, False, False])
    first = lines.unique(["entity_id", "way"], keep="first", maintain_order=True)
    return first.select(
        pl.lit("person").alias("kind"), pl.col("entity_id").alias("item"), "way", pl.col("item").alias("signal")
    )
