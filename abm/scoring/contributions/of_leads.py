"""Lead contributions: integer lines that sum to the lead's score without tolerance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from abm.model.units import micro
from abm.scoring.contributions.lines import line, number, text
from abm.scoring.facts.accounts import ACCOUNT
from abm.scoring.facts.contacts import CONTACT
from abm.scoring.facts.owners import WHO

if TYPE_CHECKING:
    from abm.engines.base import Engine, Step
    from abm.model import Model

_CAP, _GROUP_CAP, _FLOOR = 1, 500_000, 900_000
"""Places among the engagement lines: a signal's cap after the signal, groups after all signals, the floor last."""


def lead_lines(model: Model, engine: Engine, leads: Step, lines: Step | None, companies: Step) -> Step:
    """Give the lines of every lead, `key` the contact's.

    Engagement: per signal its points after decay but before caps; its repeat; what the signal's own cap took away; per
    signal group what the shared cap took away; the floor, where points sum to less than 0. Fit: per matching rule its
    points; the clamp to 0-100.
    """
    parts = [*_fit(model, leads, companies)]
    if lines is not None:
        parts += _engagement(model, engine, lines.filter(nw.col(WHO) >= 0).rename({WHO: "key"}))
    return nw.concat(parts)


def _engagement(model: Model, engine: Engine, lines: Step) -> list[Step]:
    """The points of a cap are what was lost at it, hence negative for a signal that gives points."""
    lines = lines.join(engine.scatter(signal_names(model)), on="signal", how="left")
    order = nw.col("signal") * 4
    came_back = nw.col("repeat") == 1
    signals = line(
        lines,
        "engagement",
        item=nw.col("item"),
        raw_points=nw.col("fresh"),
        points=nw.col("uncapped"),
        count=nw.when(~came_back).then(nw.col("n")),
        age=nw.col("age"),
        note=nw.when(came_back).then(text("repeat")).otherwise(text("signal")),
        order=order + nw.col("repeat") * 2,
    )
    lost = nw.col("capped") - nw.col("uncapped")
    capped = lines.filter(lost != 0)
    caps = line(capped, "engagement", item=nw.col("item"), points=lost, note=text("cap"), order=order + _CAP)
    shared = nw.col("worth") - nw.col("capped")
    by_group = lines.filter(shared != 0).with_columns(shared.alias("lost")).group_by("key", "budget", "budget_place")
    groups = line(
        by_group.agg(nw.col("lost").sum()),
        "engagement",
        item=nw.col("budget"),
        points=nw.col("lost"),
        note=text("group cap"),
        order=nw.col("budget_place") + _GROUP_CAP,
    )
    sums = lines.group_by("key").agg(nw.col("worth").sum()).filter(nw.col("worth") < 0)
    floor = line(sums, "engagement", item=text("floor"), points=nw.col("worth") * -1, note=text("floor"), order=_FLOOR)
    return [signals, caps, groups, floor]


def signal_names(model: Model) -> pl.DataFrame:
    """The signals of a model with the names of their budgets: `signal`, `item`, `budget`, `budget_place`."""
    places = {name: place for place, name in enumerate(model.signal_groups)}
    rows = [
        (i, signal.name, signal.group, None if signal.group is None else places[signal.group])
        for i, signal in enumerate(model.signals)
    ]
    schema = {"signal": pl.Int64, "item": pl.String, "budget": pl.String, "budget_place": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _fit(model: Model, leads: Step, companies: Step) -> list[Step]:
    keyed = leads.with_columns(nw.col(CONTACT).alias("key"))
    person, account = model.fit.person, model.fit.account
    parts = [
        _rule(keyed.filter(nw.col(f"person_fit_{i}")), rule.name, micro(rule.points), "person", i)
        for i, rule in enumerate(person)
    ]
    if account:
        flags = [f"account_fit_{i}" for i in range(len(account))]
        placed = keyed.filter(~nw.col(ACCOUNT).is_null()).select("key", ACCOUNT)
        placed = placed.join(companies.select(ACCOUNT, *flags), on=ACCOUNT, how="inner")
        parts += [
            _rule(placed.filter(nw.col(flag)), rule.name, micro(rule.points), "account", len(person) + i)
            for i, (rule, flag) in enumerate(zip(account, flags, strict=True))
        ]
    beyond = nw.col("fit_points") - nw.col("person_fit") - nw.col("account_fit")
    clamped = keyed.filter(beyond != 0)
    last = len(person) + len(account)
    return [*parts, line(clamped, "fit", item=text("clamp"), points=beyond, note=text("clamp"), order=last)]


def _rule(step: Step, name: str, points: int, note: str, order: int) -> Step:
    return line(
        step, "fit", item=text(name), raw_points=number(points), points=number(points), note=text(note), order=order
    )
