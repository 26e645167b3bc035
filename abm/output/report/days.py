"""Days: what happened at accounts day by day, and what they researched week by week, for many of them at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from abm.engines.polars import on_driver
from abm.scoring.facts.accounts import ACCOUNT
from abm.scoring.facts.contacts import CONTACT
from abm.scoring.facts.owners import WHO

if TYPE_CHECKING:
    from collections.abc import Sequence

    from abm.scoring.result import ScoreResult

DAYS = 182
"""So far back the timeline reaches: half a year."""
WEEKS = 12
"""So far back topics are shown."""

_DEEDS = {"account_id": pl.String, "contact_id": pl.String, "signal": pl.Int64, "age": pl.Int64, "n": pl.Int64}
_WEEKS = {"account_id": pl.String, "topic": pl.String, "week": pl.Int64, "value": pl.Float64, "counted": pl.Boolean}


def deeds(result: ScoreResult, account_ids: Sequence[str]) -> pl.DataFrame:
    """List what counted at some accounts within the last half year.

    Args:
        result: the run.
        account_ids: accounts of it.

    Returns:
        `account_id`; `contact_id`, null for visitors without a name; `signal`, its place in the model; `age` in days
        before as_of; `n`, how often that day. By account, then age, contact, signal.
    """
    ledger = result.scored.ledger
    if ledger is None:
        return pl.DataFrame(schema=_DEEDS)
    recent = on_driver(ledger.cells.filter(_within(DAYS)))
    accounts = _accounts(result, account_ids)
    owners = accounts.select(
        (-pl.col(ACCOUNT) - 1).alias(WHO), "account_id", pl.lit(None, pl.String).alias("contact_id")
    )
    if result.scored.leads is not None:
        leads = on_driver(result.scored.leads.select(CONTACT, "account_id", "contact_id"))
        people = leads.filter(pl.col("account_id").is_in(list(account_ids)))
        owners = pl.concat([owners, people.select(pl.col(CONTACT).alias(WHO), "account_id", "contact_id")])
    found = recent.join(owners, on=WHO).select(pl.col(name).cast(kind) for name, kind in _DEEDS.items())
    return found.sort("account_id", "age", "contact_id", "signal", nulls_last=True).collect()


def researched(result: ScoreResult, account_ids: Sequence[str]) -> pl.DataFrame:
    """List what some accounts researched in each of the last weeks.

    Args:
        result: the run.
        account_ids: accounts of it.

    Returns:
        `account_id`, `topic`; `week`, 0 for the last seven days, 1 for those before; `value`, the highest score of that
        week over all sources, or the sum of what was counted where no source scores; `counted`, whether it is such a
        sum. By account, topic, week.
    """
    facts = result.scored.facts.intent
    if facts is None:
        return pl.DataFrame(schema=_WEEKS)
    accounts = _accounts(result, account_ids).select(ACCOUNT, "account_id")
    scores, counts = (on_driver(rows.filter(_within(7 * WEEKS))) for rows in (facts.scores, facts.counts))
    week = (pl.col("age") // 7).cast(pl.Int64).alias("week")
    keys = ("account_id", "topic", "week")
    parts = [
        rows.join(accounts, on=ACCOUNT)
        .group_by("account_id", "topic", week)
        .agg(value.cast(pl.Float64).alias("value"))
        .with_columns(counted=pl.lit(counted))
        for rows, value, counted in (
            (scores, pl.col("score").max(), False),
            (counts, pl.col("count").sum(), True),
        )
    ]
    both = pl.concat(parts).sort(*keys, "counted").unique(subset=keys, keep="first", maintain_order=True)
    return both.select(pl.col(name).cast(kind) for name, kind in _WEEKS.items()).collect()


def _within(days: int) -> nw.Expr:
    """Facts of the last days, tested where they lie, so that no others come over."""
    return (nw.col("age") >= 0) & (nw.col("age") < days)


def _accounts(result: ScoreResult, account_ids: Sequence[str]) -> pl.LazyFrame:
    keys = on_driver(result.scored.facts.accounts.frame.select(ACCOUNT, "account_id"))
    mine = pl.col("account_id").is_in(list(account_ids))
    return keys.filter(mine).select(pl.col(ACCOUNT).cast(pl.Int64), "account_id")
