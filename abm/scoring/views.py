"""How conditions and results see the plan's columns: millionths as points, ages as days."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from abm.scoring.arithmetic import points_of
from abm.scoring.facts.accounts import ACCOUNT
from abm.scoring.facts.events import FIRST_DAY

if TYPE_CHECKING:
    from abm.engines.base import Step
    from abm.scoring.context import Context


def calendar(ctx: Context, name: str) -> Step:
    """Every age a fact can have and its day: `age`, `name`."""
    days = pl.date_range(FIRST_DAY, ctx.as_of, eager=True).reverse()
    return ctx.engine.scatter(pl.DataFrame({"age": pl.int_range(len(days), eager=True), name: days}))


def with_days(ctx: Context, step: Step, name: str = "last_activity", key: nw.Expr | None = None) -> Step:
    """Add the day of the column `age`; null stays null. `key` is that of the contact or account, by default `a`."""
    ahead = ctx.binding.ahead(nw.col(ACCOUNT) if key is None else key)
    on_as_of = (nw.col("age") - ahead).alias("age_on_as_of")
    days = calendar(ctx, name).rename({"age": "age_on_as_of"})
    return step.with_columns(on_as_of).join(days, on="age_on_as_of", how="left").drop("age_on_as_of")


def with_points(ctx: Context, step: Step) -> Step:
    """Add `points:x` for every number that conditions name and that the step has in millionths as `x`."""
    present = set(step.collect_schema().names())
    wanted = (name for name in ctx.binding.needs("points") if name in present)
    return points_of(step, {name: f"points:{name}" for name in wanted})
