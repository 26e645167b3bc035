"""A ledger gives what `score` gives, for every model and every day, whatever was scored from it before."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import abm
from abm.model import model_from
from tests.agreement.compare import frames
from tests.strategies import random_workspace

if TYPE_CHECKING:
    from datetime import date

    from abm.scoring.result import ScoreResult

FEW = (0, 4, 28)
"""Among them one where rows without a number share an id, and one where no event counts."""

MANY = [seed for seed in range(1, 42) if seed not in FEW]
DAYS_BACK = (0, 45, 0)

TABLES = ("accounts", "leads", "groups", "committee", "intent", "contributions", "matches")


def assert_same(got: ScoreResult, expected: ScoreResult) -> None:
    for name in TABLES:
        assert_frame_equal(getattr(got, name), getattr(expected, name))


def assert_ledger_scores(tables: dict[str, pl.DataFrame], model: dict[str, Any], as_of: date) -> None:
    ledger = abm.Ledger(tables, model_from(model))
    for back in DAYS_BACK:
        day = as_of - timedelta(days=back)
        assert_same(ledger.score(as_of=day), abm.score(tables, model_from(model), as_of=day))


def repeated_events(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The same with ids that several rows share, on the same day and on others."""
    events = tables["events"]
    ids = pl.Series([f"E{row % max(1, events.height // 2)}" for row in range(events.height)], dtype=pl.String)
    return {**tables, "events": events.with_columns(ids.alias("event_id"))}


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in FEW if seed != 0)])
def test_every_day_from_one_ledger(seed: int) -> None:
    tables, model, as_of = random_workspace(seed)
    assert_ledger_scores(frames(tables), model, as_of)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1))
def test_which_of_several_rows_counts_depends_on_the_day(seed: int) -> None:
    tables, model, as_of = random_workspace(seed)
    if "events" in tables:
        assert_ledger_scores(repeated_events(frames(tables)), model, as_of)


@pytest.mark.slow
@pytest.mark.parametrize("seed", MANY)
def test_every_day_from_one_ledger_in_many_workspaces(seed: int) -> None:
    tables, model, as_of = random_workspace(seed)
    given = frames(tables)
    assert_ledger_scores(repeated_events(given) if "events" in given and seed % 2 else given, model, as_of)
