"""The check adds up everything anew, and notices whatever is changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import abm
from abm.model import model_from
from abm.scoring.explanation import check_sums
from abm.workspace.bundled import bundled
from tests.agreement.compare import frames
from tests.output.results import demo_result, hostile_result, intent_result
from tests.strategies import random_workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from abm.scoring.result import ScoreResult


@pytest.mark.parametrize("make", [demo_result, hostile_result, intent_result])
def test_it_holds(make: Any) -> None:
    result = make()
    sums = check_sums(result)
    assert sums.failure is None
    assert (sums.leads, sums.accounts, sums.groups) == (len(result.leads), len(result.accounts), len(result.groups))


@pytest.mark.slow
def test_it_holds_under_the_whole_vocabulary() -> None:
    assert (
        check_sums(abm.score(abm.load_workspace(abm.demo_folder()), bundled("config", "enterprise.yaml"))).failure
        is None
    )


@pytest.mark.parametrize("seed", range(8100, 8103))
def test_it_holds_on_random_workspaces(seed: int) -> None:
    tables, model, as_of = random_workspace(seed)
    assert check_sums(abm.score(frames(tables), model_from(model), as_of=as_of)).failure is None


@pytest.mark.slow
@pytest.mark.parametrize("block", range(2))
def test_it_holds_on_many_random_workspaces(block: int) -> None:
    for seed in range(8200 + 15 * block, 8215 + 15 * block):
        tables, model, as_of = random_workspace(seed)
        assert check_sums(abm.score(frames(tables), model_from(model), as_of=as_of)).failure is None, seed


def tampered(result: ScoreResult, change: Any, level: str | None = None) -> ScoreResult:
    """The same result, whose contributions (or those of one level asked for alone) somebody has changed."""

    def lines(wanted: Any = None, **options: Any) -> pl.DataFrame:
        frame: pl.DataFrame = result.contribution_lines(wanted, **options)
        changed: pl.DataFrame = change(frame) if wanted == level else frame
        return changed

    return replace(result, contribution_lines=lines)


def changed(entity_id: str, item: str, by: int) -> Callable[[pl.DataFrame], pl.DataFrame]:
    here = (pl.col("entity_id") == entity_id) & (pl.col("item") == item) & pl.col("points").is_not_null()
    first = here & (here.cast(pl.Int64).cum_sum() == 1)
    return lambda frame: frame.with_columns(
        pl.when(first).then(pl.col("points") + by).otherwise(pl.col("points")).alias("points")
    )


@pytest.mark.parametrize("by", [1, -1, 10_000_000])
@pytest.mark.parametrize(
    ("level", "entity_id", "item"),
    [("lead", "C0001", "pricing_view"), ("account", "A001", "champion"), ("group", "A017", "target_industry")],
)
def test_a_millionth_is_noticed(level: str, entity_id: str, item: str, by: int) -> None:
    result = tampered(demo_result(), changed(entity_id, item, by), "group" if level == "group" else None)
    failure = check_sums(result).failure
    assert failure is not None
    assert (failure.level, failure.entity_id, failure.what) == (level, entity_id, "score")
    assert failure.found - (failure.expected or 0) == by
    assert failure.lines.height > 3


def test_points_moved_from_one_component_to_another_are_noticed() -> None:
    def moved(frame: pl.DataFrame) -> pl.DataFrame:
        return changed("A001", "crm software", -5000)(changed("A001", "headcount_500", 5000)(frame))

    failure = check_sums(tampered(demo_result(), moved)).failure
    assert failure is not None
    assert (failure.level, failure.entity_id, failure.what) == ("account", "A001", "intent")


def test_fit_moved_to_engagement_is_noticed() -> None:
    def moved(frame: pl.DataFrame) -> pl.DataFrame:
        return changed("C0001", "page_view", -1)(changed("C0001", "senior_buyer", 1)(frame))

    failure = check_sums(tampered(demo_result(), moved)).failure
    assert failure is not None
    assert (failure.level, failure.entity_id, failure.what) == ("lead", "C0001", "fit")


@pytest.mark.parametrize("entity_id", ["A001", "C0001"])
def test_a_missing_line_and_a_line_of_nobody_are_noticed(entity_id: str) -> None:
    def fewer(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.filter(~((pl.col("entity_id") == entity_id) & (pl.col("component") == "fit")))

    def ghost(frame: pl.DataFrame) -> pl.DataFrame:
        own = frame.filter(pl.col("entity_id") == entity_id)
        return pl.concat([frame, own.with_columns(entity_id=pl.lit("GHOST"))])

    for change, who in ((fewer, entity_id), (ghost, "GHOST")):
        failure = check_sums(tampered(demo_result(), change)).failure
        assert failure is not None
        assert failure.entity_id == who
    assert failure is not None
    assert failure.expected is None


def test_the_first_failure_is_the_one_told() -> None:
    def both(frame: pl.DataFrame) -> pl.DataFrame:
        return changed("C0002", "manager", 7)(changed("A001", "champion", 7)(frame))

    failure = check_sums(tampered(demo_result(), both)).failure
    assert failure is not None
    assert (failure.level, failure.entity_id) == ("lead", "C0002")
