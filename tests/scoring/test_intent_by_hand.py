"""Intent worked out by hand: vendor scores, counts, several sources and topics; an account of its own each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from math import floor, log2
from typing import Any

import polars as pl
import pytest

import abm
from abm.model import model_from

AS_OF = date(2026, 6, 30)

Said = tuple[str, str, int, dict[str, float]]
"""Source, topic, age in days, and the score or the count."""


@dataclass(frozen=True)
class Case:
    """One account: what is said of it, its intent, and the topics that spike."""

    name: str
    said: list[Said]
    intent: float
    spiking: tuple[str, ...] = ()


def vendor(score: float, age: int = 0, topic: str = "crm", source: str = "bombora") -> Said:
    """A vendor's score."""
    return (source, topic, age, {"score": score})


def counts(recent: float, before: float, topic: str = "crm", source: str = "own") -> list[Said]:
    """Counts on the newest and the oldest day of both windows: 21 days, and the 84 before them."""
    days = {0: recent - 1, 20: 1, 21: before, 104: 0, 105: 1000}
    return [(source, topic, age, {"count": count}) for age, count in days.items()]


CASES = [
    Case("half way from floor to ceiling", [vendor(75)], 50, ("crm",)),
    Case("at the ceiling", [vendor(100)], 100, ("crm",)),
    Case("at the floor", [vendor(50)], 0),
    Case("below the floor", [vendor(12)], 0),
    Case("at the surge", [vendor(60)], 20, ("crm",)),
    Case("a point below the surge", [vendor(59)], 18),
    Case("the last day of a spike", [vendor(100, 13)], 100 * round(2 ** (-13 / 21), 6), ("crm",)),
    Case("no spike any more", [vendor(100, 14)], 100 * round(2 ** (-14 / 21), 6)),
    Case("one half-life", [vendor(100, 21)], 50),
    Case("the oldest that counts", [vendor(100, 59)], 100 * round(2 ** (-59 / 21), 6)),
    Case("too old", [vendor(100, 60)], 0),
    Case("the newest word of a source", [vendor(100, 1), vendor(55)], 10),
    Case("of one day the highest", [vendor(75), vendor(55)], 50, ("crm",)),
    Case("the weight of the topic", [vendor(75, topic="abm")], 25, ("abm",)),
    Case("any other topic", [vendor(75, topic="tea")], 15, ("tea",)),
    Case("capitals and blanks", [vendor(75, topic=" CRM ")], 50, ("crm",)),
    Case("two topics", [vendor(75), vendor(100, topic="abm")], 75, ("abm", "crm")),
    Case(
        "only the top topics",
        [vendor(75), vendor(100, topic="abm"), vendor(100, topic="tea"), vendor(100, topic="pie")],
        100 * (1 - 0.5 * 0.5 * 0.7),
        ("abm", "crm", "pie", "tea"),
    ),
    Case("two sources see one surge", [vendor(75), vendor(80, source="g2")], 60, ("crm",)),
    Case("the fresher source", [vendor(100, 42), vendor(70, source="g2")], 40, ("crm",)),
    Case(
        "a spike of the weaker source",
        [vendor(100, 14), vendor(60, source="g2")],
        100 * round(2 ** (-14 / 21), 6),
        ("crm",),
    ),
    # z = 2 * (sqrt(20.375) - sqrt(2.59375)) / sqrt(1.25) = 5.19
    Case("counts that surge", counts(20, 10), round(100 * round(log2(20 / 2.75) / 3, 6), 6), ("crm",)),
    Case("out of nothing, and at the most", counts(5, 0), 100, ("crm",)),
    Case("too few", counts(4, 0), 0),
    # z = 2 * (sqrt(40.375) - sqrt(25.09375)) / sqrt(1.25) = 2.41, below 3.09
    Case("could be chance", counts(40, 100), 0),
    # z = 5.72, but 190 is less than twice 100
    Case("sure, but not twice as many", counts(190, 400), 0),
    Case("twice as many is enough", counts(200, 400), round(100 * round(log2(200 / 100.25) / 3, 6), 6), ("crm",)),
    Case("a source that is too young", [("new", "crm", 103, {"count": 0}), ("new", "crm", 0, {"count": 90})], 0),
    Case(
        "a source that is just old enough",
        [("old", "crm", 104, {"count": 0}), ("old", "crm", 0, {"count": 90})],
        100,
        ("crm",),
    ),
    Case("a score beside counts", [*counts(5, 0, topic="abm"), vendor(75)], 75, ("abm", "crm")),
]

INTENT: dict[str, Any] = {"topics": {"crm": 1.0, "abm": 0.5, "*": 0.3}, "history_from": {"own": "2020-01-01"}}


def scored(said: dict[str, list[Said]], intent: dict[str, Any]) -> dict[str, pl.DataFrame]:
    """Score accounts by what is said of them."""
    model = model_from({"name": "hand", "version": 1, "intent": intent})
    rows = [
        {"account_id": name, "source": source, "topic": topic, "observed_on": AS_OF - timedelta(days=age), **value}
        for name, lines in said.items()
        for source, topic, age, value in lines
    ]
    schema = {"account_id": pl.String, "source": pl.String, "topic": pl.String, "observed_on": pl.Date}
    intents = pl.DataFrame(rows, schema=schema | {"score": pl.Float64, "count": pl.Float64})
    return abm.score(
        {"accounts": pl.DataFrame({"account_id": list(said)}), "intent": intents}, model, as_of=AS_OF
    ).tables()


@cache
def results() -> dict[str, pl.DataFrame]:
    """All cases, scored together."""
    return scored({case.name: case.said for case in CASES}, INTENT)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_intent(case: Case) -> None:
    row = results()["accounts"].row(by_predicate=pl.col("account_id") == case.name, named=True)
    assert row["intent"] == pytest.approx(case.intent, abs=0.6e-6)
    assert tuple(row["spiking_topics"]) == case.spiking
    assert row["spiking_topic_count"] == len(case.spiking)
    assert row["topic_share"] == len(set(case.spiking) & {"crm", "abm"}) / 2


def test_too_short_a_history_is_unknown() -> None:
    """The row stands, with no strength, and whether it is a spike is not known."""
    rows = results()["intent"].filter(account_id="a source that is too young")
    assert rows.select("source", "strength", "spike", "value").rows() == [("new", 0.0, None, 90.0)]


def test_what_a_row_says() -> None:
    rows = results()["intent"].filter(account_id="the fresher source")
    assert rows.rows() == [("the fresher source", "crm", "g2", 0.4, True, 1.0, 70.0, AS_OF)]


@pytest.mark.parametrize(
    ("ratio", "weeks", "recent", "before"),
    [(1.5, (1, 5), 30, 100), (2.2, (3, 12), 55, 100), (2.2, (1, 1), 110, 50), (2, (1, 3), 40, 60)],
)
def test_exactly_the_ratio_is_enough(ratio: float, weeks: tuple[int, int], recent: int, before: int) -> None:
    """R >= min_ratio * q * B with equality, which binary fractions miss: 100 * (1.5 * 0.2) is a little above 30."""
    count = {"recent_weeks": weeks[0], "baseline_weeks": weeks[1], "alpha": 0.05, "min_ratio": ratio}
    said: list[Said] = [("own", "crm", 0, {"count": recent}), ("own", "crm", 7 * weeks[0], {"count": before})]
    found = scored({"A1": said}, INTENT | {"count": count})
    assert found["accounts"]["spiking_topic_count"].to_list() == [1]


def test_topics_are_put_together_exactly() -> None:
    """Of two thousand accounts: 1 - the product over topics, from the columns that are shown, exact halves upwards."""
    topics = ("crm", "abm", "tea")
    said = {
        f"A{number:04}": [
            vendor(50 + (number * 7 + 31 * i) % 101 / 2, (number + 11 * i) % 60, topic)
            for i, topic in enumerate(topics[: number % 3 + 1])
        ]
        for number in range(2000)
    }
    weights = {"crm": 0.3, "abm": 0.25, "tea": 1.0}
    found = scored(said, {"topics": weights, "half_life_days": 7})
    left = dict.fromkeys(said, Fraction(1))
    for row in found["intent"].iter_rows(named=True):
        interest = Fraction(str(weights[row["topic"]])) * millionth(row["strength"]) * millionth(row["decay"])
        left[row["account_id"]] *= 1 - interest
    expected = [float(Fraction(floor(100_000_000 * (1 - rest) + Fraction(1, 2)), 1_000_000)) for rest in left.values()]
    assert found["accounts"]["intent"].to_list() == expected


def millionth(value: float) -> Fraction:
    """The number of millionths that a column shows."""
    return Fraction(round(value * 1_000_000), 1_000_000)
