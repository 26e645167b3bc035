"""Since when somebody waits, and when that is to end: in UTC days, for events have a day and no hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from abm.scoring.explanation.words import plain
from abm.scoring.facts.contacts import CONTACT
from abm.scoring.facts.owners import WHO
from abm.scoring.leads import HAND_RAISER

if TYPE_CHECKING:
    from abm.scoring.result import ScoreResult

HOURS_OF_DAY = 24
_DONE_AT_MOST = 3


def raised_hands(result: ScoreResult) -> pl.DataFrame:
    """Return the newest raised hand of every lead whose status is hand_raiser.

    Returns:
        Key `contact_id`; `raised_on`, the day; `raised`, what it was in words, with days where there were several.
    """
    schema = pl.Schema({"contact_id": pl.String(), "raised_on": pl.Date(), "raised": pl.String()})
    lines, leads = result.scored.lines, result.scored.leads
    signals = result.model.signals
    names = {i: plain(signal.name) for i, signal in enumerate(signals) if signal.hand_raise}
    if lines is None or leads is None or not names:
        return pl.DataFrame(schema=schema)
    raising = nw.col("signal").is_in(list(names)) & (nw.col("repeat") == 0)
    recent = lines.filter(raising & (nw.col("age") < result.model.mql.hand_raise_days) & (nw.col(WHO) >= 0))
    callers = leads.filter(nw.col("status") == HAND_RAISER).select(CONTACT, "contact_id")
    hands, people = result.scored.ctx.engine.gather(recent.select(WHO, "signal", "age"), callers)
    told = hands.join(people, left_on=WHO, right_on=CONTACT, how="inner").sort("contact_id", "age", "signal")
    told = told.with_columns(
        _day(result, "age").alias("raised_on"),
        pl.col("signal").replace_strict(names, return_dtype=pl.String).alias("name"),
    )
    words = pl.concat_str("name", pl.lit(" on "), pl.col("raised_on").cast(pl.String))
    agg = told.group_by("contact_id", maintain_order=True).agg(pl.col("raised_on").first(), words.alias("raised"))
    return agg.with_columns(pl.col("raised").list.join(" and ")).cast(schema)


def done_lately(result: ScoreResult, people: pl.DataFrame) -> pl.DataFrame:
    """Return what people did that made most of their points, in words.

    Args:
        result: a run.
        people: whom: `contact_id`.

    Returns:
        Key `contact_id`; `did`: at most three signals with how often and the newest day, by the points they are worth,
        such as `3 x pricing view, last on 2026-06-27; download on 2026-06-02`. People who did nothing are not in it.
    """
    schema = pl.Schema({"contact_id": pl.String(), "did": pl.String()})
    lines, leads = result.scored.lines, result.scored.leads
    if lines is None or leads is None or people.is_empty():
        return pl.DataFrame(schema=schema)
    names = {i: plain(signal.name) for i, signal in enumerate(result.model.signals)}
    engine = result.scored.ctx.engine
    asked = engine.scatter(people.select("contact_id"))
    wanted = leads.select(nw.col(CONTACT).alias(WHO), "contact_id").join(asked, on="contact_id", how="semi")
    own = lines.filter((nw.col("repeat") == 0) & (nw.col("worth") > 0)).select(WHO, "signal", "n", "age", "worth")
    (told,) = engine.gather(own.join(wanted, on=WHO, how="inner"))
    told = told.sort("contact_id", "worth", "signal", descending=[False, True, False])
    day = _day(result, "age").cast(pl.String)
    name = pl.col("signal").replace_strict(names, return_dtype=pl.String)
    often = pl.concat_str("n", pl.lit(" x "), name, pl.lit(", last on "), day)
    once = pl.concat_str(name, pl.lit(" on "), day)
    words = pl.when(pl.col("n") > 1).then(often).otherwise(once).alias("did")
    few = (
        told.select("contact_id", words)
        .group_by("contact_id", maintain_order=True)
        .agg(pl.col("did").head(_DONE_AT_MOST))
    )
    return few.with_columns(pl.col("did").list.join("; ")).cast(schema)


def due(since: str, as_of: pl.Expr, hours: float) -> pl.Expr:
    """Return the first day on which the hours may run out for what came at some hour of its day.

    4 hours end on the same day, 24 on the next, 36 too, 48 on the one after. A row that waits since no known day is due
    from `as_of` on.
    """
    return pl.coalesce(pl.col(since), as_of) + pl.duration(days=int(hours // HOURS_OF_DAY))


def _day(result: ScoreResult, age: str) -> pl.Expr:
    return pl.lit(result.as_of) - pl.duration(days=pl.col(age))
