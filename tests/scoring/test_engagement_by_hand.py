"""Engagement worked out by hand: decay, caps, budgets, repeats, and who is engaged; a person of their own each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

import polars as pl
import pytest

import abm
from abm.model import model_from

AS_OF = date(2026, 6, 30)
HALF_AFTER_5 = [{"after_days": 5, "factor": 0.5}]

Life = list[tuple[str, int, int]]
"""What somebody did: the signal's letter, the age in days, how many times."""


@dataclass(frozen=True)
class Case:
    """One person: the signals by letter, what they did, the points they should have, and the budget of the group."""

    name: str
    signals: dict[str, dict[str, Any]]
    life: Life
    points: float
    budget: float = 1.0


def one(name: str, signal: dict[str, Any], ages: list[int], points: float, **more: Any) -> Case:
    """A case of one signal, worth 10 points unless it says otherwise, that happened once at each age."""
    return Case(name, {"a": {"points": 10} | signal}, [("a", age, 1) for age in ages], points, **more)


NONE = {"half_life_days": "none"}
THRICE = {"repeat": {"times": 3, "within_days": 7, "points": 10}, "points": 1}

CASES = [
    one("today", {}, [0], 10),
    one("half-life of 30 days by default", {}, [30], 5),
    one("two half-lives", {"half_life_days": 20}, [40], 2.5),
    one("factors are millionths", {"points": 1}, [1], 0.97716),
    one("a cell is truncated to millionths", {"points": 0.000003}, [30], 0.000001),
    one("linear", {"linear_days": 90}, [45], 5),
    one("linear ends", {"linear_days": 90}, [90, 91, 400], 0),
    one("before the first step", {"steps": HALF_AFTER_5}, [4], 10),
    one("from the step on", {"steps": HALF_AFTER_5}, [5], 5),
    one("the last step reached", {"steps": [*HALF_AFTER_5, {"after_days": 9, "factor": 0.1}]}, [9, 8], 6),
    one("no decay", NONE, [4000], 10),
    one("last day of the window", {"window_days": 30} | NONE, [29], 10),
    one("first day outside the window", {"window_days": 30} | NONE, [30], 0),
    Case("counts add up", {"a": {"points": 10} | NONE}, [("a", 1, 2), ("a", 1, 3)], 50),
    Case("daily cap", {"a": {"points": 10, "daily_cap": 2} | NONE}, [("a", 1, 2), ("a", 1, 3), ("a", 2, 1)], 30),
    # 10 today, 10 then 5 of the older ones, at half.
    one("max_points go to the newest", {"max_points": 25, "steps": HALF_AFTER_5}, [0, 6, 12], 17.5),
    one("a large cell keeps a part", {"max_points": 4} | NONE, [0], 4),
    one("what is outside the window spends too", {"max_points": 10, "window_days": 5} | NONE, [9], 0),
    one("never below zero", {"points": -10}, [0, 1], 0),
    Case(
        "max_points bound what is taken away, too",
        {"a": {"points": 50} | NONE, "b": {"points": -10, "max_points": 25, "steps": HALF_AFTER_5}},
        [("a", 0, 1), ("b", 0, 1), ("b", 6, 1), ("b", 12, 1)],
        32.5,
    ),
    # 10 + 6 today; 4 of the 10 of the older day are left, at half.
    Case(
        "a budget goes to the newest day",
        {"a": {"group": True, "steps": HALF_AFTER_5, "points": 10}, "b": {"group": True, "points": 6} | NONE},
        [("a", 0, 1), ("b", 0, 1), ("a", 5, 1)],
        18,
        budget=20,
    ),
    # On one day the first signal of the model spends first: 5 of a at half, then 5 of b.
    Case(
        "a budget goes to the first signal",
        {"a": {"group": True, "steps": HALF_AFTER_5, "points": 5}, "b": {"group": True, "points": 20} | NONE},
        [("b", 7, 1), ("a", 7, 1)],
        7.5,
        budget=10,
    ),
    Case(
        "what takes away is outside the budget",
        {"a": {"group": True, "points": 10} | NONE, "b": {"group": True, "points": -5} | NONE},
        [("b", 0, 1), ("a", 1, 2)],
        5,
        budget=10,
    ),
    Case(
        "the signal's cap comes before the budget",
        {"a": {"group": True, "points": 10, "max_points": 10} | NONE, "b": {"group": True, "points": 10} | NONE},
        [("a", 0, 3), ("b", 1, 1)],
        20,
        budget=25,
    ),
    one("three times in seven days", THRICE | NONE, [0, 3, 6], 13),
    one("not in seven days", THRICE | NONE, [0, 3, 7], 3),
    one("the latest such day decays", THRICE | {"linear_days": 16}, [8, 10, 12], 0.5 + 0.375 + 0.25 + 5),
    one("only once, however often", THRICE | NONE, [0, 1, 2, 3, 4, 5, 6], 17),
    one("the latest of two such days", THRICE | {"steps": HALF_AFTER_5}, [4, 4, 4, 9, 9, 9], 4.5 + 10),
    one("an older visit does not date it", THRICE | {"linear_days": 40}, [20, 20, 20, 0], 2.5 + 5),
    Case("what is capped by day counts once", {"a": THRICE | {"daily_cap": 2} | NONE}, [("a", 0, 9)], 2),
    one("a repeat is outside max_points", THRICE | {"max_points": 2} | NONE, [0, 1, 2], 12),
    one("a repeat is inside the budget", THRICE | {"group": True} | NONE, [0, 1, 2], 8, budget=8),
    Case(
        "the first match takes the event",
        {"a": {"points": 1, "event": "b_"} | NONE, "b": {"points": 9}},
        [("b", 0, 1)],
        1,
    ),
    Case("even if it is worth nothing", {"a": {"points": 0, "event": "b_"}, "b": {"points": 9}}, [("b", 0, 1)], 0),
]


@cache
def points() -> list[float]:
    """The points of everybody, all scored together: the signals of a case name the case."""
    signals, budgets, events = [], {}, []
    for number, case in enumerate(CASES):
        budgets[f"budget {number}"] = {"max_points": case.budget}
        for letter, signal in case.signals.items():
            named = {"name": f"{letter} {number}", "event": f"{letter} {number}"} | signal
            named["event"] = named["event"].replace("_", f" {number}")
            signals.append(named | ({"group": f"budget {number}"} if "group" in signal else {}))
        events += [
            {"contact_id": f"C{number:03}", "type": f"{letter} {number}", "count": count, "occurred_at": _day(age)}
            for letter, age, count in case.life
        ]
    model = model_from({"name": "hand", "version": 1, "signals": signals, "signal_groups": budgets})
    tables = {
        "accounts": pl.DataFrame({"account_id": ["A1"]}),
        "contacts": pl.DataFrame({"contact_id": [f"C{number:03}" for number in range(len(CASES))]}),
        "events": pl.DataFrame(events),
    }
    found: list[float] = abm.score(tables, model, as_of=AS_OF).leads["engagement"].to_list()
    return found


def _day(age: int) -> date:
    return AS_OF - timedelta(days=age)


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case.name for case in CASES])
def test_points(number: int) -> None:
    assert points()[number] == CASES[number].points


ENGAGED: list[tuple[str, Life, bool]] = [
    ("enough today", [("a", 0, 2)], True),
    ("not enough", [("a", 0, 1)], False),
    ("on the last recent day", [("a", 29, 2)], True),
    ("a day too old", [("a", 30, 2)], False),
    ("recent points do not decay", [("a", 0, 1), ("a", 29, 1)], True),
    ("the daily cap counts", [("c", 0, 9)], False),
    ("the signal's cap does not", [("m", 0, 1), ("m", 1, 1)], True),
    ("what takes away does not count", [("a", 0, 3), ("n", 0, 1)], True),
    ("but somebody without points left is not engaged", [("a", 0, 3), ("n", 0, 2)], False),
    ("a repeat is no activity", [("r", 0, 2)], False),
    ("old points alone", [("k", 40, 9)], False),
]
"""Recent are 30 days, engaged is who has 10 points in them; and every letter a signal of the model below."""


@cache
def engaged() -> list[int]:
    """How many people are engaged in each of the accounts, which have one person each."""
    five = {"points": 5, "half_life_days": "none"}
    signals = {
        "a": five,
        "c": five | {"daily_cap": 1},
        "m": five | {"max_points": 5},
        "n": {"points": -10, "half_life_days": "none"},
        "r": {"points": 1, "repeat": {"times": 2, "within_days": 5, "points": 50}},
        "k": five,
    }
    model = model_from(
        {
            "name": "engaged",
            "version": 1,
            "signals": [{"name": letter, "event": letter, **signal} for letter, signal in signals.items()],
            "buying_groups": [{"name": "core", "roles": {"user": {}}, "engaged_at": 10, "engaged_days": 30}],
        }
    )
    names = [f"P{number:02}" for number in range(len(ENGAGED))]
    events = [
        {"contact_id": name, "type": letter, "count": count, "occurred_at": _day(age)}
        for name, (_, life, _) in zip(names, ENGAGED, strict=True)
        for letter, age, count in life
    ]
    tables = {
        "accounts": pl.DataFrame({"account_id": names}),
        "contacts": pl.DataFrame({"contact_id": names, "account_id": names}),
        "events": pl.DataFrame(events),
    }
    found: list[int] = abm.score(tables, model, as_of=AS_OF).accounts["engaged_contacts"].to_list()
    return found


@pytest.mark.parametrize("number", range(len(ENGAGED)), ids=[name for name, _, _ in ENGAGED])
def test_engaged(number: int) -> None:
    assert engaged()[number] == ENGAGED[number][2]
