"""Intent: how strongly an account researches a topic, from vendor scores and from counts, and what that is worth."""

from __future__ import annotations

from math import log
from statistics import NormalDist
from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from abm.model.fields import topic_key
from abm.model.units import micro
from abm.scoring.arithmetic import MICRO, PERCENT, millionths
from abm.scoring.facts.accounts import ACCOUNT
from abm.scoring.facts.intent import IntentFacts
from abm.scoring.parts import in_parts, within

if TYPE_CHECKING:
    from abm.engines.base import Step
    from abm.model import BuyingGroup, Model
    from abm.scoring.context import Context

ANY_TOPIC = "*"
WHOLE = MICRO * MICRO * MICRO
"""The interest of a topic is weight * strength * decay, each in millionths: an exact integer up to this."""

_HALF = WHOLE // (2 * PERCENT)
"""Half of a millionth of a percent, in units of interest: a single topic is rounded in integers."""

_SIZE = 4_000
"""Bytes that an account takes while its topics are weighed, as measured (`tests/benchmarks`)."""

_CANDIDATE = (ACCOUNT, "topic", "source", "strength", "spike", "decay", "value", "age")


def named_topics(model: Model, group: BuyingGroup | None = None) -> list[str]:
    """The topics the model names (not `*`), of one buying group if it lists topics, in model order."""
    named = [topic_key(topic) for topic in model.intent.topics if topic != ANY_TOPIC]
    if group is None or group.topics == "all":
        return named
    listed = {topic_key(topic) for topic in group.topics}
    return [topic for topic in named if topic in listed]


def topic_strengths(ctx: Context, facts: IntentFacts, accounts: Step) -> Step:
    """Find the strength of each topic of each account.

    Args:
        ctx: the run.
        facts: usable intent rows.
        accounts: key `a`.

    Returns:
        Key `a`, `topic`: one row for every weighted topic that any source speaks of. `source` that was kept (largest
        strength * decay, then name, null last, then scores before counts); `strength` and `decay` in millionths
        (strength is 0 and spike null while a count source is younger than its windows); `spike` of the topic over all
        sources; `value` (score, or count of the recent weeks); `age` of the observation (0 for counts); `weight` in
        millionths; `interest` = weight * strength * decay.
    """

    def strengths(ctx: Context, keys: range | None) -> tuple[Step]:
        scores, counts = within(facts.scores, ACCOUNT, keys), within(facts.counts, ACCOUNT, keys)
        return (_strengths(ctx, IntentFacts(scores, counts, facts.first_ages)),)

    (step,) = in_parts(ctx, "topics", _SIZE, {ACCOUNT: accounts}, strengths)
    return step


def _strengths(ctx: Context, facts: IntentFacts) -> Step:
    candidates = nw.concat([_vendor(ctx, facts.scores), _counted(ctx, facts)])
    candidates = _weighted(ctx, candidates)
    candidates = candidates.with_columns(
        (nw.col("strength") * nw.col("decay")).alias("heat"),
        nw.col("source").is_null().cast(nw.Int64).alias("unnamed"),
    )
    candidates = candidates.with_columns((nw.col("heat") * -1).alias("cold"))
    spikes = candidates.group_by(ACCOUNT, "topic").agg(nw.col("spike").cast(nw.Int64).max().alias("spiked"))
    kept = candidates.unique(subset=[ACCOUNT, "topic"], keep="first", order_by=["cold", "unnamed", "source", "counted"])
    kept = kept.drop("spike").join(spikes, on=[ACCOUNT, "topic"], how="left")
    kept = kept.with_columns(
        (nw.col("spiked") == 1).alias("spike"),
        (nw.col("weight") * nw.col("heat")).alias("interest"),
    )
    (step,) = ctx.engine.materialise(kept.select(*_CANDIDATE, "weight", "interest"))
    return step


def _vendor(ctx: Context, scores: Step) -> Step:
    """The newest observation of each source, by the latest day and then the highest score."""
    rule = ctx.model.intent.score
    fresh = scores.filter(nw.col("age") < ctx.model.intent.max_age_days)
    fresh = fresh.with_columns((nw.col("score") * -1.0).alias("low"))
    newest = fresh.unique(subset=[ACCOUNT, "topic", "source"], keep="first", order_by=["age", "low"])
    strength = ((nw.col("score") - rule.floor) / (rule.ceiling - rule.floor)).clip(0.0, 1.0)
    spike = (nw.col("score") >= rule.surge_at) & (nw.col("age") < rule.spike_days)
    newest = newest.with_columns(
        millionths(strength).alias("strength"), spike.alias("spike"), nw.col("score").alias("value")
    )
    decays = pl.DataFrame(
        [
            (age, _rounded(2.0 ** (-age / ctx.model.intent.half_life_days)))
            for age in range(ctx.model.intent.max_age_days)
        ],
        schema={"age": pl.Int64, "decay": pl.Int64},
        orient="row",
    )
    newest = newest.with_columns(nw.lit(0).cast(nw.Int64).alias("counted"))
    return newest.join(ctx.engine.scatter(decays), on="age", how="left").select(*_CANDIDATE, "counted")


def _rounded(value: float) -> int:
    return int(value * MICRO + 0.5)


def _counted(ctx: Context, facts: IntentFacts) -> Step:
    """Compare the recent weeks of counts with the weeks before, as two Poisson counts with stabilised variance."""
    rule = ctx.model.intent.count
    recent_days, all_days = 7 * rule.recent_weeks, 7 * (rule.recent_weeks + rule.baseline_weeks)
    count, young = nw.col("count"), nw.col("age") < recent_days
    before = ~young & (nw.col("age") < all_days)
    sums = facts.counts.group_by(ACCOUNT, "topic", "source").agg(
        nw.when(young).then(count).sum().alias("recent"), nw.when(before).then(count).sum().alias("before")
    )
    sums = sums.with_columns(nw.col("recent").fill_null(0.0), nw.col("before").fill_null(0.0))
    q = rule.recent_weeks / rule.baseline_weeks
    recent, before = nw.col("recent"), nw.col("before")
    z = ((recent + 0.375).sqrt() - ((before + 0.375) * q).sqrt()) * 2.0 / (1 + q) ** 0.5
    spike = (
        (z >= -NormalDist().inv_cdf(rule.alpha))
        & (recent >= rule.min_count)
        & (recent * float(MICRO * rule.baseline_weeks) >= before * float(micro(rule.min_ratio) * rule.recent_weeks))
    )
    # The logarithm is taken of spiking rows only: there the count is positive.
    ratio = nw.when(spike & (recent > 0)).then(recent / ((before + 1.0) * q)).otherwise(nw.lit(1.0))
    strength = (ratio.log() / log(rule.full_at_ratio)).clip(0.0, 1.0)
    strength = nw.when(spike).then(strength).otherwise(nw.lit(0.0))
    old_enough = nw.col("history") + 1 >= all_days
    step = _with_history(ctx, sums, facts)
    return step.with_columns(
        nw.when(old_enough).then(millionths(strength)).otherwise(nw.lit(0)).cast(nw.Int64).alias("strength"),
        nw.when(old_enough).then(spike).alias("spike"),
        nw.lit(MICRO).cast(nw.Int64).alias("decay"),
        recent.alias("value"),
        nw.lit(0).cast(nw.Int64).alias("age"),
        nw.lit(1).cast(nw.Int64).alias("counted"),
    ).select(*_CANDIDATE, "counted")


def _with_history(ctx: Context, sums: Step, facts: IntentFacts) -> Step:
    """Add `history`: days back to since when the source is complete, as the model says, else to its first day."""
    # A source may be nameless; a text key without nulls joins alike on every engine.
    keyed = nw.concat_str([nw.lit("="), nw.col("source")], ignore_nulls=True).alias("source_key")
    said = pl.DataFrame(
        [(f"={source}", (ctx.as_of - day).days) for source, day in ctx.model.intent.history_from.items()],
        schema={"source_key": pl.String, "said_age": pl.Int64},
        orient="row",
    )
    first = facts.first_ages.with_columns(keyed).select("source_key", "first_age")
    first = first.group_by("source_key").agg(nw.col("first_age").max())
    step = sums.with_columns(keyed).join(first, on="source_key", how="left")
    step = step.join(ctx.engine.scatter(said), on="source_key", how="left")
    history = nw.coalesce("said_age", "first_age") + ctx.binding.ahead(nw.col(ACCOUNT))
    return step.with_columns(history.alias("history"))


def _weighted(ctx: Context, candidates: Step) -> Step:
    """Add the topic's `weight`; topics without one are ignored."""
    weights = {topic_key(topic): micro(weight) for topic, weight in ctx.model.intent.topics.items()}
    other = weights.pop(ANY_TOPIC, None)
    named = pl.DataFrame(
        {"topic": list(weights), "weight": list(weights.values())}, schema={"topic": pl.String, "weight": pl.Int64}
    )
    step = candidates.join(ctx.engine.scatter(named), on="topic", how="left")
    if other is not None:
        return step.with_columns(nw.col("weight").fill_null(other))
    return step.filter(~nw.col("weight").is_null())


def account_intent(ctx: Context, topics: Step, group: BuyingGroup | None) -> Step:
    """Put the topics of each account together.

    Args:
        ctx: the run.
        topics: what `topic_strengths` gave.
        group: the buying group whose topics count; None for all.

    Returns:
        Key `a`: `intent` in millionths of a percent, `spiking_topics` joined by the unit separator (by interest
        descending, then name; null when none spikes), `spiking_topic_count`, `named_spiking`.
    """
    model = ctx.model
    if group is not None and group.topics != "all":
        topics = topics.filter(nw.col("topic").is_in(sorted({topic_key(topic) for topic in group.topics})))
    topics = topics.with_columns((nw.col("interest") * -1).alias("cold"))
    warm = topics.filter(nw.col("interest") > 0)
    place = nw.col("one").cum_sum().over(ACCOUNT, order_by=["cold", "topic"])
    warm = warm.with_columns(nw.lit(1).cast(nw.Int64).alias("one")).with_columns(place.alias("place"))
    top = [
        nw.when(nw.col("place") == i + 1).then(nw.col("interest")).max().alias(f"top_{i}")
        for i in range(model.intent.top_topics)
    ]
    tops = warm.group_by(ACCOUNT).agg(*top)
    tops = _union(tops, model.intent.top_topics)
    spiking = topics.filter(nw.col("spike").fill_null(value=False))
    named = nw.col("topic").is_in(named_topics(model, group))
    spikes = spiking.group_by(ACCOUNT).agg(
        nw.len().cast(nw.Int64).alias("spiking_topic_count"),
        named.cast(nw.Int64).sum().cast(nw.Int64).alias("named_spiking"),
    )
    ordered = spiking.with_columns(nw.col("topic").alias("spiking_topics")).with_row_index(
        "spike_order", order_by=[ACCOUNT, "cold", "topic"]
    )
    texts = ctx.engine.join_texts(ordered, by=ACCOUNT, value="spiking_topics", order="spike_order")
    everyone = topics.select(ACCOUNT).unique()
    return (
        everyone.join(tops, on=ACCOUNT, how="left")
        .join(spikes, on=ACCOUNT, how="left")
        .join(texts, on=ACCOUNT, how="left")
    )


def _union(tops: Step, count: int) -> Step:
    """`100 * (1 - (1 - p)(1 - q)...)` in millionths, from `top_{i}`.

    Written as p + q(1 - p) + ..., which does not lose the last digits of a single weak topic; one column after the
    other, because an expression that names its predecessor twice doubles with every topic.
    """
    tops = tops.with_columns(nw.lit(0.0).alias("union"))
    for i in range(count):
        part = nw.col(f"top_{i}").fill_null(0).cast(nw.Float64) / float(WHOLE)
        tops = tops.with_columns((nw.col("union") + part * (1.0 - nw.col("union"))).alias("union"))
    one = (nw.col("top_0") + _HALF) // (2 * _HALF)
    many = millionths(nw.col("union") * 100.0)
    alone = nw.col("top_1").is_null() if count > 1 else nw.lit(value=True)
    return tops.select(ACCOUNT, nw.when(alone).then(one).otherwise(many).cast(nw.Int64).alias("intent"))
