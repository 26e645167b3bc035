"""What changed since an earlier list: added, removed, and what nobody knows any more."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

import abm
from abm.errors import SourceError, TableError
from tests.export.worlds import records, scored

if TYPE_CHECKING:
    from pathlib import Path

    from abm.output.lists.export import Export

ACCOUNTS = [{"account_id": f"A{n}", "name": f"Company {n}", "domain": f"c{n}.com", "employees": n} for n in range(1, 5)]
PEOPLE: list[dict[str, Any]] = [
    {"contact_id": f"C{n}", "account_id": f"A{n}", "email": f"p{n}@c{n}.com"} for n in range(1, 5)
]


def domains(done: Export, holds: str) -> set[str]:
    return {row["Company Domain Name"] for each in done.files if each.holds == holds for row in records(each.path)}


def test_another_selection(tmp_path: Path) -> None:
    result = scored(tmp_path, ACCOUNTS)
    first = abm.export(result, "hubspot-companies", tmp_path / "list.csv", where="employees <= 3")
    done = abm.export(result, "hubspot-companies", tmp_path / "list.csv", where="employees >= 2", since=first.manifest)
    assert [each.path.name for each in done.files] == ["list-added.csv", "list-removed.csv"]
    assert (domains(done, "added"), domains(done, "removed")) == ({"c4.com"}, {"c1.com"})
    assert (done.added, done.removed, done.lost, done.written) == (1, 1, 0, 3)


@pytest.mark.slow
def test_one_change_after_another_leads_to_the_whole_list(tmp_path: Path) -> None:
    result = scored(tmp_path, ACCOUNTS)
    conditions = ["employees < 3", "employees > 1", "true", "employees = 2", "employees <> 2"]
    there: set[str] = set()
    path, since = tmp_path / "list.csv", None
    for where in conditions:
        done = abm.export(result, "hubspot-companies", path, where=where, since=since)
        there = (there | domains(done, "added") | domains(done, "all")) - domains(done, "removed")
        whole = abm.export(result, "hubspot-companies", tmp_path / "whole.csv", where=where)
        assert there == domains(whole, "all")
        since = done.manifest


def test_nothing_changed(tmp_path: Path) -> None:
    result = scored(tmp_path, ACCOUNTS)
    first = abm.export(result, "hubspot-companies", tmp_path / "list.csv")
    done = abm.export(result, "hubspot-companies", tmp_path / "next.csv", since=first.manifest)
    assert (done.added, done.removed, done.lost) == (0, 0, 0)
    assert [each.rows for each in done.files] == [0, 0]


def test_who_opts_out_is_removed_and_who_is_gone_is_counted(tmp_path: Path) -> None:
    first = abm.export(scored(tmp_path, ACCOUNTS, PEOPLE), "google-customer-match", tmp_path / "list.csv")
    later = [
        {**PEOPLE[0], "opted_out": True},
        PEOPLE[2],
        PEOPLE[3],
        {**PEOPLE[3], "contact_id": "C5", "email": "new@c4.com"},
    ]
    done = abm.export(
        scored(tmp_path, ACCOUNTS, later), "google-customer-match", tmp_path / "next.csv", since=first.manifest
    )
    added, removed = (records(each.path) for each in done.files)
    assert [row["Email"] for row in removed] == [hashlib.sha256(b"p1@c1.com").hexdigest()]
    assert [row["Email"] for row in added] == [hashlib.sha256(b"new@c4.com").hexdigest()]
    assert done.lost == 1


def test_another_address_is_another_row(tmp_path: Path) -> None:
    first = abm.export(scored(tmp_path, ACCOUNTS, PEOPLE), "google-customer-match", tmp_path / "list.csv")
    later = [{**PEOPLE[0], "email": "moved@c1.com"}, *PEOPLE[1:]]
    done = abm.export(
        scored(tmp_path, ACCOUNTS, later), "google-customer-match", tmp_path / "next.csv", since=first.manifest
    )
    # The old address is not in the data any more: only its key is known, and no file can name it.
    assert (done.added, done.removed, done.lost) == (1, 0, 1)


def test_microsoft_adds_and_removes(tmp_path: Path) -> None:
    result, options = scored(tmp_path, ACCOUNTS, PEOPLE), {"list_id": "42"}
    first = abm.export(
        result, "microsoft-customer-match", tmp_path / "list.csv", where="employees < 3", options=options
    )
    done = abm.export(
        result,
        "microsoft-customer-match",
        tmp_path / "list.csv",
        where="employees > 1",
        options=options,
        since=first.manifest,
    )
    actions = {each.holds: records(each.path)[1]["Action Type"] for each in done.files}
    assert actions == {"added": "Add", "removed": "Remove"}
    assert {each.holds: len(records(each.path)) - 2 for each in done.files} == {"added": 2, "removed": 1}
    with pytest.raises(TableError, match="list_id"):
        abm.export(result, "microsoft-customer-match", tmp_path / "list.csv", since=first.manifest)


def test_keys_are_no_hashes_that_others_could_look_up(tmp_path: Path) -> None:
    done = abm.export(scored(tmp_path, ACCOUNTS, PEOPLE), "hubspot-contacts", tmp_path / "list.csv")
    keys = json.loads(done.manifest.read_text())["keys"].split()
    assert len(keys) == len(set(keys)) == 4
    assert keys == sorted(keys)
    known = {hashlib.sha256(text.encode()).hexdigest()[:24] for each in PEOPLE for text in each.values()}
    assert not known & set(keys)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON"),
        ("[]", "no manifest"),
        ('{"abm_list": 1, "target": "hubspot-contacts", "keys": ""}', "of the target"),
        ('{"abm_list": 1, "target": "hubspot-companies", "keys": "xyz"}', "keys were changed"),
        ('{"abm_list": 9, "target": "hubspot-companies", "keys": ""}', "no manifest"),
    ],
)
def test_what_is_no_manifest(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "old.json").write_text(text)
    with pytest.raises(SourceError, match=said):
        abm.export(scored(tmp_path, ACCOUNTS), "hubspot-companies", tmp_path / "list.csv", since=tmp_path / "old.json")
