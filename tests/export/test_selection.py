"""Who is on a list, and who never is."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

import abm
from abm.errors import ConditionError, InputError, NotFoundError, SourceError, TableError
from tests.export.worlds import DAY, demo, records, scored

if TYPE_CHECKING:
    from pathlib import Path

    from abm.scoring.result import ScoreResult

ACCOUNTS = [
    {"account_id": "A1", "name": "Acme", "domain": "acme.com", "employees": 2000},
    {"account_id": "A2", "name": "Bolt", "domain": "www.bolt.de", "domains": "bolt.de;bolt.com", "employees": 150},
    {"account_id": "A3", "name": "Corp", "domain": "gmail.com", "employees": 10},
    {"account_id": "A4", "name": "Dart", "domain": "dart.io", "employees": 3000, "lifecycle": "competitor"},
    {"account_id": "A5", "name": "Echo", "domain": "gmx.de", "domains": "gmx.de", "employees": 50},
    {"account_id": "A6", "domain": "yahoo.com", "employees": 50},
]
PEOPLE: list[dict[str, Any]] = [
    {"contact_id": "C1", "account_id": "A1", "email": "cfo@acme.com", "title": "Chief Financial Officer"},
    {"contact_id": "C2", "account_id": "A1", "email": "out@acme.com", "opted_out": True},
    {"contact_id": "C3", "account_id": "A2", "email": "b@bolt.de"},
    {"contact_id": "C4", "account_id": "A2", "email": None, "first_name": "Only", "last_name": "Name"},
    {"contact_id": "C5", "account_id": "A4", "email": "d@dart.io"},
    {"contact_id": "C6", "account_id": None, "email": "nobody@nowhere.net"},
    {"contact_id": "C7", "account_id": "A3", "email": "private@gmail.com"},
]


@pytest.fixture
def result(tmp_path: Path) -> ScoreResult:
    events = [{"contact_id": "C3", "type": "demo", "occurred_at": DAY}]
    return scored(tmp_path, ACCOUNTS, PEOPLE, events)


def ids(result: ScoreResult, folder: Path, **asked: Any) -> list[str]:
    """The external ids of a list of accounts."""
    done = abm.export(result, "salesforce-upsert", folder / "list.csv", **asked)
    return [each["External_Id__c"] for each in records(done.files[0].path)]


def mails(result: ScoreResult, folder: Path, **asked: Any) -> list[str]:
    done = abm.export(result, "hubspot-contacts", folder / "list.csv", **asked)
    return [each["Email"] for each in records(done.files[0].path)]


def reasons(folder: Path) -> dict[str, int]:
    manifest = json.loads((folder / "list.csv.manifest.json").read_text())
    return {each["reason"]: each["count"] for each in manifest["dropped"]}


def test_best_ranked_first_and_excluded_ones_only_when_asked(result: ScoreResult, tmp_path: Path) -> None:
    ranked = abm.rank(result)["account_id"].to_list()
    assert ids(result, tmp_path) == ranked
    assert "A4" not in ranked
    assert ids(result, tmp_path, include_excluded=True) == [*ranked, "A4"]


def test_accounts_are_chosen(result: ScoreResult, tmp_path: Path) -> None:
    assert ids(result, tmp_path, top=2) == abm.rank(result, top=2)["account_id"].to_list()
    assert set(ids(result, tmp_path, where="employees < 100")) == {"A3", "A5", "A6"}
    assert ids(result, tmp_path, tier=["A"]) == ["A1"]
    assert set(ids(result, tmp_path, tier=["A", "B"])) == {"A1", "A2"}
    stage = result.accounts.filter(account_id="A2")["stage"].item()
    assert "A2" in ids(result, tmp_path, stage=[stage])
    assert ids(result, tmp_path, saved=("big", "employees >= 1000"), where="true") == ["A1"]


def test_people_are_those_of_the_chosen_accounts(result: ScoreResult, tmp_path: Path) -> None:
    assert mails(result, tmp_path, where="account_id = 'A2'") == ["b@bolt.de"]
    assert reasons(tmp_path) == {"lacks_required": 1}
    assert mails(result, tmp_path, role=["economic_buyer"]) == ["cfo@acme.com"]
    assert mails(result, tmp_path, people_where="engagement > 0") == ["b@bolt.de"]
    assert mails(result, tmp_path) == ["b@bolt.de", "cfo@acme.com", "private@gmail.com"]
    assert reasons(tmp_path) == {"opted_out": 1, "without_account": 1, "lacks_required": 1}
    assert set(mails(result, tmp_path, include_excluded=True)) == {
        "b@bolt.de",
        "cfo@acme.com",
        "private@gmail.com",
        "d@dart.io",
    }


@pytest.mark.parametrize(
    "target", ["linkedin-companies", "sixsense-accounts", "demandbase-accounts", "hubspot-companies"]
)
def test_consumer_domains_never_enter_a_list_of_companies(result: ScoreResult, tmp_path: Path, target: str) -> None:
    done = abm.export(result, target, tmp_path / "list.csv")
    text = done.files[0].path.read_text()
    assert not [each for each in ("gmail", "gmx", "yahoo") if each in text]
    assert "acme.com" in text
    counts = {each.reason: each.count for each in done.dropped}
    assert counts == (
        {"consumer_domain": 3} if target in {"demandbase-accounts", "hubspot-companies"} else {"consumer_domain": 1}
    )


@pytest.mark.parametrize(
    "target", ["google-customer-match", "linkedin-contacts", "hubspot-contacts", "demandbase-people"]
)
def test_who_opted_out_is_on_no_list(tmp_path: Path, target: str) -> None:
    names = {"first_name": "A", "last_name": "B", "account_id": "A1"}
    contacts: list[dict[str, Any]] = [
        {**names, "contact_id": "C1", "email": "one@acme.com", "opted_out": False},
        {**names, "contact_id": "C2", "email": "two@acme.com", "opted_out": True},
        # The same address on a record of its own, and the same record given a second time.
        {**names, "contact_id": "C3", "email": "three@acme.com", "opted_out": None},
        {**names, "contact_id": "C4", "email": " THREE@acme.com", "opted_out": True},
        {**names, "contact_id": "C5", "email": "five@acme.com", "opted_out": False},
        {**names, "contact_id": "C5", "email": "other@acme.com", "opted_out": True},
        # Merged into C6, which says nothing of it.
        {**names, "contact_id": "C6", "email": "six@acme.com", "merged_ids": "C7"},
        {**names, "contact_id": "C7", "email": "seven@acme.com", "opted_out": True},
    ]
    done = abm.export(scored(tmp_path, ACCOUNTS, contacts), target, tmp_path / "list.csv")
    text = done.files[0].path.read_text()
    for word in ("two", "three", "five", "six", "seven", "other"):
        mail = f"{word}@acme.com"
        assert mail not in text
        assert hashlib.sha256(mail.encode()).hexdigest() not in text
    assert done.written == 1


@pytest.mark.parametrize("entry", ["A2", " bolt.com ", "https://www.BOLT.de/about", "@bolt.de"])
def test_suppressed_accounts(result: ScoreResult, tmp_path: Path, entry: str) -> None:
    (tmp_path / "out.txt").write_text(f"# not an entry that means anybody\n{entry}\n")
    assert "A2" not in ids(result, tmp_path, suppress=tmp_path / "out.txt")
    assert reasons(tmp_path) == {"suppressed": 1}


@pytest.mark.parametrize(
    "entry", ["C3", "A2", "B@Bolt.DE", "bolt.de", hashlib.sha256(b"b@bolt.de").hexdigest().upper()]
)
def test_suppressed_people(result: ScoreResult, tmp_path: Path, entry: str) -> None:
    (tmp_path / "out.csv").write_text(f"name,Email Address\nwhoever,{entry}\n")
    assert mails(result, tmp_path, suppress=tmp_path / "out.csv") == ["cfo@acme.com", "private@gmail.com"]


def test_one_address_suppresses_one_person(result: ScoreResult, tmp_path: Path) -> None:
    (tmp_path / "out.csv").write_text("cfo@acme.com\n")
    assert mails(result, tmp_path, suppress=tmp_path / "out.csv") == ["b@bolt.de", "private@gmail.com"]
    assert "A1" in ids(result, tmp_path, suppress=tmp_path / "out.csv")


def test_row_numbers_are_nobody(tmp_path: Path) -> None:
    result = scored(tmp_path, [{"account_id": "1", "name": "One"}, {"account_id": "2", "name": "Two"}])
    (tmp_path / "out.csv").write_text("no,domain\n1,x.com\n")
    assert set(ids(result, tmp_path, suppress=tmp_path / "out.csv")) == {"1", "2"}


def test_top_counts_those_that_are_left(result: ScoreResult, tmp_path: Path) -> None:
    first, second, third = abm.rank(result, top=3)["account_id"].to_list()
    (tmp_path / "out.txt").write_text(first)
    assert ids(result, tmp_path, suppress=tmp_path / "out.txt", top=2) == [second, third]


def test_equal_rows_leave_once(tmp_path: Path) -> None:
    accounts = [{"account_id": f"A{n}", "name": "Acme", "domain": "acme.com", "country": "DE"} for n in range(3)]
    done = abm.export(scored(tmp_path, accounts), "sixsense-accounts", tmp_path / "list.csv")
    assert (done.written, [(each.reason, each.count) for each in done.dropped]) == (1, [("duplicate", 2)])


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        ({"where": "stge = 'x'"}, ConditionError, "Did you mean 'stage'"),
        ({"tier": ["C"]}, NotFoundError, "There are A, B"),
        ({"stage": ["qualifid"]}, NotFoundError, "Did you mean 'qualified'"),
        ({"role": ["user"]}, NotFoundError, "champion"),
        ({"people_where": "x = 1"}, ConditionError, "people-where"),
        ({"saved": ("big", "employes > 1")}, ConditionError, "list big"),
        ({"top": 0}, TableError, "top: 0"),
        ({"options": {"x": "1"}}, TableError, "option x"),
        ({"level": "account"}, TableError, "person"),
        ({"suppress": "nothing.csv"}, SourceError, "nothing.csv"),
        ({"since": "nothing.json"}, SourceError, "nothing.json"),
    ],
)
def test_mistakes(
    result: ScoreResult, tmp_path: Path, asked: dict[str, Any], error: type[InputError], said: str
) -> None:
    with pytest.raises(error, match=said):
        abm.export(result, "hubspot-contacts", tmp_path / "list.csv", **asked)
    assert not (tmp_path / "list.csv").exists()


def test_people_cannot_choose_accounts(result: ScoreResult, tmp_path: Path) -> None:
    with pytest.raises(TableError, match="list of accounts"):
        abm.export(result, "hubspot-companies", tmp_path / "list.csv", role=["champion"])


def test_a_file_of_strangers(result: ScoreResult, tmp_path: Path) -> None:
    (tmp_path / "out.csv").write_text("name,city\nAcme,Berlin\n")
    with pytest.raises(SourceError, match="no column says who"):
        abm.export(result, "hubspot-contacts", tmp_path / "list.csv", suppress=tmp_path / "out.csv")


def test_there_is_no_such_target(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="Did you mean 'hubspot-contacts'"):
        abm.export(demo(), "hubspot-contact", tmp_path / "list.csv")
