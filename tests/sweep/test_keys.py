"""Keys lead where a reader of the model file would look, and what they change is what an edit of the file would."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

import abm
from abm.errors import InputError, ModelError
from abm.evaluation.sweep.changes import changed, plain
from abm.evaluation.sweep.keys import at, locate
from abm.evaluation.sweep.values import read_days, read_values, split_variation
from abm.evaluation.sweep.variants import listed, require_few, variants
from abm.model import COMPONENTS, Model, micro, model_from
from abm.workspace.bundled import shipped_models

if TYPE_CHECKING:
    from abm.model.places import Path

TINY: dict[str, Any] = {
    "name": "tiny",
    "version": 1,
    "segments": [{"name": "smb", "when": "employees < 200"}],
    "signals": [
        {"name": "demo", "event": "demo", "points": 50},
        {"name": "demo.v2", "event": "demo2", "points": 5, "steps": [{"after_days": 30, "factor": 0.5}]},
    ],
    "roles": {
        "rules": [
            {"role": "champion", "when": "seniority_rank >= 5", "confidence": 0.6},
            {"role": "user", "when": "seniority_rank >= 3", "confidence": 0.5},
            {"role": "user", "when": "seniority_rank < 3", "confidence": 0.55},
        ]
    },
    "buying_groups": [{"name": "core", "roles": {"champion": {"weight": 3}, "user": {}}}],
}


@pytest.fixture(scope="module")
def tiny() -> Model:
    return model_from(TINY)


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("mqa.threshold", ("mqa", "threshold")),
        ("mql.threshold_by_segment.smb", ("mql", "threshold_by_segment", "smb")),
        ("signals.demo.points", ("signals", 0, "points")),
        ("signals.demo.v2.points", ("signals", 1, "points")),
        ("signals.2.points", ("signals", 1, "points")),
        ("signals.demo.v2.steps.1.factor", ("signals", 1, "steps", 0, "factor")),
        ("roles.rules.champion.confidence", ("roles", "rules", 0, "confidence")),
        ("roles.rules.3.confidence", ("roles", "rules", 2, "confidence")),
        ("buying_groups.core.roles.user.weight", ("buying_groups", 0, "roles", "user", "weight")),
        ("mql.grade.fit.1", ("mql", "grade", "fit", 0)),
        ("account.weights.coverage", ("account", "weights", "coverage")),
    ],
)
def test_a_key_leads_to_its_place(tiny: Model, key: str, path: tuple[Any, ...]) -> None:
    assert locate(plain(tiny), key, "tiny") == path


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("mqa.treshold", "Keys of mqa: threshold,.* Did you mean 'mqa.threshold'"),
        ("threshold", "Did you mean 'mql.threshold' or 'mqa.threshold'"),
        ("signals.dmo.points", "Keys of signals: demo, demo.v2. Did you mean 'signals.demo.points'"),
        ("signals.demo.repeat.points", "signals.demo.repeat is not set in model tiny"),
        ("mqa.threshold.smb", "is a single value of model tiny"),
        ("signals.3.points", "no '3' there"),
        ("signals.0.points", "no '0' there"),
        ("roles.rules.user.confidence", "no 'user' there. Keys of roles.rules: champion, 2, 3"),
        ("", "an empty key"),
    ],
)
def test_a_key_that_leads_nowhere(tiny: Model, key: str, words: str) -> None:
    with pytest.raises(ModelError, match=words):
        locate(plain(tiny), key, "tiny")


@pytest.mark.parametrize(("name", "path"), shipped_models().items())
def test_a_plain_model_is_the_model(name: str, path: Any) -> None:
    model = abm.load_model(path)
    assert changed(plain(model), {}, name).content_hash == model.content_hash


def test_a_change_is_what_an_edit_of_the_file_would_be(tiny: Model) -> None:
    edited = {
        **TINY,
        "signals": [{**TINY["signals"][0], "linear_days": 90}, {**TINY["signals"][1], "points": -2}],
        "mqa": {"threshold": 70, "threshold_by_segment": {"smb": 40}},
    }
    values: dict[Path, Any] = {
        ("signals", 0, "linear_days"): 90,
        ("signals", 1, "points"): -2,
        ("mqa", "threshold"): 70,
        ("mqa", "threshold_by_segment", "smb"): 40,
    }
    assert changed(plain(tiny), values, "x") == model_from(edited)
    assert plain(tiny) == plain(model_from(TINY)), "the model that is changed stays as it was"


@pytest.mark.parametrize("seed", range(30))
def test_weights_sum_to_one_and_keep_their_proportion(seed: int) -> None:
    draw = random.Random(seed)
    cuts = sorted(draw.sample(range(1_000_001), 4))
    weights = [b - a for a, b in zip([0, *cuts], [*cuts, 1_000_000], strict=True)]
    before: dict[str, int] = dict(zip(COMPONENTS, weights, strict=True))
    raw = {"name": "w", "version": 1, "account": {"weights": {name: each / 1e6 for name, each in before.items()}}}
    fixed = {name: draw.randrange(400_000) for name in draw.sample(COMPONENTS, draw.choice((1, 2)))}
    values: dict[Path, Any] = {("account", "weights", name): each / 1e6 for name, each in fixed.items()}
    made: dict[str, int] = {
        name: micro(each) for name, each in changed(plain(model_from(raw)), values, "w").account.weights.items()
    }
    assert sum(made.values()) == 1_000_000
    assert {name: made[name] for name in fixed} == fixed
    rest = sum(each for name, each in before.items() if name not in fixed)
    left = 1_000_000 - sum(fixed.values())
    for name, each in before.items():
        assert name in fixed or abs(made[name] - Fraction(each * left, rest)) < 1


def test_weights_that_cannot_sum_to_one(tiny: Model) -> None:
    both: dict[Path, Any] = {("account", "weights", "coverage"): 0.8, ("account", "weights", "fit"): 0.3}
    with pytest.raises(ModelError, match=r"coverage 0\.8 \+ fit 0\.3 are more than 1 together"):
        changed(plain(tiny), both, "tiny with such weights")
    alone = model_from({**TINY, "account": {"weights": {"coverage": 1}}})
    with pytest.raises(ModelError, match=r"the weights sum to 0\.5"):
        changed(plain(alone), {("account", "weights", "coverage"): 0.5}, "x")


def test_values_of_a_line() -> None:
    assert read_values("50, 60,70.5", "k") == [50, 60, 70.5]
    assert read_values("80..40:-20", "k") == [80, 60, 40]
    assert read_values("0..0.3:0.1", "k") == [0.0, 0.1, 0.2, 0.3]
    assert read_values("1..10:4", "k") == [1, 5, 9]
    assert read_values("by_role,none,FALSE", "k") == ["by_role", "none", False]
    assert read_values('"coverage in (1, 2)",true', "k") == ["coverage in (1, 2)", True]
    assert split_variation("mqa.require=coverage >= 40") == ("mqa.require", "coverage >= 40")
    assert [str(day) for day in read_days("2026-06-30, 2026-05-31")] == ["2026-06-30", "2026-05-31"]
    assert len(read_days("2025-06-30..2026-06-29:7d")) == 53


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1..9:0", "a step of 0 leads nowhere"),
        ("9..1:2", "does not lead from 9 to 1"),
        ("1..9", "is not a range. Expected FROM..TO:STEP"),
        ("1..9:x", "is not a range. Expected FROM..TO:STEP"),
        ("1..99999:1", "are 99,999 values. At most 1,000 runs"),
        ("1,,2", "a value is empty"),
    ],
)
def test_values_that_are_none(text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_values(text, "mqa.threshold")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("yesterday", "'yesterday': is not a day"),
        ("2026-06-01..2026-06-30", "is not a range of days"),
        ("2026-06-30..2026-06-01:7d", "leads nowhere"),
        ("2026-06-01..2026-06-30:0d", "leads nowhere"),
        ("2010-01-01..2026-06-30:1d", "At most 1,000 runs"),
        ("1999-01-01", "facts count from 2000"),
    ],
)
def test_days_that_are_none(text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_days(text)


@pytest.mark.parametrize("text", ["mqa.threshold", "=5", "mqa.threshold=", " = "])
def test_a_variation_that_says_nothing(text: str) -> None:
    with pytest.raises(InputError, match="says not what to vary"):
        split_variation(text)


def test_values_of_the_library() -> None:
    numpy = pytest.importorskip("numpy")
    assert listed({"a": numpy.arange(40, 60, 10), "b": "1..3:1", "c": ((1, 2),)}) == {
        "a": [40, 50],
        "b": [1, 2, 3],
        "c": [[1, 2]],
    }
    assert all(type(each) is int for each in listed({"a": numpy.arange(3)})["a"])
    with pytest.raises(InputError, match="got number 5"):
        listed({"mqa.threshold": 5})
    with pytest.raises(InputError, match="no value to try"):
        listed({"mqa.threshold": []})


def test_too_many_runs() -> None:
    assert require_few(1, {"a": [1] * 40}, 25) == 1000
    with pytest.raises(InputError, match=r"2,000 runs: 2 of models x 40 of a x 25 of days"):
        require_few(2, {"a": [1] * 40}, 25)


@pytest.mark.parametrize(
    ("vary", "words"),
    [
        ({"mqa.threshold": [-1]}, "tiny with mqa.threshold=-1: mqa.threshold: expected a number of at least 0"),
        ({"mqa": [1]}, "mqa: is a section of model tiny.* mqa.threshold"),
        ({"mql.grade.fit": [1]}, "mql.grade.fit: is a list of model tiny"),
        ({"signals.1.points": [1], "signals.demo.points": [2]}, "is the same as signals.1.points"),
        ({"signals.demo.daily_cap": [0.5]}, "expected a whole number"),
    ],
)
def test_values_that_make_no_model(tiny: Model, vary: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        variants([tiny], vary, [None])


def test_a_list_may_be_left_out_or_replaced(tiny: Model) -> None:
    triggers = [{"name": "raised", "when": "hand_raisers >= 1"}]
    made = variants([tiny], {"mqa.triggers": ["none", triggers]}, [None])
    assert [len(each.model.mqa.triggers) for each in made] == [0, 1]
    assert at(plain(made[1].model), ("mqa", "triggers")) == triggers
