"""People put aside beside a ledger: placed once for all runs, and anew as soon as anything they come from changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from abm.ledger.ledger import Ledger
from abm.model.matching import MatchSettings
from abm.scoring.facts import placed as placing
from abm.scoring.facts import placed_days
from tests.ledger.same import AS_OF, assert_same, from_files

if TYPE_CHECKING:
    from pathlib import Path

DAYS = (AS_OF, "2026-03-31", "2025-12-31")


@pytest.fixture
def placed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Told of every time people are placed."""
    times: list[str] = []
    whole = placing.placed_until

    def told(*given: Any) -> Any:
        times.append("placed")
        return whole(*given)

    monkeypatch.setattr(placed_days, "placed_until", told)
    return times


def with_days_and_duplicates(crm: Path) -> None:
    """Some people were created during the year, and two of the first are one person."""
    people = pl.read_csv(crm / "contacts.csv", infer_schema=False)
    place = pl.int_range(pl.len())
    created = pl.when(place % 3 == 2).then(pl.lit("2026-02-15")).otherwise(pl.lit("2025-01-31")).alias("created_at")
    first = people["email"].drop_nulls()[0]
    known = people["email"].is_not_null().arg_true()[1]
    mail = pl.when(place == known).then(pl.lit(first)).otherwise("email").alias("email")
    created = pl.when(place <= known).then(pl.lit("2025-01-31")).otherwise(created).alias("created_at")
    people.with_columns(created, mail).write_csv(crm / "contacts.csv")


@pytest.mark.slow
def test_people_are_placed_once_for_all_runs_and_days(crm: Path, placed: list[str]) -> None:
    with_days_and_duplicates(crm)
    first = Ledger.kept(crm).score()
    assert placed == ["placed"]
    assert "duplicate" in first.matches["method"]
    for day in DAYS:
        again = Ledger.kept(crm).score(as_of=day)
        alone = from_files(crm, day)
        assert_same(again, alone)
        assert again.contact_rows().collect().equals(alone.contact_rows().collect())  # type: ignore[union-attr]
        told, of_alone = ([each for each in run.findings if each.table == "contacts"] for run in (again, alone))
        assert told == of_alone
    assert placed == ["placed"]


def changed_contacts(crm: Path) -> None:
    people = pl.read_csv(crm / "contacts.csv", infer_schema=False)
    people.with_columns(pl.lit("Chief Executive Officer").alias("title")).write_csv(crm / "contacts.csv")


def changed_accounts(crm: Path) -> None:
    accounts = pl.read_csv(crm / "accounts.csv", infer_schema=False)
    accounts.head(accounts.height // 2).write_csv(crm / "accounts.csv")


def corrected(crm: Path) -> None:
    contact, account = (
        pl.read_csv(crm / f"{table}.csv", infer_schema=False)[f"{table[:-1]}_id"][-1]
        for table in ("contacts", "accounts")
    )
    (crm / "corrections.csv").write_text(f"contact_id,account_id\n{contact},{account}\n")


def read_otherwise(crm: Path) -> None:
    path = crm / "workspace.yaml"
    path.write_text(
        path.read_text().replace("contacts: contacts.csv", "contacts: {file: contacts.csv, dedupe: [email]}")
    )


def asked_for_more(crm: Path) -> None:
    path = crm / "model.yaml"
    path.write_text(path.read_text().replace("title ilike '%student%'", "title ilike '%student%' or country = 'DE'"))


CHANGES = [
    changed_contacts,
    *(
        pytest.param(each, marks=pytest.mark.slow)
        for each in (corrected, changed_accounts, read_otherwise, asked_for_more)
    ),
]


@pytest.mark.parametrize("change", CHANGES)
def test_what_people_come_from_changes_and_they_are_placed_anew(crm: Path, placed: list[str], change: Any) -> None:
    Ledger.kept(crm).score()
    change(crm)
    assert_same(Ledger.kept(crm).score(), from_files(crm))
    assert placed == ["placed"] * 2


@pytest.mark.slow
def test_other_settings_of_matching_are_other_people(crm: Path, placed: list[str]) -> None:
    ledger = Ledger.kept(crm)
    for settings in (MatchSettings(), MatchSettings(fuzzy=False)):
        ledger.score(matching=settings)
    assert placed == ["placed"] * 2
    Ledger.kept(crm).score(matching=MatchSettings(fuzzy=False))
    assert placed == ["placed"] * 2


def label(crm: Path) -> Path:
    return crm / "ledger" / "shelf" / "people.json"


def damaged_label(crm: Path) -> None:
    label(crm).write_text("{")


def damaged_frame(crm: Path) -> None:
    (path,) = label(crm).parent.glob("people-frame-*.parquet")
    path.write_bytes(path.read_bytes()[:100])


def lost_frame(crm: Path) -> None:
    (path,) = label(crm).parent.glob("people-matches-*.parquet")
    path.unlink()


@pytest.mark.slow
@pytest.mark.parametrize(
    "damage",
    [damaged_frame, damaged_label, lost_frame],
)
def test_a_damaged_shelf_is_filled_anew(crm: Path, placed: list[str], damage: Any) -> None:
    expected = Ledger.kept(crm).score()
    damage(crm)
    for _ in range(2):
        assert_same(Ledger.kept(crm).score(), expected)
    assert placed == ["placed"] * 2
    assert len(list(label(crm).parent.glob("*.parquet"))) == 7


@pytest.mark.slow
def test_a_shelf_that_cannot_be_written_is_none(crm: Path, placed: list[str]) -> None:
    Ledger.kept(crm)
    label(crm).parent.write_text("a file where the folder would be")
    for _ in range(2):
        assert_same(Ledger.kept(crm).score(), from_files(crm))
    assert placed == ["placed"] * 2
