"""An account's score is its own: what others do, or whether there are others, changes only its place in the ranking."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from polars.testing import assert_frame_equal

from tests.laws.models import law_model
from tests.laws.worlds import AS_OF, Tables, account_id, clean_world, contact_id, plain, results, with_rows, world

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

TABLES = ("leads", "groups", "committee", "intent")
KEPT = {account_id(index) for index in range(0, 60, 2)}
"""The accounts that are watched; the model of the laws says since when count sources are complete."""


def of_whom(tables: Tables) -> dict[str, str]:
    """The account of each person of a clean world: the one named, else that of the mail domain."""
    named = {row["contact_id"]: row["account_id"] for row in tables["contacts"]}
    by_domain = {row["domain"]: row["account_id"] for row in tables["accounts"]}
    mail = {row["contact_id"]: by_domain[row["email"].partition("@")[2]] for row in tables["contacts"]}
    return {person: account or mail[person] for person, account in named.items()}


def without_others(tables: Tables) -> Tables:
    """The tables without people, behaviour, intent and opportunities of the accounts that are not watched."""
    people = of_whom(tables)
    domains = {row["domain"] for row in tables["accounts"] if row["account_id"] in KEPT}

    def is_kept(row: dict[str, object]) -> bool:
        person = row.get("contact_id")
        if person is not None:
            return people[str(person)] in KEPT
        return row.get("account_id") in KEPT or row.get("domain") in domains

    return {
        name: [row for row in rows if name in ("accounts", "opportunity_contacts") or is_kept(row)]
        for name, rows in tables.items()
    }


def nobody_else(tables: Tables) -> Tables:
    """Nor are the other accounts themselves there."""
    fewer = without_others(tables)
    return fewer | {"accounts": [row for row in fewer["accounts"] if row["account_id"] in KEPT]}


def others_louder(tables: Tables) -> Tables:
    """Everybody of the other accounts asks for a demo every day, and their accounts surge."""
    people = of_whom(tables)
    day = max(row["occurred_at"] for row in tables["events"])
    others = sorted(set(people.values()) - KEPT)
    return with_rows(
        tables,
        events=[
            {"contact_id": person, "type": "demo_request", "occurred_at": day, "count": 5}
            for person, account in people.items()
            if account in others
        ],
        intent=[
            {"account_id": account, "topic": topic, "observed_on": day, "score": 100, "source": "bombora"}
            for account in others
            for topic in ("crm software", "sales analytics")
        ],
    )


def watched(frame: pl.DataFrame, key: str = "account_id") -> pl.DataFrame:
    """The rows of the accounts that are watched."""
    return frame.filter(frame[key].is_in(list(KEPT)))


@pytest.mark.parametrize("change", [without_others, nobody_else, others_louder])
def test_others_change_nothing_but_rank(change: Callable[[Tables], Tables]) -> None:
    tables, model, _ = world("clean")
    before, after = plain("clean"), results(change(tables), model)
    assert_frame_equal(
        watched(after["accounts"]).drop("rank"), watched(before["accounts"]).drop("rank"), check_exact=True
    )
    for name in TABLES:
        assert_frame_equal(watched(after[name]), watched(before[name]), check_exact=True)
    lines = watched(before["contributions"], "entity_id")
    assert lines.height > len(KEPT)
    assert_frame_equal(watched(after["contributions"], "entity_id"), lines, check_exact=True)


def test_the_change_is_one() -> None:
    """The others do lose everything, so that the law says something."""
    tables, model, _ = world("clean")
    before, after = plain("clean")["accounts"], results(without_others(tables), model)["accounts"]
    others = ~before["account_id"].is_in(list(KEPT))
    assert before.filter(others)["engagement_points"].sum() > 100
    assert after.filter(others)["engagement_points"].sum() == 0


def test_ranks_are_those_of_the_scores() -> None:
    """The accounts that are not excluded are numbered from 1 on, and a better score never has a worse rank."""
    accounts = plain("clean")["accounts"]
    ranked = accounts.filter(~accounts["is_excluded"]).sort("rank")
    assert ranked["rank"].to_list() == list(range(1, ranked.height + 1))
    assert ranked["score"].is_sorted(descending=True)
    assert accounts.filter(accounts["is_excluded"])["rank"].is_null().all()


@pytest.mark.slow
def test_a_person_counts_for_one_account() -> None:
    """Moving somebody takes their points from one account to another, and leaves the sum over accounts."""
    tables, model = clean_world(1), law_model(mql={})
    people = of_whom(tables)
    mover, home = max(people), people[max(people)]
    there = account_id(0) if home != account_id(0) else account_id(1)
    moved = [row | ({"account_id": there} if row["contact_id"] == mover else {}) for row in tables["contacts"]]
    event = {"contact_id": mover, "type": "demo_request", "occurred_at": AS_OF}
    before = results(with_rows(tables, events=[event]), model)["accounts"]
    after = results(with_rows(tables | {"contacts": moved}, events=[event]), model)["accounts"]
    change = (after["engagement_points"] - before["engagement_points"]).round(6)
    changed = dict(zip(before["account_id"], change, strict=True))
    assert changed.pop(home) == -changed.pop(there) < 0
    assert set(changed.values()) == {0.0}
    assert mover == contact_id(299)
