"""Parents that are given by name."""

from __future__ import annotations

import polars as pl
import pytest

import abm
from abm.errors import TableError
from abm.model import model_from

MODEL = model_from(
    {
        "name": "families",
        "version": 1,
        "family": "rollup",
        "signals": [{"name": "visit", "event": "visit", "points": 10}],
    }
)


def scored(*accounts: tuple[str, str | None, str | None]):
    frame = pl.DataFrame(accounts, schema=["account_id", "name", "parent_account_id"], orient="row")
    people = pl.DataFrame({"contact_id": ["c"], "account_id": [accounts[0][0]]})
    events = pl.DataFrame({"contact_id": ["c"], "type": ["visit"], "occurred_at": ["2026-06-01"]})
    return abm.score({"accounts": frame, "contacts": people, "events": events}, MODEL, as_of="2026-06-30")


def families(*accounts: tuple[str, str | None, str | None, str | None]) -> list[str]:
    columns = ["account_id", "name", "parent_account_id", "ultimate_parent_account_id"]
    frame = pl.DataFrame(accounts, schema=dict.fromkeys(columns, pl.String), orient="row")
    people = pl.DataFrame({"contact_id": ["c"], "account_id": [accounts[0][0]]})
    events = pl.DataFrame({"contact_id": ["c"], "type": ["visit"], "occurred_at": ["2026-06-01"]})
    result = abm.score({"accounts": frame, "contacts": people, "events": events}, MODEL, as_of="2026-06-30")
    return list(result.polars["families"]["account_id"])


def codes(result) -> dict[str, int]:
    return {each.code: each.count for each in result.findings if "parent" in each.code}


def test_an_id_wins_over_a_name():
    result = scored(("x", "Top", None), ("Top", "Other", None), ("c", "Child", "Top"))
    assert result.families["account_id"].to_list() == ["Top", "x"]
    assert codes(result) == {}


def test_a_name_is_compared_without_case_and_blanks():
    result = scored(("a", "Acme Corp", None), ("b", "Sub", " ACME corp "))
    assert result.families["account_id"].to_list() == ["a"]
    assert codes(result) == {"parent_by_name": 1}


def test_two_of_one_name_are_nobodys_parent():
    result = scored(("a", "Acme", None), ("b", "acme", None), ("c", "Sub", "Acme"), ("d", "Loner", "gone"))
    assert result.families["account_id"].to_list() == ["a", "b", "c", "d"]
    assert codes(result) == {"ambiguous_parent": 1, "unknown_parent": 1}


def test_the_top_of_a_family_may_name_itself():
    result = scored(("a", "Acme", "Acme"), ("b", "Sub", "Acme"))
    assert result.families["account_id"].to_list() == ["a"]
    assert codes(result) == {"parent_by_name": 1}


def test_a_circle_by_names_names_its_members():
    with pytest.raises(TableError, match=r"a -> b -> a"):
        scored(("a", "One", "Two"), ("b", "Two", "One"))


def test_the_ultimate_parent_holds_a_family_together_where_the_direct_one_is_not_there():
    middle_is_missing = ("c", "Plant", "middle", "top"), ("top", "Top", None, "top"), ("d", "Other", None, "Top")
    assert families(*middle_is_missing) == ["top"]


def test_the_direct_parent_goes_before_the_ultimate_one():
    chain = ("a", "A", "b", "x"), ("b", "B", None, None), ("x", "X", None, None)
    assert families(*chain) == ["b", "x"]


def test_an_ultimate_parent_that_is_not_there_is_none():
    assert families(("a", "A", None, "gone"), ("b", "B", "gone", None)) == ["a", "b"]
