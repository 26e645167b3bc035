"""Intent rows with an account and a normal topic, split into vendor scores and counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import narwhals as nw

from abm.scoring.arithmetic import age
from abm.scoring.facts.accounts import ACCOUNT, Accounts, owners_of
from abm.scoring.facts.keys import new_rows, normal_text
from abm.tables.findings import Level
from abm.tables.hygiene import Flaw

if TYPE_CHECKING:
    from abm.engines.base import Step
    from abm.scoring.context import Context


_OWN = ("_row", "account_id", "domain", "topic", "source", "observed_on", "score", "count")


@dataclass(frozen=True)
class IntentFacts:
    """Usable intent rows.

    Attributes:
        scores: `a`, `topic`, `source`, `age`, `score`.
        counts: `a`, `topic`, `source`, `age`, `count`.
        first_ages: `source`, `first_age` of the oldest count row of a source over all accounts and topics.
    """

    scores: Step
    counts: Step
    first_ages: Step


def read_intent(ctx: Context, accounts: Accounts) -> IntentFacts:
    """Give each intent row its account (by account_id, else by domain) and topic; leave out what says nothing."""
    # Which row repeats another depends on the day, and only that.
    of = (ctx.as_of,) if ctx.inputs["intent"].marked else ()
    step = ctx.once("intent and whose it is", of, lambda: _owned(ctx, accounts))
    day, value = nw.col("observed_on"), nw.coalesce("score", "count")
    later = day > nw.lit(ctx.as_of)
    negative = nw.col("score").is_null() & (nw.col("count") < 0)
    ctx.scan(
        "intent",
        step,
        Flaw("after_as_of", "not observed yet on the as-of day", later, "observed_on", Level.NOTE, "observed_on"),
        Flaw("no_time", "left out: no readable day", day.is_null(), "topic", column="observed_on"),
        Flaw("no_topic", "left out: no topic", nw.col("topic").is_null(), "observed_on", column="topic"),
        Flaw("no_value", "left out: neither score nor count", value.is_null(), "topic", column="score"),
        Flaw("bad_count", "left out: a count below 0", negative, "topic", column="count"),
        Flaw(
            "orphan",
            "left out: no known account and nobody owns the domain",
            nw.col(ACCOUNT).is_null(),
            "domain",
            Level.NOTE,
        ),
    )
    usable = (
        (day <= nw.lit(ctx.as_of)) & ~nw.col("topic").is_null() & ~value.is_null() & ~negative.fill_null(value=False)
    )
    step = step.filter(usable).select(ACCOUNT, "topic", "source", age(day, ctx.as_of).alias("age"), "score", "count")
    is_score = ~nw.col("score").is_null()
    counts = step.filter(~is_score)
    first = counts.group_by("source").agg(nw.col("age").max().alias("first_age"))
    owned = ~nw.col(ACCOUNT).is_null()
    scores = step.filter(is_score & owned).select(ACCOUNT, "topic", "source", "age", "score")
    counts = counts.filter(owned).select(ACCOUNT, "topic", "source", "age", "count")
    return IntentFacts(*ctx.engine.materialise(scores, counts, first))


def _owned(ctx: Context, accounts: Accounts) -> Step:
    """All rows with account and normal topic, but for those that repeat another."""
    frame = ctx.inputs["intent"].frame
    known = nw.col("observed_on").is_null() | (nw.col("observed_on") <= nw.lit(ctx.as_of))
    later_rows = frame.filter(~known).select(*_OWN)
    table = nw.concat([new_rows(ctx, "intent", frame.filter(known)).select(*_OWN), later_rows])
    table = table.with_columns(normal_text("topic").alias("topic"))
    by_id = accounts.frame.select("account_id", nw.col(ACCOUNT).alias("a_id"))
    owners = owners_of(ctx, accounts, frame, "domain", "a_host")
    step = table.join(by_id, on="account_id", how="left").join(owners, on="domain", how="left")
    step = step.with_columns(nw.coalesce("a_id", "a_host").alias(ACCOUNT)).drop("account_id", "a_id", "a_host")
    (step,) = ctx.engine.materialise(step)
    return step
