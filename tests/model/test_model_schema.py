"""What a model says: defaults, liberal spellings, decay, the content hash, warnings."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from abm.model import Condition, Model, Signal, load_model, micro, model_from
from abm.model.shadow import shadowed_signals
from abm.model.yaml_text import read_yaml
from abm.workspace.bundled import shipped_models

CONFIG = Path(__file__).parents[2] / "config"
SIGNAL = {"name": "s", "event": "x", "points": 1}


def model(**keys: Any) -> Model:
    return model_from({"name": "m", "version": 1, **keys})


def signals(*given: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"name": f"s{n}", "event": "x", "points": 1, **keys} for n, keys in enumerate(given)]


def test_the_defaults_are_those_of_the_design() -> None:
    got = model(
        signals=[SIGNAL],
        buying_groups=[{"name": "g", "roles": {"r": None}}],
        roles={"rules": [{"role": "r", "when": "true", "confidence": 0.5}]},
        mql={"disqualify": [{"name": "d", "when": "false"}]},
    )
    signal, group = got.signals[0], got.buying_groups[0]
    assert (signal.daily_cap, signal.max_points, signal.window_days, signal.group, signal.repeat) == (None,) * 5
    assert (signal.hand_raise, signal.half_life_days, signal.where, signal.event) == (False, 30.0, None, ("x",))
    assert (got.fit.person, got.fit.account, got.fit.account_full_at) == ((), (), None)
    assert (got.mql.threshold, got.mql.require.text, got.mql.hand_raise.text) == (65, "true", "true")
    assert (got.mql.hand_raise_days, got.mql.threshold_by_segment) == (30, {})
    assert not got.mql.disqualify[0].blocks_hand_raise
    assert (got.mql.grade.fit, got.mql.grade.engagement) == ((45, 30, 15), (60, 30, 10))
    assert (got.roles.crm_confidence, got.roles.trust_crm, got.roles.min_confidence) == (0.9, True, 0.5)
    assert (group.applies_when.text, group.motion, group.signals, group.topics) == ("true", "new", "all", "all")
    assert (group.other_weight, group.anonymous_weight, group.engaged_at, group.engaged_days) == (0.5, 0.5, 10, 90)
    role = group.roles["r"]
    assert (role.weight, role.people, role.required, group.blockers) == (1, 1, False, ())
    assert (got.intent.topics, got.intent.top_topics, got.intent.half_life_days) == ({"*": 0.3}, 3, 21)
    assert (got.intent.max_age_days, got.intent.history_from) == (60, {})
    assert got.intent.score.model_dump() == {"surge_at": 60, "floor": 50, "ceiling": 100, "spike_days": 14}
    assert got.intent.count.model_dump() == {
        "recent_weeks": 3, "baseline_weeks": 12, "alpha": 0.001, "min_count": 5, "min_ratio": 2, "full_at_ratio": 8,
    }  # fmt: skip
    weights = {"fit": 0.2, "leads": 0.15, "engagement": 0.2, "coverage": 0.25, "intent": 0.2}
    assert got.account.weights == weights
    assert got.account.engagement.model_dump() == {"rollup": "by_role", "half_at": 20, "scale": "saturating"}
    assert (got.mqa.threshold, got.mqa.require.text, got.mqa.exit_threshold) == (60, "true", None)
    assert (got.mqa.triggers, got.mqa.exclude, got.mqa.threshold_by_segment) == ((), (), {})
    assert [stage.name for stage in got.stages] == [
        *("customer", "excluded", "opportunity", "qualified", "engaged", "in_market", "aware", "unaware")
    ]
    assert (got.ignore, got.segments, got.tiers, got.family, got.owners) == (None, (), (), "none", ())
    assert (got.effective_from, got.frozen_until, got.signal_groups) == (None, None, {})


def test_sections_without_value_and_none_mean_the_default() -> None:
    assert model(mql=None, roles=None, segments=None, stages=None) == model()
    assert (
        model(ignore="none", tiers="none", segments="None", mqa={"triggers": "none", "exit_threshold": "none"})
        == model()
    )
    bare, said = (
        model(signals=[SIGNAL]),
        model(signals=[{**SIGNAL, "daily_cap": "none", "max_points": None, "group": "none"}]),
    )
    assert bare == said
    assert model(mql={"threshold": None}).mql.threshold == 65


@pytest.mark.parametrize("day", [dt.date(2026, 7, 1), "2026-07-01", " 2026-07-01 "])
def test_days_may_be_dates_or_text(day: object) -> None:
    assert model(effective_from=day).effective_from == dt.date(2026, 7, 1)


def test_true_and_false_are_conditions() -> None:
    got = model(tiers=[{"name": "A", "when": False}, {"name": "B", "when": True}])
    assert [tier.when for tier in got.tiers] == [Condition.parse("false"), Condition.parse("true")]


def test_topics_aliases_and_names_are_kept_as_they_are_compared() -> None:
    got = model(
        intent={"topics": {" CRM Software ": 1.0, "*": 0.3}},
        roles={"aliases": {"Technical Buyer": " technical_evaluator ", "DECISION-MAKER": "economic_buyer"}},
        buying_groups=[{"name": " core ", "topics": ["CRM software", "crm SOFTWARE"], "roles": {" champion ": {}}}],
        owners="marketing",
    )
    assert got.intent.topics == {"crm software": 1.0, "*": 0.3}
    assert got.roles.aliases == {"technical_buyer": "technical_evaluator", "decision_maker": "economic_buyer"}
    group = got.buying_groups[0]
    assert (group.name, group.topics, list(group.roles)) == ("core", ("crm software",), ["champion"])
    assert got.owners == ("marketing",)


def test_weights_left_out_are_zero_and_sum_exactly() -> None:
    assert model(account={"weights": {"fit": 0.7, "intent": 0.3}}).account.weights == {
        "fit": 0.7, "leads": 0.0, "engagement": 0.0, "coverage": 0.0, "intent": 0.3,
    }  # fmt: skip
    thirds = {"fit": 0.333333, "leads": 0.333333, "intent": 0.333334}
    assert model(account={"weights": thirds}).account.weights["intent"] == 0.333334
    tenths = {"fit": 0.1, "leads": 0.2, "engagement": 0.3, "coverage": 0.3, "intent": 0.1}
    assert sum(micro(weight) for weight in model(account={"weights": tenths}).account.weights.values()) == 1_000_000


@pytest.mark.parametrize(
    ("keys", "factors"),
    [
        ({}, {0: 1.0, 30: 0.5, 60: 0.25}),
        ({"half_life_days": 7.5}, {0: 1.0, 15: 0.25}),
        ({"half_life_days": "none"}, {0: 1.0, 10_000: 1.0}),
        ({"half_life_days": 1e-300}, {0: 1.0, 1: 0.0}),
        ({"linear_days": 90}, {0: 1.0, 45: 0.5, 90: 0.0, 500: 0.0}),
        ({"linear_days": 90, "half_life_days": None}, {45: 0.5}),
        ({"steps": [{"after_days": 0, "factor": 0.9}, {"after_days": 30, "factor": 0.5}]}, {0: 0.9, 29: 0.9, 30: 0.5}),
        ({"steps": [{"after_days": 30, "factor": 0.5}]}, {0: 1.0, 29: 1.0, 30: 0.5, 999: 0.5}),
    ],
)
def test_points_fade_as_the_decay_says(keys: dict[str, Any], factors: dict[int, float]) -> None:
    decay = model(signals=[{**SIGNAL, **keys}]).signals[0].decay
    assert {age: decay.factor(age) for age in factors} == factors


def test_a_model_cannot_be_changed() -> None:
    got = model()
    with pytest.raises(ValidationError):
        got.version = 2


def test_a_model_survives_pickling_dumping_and_hashing() -> None:
    got = load_model(CONFIG / "starter.yaml")
    assert pickle.loads(pickle.dumps(got)) == got
    assert Model.model_validate(got.model_dump()) == got
    assert Model.model_validate(json.loads(got.model_dump_json())) == got
    assert len({got, model_from(got.model_dump()), got.model_copy()}) == 1
    assert got != "starter"
    assert hash(got.signals[0]) == hash(got.model_copy().signals[0])


def test_the_content_hash_is_the_sha256_of_canonical_json() -> None:
    got = model(buying_groups=[{"name": "g", "roles": {"b": {}, "a": {}}}])
    content = got.model_dump(mode="json")
    content["buying_groups"][0]["roles"] = list(content["buying_groups"][0]["roles"].items())
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert got.content_hash == hashlib.sha256(text.encode()).hexdigest()


def test_comments_key_order_and_spelling_do_not_change_the_hash(tmp_path: Path) -> None:
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    one.write_text(
        "name: m\nversion: 1\nmql: {threshold: 65, hand_raise_days: 30}\nsignals: [{name: a, event: x, points: 5}]\n"
    )
    two.write_text(
        "# sales agreed\nversion: 1\nsignals:\n  - points: 5.0\n    half_life_days: 30\n    event: [x]\n    name: a\n"
        "mql: {hand_raise_days: 30, threshold: 65.0}\nname: 'm'\n"
    )
    assert load_model(one).content_hash == load_model(two).content_hash


def test_what_is_meant_changes_the_hash() -> None:
    group = {"name": "g", "roles": {"a": {}, "b": {}}}
    turned = {"name": "g", "roles": {"b": {}, "a": {}}}
    hashes = {
        candidate.content_hash
        for candidate in (
            model(),
            model(mql={"threshold": 66}),
            model(owners=["x"]),
            model(signals=signals({}, {})),
            model(signals=signals({}, {})[::-1]),
            model(buying_groups=[group]),
            model(buying_groups=[turned]),  # the order of roles settles ties
        )
    }
    assert len(hashes) == 7


def test_places_name_file_line_and_part(tmp_path: Path) -> None:
    path = tmp_path / "model.yaml"
    path.write_text(
        "name: m\nversion: 1\nsignals:\n  - name: a\n    event: x\n    where: >\n      url = 'x'\n    points: 1\n"
    )
    got = load_model(path)
    assert got.place("signals", 0, "where") == f"{path}:6: signal 'a': where"
    assert got.place("mql", "require") == f"{path}:1: mql.require"
    assert model(signals=[SIGNAL]).place("signals", 0, "where") == "model: signal 's': where"


def warnings(**keys: Any) -> list[str]:
    return [warning.removeprefix("model: ") for warning in model(**keys).warnings]


def test_legal_but_doubtful_things_are_warnings() -> None:
    group = {"name": "g", "roles": {"economic_buyer": None, "Head Cook": None}, "topics": ["crm", "erp"]}
    said = warnings(
        signals=signals({"group": "web"}),
        signal_groups={"web": {"max_points": 5}, "mail": {"max_points": 5}},
        segments=[{"name": "smb", "when": "true"}],
        mql={"threshold_by_segment": {"smbs": 5, "default": 5, "smb": 4}},
        mqa={"threshold": 120, "exit_threshold": 130, "threshold_by_segment": {"x": 101}},
        roles={
            "rules": [{"role": "economic_buyr", "when": "true", "confidence": 1}],
            "aliases": {"CFO": "economic_buyer", "BOSS": "boss"},
        },
        buying_groups=[group],
        intent={"topics": {"crm": 1.0}},
    )
    expected = [
        "signal group 'mail': no signal belongs to it",
        "mql.threshold_by_segment.smbs: the model has no segment 'smbs'; it counts only if accounts.segment says so.",
        "mqa.threshold_by_segment.x: the model has no segment 'x'",
        "roles rule 1 ('economic_buyr'): no buying group has the role 'economic_buyr', so it has no effect.",
        "roles.aliases.boss: no buying group has the role 'boss', so it has no effect.",
        "buying group 'g': role 'Head Cook': nobody can have the role 'Head Cook': roles of the CRM are compared as",
        "buying group 'g': topics: intent.topics gives the topic 'erp' no weight, so it has no effect.",
        "mqa.threshold: account scores end at 100, so none reaches 120",
        "mqa.threshold_by_segment.x: account scores end at 100, so none reaches 101",
        "mqa.exit_threshold: 130 is above the threshold 120",
    ]
    assert len(said) == len(expected)
    for warning, part in zip(said, expected, strict=True):
        assert part in warning


SHADOWS: list[tuple[list[dict[str, Any]], list[str]]] = [
    ([{}, {}], ["s1"]),
    ([{}, {"where": "a = 1"}], ["s1"]),
    ([{"where": "a = 1"}, {}], []),
    ([{"where": "a = 1"}, {"where": "a  =  1"}], ["s1"]),
    ([{"where": "a = 1 or b = 2"}, {"where": "a = 1 OR b = 2"}], ["s1"]),
    ([{"where": "a = 'x'"}, {"where": "a = 'X'"}], []),
    ([{"where": "true"}, {"where": "a = 1"}], ["s1"]),
    ([{"event": ["x", "y"]}, {"event": "y"}], ["s1"]),
    ([{"event": "x"}, {"event": ["x", "y"]}], []),
    ([{"event": "x"}, {"event": "y"}, {"event": ["x", "y"], "where": "a = 1"}], ["s2"]),
    ([{"event": "x", "where": "a = 1"}, {"event": "y"}, {"event": ["x", "y"], "where": "a = 1"}], ["s2"]),
    ([{"event": "x", "where": "a = 2"}, {"event": "y"}, {"event": ["x", "y"], "where": "a = 1"}], []),
    ([{}, {}, {}], ["s1", "s2"]),
]


@pytest.mark.parametrize(("given", "shadowed"), SHADOWS)
def test_signals_that_never_match_are_found(given: list[dict[str, Any]], shadowed: list[str]) -> None:
    parsed = tuple(Signal.model_validate(signal) for signal in signals(*given))
    assert [f"s{path[1]}" for path, _ in shadowed_signals(parsed)] == shadowed


def test_a_shadowed_signal_is_told_by_whom() -> None:
    (said,) = warnings(signals=signals({"event": "x"}, {"event": "y"}, {"event": ["x", "y"], "where": "a = 1"}))
    assert said.startswith(
        "signal 's2': never matches, because 's0' and 's1' above take all its events. Move it up, or narrow"
    )


@pytest.mark.parametrize(
    ("points", "millionths"),
    [
        (0, 0), (1, 1_000_000), (-20, -20_000_000), (0.1, 100_000), (0.3, 300_000), (1e-6, 1), (1.5e-6, 2), (2.5e-6, 2),
        (-2.5e-6, -2), (1e6, 10**12), (0.29, 290_000), (123.456789, 123_456_789), (-0.0, 0), (1e12, 10**18),
    ],
)  # fmt: skip
def test_micro_is_exact_and_rounds_half_to_even(points: float, millionths: int) -> None:
    assert micro(points) == millionths


@pytest.mark.parametrize("points", [float("nan"), float("inf"), -float("inf"), 1e13])
def test_micro_refuses_what_no_integer_holds(points: float) -> None:
    with pytest.raises(ValueError, match=r"finite|too large"):
        micro(points)


@given(st.integers(-(10**12), 10**12))
def test_micro_gives_back_every_six_decimal_number(millionths: int) -> None:
    assert micro(millionths / 1_000_000) == millionths


@pytest.mark.parametrize("path", shipped_models().values(), ids=lambda path: path.stem)
def test_shipped_models_load_without_warnings_and_survive_dumping(path: Path) -> None:
    shipped = load_model(path)
    assert shipped.warnings == ()
    assert Model.model_validate(shipped.model_dump()) == shipped
    assert Model.model_validate(json.loads(shipped.model_dump_json())) == shipped
    assert len(shipped.content_hash) == 64


def _keys(value: object) -> set[str]:
    """Every key of a plain value, however deep."""
    if isinstance(value, dict):
        return {str(key) for key in value} | {key for item in value.values() for key in _keys(item)}
    return {key for item in value for key in _keys(item)} if isinstance(value, list) else set()


def test_the_enterprise_model_shows_the_whole_vocabulary() -> None:
    schema = Model.model_json_schema()
    parts = [part for name, part in schema["$defs"].items() if name not in ("HalfLife", "Linear", "Steps", "NoDecay")]
    vocabulary = {name for part in (schema, *parts) for name in part["properties"]}
    written, _ = read_yaml(CONFIG / "enterprise.yaml", "a model")
    assert vocabulary <= _keys(written)


def test_every_field_of_the_model_is_described() -> None:
    schema = Model.model_json_schema()
    for part in (schema, *schema["$defs"].values()):
        for name, field in part["properties"].items():
            assert field.get("description"), f"{part['title']}.{name}"
