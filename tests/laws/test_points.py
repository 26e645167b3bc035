"""Points: caps hold, what takes points away never gives any, and one more person never uncovers a seat."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.laws.models import NEGATIVE, ROLES, SIGNALS, law_model
from tests.laws.worlds import AS_OF, Row, Tables, account_id, clean_world, contact_id, plain, score, with_rows, world

if TYPE_CHECKING:
    import polars as pl

LOOSE = law_model(
    ignore=None,
    signals=[
        {"name": "form", "event": "form", "points": 8, "daily_cap": 2, "max_points": 20, "half_life_days": "none"},
        {"name": "visit", "event": "visit", "points": 15, "max_points": 30, "group": "web", "linear_days": 400},
        {
            "name": "click",
            "event": "click",
            "points": 3.3,
            "group": "web",
            "repeat": {"times": 2, "within_days": 7, "points": 25},
        },
    ],
    buying_groups=[
        {"name": name, "signals": signals, "roles": {"user": {}}}
        for name, signals in {"form": ["form"], "visit": ["visit"], "web": ["visit", "click"], "any": "all"}.items()
    ],
)
CAPS = {"form": 20, "visit": 30, "web": 40, "any": 60}
"""The most points of one person under each view of the model above: a signal's cap, the budget of two, all together."""

_EVENTS = st.lists(
    st.tuples(st.sampled_from(["form", "visit", "click"]), st.integers(0, 60), st.integers(1, 50)), max_size=15
)


def one_person_each(lives: list[list[tuple[str, int, int]]]) -> Tables:
    """An account for each person, so that what a buying group sees of the account is what it sees of the person."""
    return {
        "accounts": [{"account_id": account_id(who)} for who in range(len(lives))],
        "contacts": [{"contact_id": contact_id(who), "account_id": account_id(who)} for who in range(len(lives))],
        "events": [
            {"contact_id": contact_id(who), "type": kind, "occurred_at": AS_OF - timedelta(days=age), "count": count}
            for who, life in enumerate(lives)
            for kind, age, count in life
        ],
    }


@pytest.mark.slow
@given(st.lists(_EVENTS, min_size=1, max_size=40))
@settings(derandomize=True, database=None, max_examples=4)
def test_caps_hold(lives: list[list[tuple[str, int, int]]]) -> None:
    groups = score(one_person_each(lives), LOOSE).groups
    assert groups.height == len(CAPS) * len(lives)
    for name, cap in CAPS.items():
        assert groups.filter(group=name)["engagement_points"].is_between(0, cap).all()


def test_caps_are_reached() -> None:
    """Whoever does enough today has what each cap allows, to the last millionth."""
    lives = [[(kind, 0, 50) for kind in ("form", "visit", "click")] + [("form", 1, 9)]]
    groups = score(one_person_each(lives), LOOSE).groups
    assert dict(zip(groups["group"], groups["engagement_points"], strict=True)) == CAPS


def test_daily_cap() -> None:
    """Fifty times on one day count twice; a second day counts again, up to the cap of the signal."""
    lives = [[("form", 3, 50)], [("form", 3, 50), ("form", 4, 1)], [("form", 3, 50), ("form", 4, 50)]]
    leads = score(one_person_each(lives), LOOSE).leads
    assert leads["engagement"].to_list() == [16.0, 20.0, 20.0]


def test_events_that_take_away_never_give() -> None:
    """More unsubscribes: nobody has more points, the recent points that engage stay, and some do lose."""
    draw, (tables, model, _) = random.Random(5), world("clean")
    more: list[Row] = [
        {"contact_id": row["contact_id"], "type": "unsubscribe", "occurred_at": AS_OF - timedelta(draw.randrange(90))}
        for row in tables["contacts"]
        for _ in range(draw.randrange(4))
    ]
    assert_never_more(plain("clean")["leads"], score(with_rows(tables, events=more), model).leads)


@pytest.mark.slow
def test_signals_that_take_away_never_give() -> None:
    """A negative signal more in the model, for events that no other signal counts."""
    tables = clean_world(1)
    model = law_model(signals=list(SIGNALS))
    signals = [*SIGNALS, NEGATIVE | {"event": "newsletter", "half_life_days": 5}]
    events = [row | {"type": "newsletter"} for row in tables["events"][::3]]
    busy = with_rows(tables, events=events)
    assert_never_more(score(busy, model).leads, score(busy, model | {"signals": signals}).leads)


def assert_never_more(before: pl.DataFrame, after: pl.DataFrame) -> None:
    assert before["contact_id"].equals(after["contact_id"])
    assert (after["engagement"] <= before["engagement"]).all()
    assert (after["engagement"] < before["engagement"]).any()
    assert (after["engagement"] >= 0).all()
    assert (after["fit_points"] == before["fit_points"]).all()


def test_more_of_what_counts_never_takes_away() -> None:
    """Under positive signals without caps, one more event never lowers anybody's points."""
    plain_signals: list[dict[str, Any]] = [
        {key: value for key, value in signal.items() if key not in ("max_points", "group", "window_days")}
        for signal in SIGNALS
    ]
    tables, model = clean_world(6), law_model(signals=plain_signals, signal_groups={})
    more = [row | {"occurred_at": row["occurred_at"] - timedelta(days=3)} for row in tables["events"][::5]]
    before, after = score(tables, model).leads, score(with_rows(tables, events=more), model).leads
    assert (after["engagement"] >= before["engagement"]).all()


def test_one_more_engaged_person_never_uncovers() -> None:
    """A new person with a role and a fresh demo request in every account: coverage and completeness never fall."""
    draw, (tables, model, _) = random.Random(7), world("clean")
    newcomers = [
        {"contact_id": f"N{row['account_id']}", "account_id": row["account_id"], "buying_role": draw.choice(ROLES)}
        for row in tables["accounts"]
    ]
    visits: list[Row] = [
        {"contact_id": person["contact_id"], "type": "page_view", "url": "/pricing", "occurred_at": AS_OF}
        for person in newcomers
    ]
    after = score(with_rows(tables, contacts=newcomers, events=visits), model).groups
    both = plain("clean")["groups"].join(after, on=["account_id", "group"], suffix="_after", validate="1:1")
    assert both.height == after.height
    for name in ("coverage", "completeness"):
        assert (both[f"{name}_after"] >= both[name]).all()
        assert (both[f"{name}_after"] > both[name]).any()
    assert (both["engaged_contacts_after"] == both["engaged_contacts"] + 1).all()
