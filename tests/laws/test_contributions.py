"""Every score is the exact sum of its lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

import abm
from abm.model import model_from
from abm.workspace.bundled import bundled
from tests.agreement.compare import frames
from tests.strategies import random_workspace

if TYPE_CHECKING:
    from abm.scoring.result import ScoreResult


def sums(result: ScoreResult, level: str) -> dict[str, int]:
    lines = result.contributions.filter(pl.col("level") == level)
    return dict(lines.group_by("entity_id").agg(pl.col("points").sum()).iter_rows())


def scores(table: pl.DataFrame, key: str) -> dict[str, int]:
    whole = table.filter(pl.col("score").is_not_null()).select(key, (pl.col("score") * 1e6).round().cast(pl.Int64))
    return dict(whole.iter_rows())


def check(result: ScoreResult) -> None:
    for level, table, key in (("lead", result.leads, "contact_id"), ("account", result.accounts, "account_id")):
        said, expected = sums(result, level), scores(table, key)
        assert {entity: said.get(entity, 0) for entity in expected} == expected
        assert set(said) <= set(table[key])
        assert result.contributions.schema["points"] == pl.Int64


def test_lines_sum_to_the_scores_of_the_demo() -> None:
    check(abm.score(abm.load_workspace(abm.demo_folder())))


@pytest.mark.slow
def test_lines_sum_to_the_scores_under_the_whole_vocabulary() -> None:
    check(abm.score(abm.load_workspace(abm.demo_folder()), bundled("config", "enterprise.yaml")))


@pytest.mark.parametrize("seed", range(5000, 5006))
def test_lines_sum_to_the_scores_of_random_workspaces(seed: int) -> None:
    tables, model, as_of = random_workspace(seed)
    check(abm.score(frames(tables), model_from(model), as_of=as_of))


@pytest.mark.slow
@pytest.mark.parametrize("block", range(2))
def test_lines_sum_to_the_scores_of_many_random_workspaces(block: int) -> None:
    for seed in range(6000 + 30 * block, 6030 + 30 * block):
        tables, model, as_of = random_workspace(seed)
        check(abm.score(frames(tables), model_from(model), as_of=as_of))


def test_a_lead_line_says_what_a_cap_took() -> None:
    signal = {"name": "view", "event": "view", "points": 10, "max_points": 25, "half_life_days": "none"}
    model = model_from({"name": "capped", "version": 1, "signals": [signal]})
    facts = {
        "accounts": pl.DataFrame({"account_id": ["A"]}),
        "contacts": pl.DataFrame({"contact_id": ["C"], "account_id": ["A"]}),
        "events": pl.DataFrame(
            {"contact_id": ["C"] * 4, "type": ["view"] * 4, "occurred_at": [f"2026-06-0{day}" for day in range(1, 5)]}
        ),
    }
    lines = abm.score(facts, model, as_of="2026-06-30").contributions.filter(pl.col("level") == "lead")
    assert lines.select("item", "note", "raw_points", "points", "count").rows() == [
        ("view", "signal", 40_000_000, 40_000_000, 4),
        ("view", "cap", None, -15_000_000, None),
    ]
