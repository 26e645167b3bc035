"""Numbers near their bounds stay numbers: nothing overflows in silence, nothing explodes."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

import abm
from abm.model import model_from


def scored(model: dict[str, Any], **events: Any) -> Any:
    row = {"contact_id": "C", "type": "v", "occurred_at": "2026-06-30", **events}
    facts = {
        "accounts": pl.DataFrame({"account_id": ["A"]}),
        "contacts": pl.DataFrame({"contact_id": ["C"], "account_id": ["A"], "buying_role": ["buyer"]}),
        "events": pl.DataFrame([row]),
    }
    return abm.score(facts, model_from({"name": "bounds", "version": 1, **model}), as_of="2026-06-30")


def signal(**parts: Any) -> dict[str, Any]:
    return {"name": "v", "event": "v", "half_life_days": "none", **parts}


@pytest.mark.parametrize(("points", "count"), [(1000, 10_000), (1, 10**9), (1_000_000, 10**8), (10_000, 2 * 10**9)])
def test_the_only_person_has_the_whole_share(points: int, count: int) -> None:
    group = {"name": "core", "roles": {"buyer": {}}}
    result = scored({"signals": [signal(points=points)], "buying_groups": [group]}, count=count)
    assert result.accounts["top_contact_share"].to_list() == [1.0]
    assert result.leads["engagement"][0] == min(points * count, 10**9)
    assert result.accounts["coverage"].to_list() == [100.0]


def test_a_cap_holds_whatever_the_count() -> None:
    result = scored({"signals": [signal(points=10_000, max_points=50)]}, count=10**9)
    assert result.leads["engagement"].to_list() == [50.0]


@pytest.mark.parametrize("weights", [(333_333.333333, 1), (1e6, 1e-6)])
def test_odd_weights_keep_leads_in_percent(weights: tuple[float, float]) -> None:
    roles = {"buyer": {"weight": weights[0]}, "other": {"weight": weights[1]}}
    model = {"signals": [signal(points=10)], "buying_groups": [{"name": "core", "roles": roles}]}
    expected = 100 * 10 / 65 * weights[0] / sum(weights)
    assert scored(model).accounts["leads"][0] == pytest.approx(expected, abs=1e-3)


def test_many_top_topics_cost_no_more_than_they_are() -> None:
    facts = {
        "accounts": pl.DataFrame({"account_id": ["A"]}),
        "intent": pl.DataFrame(
            {"account_id": "A", "topic": [f"t{i}" for i in range(60)], "observed_on": "2026-06-30", "score": 75}
        ),
    }
    model = model_from({"name": "many", "version": 1, "intent": {"top_topics": 60, "topics": {"*": 0.1}}})
    (intent,) = abm.score(facts, model, as_of="2026-06-30").accounts["intent"]
    assert intent == pytest.approx(100 * (1 - 0.95**60), abs=2e-6)


def test_a_tiny_alpha_is_a_high_bar_not_an_error() -> None:
    facts = {
        "accounts": pl.DataFrame({"account_id": ["A"]}),
        "intent": pl.DataFrame(
            {"account_id": "A", "topic": "t", "observed_on": ["2026-06-30", "2025-01-01"], "count": [9, 1]}
        ),
    }
    model = model_from({"name": "strict", "version": 1, "intent": {"count": {"alpha": 1e-17}}})
    assert abm.score(facts, model, as_of="2026-06-30").accounts["spiking_topic_count"].to_list() == [0]


@pytest.mark.parametrize("weights", [(33.333, 33.333, 33.334), (0.333333, 0.333333, 0.333334)])
def test_a_bar_out_of_reach_leaves_leads_a_share(weights: tuple[float, ...]) -> None:
    roles = {name: {"weight": weight} for name, weight in zip(("buyer", "b", "c"), weights, strict=True)}
    model = {"signals": [signal(points=10)], "buying_groups": [{"name": "core", "roles": roles}]}
    found = scored({**model, "mql": {"threshold": 1e9}}).accounts["leads"][0]
    assert found == pytest.approx(100 * 10 / 1e9 * weights[0] / sum(weights), abs=1e-6)


def test_a_huge_weight_of_others_is_explained_too() -> None:
    group = {"name": "core", "roles": {"seller": {"weight": 3}}, "other_weight": 1e9}
    result = scored({"signals": [signal(points=0.3)], "buying_groups": [group]})
    lines = result.contributions.filter(pl.col("level") == "account")
    assert lines["points"].sum() == round(result.accounts["score"][0] * 1e6)
