"""The check: every score of a result is added up anew from its lines, every component too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from abm.engines.polars import on_driver
from abm.model.units import MICRO, micro

if TYPE_CHECKING:
    from abm.scoring.contributions import Level
    from abm.scoring.result import ScoreResult


@dataclass(frozen=True)
class Failure:
    """A sum that is not what it should be.

    Attributes:
        level: `lead`, `account` or `group`.
        entity_id: contact_id or account_id.
        group: the buying group, at the level of groups.
        what: `score`, or the component whose lines do not add up.
        expected: what the result table says, in millionths of a point; null: there should be no points at all.
        found: the sum of the lines, in millionths.
        lines: the lines of the entity.
    """

    level: Level
    entity_id: str
    group: str | None
    what: str
    expected: int | None
    found: int
    lines: pl.DataFrame


@dataclass(frozen=True)
class Sums:
    """What was added up.

    Attributes:
        leads, accounts, groups: how many of each.
        failure: the first that does not add up, leads before accounts before groups, by id; null when all do.
    """

    leads: int
    accounts: int
    groups: int
    failure: Failure | None

    def __str__(self) -> str:
        return (
            f"{self.leads:,} leads, {self.accounts:,} accounts, {self.groups:,} groups:"
            f" every score is the sum of its lines"
        )


def check_sums(result: ScoreResult) -> Sums:
    """Add up the lines of every lead, account and buying group.

    Checked in integer millionths: a score is the sum of its lines, without tolerance; a lead's fit points and
    engagement are the sums of theirs, without tolerance; a component of an account or group gives `weight * value`,
    in proportion to the weights of the components that are known, as near as rounding each line to a millionth allows;
    what has no score, and a component that is unknown, has no points; no line belongs to nobody.

    >>> import abm
    >>> print(check_sums(abm.score(abm.load_workspace(abm.demo_folder()))))
    517 leads, 60 accounts, 60 groups: every score is the sum of its lines
    """
    both = on_driver(result.contribution_lines()).with_columns(group=pl.lit(None, dtype=pl.String)).collect()
    levels: dict[Level, tuple[pl.DataFrame, pl.DataFrame]] = {
        "lead": (both.filter(pl.col("level") == "lead"), _leads(result)),
        "account": (both.filter(pl.col("level") == "account"), _standings(result, "accounts")),
        "group": (result.contributions_of("group"), _standings(result, "groups")),
    }
    failures = (_first_failure(level, lines, table) for level, (lines, table) in levels.items())
    first = next((failure for failure in failures if failure is not None), None)
    leads, accounts, groups = (result.polars[name].height for name in ("leads", "accounts", "groups"))
    return Sums(leads, accounts, groups, first)


_KEY = ("entity_id", "group")


def _leads(result: ScoreResult) -> pl.DataFrame:
    """What the lines of leads should sum to: `entity_id`, `group`, `what`, `expected`, `tolerated`."""
    leads = result.polars["leads"]
    engagement = pl.when(pl.col("score").is_not_null()).then(_whole("engagement"))
    return _long(leads, "contact_id", {"score": _whole("score"), "fit": _whole("fit_points"), "engagement": engagement})


def _standings(result: ScoreResult, table: str) -> pl.DataFrame:
    """What the lines of accounts or groups should sum to."""
    weights = result.model.account.weights
    known = pl.sum_horizontal(
        pl.when(pl.col(name).is_not_null()).then(micro(weight)).otherwise(0) for name, weight in weights.items()
    )
    parts: dict[str, pl.Expr] = {
        name: pl.when(known > 0).then((_whole(name).cast(pl.Float64) * micro(weight) / known).round().cast(pl.Int64))
        for name, weight in weights.items()
    }
    return _long(result.polars[table], "account_id", {"score": _whole("score"), **parts})


def _whole(name: str) -> pl.Expr:
    return (pl.col(name) * MICRO).round().cast(pl.Int64)


def _long(table: pl.DataFrame, key: str, expected: dict[str, pl.Expr]) -> pl.DataFrame:
    group = pl.col("group") if key == "account_id" and "motion" in table.columns else pl.lit(None, dtype=pl.String)
    wide = table.select(pl.col(key).alias("entity_id"), group.alias("group"), **expected)
    return wide.unpivot(list(expected), index=list(_KEY), variable_name="what", value_name="expected")


def _first_failure(level: Level, lines: pl.DataFrame, expected: pl.DataFrame) -> Failure | None:
    counted = lines.filter(pl.col("points").is_not_null())
    sums = [pl.col("points").sum().alias("found"), pl.len().cast(pl.Int64).alias("lines")]
    whole = counted.group_by(_KEY).agg(*sums).with_columns(what=pl.lit("score"))
    parts = counted.group_by(*_KEY, "component").agg(*sums).rename({"component": "what"})
    of_all = whole.select(*_KEY, pl.col("lines").alias("all_lines"))
    keys = [*_KEY, "what"]
    found = pl.concat([whole, parts.select(whole.columns)]).drop("lines")
    held = expected.join(found, on=keys, how="full", coalesce=True, nulls_equal=True)
    held = held.join(of_all, on=list(_KEY), how="left", nulls_equal=True)
    # Each line of an account is rounded by half a millionth at most, and the largest takes what that leaves over.
    loose = pl.lit(0) if level == "lead" else pl.col("all_lines").fill_null(0) + 1
    tolerated = pl.when(pl.col("what") == "score").then(0).otherwise(loose)
    off = (pl.col("found").fill_null(0) - pl.col("expected").fill_null(0)).abs() > tolerated
    ghost = pl.col("expected").is_null() & pl.col("found").is_not_null()
    wrong = held.filter(off | ghost).sort("entity_id", "group", "what", descending=[False, False, True])
    if wrong.is_empty():
        return None
    row = wrong.row(0, named=True)
    mine = lines.filter(pl.col("entity_id") == row["entity_id"], pl.col("group").eq_missing(pl.lit(row["group"])))
    return Failure(level, row["entity_id"], row["group"], row["what"], row["expected"], row["found"] or 0, mine)
