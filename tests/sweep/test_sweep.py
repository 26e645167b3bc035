"""The table of a sweep: its rows, order, dtypes and nulls, and what it is held against."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import abm
from abm.errors import InputError, ModelError
from abm.evaluation.sweep import running
from abm.evaluation.sweep.figures import FIGURES
from abm.model import model_from
from tests.agreement.compare import frames
from tests.laws.worlds import AS_OF, clean_world
from tests.sweep.worlds import small_model

if TYPE_CHECKING:
    from abm.model import Model

DAY = "2026-06-30"


@pytest.fixture(scope="module")
def model() -> Model:
    return model_from(small_model())


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    return frames(clean_world(5, 12, 40, 200))


@pytest.fixture(scope="module")
def ledger(tables: dict[str, pl.DataFrame], model: Model) -> abm.Ledger:
    return abm.Ledger(tables, model)


@pytest.mark.slow
def test_rows_stand_in_the_order_of_the_grid(ledger: abm.Ledger, model: Model) -> None:
    other = model_from(small_model(name="other"))
    vary = {"mqa.threshold": [40, 20], "account.engagement.rollup": ["sum"]}
    found = abm.sweep(ledger, vary, models=[model, other], days=["2026-06-30", date(2026, 6, 1)])
    keys = found.polars.select("model", *vary, pl.col("as_of").cast(str)).rows()
    assert keys == [
        (name, threshold, rollup, day)
        for name in ("small", "other")
        for threshold in (40, 20)
        for rollup in ("sum",)
        for day in (DAY, "2026-06-01")
    ]
    assert (found.models, found.days, found.keys) == (2, 2, tuple(vary))
    assert found.base["mqa.threshold"] == 30
    assert found.base["account.engagement.rollup"] == "by_role"


def test_dtypes_are_those_of_the_docstring(ledger: abm.Ledger) -> None:
    vary = {
        "mqa.threshold": [40],
        "account.weights.fit": [0.1],
        "signals.demo.hand_raise": [False],
        "effective_from": [date(2026, 1, 1)],
        "account.engagement.rollup": ["max"],
    }
    schema = abm.sweep(ledger, vary).polars.schema
    assert list(schema.values())[:5] == [pl.Int64, pl.Float64, pl.Boolean, pl.Date, pl.String]
    assert dict(list(schema.items())[5:]) == FIGURES


@pytest.mark.parametrize(
    ("values", "shown", "dtype"),
    [
        ([40, 40.5], [40.0, 40.5], pl.Float64()),
        ([9, "none"], ["9", "none"], pl.String()),
        ([True, 2], ["true", "2"], pl.String()),
        ([[{"name": "raised"}], []], ['[{"name": "raised"}]', "[]"], pl.String()),
        ([None], ["null"], pl.String()),
    ],
)
def test_values_of_several_kinds_are_text(values: list[Any], shown: list[Any], dtype: pl.DataType) -> None:
    assert running._typed(values) == (shown, dtype)


def test_a_variant_that_is_the_base_changes_nothing(ledger: abm.Ledger) -> None:
    found = abm.sweep(ledger, {"mqa.threshold": [30]})
    (row,) = found.polars.to_dicts()
    assert row == {**found.base, "mqa.threshold": 30}
    assert (row["mqas_gained"], row["mqas_lost"], row["mqls_gained"], row["mqls_lost"]) == (0, 0, 0, 0)
    assert row["top_20_stay"] == row["ranked_accounts"] < 20
    assert found.stamp["model_hash"] == row["model_hash"]


def test_what_was_not_given_is_null(tables: dict[str, pl.DataFrame], model: Model) -> None:
    only = {name: tables[name] for name in ("accounts", "intent")}
    (row,) = abm.sweep(only, {"mqa.threshold": [0]}, model=model, as_of=AS_OF).polars.to_dicts()
    nothing = {name for name, value in row.items() if value is None}
    people = {"mqls", "mqls_gained", "mqls_lost", "hand_raisers"}
    assert nothing == {*people, *(name for name in FIGURES if "deal" in name)}


def test_frames_come_back_as_they_were_given(tables: dict[str, pl.DataFrame], model: Model) -> None:
    pandas = pytest.importorskip("pandas")
    few = {name: tables[name].to_pandas() for name in ("accounts", "intent")}
    found = abm.sweep(few, {"mqa.threshold": [0, 50]}, models=[model])
    assert isinstance(found.rows, pandas.DataFrame)
    assert found.rows["mqa.threshold"].tolist() == [0, 50]


def test_equal_variants_are_scored_once(ledger: abm.Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[object] = []
    score = abm.Ledger.score

    def told(self: abm.Ledger, *given: object, **named: object) -> object:
        runs.append(named.get("as_of"))
        return score(self, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(abm.Ledger, "score", told)
    found = abm.sweep(ledger, {"mqa.threshold": [30, 50, 50]}, days=["2026-06-20", DAY], as_of=DAY)
    assert len(found.polars) == 6
    assert len(runs) == 4, "the base, 30 and 50 on the earlier day, and 50 on the base's"


def test_warnings_are_those_that_the_base_does_not_have(ledger: abm.Ledger) -> None:
    assert abm.sweep(ledger, {"mqa.threshold": [50]}).warnings == ()
    found = abm.sweep(ledger, {"roles.rules.user.role": ["usr"]})
    assert any("usr" in each for each in found.warnings)


def test_progress_says_which_run(ledger: abm.Ledger) -> None:
    steps: list[str] = []
    abm.sweep(ledger, {"mqa.threshold": [50, 60]}, progress=steps.append)
    assert any(step.startswith("run 2 of 2: ") for step in steps)


def test_nothing_varies(ledger: abm.Ledger) -> None:
    with pytest.raises(InputError, match="nothing varies"):
        abm.sweep(ledger)
    with pytest.raises(InputError, match="days: expected days"):
        abm.sweep(ledger, days=[5])  # type: ignore[list-item]
    with pytest.raises(InputError, match="'x' is not a day"):
        abm.sweep(ledger, days=["x"])


def test_what_varies_are_keys_and_their_values(ledger: abm.Ledger) -> None:
    with pytest.raises(InputError, match=r"vary: expected keys of the model, as in .*; got number 5"):
        abm.sweep(ledger, {5: [1]})  # type: ignore[dict-item]
    with pytest.raises(InputError, match=r"vary: expected keys with values to try, such as .*; got a list"):
        abm.sweep(ledger, ["mqa.threshold"])  # type: ignore[arg-type]


def test_a_segment_that_nobody_has(ledger: abm.Ledger) -> None:
    with pytest.raises(ModelError, match=r"no model and no account has a segment 'smbb'.* Did you mean 'smb'"):
        abm.sweep(ledger, {"mqa.threshold_by_segment.smbb": [50]})
    found = abm.sweep(ledger, {"mqa.threshold_by_segment.enterprise": [0, 1000]}, as_of=DAY)
    assert found.base["mqa.threshold_by_segment.enterprise"] is None
    assert found.polars["mqas"][0] > found.polars["mqas"][1]


def test_mistakes_in_models_are_found_before_the_events_are_counted(
    tables: dict[str, pl.DataFrame], model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(abm.Ledger, "count", lambda *_given: pytest.fail("counted"))
    with pytest.raises(ModelError, match=r"Did you mean 'mqa\.threshold'"):
        abm.sweep(tables, {"mqa.treshold": [50]}, model=model)
