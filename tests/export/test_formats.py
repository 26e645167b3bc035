"""Every file of every target is accepted by a validator that knows only the platforms, and read alike twice."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import openpyxl
import polars as pl
import pytest

import abm
from tests.export.validator import HEADERS, LEAST, MACHINES, problems
from tests.export.worlds import DAY, HOSTILE, demo, hostile, read, records, scored

if TYPE_CHECKING:
    from abm.output.lists.export import Export
    from abm.scoring.result import ScoreResult

FORMATS = Path(__file__).parents[3] / "shared" / "FORMATS.md"


def written(result: ScoreResult, target: str, folder: Path) -> Export:
    done = abm.export(result, target, folder / f"{target}.csv")
    assert done.written
    return done


@pytest.mark.parametrize("target", MACHINES)
def test_the_demo_is_accepted(tmp_path: Path, target: str) -> None:
    done = written(demo(), target, tmp_path)
    assert problems(target, done.files[0].path) == []
    assert bool(done.warnings) == (done.written < LEAST.get(target, 0))


@pytest.mark.parametrize("target", MACHINES)
def test_hostile_names_are_accepted(tmp_path: Path, target: str) -> None:
    done = written(hostile(tmp_path), target, tmp_path)
    assert problems(target, done.files[0].path) == []
    assert done.written == len(HOSTILE)


@pytest.mark.parametrize("target", MACHINES)
def test_a_database_reads_identical_values(tmp_path: Path, target: str) -> None:
    path = written(hostile(tmp_path), target, tmp_path).files[0].path
    query = f"select * from read_csv('{path}', all_varchar = true, header = true, delim = ',', quote = '\"', null_padding = false)"  # noqa: E501
    with duckdb.connect() as connection:
        found = connection.execute(query)
        header = [each[0] for each in found.description]
        rows = [["" if each is None else each for each in row] for row in found.fetchall()]
    assert [header, *rows] == read(path)


@pytest.mark.parametrize("target", MACHINES)
def test_equal_results_give_equal_bytes(tmp_path: Path, target: str) -> None:
    first = abm.export(demo(), target, tmp_path / "one.csv").files[0]
    second = abm.export(demo(), target, tmp_path / "two.csv").files[0]
    assert first.path.read_bytes() == second.path.read_bytes()


@pytest.mark.skipif(not FORMATS.is_file(), reason="the page of formats lies beside the repository")
def test_the_validator_has_the_headers_of_the_page() -> None:
    page = FORMATS.read_text("utf-8")
    assert [target for target, header in HEADERS.items() if f"| {target} | `{header}`" not in page] == []


def test_what_a_machine_reads_is_untouched(tmp_path: Path) -> None:
    names = [
        each["Account Name"]
        for each in records(written(hostile(tmp_path), "sixsense-accounts", tmp_path).files[0].path)
    ]
    assert {'=HYPERLINK("http://evil.example","x")', "+1+1", "-2+3", "@SUM(A1)"} <= set(names)
    # A list is one line a row to most that read it, and nobody is called by marks of direction.
    assert {"Line break GmbH", "Right to left", "Invisible", "Tab", "عربى للتجارة"} <= set(names)


def test_what_a_spreadsheet_opens_calculates_nothing(tmp_path: Path) -> None:
    path = abm.export(hostile(tmp_path), "csv", tmp_path / "list.csv").files[0].path
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    cells = [cell for row in read(path)[1:] for cell in row if not cell.lstrip("-").replace(".", "").isdigit()]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    names = {each["name"] for each in records(path)}
    assert '\'=HYPERLINK("http://evil.example","x")' in names
    assert "Line\nbreak\r\nGmbH" in names


def test_a_workbook_holds_texts(tmp_path: Path) -> None:
    path = abm.export(hostile(tmp_path), "xlsx", tmp_path / "list.xlsx").files[0].path
    page = openpyxl.load_workbook(path)["list"]
    header, *rows = page.iter_rows(values_only=True)
    names = [row[header.index("name")] for row in rows]
    assert '=HYPERLINK("http://evil.example","x")' in names
    assert not [cell for row in page.iter_rows() for cell in row if cell.data_type == "f"]


@pytest.mark.parametrize("level", ["account", "person"])
def test_parquet_has_everything_untouched(tmp_path: Path, level: str) -> None:
    result = hostile(tmp_path)
    done = abm.export(result, "parquet", tmp_path / "list.parquet", level=level)  # type: ignore[arg-type]
    frame = pl.read_parquet(done.files[0].path)
    assert frame.height == len(HOSTILE)
    given = set(HOSTILE)
    assert set(frame["name" if level == "account" else "title"]) == given
    results = result.accounts if level == "account" else result.leads
    assert frame.columns[: len(results.columns)] == results.columns
    assert pl.read_parquet_metadata(done.files[0].path)["as_of"] == DAY.isoformat()


def test_the_manifest_says_what_when_and_how_many(tmp_path: Path) -> None:
    done = abm.export(demo(), "linkedin-contacts", tmp_path / "list.csv", where="stage = 'engaged'", top=5)
    manifest = json.loads(done.manifest.read_text("ascii"))
    assert done.manifest.name == "list.csv.manifest.json"
    (file,) = manifest["files"]
    assert file["sha256"] == hashlib.sha256((tmp_path / "list.csv").read_bytes()).hexdigest()
    assert (file["file"], file["rows"]) == ("list.csv", done.written)
    assert manifest["selection"] == {"where": "stage = 'engaged'", "top": 5}
    assert manifest["selected"] == manifest["rows"] + sum(each["count"] for each in manifest["dropped"])
    assert {"model", "model_version", "model_hash", "as_of", "abm_version"} <= set(manifest)


def test_the_manifest_names_nobody(tmp_path: Path) -> None:
    contacts = [
        {
            "contact_id": f"person{n}@acme.com",
            "account_id": "A1",
            "email": f"person{n}@acme.com",
            "last_name": "Zimmermann",
            "opted_out": n == 3,
        }
        for n in range(5)
    ]
    result = scored(tmp_path, [{"account_id": "A1", "name": "Acme"}], contacts)
    text = abm.export(result, "hubspot-contacts", tmp_path / "list.csv").manifest.read_text()
    hashes = {hashlib.sha256(f"person{n}@acme.com".encode()).hexdigest()[:24] for n in range(5)}
    assert "person" not in text.replace('"level": "person"', "")
    assert "Zimmermann" not in text
    assert not [each for each in hashes if each in text]
