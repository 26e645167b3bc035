"""Time: the future changes nothing, and what is left alone cools."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from polars.testing import assert_frame_equal

from tests.laws.models import SIGNALS, law_model
from tests.laws.worlds import (
    AS_OF,
    Row,
    Tables,
    account_id,
    clean_world,
    contact_id,
    plain,
    results,
    score,
    with_rows,
    world,
)

if TYPE_CHECKING:
    import polars as pl

RESULTS = ("leads", "accounts", "groups", "committee", "intent")


def in_the_future(tables: Tables, as_of: date, seed: int) -> Tables:
    """The tables, and copies of their facts on days after as_of; of known people, events and opportunities too."""
    draw = random.Random(seed)
    days = {"events": "occurred_at", "intent": "observed_on", "opportunities": "created_on"}
    return with_rows(
        tables,
        **{
            name: [{**draw.choice(tables[name]), day: as_of + timedelta(days=draw.randint(1, 40))} for _ in range(40)]
            for name, day in days.items()
            if tables.get(name)
        },
    )


@pytest.mark.parametrize("name", ["2000", pytest.param("dirty", marks=pytest.mark.slow)])
def test_facts_after_as_of_change_nothing(name: str) -> None:
    tables, model, as_of = world(name)
    later = in_the_future(tables, as_of, 1)
    assert sum(map(len, later.values())) > sum(map(len, tables.values()))
    given = results(later, model, as_of)
    for table in given.keys() - {"issues"}:
        assert_frame_equal(given[table], plain(name)[table], check_exact=True)


def test_people_of_the_future_are_nobody_yet() -> None:
    """A person created after as_of has no lead, no seat and is not counted."""
    tables = clean_world(1)
    more = [
        {"contact_id": f"N{i}", "account_id": account_id(i), "buying_role": "champion", "created_at": day}
        for i, day in enumerate([AS_OF + timedelta(days=1), AS_OF + timedelta(days=300)] * 20)
    ]
    given = results(with_rows(tables, contacts=more), law_model())
    for table in RESULTS:
        assert_frame_equal(given[table], plain("clean")[table], check_exact=True)


def settled(tables: Tables) -> Tables:
    """The tables without the people and opportunities that appear, or close, as time goes by."""
    return {name: [{**row, "created_at": None} for row in rows] for name, rows in tables.items() if "opp" not in name}


def points(tables: Tables, model: dict[str, Any], as_of: date) -> pl.DataFrame:
    """Engagement points of everybody."""
    leads: pl.DataFrame = score(tables, model, as_of).leads
    return leads.select("contact_id", "engagement")


@pytest.mark.slow
def test_without_new_facts_nobody_gets_warmer() -> None:
    tables, model = settled(clean_world(3, 20, 150, 1000)), law_model(signals=list(SIGNALS))
    before = points(tables, model, AS_OF)
    assert (before["engagement"] > 40).any()
    for days in (1, 30, 400):
        after = points(tables, model, AS_OF + timedelta(days=days))
        assert after["contact_id"].equals(before["contact_id"])
        assert (after["engagement"] <= before["engagement"]).all()
        before = after


def busy_people() -> Tables:
    """Three hundred people who do every day, for up to two months, up to forty times what is capped."""
    draw = random.Random(4)
    people, today = range(300), AS_OF.toordinal()
    events: list[Row] = [
        {"contact_id": contact_id(who), "type": kind, "occurred_at": date.fromordinal(today - age), "count": count}
        for who in people
        for kind in draw.sample(["visit", "click", "read"], draw.randint(1, 3))
        for age in range(draw.randint(1, 60))
        for count in [draw.randint(1, 40)]
    ]
    return {
        "accounts": [{"account_id": "A1"}],
        "contacts": [{"contact_id": contact_id(who), "account_id": "A1"} for who in people],
        "events": events,
    }


CAPPED = law_model(
    ignore=None,
    signals=[
        {"name": "visit", "event": "visit", "points": 10, "half_life_days": 30, "max_points": 20, "group": "web"},
        {"name": "click", "event": "click", "points": 5, "half_life_days": 30, "group": "web"},
        {"name": "read", "event": "read", "points": 7, "half_life_days": 30, "daily_cap": 2, "max_points": 35},
    ],
    buying_groups=[],
)


def test_the_busiest_cool_like_everybody_else() -> None:
    """A cap does not keep the busy hot: thirty silent days halve the points of whoever has any.

    Factors are rounded to millionths and cells truncated, so that half of at most 75 points is met to a ten-thousandth.
    """
    tables = busy_people()
    before = points(tables, CAPPED, AS_OF)
    after = points(tables, CAPPED, AS_OF + timedelta(days=30))
    assert before["engagement"].is_between(0, 75, closed="right").all()
    assert ((after["engagement"] - before["engagement"] / 2).abs() <= 1e-4).all()


@pytest.mark.parametrize(("silent", "expected"), [(0, 40.0), (30, 20.0), (60, 10.0), (90, 5.0)])
def test_a_capped_busy_person_halves_exactly(silent: int, expected: float) -> None:
    """Forty points of the newest day fill the cap, so that nothing older hides behind it."""
    model = law_model(signals=[{"name": "visit", "event": "visit", "points": 10, "max_points": 40}], signal_groups={})
    model |= {"buying_groups": [], "ignore": None}
    days = [AS_OF - timedelta(days=age) for age in range(200)]
    tables: Tables = {
        "accounts": [{"account_id": "A1"}],
        "contacts": [{"contact_id": "C1", "account_id": "A1"}],
        "events": [{"contact_id": "C1", "type": "visit", "occurred_at": day, "count": 9} for day in days],
    }
    assert points(tables, model, AS_OF + timedelta(days=silent))["engagement"].to_list() == [expected]
