"""A sweep says of every variant what `score` says of the changed model, and thresholds move one way only."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from datetime import timedelta
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any

import pytest

import abm
from abm.model import model_from
from tests.agreement.compare import frames
from tests.laws.models import law_model
from tests.laws.worlds import AS_OF, clean_world, dirty_world
from tests.strategies import random_workspace
from tests.sweep.truth import counted, expected
from tests.sweep.worlds import small_model

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

Raw = dict[str, Any]

MANY = 25
SMALL = (25, 80, 500)
"""Accounts, contacts and events of the worlds of the quick tests."""

THRESHOLDS = (5.0, 25.0, 40.0, 1000.0)
MORE_THRESHOLDS = (0.0, 5.0, 15.0, 25.0, 30.0, 40.0, 55.0, 100.0, 1000.0)

Put = Callable[[Raw, Any], None]


def changes_of(model: Raw) -> dict[str, tuple[list[Any], Put]]:
    """By key: values to try, and how to set one in the plain model by hand."""

    def mqa(raw: Raw, value: Any) -> None:
        raw.setdefault("mqa", {})["threshold"] = value

    def segment(raw: Raw, value: Any) -> None:
        raw.setdefault("mql", {}).setdefault("threshold_by_segment", {})["default"] = value

    def points(raw: Raw, value: Any) -> None:
        raw["signals"][0]["points"] = value

    def rollup(raw: Raw, value: Any) -> None:
        raw.setdefault("account", {}).setdefault("engagement", {})["rollup"] = value

    made: dict[str, tuple[list[Any], Put]] = {
        "mqa.threshold": ([1, 33.5], mqa),
        "mql.threshold_by_segment.default": ([7], segment),
        "account.engagement.rollup": (["sum"], rollup),
    }
    return {**made, f"signals.{model['signals'][0]['name']}.points": ([61], points)} if model.get("signals") else made


def assert_as_scored(
    tables: dict[str, pl.DataFrame], model: Raw, as_of: date, keys: Iterable[str], days: Sequence[date]
) -> None:
    base, changes = counted(tables, model, as_of), changes_of(model)
    vary = {key: changes[key][0] for key in keys}
    found = abm.sweep(tables, vary, model=model_from(model), days=days, as_of=as_of)
    rows = found.polars.to_dicts()
    assert len(rows) == len(list(product(days, *vary.values())))
    for row, (*values, day) in zip(rows, product(*vary.values(), days), strict=True):
        raw = deepcopy(model)
        for key, value in zip(keys, values, strict=True):
            changes[key][1](raw, value)
            assert row.pop(key) == value
        truth = expected(raw, counted(tables, raw, day), base)
        # The mean of two middle scores may differ in its last bit.
        middles = (row.pop("median_score"), truth.pop("median_score"))
        assert middles[0] == middles[1] or math.isclose(*middles, rel_tol=1e-12)
        assert row == truth, (values, day)


def test_every_row_is_what_score_says() -> None:
    model = law_model()
    assert_as_scored(frames(clean_world(1, *SMALL)), model, AS_OF, changes_of(model), [AS_OF - timedelta(days=30)])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(MANY))
def test_every_row_is_what_score_says_in_many_workspaces(seed: int) -> None:
    tables, model, as_of = random_workspace(seed)
    for key in changes_of(model):
        assert_as_scored(frames(tables), model, as_of, [key], [as_of, as_of - timedelta(days=30)])


@pytest.mark.slow
def test_a_higher_mqa_threshold_never_adds_mqas() -> None:
    tables = frames(clean_world(2, *SMALL))
    free = model_from(small_model(mqa={"threshold": THRESHOLDS[0], "require": "coverage >= 1"}))
    found = abm.sweep(tables, {"mqa.threshold": THRESHOLDS}, model=free, as_of=AS_OF).polars
    numbers = found["mqas"].to_list()
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[0] > numbers[1] > numbers[-1] == 0
    assert set(found["mqas_gained"]) == {0}
    assert found["mqas_lost"].to_list() == [numbers[0] - each for each in numbers]


@pytest.mark.slow
def test_triggers_qualify_whatever_the_threshold() -> None:
    tables, raw = frames(clean_world(3, *SMALL)), small_model()
    raw["mqa"]["threshold_by_segment"] = {}
    model = model_from(raw)
    vary = {"mqa.threshold": [1000], "mqa.triggers": ["none", model.model_dump(mode="json")["mqa"]["triggers"]]}
    found = abm.sweep(tables, vary, model=model)
    without, with_them = found.polars["mqas"]
    groups = abm.score(tables, model).groups
    raised = {row["account_id"] for row in groups.to_dicts() if row["is_mqa"] and "trigger:raised" in row["reasons"]}
    assert (without, with_them) == (0, len(raised))
    assert raised


@pytest.mark.slow
def test_a_higher_mql_threshold_never_adds_mqls() -> None:
    model = small_model(mql={"threshold": THRESHOLDS[0], "require": "engagement >= 1", "hand_raise": "false"})
    tables = frames(clean_world(4, *SMALL))
    found = abm.sweep(tables, {"mql.threshold": THRESHOLDS}, model=model_from(model), as_of=AS_OF).polars
    numbers = found["mqls"].to_list()
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[0] > numbers[-1] == 0
    assert set(found["mqls_gained"]) == {0}


@pytest.mark.slow
@pytest.mark.parametrize(("key", "count"), [("mqa.threshold", "mqas"), ("mql.threshold", "mqls")])
@pytest.mark.parametrize("seed", range(4))
def test_every_step_of_a_threshold_only_takes_away(seed: int, key: str, count: str) -> None:
    """With triggers and raised hands, in dirty worlds; no condition of the model looks at the threshold."""
    model, (section, name) = law_model(), key.split(".")
    ledger, numbers = abm.Ledger(frames(dirty_world(seed)), model_from(model)), []
    for low, high in pairwise(MORE_THRESHOLDS[1:]):
        lower = model_from({**model, section: {**model[section], name: low}})
        row = abm.sweep(ledger, {key: [high]}, model=lower, as_of=AS_OF).polars.row(0, named=True)
        assert row[f"{count}_gained"] == 0, (low, high)
        numbers.append(row[count])
    assert numbers == sorted(numbers, reverse=True)
    assert abm.sweep(ledger, {key: MORE_THRESHOLDS[2:]}, as_of=AS_OF).polars[count].to_list() == numbers
