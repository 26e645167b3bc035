"""Minimum, maximum, numbered files: what a platform takes, tried on tables that are large enough."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl
import pytest

import abm
from abm.errors import OutputError, TableError
from abm.output.lists.files import content, parts
from abm.output.lists.target import Target
from tests.export.validator import problems
from tests.export.worlds import demo, frame, read, records, scored

if TYPE_CHECKING:
    from pathlib import Path

WORDS = {"as_of": "2026-06-30", "action": "all"}


def companies(count: int) -> pl.DataFrame:
    numbers = pl.int_range(count, eager=True)
    return pl.select(
        account_id=pl.format("A{}", pl.lit(numbers)),
        name=pl.format("Company number {}", pl.lit(numbers)),
        domain=pl.format("company-{}.com", pl.lit(numbers)),
        country=pl.lit("DE"),
    )


def page(**limits: int) -> Target:
    columns = [{"header": "Name", "from": "account.name"}, {"header": "Size", "from": "account.employees"}]
    return Target.model_validate({"name": "x", "title": "x", "level": "account", "columns": columns, "limits": limits})


@pytest.mark.slow
def test_more_than_a_file_takes_goes_into_numbered_files(tmp_path: Path) -> None:
    result = scored(tmp_path, companies(50_001))
    done = abm.export(result, "sixsense-accounts", tmp_path / "list.csv")
    assert [each.path.name for each in done.files] == ["list-1.csv", "list-2.csv", "list-3.csv"]
    assert [problems("sixsense-accounts", each.path) for each in done.files] == [[], [], []]
    names = [row["Account Name"] for each in done.files for row in records(each.path)]
    assert len(names) == len(set(names)) == 50_001
    assert [each.rows for each in done.files] == [16_667] * 3
    manifest = json.loads(done.manifest.read_text())
    assert [each["rows"] for each in manifest["files"]] == [16_667] * 3
    assert not (tmp_path / "list.csv").exists()
    assert abm.export(result, "sixsense-accounts", tmp_path / "few.csv", top=25_000).files[0].path.name == "few.csv"


@pytest.mark.slow
def test_twenty_megabytes(tmp_path: Path) -> None:
    # Under 300,000 rows, but more than 20 MB.
    long = companies(100_000).with_columns(pl.format("{} {}", "name", pl.lit("x" * 250)).alias("name"))
    done = abm.export(scored(tmp_path, long), "linkedin-companies", tmp_path / "list.csv")
    assert len(done.files) == 2
    assert [problems("linkedin-companies", each.path) for each in done.files] == [[], []]


@pytest.mark.parametrize(("rows", "most"), [(0, 10), (1, 10), (10, 10), (11, 10), (101, 7)])
def test_rows_are_divided_evenly(rows: int, most: int) -> None:
    table = pl.DataFrame({"Name": [str(n) for n in range(rows)], "Size": [1] * rows})
    pieces = parts(page(most=most), table, WORDS, {})
    assert len(pieces) == max(1, -(-rows // most))
    assert all(each.height <= most for each in pieces)
    assert [name for each in pieces for name in each["Name"]] == table["Name"].to_list()


@pytest.mark.slow
@pytest.mark.parametrize("most", [40, 100, 1000, 100_000])
def test_bytes_are_divided(most: int) -> None:
    table = pl.DataFrame({"Name": ["x" * (n % 20) for n in range(500)], "Size": list(range(500))})
    target = page(most_bytes=most)
    pieces = parts(target, table, WORDS, {})
    sizes = [len(b"".join(content(target, each, WORDS, {}))) for each in pieces]
    assert max(sizes) <= most
    assert [n for each in pieces for n in each["Size"]] == list(range(500))


def test_a_row_larger_than_a_file() -> None:
    with pytest.raises(OutputError, match="a single row"):
        parts(page(most_bytes=20), pl.DataFrame({"Name": ["x" * 30], "Size": [1]}), WORDS, {})


@pytest.mark.parametrize(
    ("count", "warned", "noted"), [(299, True, False), (300, False, True), (999, False, True), (1000, False, False)]
)
def test_minimum_and_recommendation(tmp_path: Path, count: int, warned: bool, noted: bool) -> None:
    done = abm.export(scored(tmp_path, companies(count)), "linkedin-companies", tmp_path / "list.csv")
    assert done.written == count
    assert any("fewer than 300" in each for each in done.warnings) == warned
    assert any("recommended" in each for each in done.notes) == noted


def test_an_empty_list_is_a_header_and_a_warning(tmp_path: Path) -> None:
    done = abm.export(demo(), "hubspot-companies", tmp_path / "list.csv", where="employees < 0")
    assert read(done.files[0].path)[0][0] == "Company Domain Name"
    assert (done.written, done.warnings) == (0, ("the list is empty",))


def test_rows_before_the_others_stand_in_every_file(tmp_path: Path) -> None:
    done = abm.export(demo(), "microsoft-customer-match", tmp_path / "list.csv", options={"list_id": "77"})
    version, record, *items = records(done.files[0].path)
    assert (version["Type"], version["Name"]) == ("Format Version", "6.0")
    assert (record["Type"], record["Id"], record["Action Type"]) == ("Customer List", "77", "Add")
    assert {each["Parent Id"] for each in items} == {"77"}
    assert len(items) == done.files[0].rows == done.written


def test_options_change_the_header(tmp_path: Path) -> None:
    done = abm.export(demo(), "salesforce-upsert", tmp_path / "list.csv", options={"external_id": "Abm_Key__c"})
    assert read(done.files[0].path)[0][0] == "Abm_Key__c"


@pytest.mark.parametrize(
    ("target", "name", "said"),
    [
        ("sixsense-accounts", "my list.csv", "spaces"),
        ("hubspot-companies", "list.xlsx", "CSV"),
        ("xlsx", "list.csv", "XLSX"),
        ("csv", "nowhere/list.csv", "no folder"),
    ],
)
def test_names_of_files(tmp_path: Path, target: str, name: str, said: str) -> None:
    with pytest.raises(OutputError, match=said):
        abm.export(demo(), target, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_and_a_name_without_ending(tmp_path: Path) -> None:
    assert abm.export(demo(), "csv", tmp_path).files[0].path == tmp_path / "csv.csv"
    assert abm.export(demo(), "csv", tmp_path / "list").files[0].path.name == "list.csv"


def test_a_list_of_people_needs_people(tmp_path: Path) -> None:
    result = scored(tmp_path, frame([{"account_id": "A1", "name": "Acme"}]))
    with pytest.raises(TableError, match="needs contacts"):
        abm.export(result, "google-customer-match", tmp_path / "list.csv")
