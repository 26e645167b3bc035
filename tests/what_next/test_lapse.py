"""The lapse day is the first failing day when the frozen facts are scored day by day."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

import abm
from abm.model import Model, model_from
from abm.scoring.what_next import lapse_day, lapse_days
from abm.scoring.what_next.lapse import HORIZON, judged_on_days
from tests.agreement.compare import frames
from tests.benchmarks.data import AS_OF, read_tables, write_tables
from tests.strategies import random_workspace
from tests.what_next.later import frozen, tables_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from abm.scoring.result import ScoreResult

ROOT = Path(__file__).parents[2]
LEADFORGE = ROOT.parent / "shared" / "data" / "leadforge" / "tables"
JUDGED = ("score", "fit", "leads", "engagement", "coverage", "completeness", "intent")

Tables = dict[str, pl.DataFrame]
Qualified = dict[int, set[tuple[str, str | None]]]


@pytest.fixture(scope="module")
def demo() -> tuple[Tables, ScoreResult]:
    workspace = abm.load_workspace(abm.demo_folder())
    result = abm.score(workspace)
    return frozen(tables_of(workspace), result.as_of), result


def on_day(tables: Tables, model: Model, day: date) -> set[tuple[str, str | None]]:
    """The groups that are MQAs on a day, and the accounts that are without one."""
    result = abm.score(tables, model, as_of=day)
    groups = result.groups.filter("is_mqa").select("account_id", "group").rows()
    return {*groups, *result.accounts.filter(pl.col("group").is_null(), "is_mqa").select("account_id", "group").rows()}


def day_by_day(tables: Tables, result: ScoreResult, days: Iterable[int]) -> Qualified:
    return {ahead: on_day(tables, result.model, result.as_of + timedelta(days=ahead)) for ahead in days}


def first_failing(told: pl.DataFrame, qualified: Qualified, as_of: date) -> list[date | None]:
    """The first of the given days on which each row does not qualify."""
    return [
        next((as_of + timedelta(days=ahead) for ahead in sorted(qualified) if key not in qualified[ahead]), None)
        for key in told.select("account_id", "group").rows()
    ]


@pytest.mark.slow
def test_demo_accounts_qualify_up_to_the_day_before_and_fail_on_the_day(demo):
    tables, result = demo
    told = lapse_days(result)
    assert told.height == result.groups["is_mqa"].sum() > 3
    assert told["lapses_on"].drop_nulls().len() > 3
    for account, group, day in told.drop_nulls("lapses_on").head(3).rows():
        assert (account, group) in on_day(tables, result.model, day - timedelta(days=1))
        assert (account, group) not in on_day(tables, result.model, day)


@pytest.mark.slow
def test_one_account_is_told_what_all_are_told(demo):
    _, result = demo
    told = lapse_days(result)
    for row in told.tail(2).iter_rows(named=True):
        assert lapse_day(result, row["account_id"], row["group"]) == row["lapses_on"]
    assert lapse_days(result, []).height == 0
    nobody = result.accounts.filter(~pl.col("is_mqa"))["account_id"][0]
    assert lapse_day(result, nobody, "core") is None


def later_is_as_scored_then(seed: int, days: Iterable[int]) -> None:
    """Every account, not MQAs alone: the copies of a day hold what a run of that day gives."""
    raw_tables, raw_model, as_of = random_workspace(seed)
    tables = frozen(frames(raw_tables), as_of)
    model = model_from({**raw_model, "family": "none"})
    result = abm.score(tables, model, as_of=as_of)
    keys = pl.Series(range(result.accounts.height), dtype=pl.Int64)
    engine = result.scored.ctx.engine
    found = judged_on_days(result.scored, keys, HORIZON + 1)
    copies, shown = engine.gather(found.groups, found.accounts)
    for ahead in days:
        then = abm.score(tables, model, as_of=as_of + timedelta(days=ahead))
        for rows, expected, key in ((copies, then.groups, ["a", "g"]), (shown, then.accounts, ["a"])):
            here = rows.filter(pl.col("a") % (HORIZON + 1) == ahead).sort(key)
            assert here["account_id"].to_list() == expected["account_id"].to_list()
            assert here["is_mqa"].to_list() == expected["is_mqa"].to_list(), (seed, ahead)
            for name in JUDGED:
                given = [None if value is None else value / 1_000_000 for value in here[name]]
                assert given == expected[name].to_list(), (seed, ahead, name)
        assert shown.filter(pl.col("a") % (HORIZON + 1) == ahead).sort("a")["last_activity"].to_list() == (
            then.accounts["last_activity"].to_list()
        )


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_later_day_is_judged_as_it_would_be_then(seed):
    later_is_as_scored_then(seed, (29, 90))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 103))
def test_later_days_of_many_workspaces(seed):
    later_is_as_scored_then(seed, (1, 6, 13, 30, 59, 90))


@pytest.mark.slow
def test_forty_mqas_day_by_day(tmp_path):
    """Traffic made for measuring, under the starter: every day until the last has lapsed, then the last of the 90."""
    write_tables(tmp_path, 90_000)
    tables = frozen(read_tables(tmp_path), AS_OF)
    result = abm.score(tables, ROOT / "config" / "starter.yaml", as_of=AS_OF)
    everyone = lapse_days(result)
    assert everyone.height >= 40
    told = everyone
    last = max(day for day in told["lapses_on"] if day is not None)
    days = [*range(1, (last - AS_OF).days + 1), *({HORIZON} if told["lapses_on"].null_count() else set())]
    assert told["lapses_on"].to_list() == first_failing(told, day_by_day(tables, result, days), AS_OF)


@pytest.mark.slow
def test_every_mqa_of_a_whole_crm():
    """Other people's data: the days before, on and after the first that fails, for each of them."""
    if not LEADFORGE.is_dir():
        pytest.skip("the leadforge tables are not there")
    workspace = abm.load_workspace(ROOT / "fixtures" / "leadforge", data=LEADFORGE)
    result = abm.score(workspace)
    tables = frozen(tables_of(workspace), result.as_of)
    told = lapse_days(result)
    assert told.height > 100
    days = {(day - result.as_of).days for day in told["lapses_on"].drop_nulls()}
    around = sorted({ahead for day in days for ahead in (day - 1, day)} | {1, HORIZON})
    assert told["lapses_on"].to_list() == first_failing(told, day_by_day(tables, result, around), result.as_of)
