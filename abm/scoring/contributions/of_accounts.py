"""Account contributions: each component times its weight, split over what made it, summing to the score exactly."""

from __future__ import annotations

from math import lcm
from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from abm.model.fields import topic_key
from abm.model.units import micro
from abm.scoring.contributions.lines import COMPONENTS, LINE, PER_COMPONENT, line, number, text
from abm.scoring.contributions.of_engagement import engagement_shares
from abm.scoring.coverage import whole_weights
from abm.scoring.facts.accounts import ACCOUNT
from abm.scoring.standings import GROUP
from abm.scoring.thresholds import threshold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from abm.engines.base import Engine, Step
    from abm.model import Model
    from abm.model.accounts import Component
    from abm.scoring.plan import Scored


def account_lines(model: Model, engine: Engine, scored: Scored, shown: Step) -> Step | None:
    """Give the lines of standings: of accounts by the group that their row shows, or of buying groups.

    Args:
        model: the model of the run.
        engine: the engine of the run.
        scored: what the run gave.
        shown: standings with a `key` of their own, one row per key; an account may have several, one per group.

    Returns:
        Lines by `key`, for every row that has a score.

    A component's part of the score, W_k * C_k / D, is split in proportion to what made it: matching fit rules by
    points; leads and coverage by role; engagement by person (or anonymous stream) under its role; intent by topic.
    Each line is rounded to millionths, and the largest takes what rounding left over. None when the model has nothing
    that could give an account a point.
    """
    parts = [_fit(model, shown, scored.accounts)]
    parts += _roles(model, engine, shown, scored)
    parts += engagement_shares(model, engine, shown, scored)
    if scored.topics is not None:
        parts.append(_topics(model, shown, scored.topics))
    given = [part for part in parts if part is not None]
    if not given:
        return None
    (shares,) = engine.materialise(nw.concat(given))
    return _in_points(model, engine, shown, shares)


def _fit(model: Model, shown: Step, companies: Step) -> Step | None:
    if not model.fit.account:
        return None
    flags = [f"account_fit_{i}" for i in range(len(model.fit.account))]
    rows = shown.select("key", ACCOUNT).join(companies.select(ACCOUNT, *flags), on=ACCOUNT, how="inner")
    return nw.concat(
        [
            line(
                rows.filter(nw.col(flag)),
                "fit",
                item=text(rule.name),
                raw_points=number(micro(rule.points)),
                points=number(micro(rule.points)),
                note=text("rule"),
                order=i,
            )
            for i, (rule, flag) in enumerate(zip(model.fit.account, flags, strict=True))
        ]
    )


def _roles(model: Model, engine: Engine, shown: Step, scored: Scored) -> list[Step | None]:
    """Leads by w * min(best, threshold), coverage by w * filled / m: the numerators of their formulas."""
    if not model.buying_groups:
        return []
    bar = threshold(model.mql.threshold, model.mql.threshold_by_segment)
    here = shown.select("key", ACCOUNT, GROUP, bar.alias("bar"))
    rows = here.join(scored.standings.committee, on=[ACCOUNT, GROUP], how="inner")
    rows = rows.join(engine.scatter(_role_worth(model)), on=[GROUP, "slot"], how="left")
    best = nw.min_horizontal(nw.col("best_score").fill_null(0), nw.col("bar"))
    leads = line(
        rows.filter(nw.col("best_score") > 0),
        "leads",
        item=nw.col("role"),
        raw_points=nw.col("best_score"),
        points=best * nw.col("weight_whole"),
        note=text("role"),
        order=nw.col("slot"),
    )
    coverage = line(
        rows.filter(nw.col("filled_engaged") > 0),
        "coverage",
        item=nw.col("role"),
        points=nw.col("filled_engaged") * nw.col("seat_worth"),
        count=nw.col("filled_engaged"),
        note=text("role"),
        order=nw.col("slot"),
    )
    return [leads, coverage]


def _role_worth(model: Model) -> pl.DataFrame:
    """Whole numbers in proportion to w and to w / m of each role."""
    rows = []
    for index, group in enumerate(model.buying_groups):
        people = [role.people for role in group.roles.values()]
        seats = lcm(*people)
        for slot, (weight, count) in enumerate(zip(whole_weights(group), people, strict=True)):
            worth = weight * (seats // count)
            # Beyond 64 bits a share of a seat is near enough: the lines still sum to the score.
            rows.append((index, slot, weight, worth if worth < 1 << 40 else max(1, round(weight / count * 1e6))))
    schema = dict.fromkeys((GROUP, "slot", "weight_whole", "seat_worth"), pl.Int64)
    return pl.DataFrame(rows, schema=schema, orient="row")


def _topics(model: Model, shown: Step, topics: Step) -> Step:
    """The top topics by weight * strength * decay, of the topics that count for the shown group."""
    warm = topics.filter(nw.col("interest") > 0)
    rows = shown.select("key", ACCOUNT, GROUP).join(warm, on=ACCOUNT, how="inner")
    for index, group in enumerate(model.buying_groups):
        if group.topics != "all":
            listed = nw.col("topic").is_in(sorted(topic_key(topic) for topic in group.topics))
            rows = rows.filter((nw.col(GROUP) != index) | listed)
    rows = rows.with_columns((nw.col("interest") * -1).alias("cold"), number(1).alias("one"))
    order = nw.col("one").cum_sum().over("key", order_by=["cold", "topic"])
    rows = rows.with_columns(order.alias("order")).filter(nw.col("order") <= model.intent.top_topics)
    return line(
        rows,
        "intent",
        item=nw.col("topic"),
        points=nw.col("interest") // 1000,
        age=nw.col("age"),
        note=nw.when(nw.col("spike").fill_null(value=False)).then(text("spike")).otherwise(text("topic")),
        order=nw.col("order"),
    )


def _in_points(model: Model, engine: Engine, shown: Step, shares: Step) -> Step:
    """Turn shares into points of the score; what rounding leaves over goes to the largest line, first of equals.

    A component that is unknown has no lines, not lines of 0.
    """
    # One integer joins in less time than a key and a text.
    component = nw.col("key") * len(COMPONENTS) + nw.col("place") // PER_COMPONENT
    scaled = shares.filter(~nw.col("points").is_null()).with_columns(component.alias("split"))
    totals = scaled.group_by("split").agg(nw.col("points").sum().cast(nw.Int64).alias("whole"))
    weighed = shown.with_columns(_divisor(model.account.weights).alias("divisor"))
    part = nw.concat(
        [
            weighed.filter(~nw.col(name).is_null()).select(
                (nw.col("key") * len(COMPONENTS) + COMPONENTS.index(name)).alias("split"),
                "score",
                (nw.col(name) * micro(weight)).alias("part"),
                "divisor",
            )
            for name, weight in model.account.weights.items()
        ]
    ).filter(~nw.col("score").is_null())
    rows = scaled.join(totals, on="split", how="left").join(part, on="split", how="inner")
    # The component's part of the score, W * C / D, in proportion to the points; divided once, by what differs from row
    # to row: by what is the same in all of them Polars may multiply with the reciprocal, which is one bit off.
    whole = nw.col("whole").cast(nw.Float64) * nw.col("divisor").cast(nw.Float64)
    share = nw.col("part").cast(nw.Float64) * nw.col("points").cast(nw.Float64) / whole
    points = nw.when(nw.col("whole") != 0).then((share + 0.5).floor().cast(nw.Int64)).otherwise(number(0))
    (rows,) = engine.materialise(rows.with_columns(points.alias("points")))
    sums = rows.group_by("key").agg(nw.col("points").sum().cast(nw.Int64).alias("said"), nw.col("score").max())
    first = rows.with_columns((nw.col("points") * -1).alias("small")).unique(
        subset="key", keep="first", order_by=["small", "place"]
    )
    left_over = first.select("key", "place").join(sums, on="key", how="inner")
    left_over = left_over.select("key", "place", (nw.col("score") - nw.col("said")).alias("left_over"))
    rows = rows.join(left_over, on=["key", "place"], how="left")
    rows = rows.with_columns((nw.col("points") + nw.col("left_over").fill_null(0)).alias("points"))
    listed = shares.filter(nw.col("points").is_null())
    return nw.concat([rows.select(*LINE), listed.select(*LINE)])


def _divisor(weights: Mapping[Component, float]) -> nw.Expr:
    """D: the sum of the weights of the components present, in millionths."""
    present = nw.lit(0)
    for name, weight in weights.items():
        present = present + nw.when(nw.col(name).is_null()).then(nw.lit(0)).otherwise(nw.lit(micro(weight)))
    return present.cast(nw.Int64)
