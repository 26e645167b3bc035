"""Numbers that vendors print in their own documentation, reproduced by model files.

The printed numbers lie beside the repository, in `shared/vectors/published.json`; without it these tests are skipped.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import abm

VECTORS = Path(__file__).resolve().parents[3] / "shared" / "vectors" / "published.json"
AS_OF = date(2026, 6, 30)

pytestmark = pytest.mark.skipif(not VECTORS.is_file(), reason="the published numbers are not beside the repository")

Row = dict[str, Any]


@cache
def vectors() -> dict[str, Any]:
    """All printed numbers."""
    read: dict[str, Any] = json.loads(VECTORS.read_text(encoding="utf-8"))
    return read


def scored(folder: Path, model: str, people: list[Row], events: list[Row]) -> dict[str, Any]:
    """Score one account's people by a model file; the result tables."""
    path = folder / "model.yaml"
    path.write_text(f"name: published\nversion: 1\n{model}", encoding="utf-8")
    tables = {
        "accounts": pl.DataFrame({"account_id": ["A1"]}),
        "contacts": pl.DataFrame([{"account_id": "A1", **person} for person in people]),
        "events": pl.DataFrame(events, schema_overrides={"occurred_at": pl.Date, "count": pl.Int64}),
    }
    return abm.score(tables, path, as_of=AS_OF).tables()


def event(person: str, kind: str, age: int = 0, count: int = 1) -> Row:
    """Something a person did so many days ago, so many times."""
    return {"contact_id": person, "type": kind, "occurred_at": AS_OF - timedelta(days=age), "count": count}


def points_by_age(folder: Path, signal: str, ages: list[int]) -> list[float]:
    """What one event of each age is worth, each of a person of their own."""
    people = [{"contact_id": f"C{index:02}"} for index in range(len(ages))]
    events = [event(f"C{index:02}", "visit", age) for index, age in enumerate(ages)]
    leads = scored(folder, f"signals: [{{name: visit, event: visit, {signal}}}]\n", people, events)["leads"]
    points: list[float] = leads["engagement"].to_list()
    return points


@pytest.mark.parametrize(
    ("name", "decay"), [("half_life_30_days", "half_life_days: 30"), ("linear_120_days", "linear_days: 120")]
)
def test_decay(tmp_path: Path, name: str, decay: str) -> None:
    """Printed to four decimals."""
    printed = vectors()[name]
    ours = points_by_age(tmp_path, f"points: 1, {decay}", printed["days"])
    assert ours == pytest.approx(printed["factor"], abs=0.5e-4)


def test_hubspot(tmp_path: Path) -> None:
    """Ten points that lose half a month, in a straight line."""
    printed = vectors()["hubspot_linear_decay"]["points_after_months"]
    ages = [30 * months for months in range(len(printed))]
    assert points_by_age(tmp_path, "points: 10, linear_days: 60", ages) == printed


def test_pardot(tmp_path: Path) -> None:
    """A form, three pages and a file."""
    model = """
signals:
  - {name: form, event: form, points: 50, half_life_days: none}
  - {name: page, event: page, points: 1, half_life_days: none}
  - {name: file, event: file, points: 3, half_life_days: none}
"""
    events = [event("C1", "form", 9), *(event("C1", "page", age) for age in (0, 0, 40)), event("C1", "file", 3)]
    leads = scored(tmp_path, model, [{"contact_id": "C1"}], events)["leads"]
    assert leads["engagement"].to_list() == [vectors()["pardot"]["points"]]


def test_champion_rollup(tmp_path: Path) -> None:
    """Six tenths of the best, four tenths of the mean of the rest."""
    printed = vectors()["champion_rollup"]
    model = """
signals: [{name: visit, event: visit, points: 1, half_life_days: none}]
account: {engagement: {rollup: best_and_rest, scale: none}}
"""
    people = [{"contact_id": f"C{index}"} for index in range(len(printed["scores"]))]
    events = [event(f"C{index}", "visit", 0, score) for index, score in enumerate(printed["scores"])]
    assert scored(tmp_path, model, people, events)["accounts"]["engagement"].to_list() == [printed["value"]]


def test_adobe_group_engagement(tmp_path: Path) -> None:
    """Totals by role under a daily cap, weighed by the roles that are present."""
    printed = vectors()["adobe_group_engagement"]
    roles = ", ".join(f"{role}: {{weight: {weight}}}" for role, weight in printed["role_weights"].items())
    model = f"""
signals:
  - {{name: web, event: web, points: 1, half_life_days: none, daily_cap: 20}}
  - {{name: click, event: click, points: 1, half_life_days: none, daily_cap: 20}}
  - {{name: download, event: download, points: 1, half_life_days: none, daily_cap: 20}}
buying_groups: [{{name: core, roles: {{{roles}, champion: {{weight: 500}}}}}}]
account: {{engagement: {{rollup: role_sum, scale: none}}}}
"""
    daily = printed["daily_counts"]
    people = [
        {"contact_id": name, "buying_role": role}
        for name, role in {row["person"]: row["role"] for row in daily}.items()
    ]
    events = [
        event(row["person"], row["activity"], age, count)
        for row in daily
        for age, count in enumerate(row["counts"])
        if count
    ]
    given = scored(tmp_path, model, people, events)
    totals = given["leads"].group_by("role").agg(pl.col("engagement").sum())
    assert dict(totals.iter_rows()) == printed["role_totals"]
    assert given["accounts"]["engagement"].to_list() == [printed["weighted_sum"]]


def test_adobe_completeness(tmp_path: Path) -> None:
    """Assigned over required, at most all of them; of a group the plain mean."""
    cases = vectors()["adobe_completeness"]["cases"]
    roles = ", ".join(f"role_{index}: {{people: {case['required']}}}" for index, case in enumerate(cases))
    groups = [f"{{name: all, roles: {{{roles}}}}}"]
    groups += [
        f"{{name: only_{i}, roles: {{role_{i}: {{people: {case['required']}}}}}}}" for i, case in enumerate(cases)
    ]
    people = [
        {"contact_id": f"C{index}{number}", "buying_role": f"role_{index}"}
        for index, case in enumerate(cases)
        for number in range(case["assigned"])
    ]
    given = scored(tmp_path, f"buying_groups: [{', '.join(groups)}]\n", people, [event("C00", "visit")])["groups"]
    percents = [case["percent"] for case in cases]
    expected = [sum(percents) / len(percents), *percents]
    assert given["completeness"].to_list() == pytest.approx(expected, abs=0.5e-6)
