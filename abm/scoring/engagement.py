"""Engagement: cells become points under caps, repeats and decay; one line per person and signal is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import narwhals as nw

from abm.model.units import micro
from abm.scoring.arithmetic import decayed
from abm.scoring.facts.owners import WHO
from abm.scoring.ledger import Ledger
from abm.scoring.signal_tables import budget_table, moment_table, repeat_table

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from abm.engines.base import Step
    from abm.model import BuyingGroup, Model
    from abm.scoring.context import Context


@dataclass(frozen=True)
class View:
    """What one buying group counts as engagement: which signals, over how many recent days, from how many points.

    Attributes:
        x: name of the column of engagement points (millionths, at least 0).
        r: name of the column of recent points (millionths).
        signals: indices of the signals that count.
        days: recent means an age below this.
        engaged_at: recent points (millionths) from which a person is engaged.
        splits_budget: the signals are some, but not all, of those that share a budget: what does not count for this
            group must not spend it, so the caps are worked out anew.
    """

    x: str
    r: str
    signals: frozenset[int]
    days: int
    engaged_at: int
    splits_budget: bool

    @property
    def engaged(self) -> nw.Expr:
        """Whether a person is engaged: enough recent points, and points left after decay and negative signals."""
        return (nw.col(self.r) >= self.engaged_at) & (nw.col(self.x) > 0)


def view_of(model: Model, group: BuyingGroup, index: int) -> View:
    """The view of one buying group of the model."""
    chosen = {s.name for s in model.signals} if group.signals == "all" else set(group.signals)
    signals = frozenset(i for i, signal in enumerate(model.signals) if signal.name in chosen)
    budgets = [signal.group for signal in model.signals if signal.group is not None and signal.points > 0]
    within = [model.signals[i].group for i in signals if model.signals[i].points > 0]
    splits = any(0 < within.count(budget) < budgets.count(budget) for budget in set(budgets))
    return View(f"x_{index}", f"r_{index}", signals, group.engaged_days, micro(group.engaged_at), splits)


def engagement_lines(ctx: Context, ledger: Ledger) -> Step:
    """Give the points of each person and signal, before and after each cap.

    Returns:
        Key `who`, `signal`, `repeat` (0 for the signal's cells, 1 for its repeat bonus). Int64 columns, points in
        millionths: `n` occurrences, `fresh` points of the cells under the daily cap, `uncapped`, `capped`, `worth`
        decayed points without caps, after the signal's cap, and after the group's cap too; `age` of the newest cell;
        `recent_D` fresh points of positive signals younger than D days, for each D that a buying group asks for.

    The caps are budgets of fresh points spent on the newest activity first (DESIGN 5); a cell is worth
    `kept * f(signal, age) // 1e6`, truncated toward zero.
    """
    entries = _entries(ctx, ledger)
    # Most lines are within every budget: what they are worth is added up once.
    free = _lines(ctx, entries, {"uncapped": "size"})
    free = free.with_columns(nw.col("uncapped").alias("capped"), nw.col("uncapped").alias("worth"))
    (lines,) = ctx.engine.materialise(free)
    if not any(signal.max_points is not None or signal.group is not None for signal in ctx.model.signals):
        return _with_turn(ctx, lines).drop("line")
    (tight,) = ctx.engine.materialise(_tight(ctx, lines))
    (some,) = ctx.engine.gather(tight.head(1))
    if some.is_empty():
        return _with_turn(ctx, lines).drop("line")
    spent = _spent(ctx, _with_budgets(ctx, entries.join(tight, on="line", how="semi")))
    within = lines.join(tight, on="line", how="anti")
    beyond = _lines(ctx, spent, {"uncapped": "size", "capped": "after_cap", "worth": "after_group"})
    return _with_turn(ctx, nw.concat([within, beyond.select(*within.collect_schema().names())])).drop("line")


def _entries(ctx: Context, ledger: Ledger) -> Step:
    """Cells and repeat bonuses in fresh points, each with the decay of its day and the `line` it belongs to."""
    span = ledger.oldest + 1
    moment = (nw.col("signal") * span + nw.col("age")).alias("moment")
    moments = ctx.engine.scatter(moment_table(ctx.model, ledger.oldest))
    cells = ledger.cells.with_columns(moment).join(moments, on="moment", how="left")
    occurrences = nw.min_horizontal(nw.col("n"), nw.col("most"))
    cells = cells.with_columns((occurrences * nw.col("points")).alias("fresh"), occurrences.alias("q"))
    entries = cells.select(*_ENTRY, nw.lit(0).cast(nw.Int64).alias("repeat"))
    if any(signal.repeat for signal in ctx.model.signals):
        repeats = _repeats(ctx, cells).with_columns(moment).join(moments, on="moment", how="left")
        (repeats,) = ctx.engine.materialise(repeats.select(*_ENTRY, nw.lit(1).cast(nw.Int64).alias("repeat")))
        entries = nw.concat([entries, repeats])
    # One integer key groups in half the time of two or three.
    turn = nw.col("signal") * 2 + nw.col("repeat")
    line = (nw.col(WHO) + _SHIFT) * _turns(ctx.model) + turn
    return entries.with_columns(nw.col("fresh").abs().alias("size"), line.alias("line"))


def _lines(ctx: Context, entries: Step, worths: Mapping[str, str]) -> Step:
    """Add up the entries of each `line`; and for each of `worths` what is left, after decay, of those points."""
    sign = nw.when(nw.col("fresh") < 0).then(nw.lit(-1)).otherwise(nw.lit(1))
    worth = [(sign * decayed(nw.col(size), nw.col("factor"))).alias(name) for name, size in worths.items()]
    sums = [nw.col(name).sum().cast(nw.Int64) for name in ("n", "fresh", *worths)]
    step = entries.with_columns(*worth)
    return step.group_by("line").agg(*sums, nw.col("age").min(), *_recent(ctx.model))


def _turns(model: Model) -> int:
    return 2 * len(model.signals) + 2


def _with_turn(ctx: Context, lines: Step) -> Step:
    """Read `who`, `signal` and `repeat` off the line."""
    turns = _turns(ctx.model)
    turn = nw.col("line") % turns
    return lines.with_columns(
        (nw.col("line") // turns - _SHIFT).alias(WHO), (turn // 2).alias("signal"), (turn % 2).alias("repeat")
    )


def _tight(ctx: Context, lines: Step) -> Step:
    """The lines that a budget binds: over the signal's own, or in a group that is over; key `line`.

    They are few, and spending in order is the dear part.
    """
    step = _with_budgets(ctx, _with_turn(ctx, lines).with_columns(nw.col("fresh").abs().alias("total")))
    own = nw.col("max_points")
    step = step.with_columns(
        nw.min_horizontal(nw.col("total"), own).alias("after_cap"),
        (nw.col("total") > own).fill_null(value=False).alias("over"),
    )
    groups = step.filter(~nw.col("group").is_null()).group_by(WHO, "group")
    sums = groups.agg(nw.col("after_cap").sum().alias("spent"), nw.col("group_max").max().alias("allowed"))
    full = sums.filter(nw.col("spent") > nw.col("allowed")).select(WHO, "group")
    crowded = step.join(full, on=[WHO, "group"], how="semi").select("line")
    alone = step.filter(nw.col("over")).select("line")
    return nw.concat([crowded, alone]).unique()


def _with_budgets(ctx: Context, step: Step) -> Step:
    """Add the budgets that lines or entries spend: `max_points` of the signal's own, `group` and its `group_max`.

    A repeat bonus spends the group's only. What takes points away spends no group's.
    """
    budgets = ctx.engine.scatter(budget_table(ctx.model))
    step = step.join(budgets, on="signal", how="left")
    shares = nw.col("fresh") > 0
    return step.with_columns(
        nw.when(nw.col("repeat") == 0).then(nw.col("max_points")).alias("max_points"),
        nw.when(shares).then(nw.col("group")).alias("group"),
        nw.when(shares).then(nw.col("group_max")).alias("group_max"),
        (nw.col("signal") * 2 + nw.col("repeat")).alias("turn"),
    )


def _spent(ctx: Context, entries: Step) -> Step:
    """Add what the signal's budget and then the group's leave of each entry: `after_cap`, `after_group`."""
    kept = _spend(ctx, entries, by=["line"], order=["age"], limit="max_points", amount="size", kept="after_cap")
    return _spend(
        ctx, kept, by=[WHO, "group"], order=["age", "turn"], limit="group_max", amount="after_cap", kept="after_group"
    )


def engagement(ctx: Context, ledger: Ledger, views: list[View]) -> tuple[Step, Step]:
    """Work out the lines, and the points of each person or anonymous stream for every view.

    Returns:
        What `engagement_lines` and `engagement_points` give, both materialised.
    """
    (lines,) = ctx.engine.materialise(engagement_lines(ctx, ledger))
    shared = [view for view in views if not view.splits_budget]
    points = engagement_points(lines, shared)
    for view in views:
        if view.splits_budget:
            cells = ledger.cells.filter(nw.col("signal").is_in(sorted(view.signals)))
            own = engagement_points(engagement_lines(ctx, Ledger(cells, ledger.oldest)), [view])
            points = points.join(own.select(WHO, view.x, view.r), on=WHO, how="left")
            points = points.with_columns(nw.col(view.x).fill_null(0), nw.col(view.r).fill_null(0))
    (points,) = ctx.engine.materialise(points)
    return lines, points


def valued_by(model: Model) -> tuple[Hashable, ...]:
    """What of a model decides how many points events are worth, beside the views."""
    groups = tuple((name, group.max_points) for name, group in model.signal_groups.items())
    return (model.signals, groups, tuple(group.engaged_days for group in model.buying_groups))


def engagement_points(lines: Step, views: list[View]) -> Step:
    """Add up the lines of each person or anonymous stream.

    Returns:
        Key `who`. `x` = max(0, sum of worth) over all signals; for each view its `x` and `r`; `age` of the newest
        counted event. Int64, points in millionths.
    """
    own = [nw.col("worth").sum().cast(nw.Int64).alias("x")]
    for view in views:
        counts = nw.col("signal").is_in(sorted(view.signals))
        own.append(nw.when(counts).then(nw.col("worth")).sum().cast(nw.Int64).alias(view.x))
        recent = nw.when(counts).then(nw.col(f"recent_{view.days}")).sum()
        own.append(recent.cast(nw.Int64).alias(view.r))
    step = lines.group_by(WHO).agg(*own, nw.col("age").min())
    floors = [nw.max_horizontal(nw.col(name), nw.lit(0)).alias(name) for name in ("x", *(view.x for view in views))]
    return step.with_columns(*floors)


_SHIFT = 1 << 40
"""Makes `who` positive, where division and remainder mean the same on every engine."""

_ENTRY = (WHO, "signal", "age", "n", "fresh", "factor")


def _recent(model: Model) -> list[nw.Expr]:
    """Fresh points of positive signals within each engaged_days of the model; repeats are no activity of their own."""
    counts = (nw.col("fresh") > 0) & (nw.col("repeat") == 0)
    return [
        nw.when(counts & (nw.col("age") < days)).then(nw.col("fresh")).sum().cast(nw.Int64).alias(f"recent_{days}")
        for days in sorted({group.engaged_days for group in model.buying_groups})
    ]


def _spend(ctx: Context, step: Step, *, by: list[str], order: list[str], limit: str, amount: str, kept: str) -> Step:
    """Add `kept`: the part of `amount` that a budget of `limit` per `by` still allows, spent in ascending `order`."""
    (step,) = ctx.engine.materialise(step)
    bound = ~nw.col(limit).is_null()
    free = step.filter(~bound).with_columns(nw.col(amount).alias(kept))
    before = nw.col(amount).cum_sum().over(*by, order_by=order) - nw.col(amount)
    left = nw.max_horizontal(nw.col(limit) - before, nw.lit(0))
    within = step.filter(bound).with_columns(nw.min_horizontal(nw.col(amount), left).cast(nw.Int64).alias(kept))
    return nw.concat([free, within])


def _repeats(ctx: Context, cells: Step) -> Step:
    """One entry per person and signal that came back soon, dated D: the latest day that completes `times` in `within`.

    The days of a window lie in D's own block of `within` days or in the block before, so an equality join on blocks
    finds them on every engine.
    """
    rules = ctx.engine.scatter(repeat_table(ctx.model))
    own = cells.join(rules, on="signal", how="inner")
    own = own.with_columns((nw.col("age") // nw.col("within")).alias("block"))
    earlier = own.select(WHO, "signal", "block", nw.col("age").alias("other_age"), nw.col("q").alias("other_q"))
    pairs = nw.concat(
        [
            own.join(earlier, on=[WHO, "signal", "block"], how="inner"),
            own.with_columns((nw.col("block") + 1).alias("block")).join(
                earlier, on=[WHO, "signal", "block"], how="inner"
            ),
        ]
    )
    gap = nw.col("other_age") - nw.col("age")
    pairs = pairs.filter((gap >= 0) & (gap < nw.col("within")))
    days = pairs.group_by(WHO, "signal", "age").agg(
        nw.col("other_q").sum().alias("seen"), nw.col("times").max(), nw.col("bonus").max()
    )
    completed = days.filter(nw.col("seen") >= nw.col("times")).group_by(WHO, "signal")
    latest = completed.agg(nw.col("age").min(), nw.col("bonus").max())
    return latest.select(WHO, "signal", "age", nw.lit(0).cast(nw.Int64).alias("n"), nw.col("bonus").alias("fresh"))
