"""The shipped presets reproduce the numbers that vendors print in their own documentation.

The printed numbers lie beside the repository, in `shared/vectors/published.json`; without it these tests are skipped.
The preset files themselves are loaded: nothing of a model stands here.
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
from abm.workspace.bundled import shipped_models

VECTORS = Path(__file__).resolve().parents[3] / "shared" / "vectors" / "published.json"
AS_OF = date(2026, 6, 30)
PRESETS = ("adobe", "best_and_rest", "demandbase", "hubspot", "pardot")

Row = dict[str, Any]

published = pytest.mark.skipif(not VECTORS.is_file(), reason="the published numbers are not beside the repository")


@cache
def vectors() -> dict[str, Any]:
    """All printed numbers."""
    read: dict[str, Any] = json.loads(VECTORS.read_text(encoding="utf-8"))
    return read


def scored(preset: str, people: list[Row], events: list[Row]) -> dict[str, Any]:
    """Score people by a preset, of account A1 if they name no other; the result tables."""
    contacts = [{"account_id": "A1", **person} for person in people]
    tables = {
        "accounts": pl.DataFrame({"account_id": sorted({person["account_id"] for person in contacts})}),
        "contacts": pl.DataFrame(contacts),
        "events": pl.DataFrame(events, schema_overrides={"occurred_at": pl.Date, "count": pl.Int64}),
    }
    return abm.score(tables, shipped_models()[preset], as_of=AS_OF).tables()


def event(person: str, kind: str, age: int = 0, count: int = 1) -> Row:
    """Something a person did so many days ago, so many times."""
    return {"contact_id": person, "type": kind, "occurred_at": AS_OF - timedelta(days=age), "count": count}


def by_age(preset: str, kind: str, ages: list[int]) -> list[float]:
    """What one event of each age is worth, as a share of a fresh one; each of a person of their own."""
    people = [{"contact_id": f"C{index:02}"} for index in range(len(ages) + 1)]
    events = [event(f"C{index:02}", kind, age) for index, age in enumerate([0, *ages])]
    fresh, *points = scored(preset, people, events)["leads"]["engagement"].to_list()
    return [each / fresh for each in points]


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_load_without_warnings(preset: str) -> None:
    model = abm.load_model(shipped_models()[preset])
    assert model.warnings == ()
    assert model.name == preset


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_says_where_it_cannot_follow(preset: str) -> None:
    text = shipped_models()[preset].read_text("utf-8")
    header = text.partition("\nname: ")[0]
    assert all(line.startswith("#") or not line for line in header.splitlines())
    assert "Where " in header
    assert header.count("\n# - ") >= 3


@published
def test_adobe_weighs_roles() -> None:
    """Totals by role under a daily cap, weighed by the roles that are present."""
    printed = vectors()["adobe_group_engagement"]
    kinds = {"web": "page_view", "click": "email_click", "download": "download"}
    model = abm.load_model(shipped_models()["adobe"])
    weights = {name: role.weight for name, role in model.buying_groups[0].roles.items()}
    assert weights == printed["role_weights"]
    daily = printed["daily_counts"]
    people = [
        {"contact_id": name, "buying_role": role}
        for name, role in {row["person"]: row["role"] for row in daily}.items()
    ]
    events = [
        event(row["person"], kinds[row["activity"]], age, count)
        for row in daily
        for age, count in enumerate(row["counts"])
        if count
    ]
    given = scored("adobe", people, events)
    totals = given["leads"].group_by("role").agg(pl.col("engagement").sum())
    assert dict(totals.iter_rows()) == printed["role_totals"]
    assert given["accounts"]["engagement"].to_list() == [printed["weighted_sum"]]
    assert given["accounts"]["score"].to_list() == [printed["weighted_sum"]]


@published
def test_adobe_completeness() -> None:
    """Of a role, assigned over required, at most all of them; of the group, the plain mean of its roles."""
    cases = vectors()["adobe_completeness"]["cases"]
    people = [
        {"contact_id": f"C{index}{number}", "account_id": f"A{index}", "buying_role": "decision_maker"}
        for index, case in enumerate(cases)
        for number in range(case["assigned"])
    ]
    given = scored("adobe", people, [event("C00", "page_view")])
    seats = given["committee"].filter((pl.col("group") == "completeness") & (pl.col("role") == "decision_maker"))
    assert seats["seats"].to_list() == [case["required"] for case in cases]
    percents = [case["percent"] for case in cases]
    assert (100 * seats["filled"] / seats["seats"]).to_list() == pytest.approx(percents)
    groups = given["groups"].filter(pl.col("group") == "completeness")
    assert groups["completeness"].to_list() == pytest.approx([percent / 3 for percent in percents], abs=1e-6)


@published
def test_hubspot_fades_in_a_straight_line() -> None:
    """Ten points that lose half a month."""
    printed = vectors()["hubspot_linear_decay"]["points_after_months"]
    people = [{"contact_id": f"C{months}"} for months in range(len(printed))]
    events = [event(f"C{months}", "form_submit", 30 * months) for months in range(len(printed))]
    assert scored("hubspot", people, events)["leads"]["engagement"].to_list() == printed


@published
@pytest.mark.parametrize(
    ("name", "preset", "kind"),
    [("half_life_30_days", "best_and_rest", "meeting_held"), ("linear_120_days", "hubspot", "webinar_attended")],
)
def test_decay(name: str, preset: str, kind: str) -> None:
    """Printed to four decimals."""
    printed = vectors()[name]
    assert by_age(preset, kind, printed["days"]) == pytest.approx(printed["factor"], abs=0.5e-4)


@published
def test_pardot_adds_up() -> None:
    """A form, three pages and a file."""
    events = [event("C1", "form_submit", 9), *(event("C1", "page_view", age) for age in (0, 0, 40))]
    events.append(event("C1", "file_access", 300))
    leads = scored("pardot", [{"contact_id": "C1"}], events)["leads"]
    assert leads["engagement"].to_list() == [vectors()["pardot"]["points"]]


@published
def test_the_best_and_the_rest() -> None:
    """Six tenths of the best, four tenths of the mean of the rest."""
    printed = vectors()["champion_rollup"]
    meeting = 20
    people = [{"contact_id": f"C{index}"} for index in range(len(printed["scores"]))]
    events = [event(f"C{i}", "meeting_held", 0, score // meeting) for i, score in enumerate(printed["scores"])]
    given = scored("best_and_rest", people, events)
    assert given["leads"]["engagement"].to_list() == printed["scores"]
    assert given["accounts"]["engagement"].to_list() == [printed["value"]]
