"""Topics: what is researched where, as cells of a heat map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from abm.scoring.result import ScoreResult

MOST_ACCOUNTS = 25
MOST_TOPICS = 14


@dataclass(frozen=True)
class Heat:
    """A heat map.

    Attributes:
        cells: `account_id`, `label`, `topic`, `heat` (strength times what age leaves of it, 0-100), `spike`, `source`,
            `observed_on`; by place of the account, then of the topic.
        topics: how many accounts each topic spikes at: `topic`, `spiking`, `accounts`; the most first.
        accounts: how many accounts have a spiking topic.
        shown: how many accounts the map shows.
    """

    cells: pl.DataFrame
    topics: pl.DataFrame
    accounts: int
    shown: int


def heat(result: ScoreResult, rows: pl.DataFrame) -> Heat | None:
    """Collect the topics of the accounts with the strongest intent; None where no intent was given.

    Args:
        result: the run.
        rows: what `account_rows` gives; excluded accounts are left out.
    """
    if "intent" not in result.given:
        return None
    ranked = rows.filter(~pl.col("is_excluded"))
    found = result.polars["intent"].join(ranked.select("account_id", "label"), on="account_id")
    found = found.with_columns(
        ((pl.col("strength").fill_null(0) * pl.col("decay").fill_null(0)) * 100).round(1).alias("heat"),
        pl.col("spike").fill_null(value=False),
    )
    topics = (
        found.group_by("topic")
        .agg(
            pl.col("spike").sum().cast(pl.Int64).alias("spiking"),
            pl.len().cast(pl.Int64).alias("accounts"),
            pl.col("heat").sum().round(3).alias("sum"),
        )
        .sort(["spiking", "sum", "topic"], descending=[True, True, False])
    )
    order = topics.head(MOST_TOPICS).with_row_index("column").select("topic", "column")
    places = ranked.filter(pl.col("intent") > 0).sort(["intent", "rank"], descending=[True, False]).head(MOST_ACCOUNTS)
    places = places.with_row_index("row").select("account_id", "row")
    cells = found.join(order, on="topic").join(places, on="account_id").sort("row", "column")
    return Heat(
        cells=cells.select("account_id", "label", "topic", "heat", "spike", "source", "observed_on", "row", "column"),
        topics=topics.select("topic", "spiking", "accounts"),
        accounts=found.filter("spike")["account_id"].n_unique(),
        shown=places.height,
    )
