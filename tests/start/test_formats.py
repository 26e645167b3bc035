"""Files of every format that is read: the same table, recognised alike."""

from __future__ import annotations

import gzip
import sqlite3
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from abm.workspace.settings import read_settings
from abm.workspace.start import sample as samples_of
from abm.workspace.start.kinds import guesses
from abm.workspace.start.sample import samples
from tests.cli.running import abm
from tests.start.folders import canonical

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PEOPLE = pl.DataFrame(
    {
        "E-Mail": [f"p{n}@firm{n % 12}.example" for n in range(30)],
        "Position": ["Head of Zürich", "CFO", "Engineer"] * 10,
        "Company": [f"Firm {n % 12}" for n in range(30)],
    }
)


def _csv(path: Path) -> None:
    path.write_bytes(PEOPLE.write_csv().encode())


WRITERS: dict[str, Callable[[Path], Any]] = {
    "people.csv": _csv,
    "people.tsv": lambda path: path.write_text(PEOPLE.write_csv(separator="\t"), "utf-8"),
    "people.txt": lambda path: path.write_text(PEOPLE.write_csv(separator=";"), "utf-8"),
    "people-1252.csv": lambda path: path.write_bytes(PEOPLE.write_csv(separator=";").encode("cp1252")),
    "people.jsonl": PEOPLE.write_ndjson,
    "people.parquet": PEOPLE.write_parquet,
    "people.csv.gz": lambda path: path.write_bytes(gzip.compress(PEOPLE.write_csv().encode())),
}


@pytest.mark.parametrize("name", WRITERS)
def test_one_table_in_many_formats(name: str, tmp_path: Path) -> None:
    WRITERS[name](tmp_path / name)
    (found,) = samples(name, tmp_path)
    best = guesses(found).best
    assert best is not None
    assert (best.table, found.count) == ("contacts", 30)
    assert dict(best.columns) == {"contact_id": "E-Mail", "email": "E-Mail", "company": "Company", "title": "Position"}


def test_each_sheet_of_a_workbook(tmp_path: Path) -> None:
    xlsxwriter = pytest.importorskip("xlsxwriter")
    pytest.importorskip("fastexcel")
    folder = canonical(tmp_path / "crm")
    (folder / "accounts.csv").unlink()
    with xlsxwriter.Workbook(folder / "crm.xlsx") as book:
        companies, people = book.add_worksheet("Companies #1, all"), book.add_worksheet("People")
        book.add_worksheet("Notes")
        companies.write_row(0, 0, ["Company", "Website", "Industry"])
        people.write_row(0, 0, PEOPLE.columns)
        for place in range(12):
            companies.write_row(1 + place, 0, [f"Firm {place}", f"firm{place}.example", "Software"])
        for place, row in enumerate(PEOPLE.rows()):
            people.write_row(1 + place, 0, row)
    done = abm("init", folder)
    assert "crm.xlsx [People]" in done.stdout
    tables = read_settings(folder / "workspace.yaml")[0].tables
    assert [source.sheet for source in tables["accounts"]] == ["Companies #1, all"]
    assert [source.sheet for source in tables["contacts"]] == [None, "People"]
    abm("rank", "-w", folder)


def test_a_database_is_noted(tmp_path: Path) -> None:
    folder = canonical(tmp_path / "crm")
    with sqlite3.connect(folder / "crm.sqlite") as connection:
        connection.execute("create table accounts (id)")
    connection.close()
    done = abm("init", folder)
    assert "{database: crm.sqlite, table: NAME}" in " ".join(done.stdout.split())


def test_a_large_file_is_looked_at_in_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples_of, "LARGE", 100)
    monkeypatch.setattr(samples_of, "_HEAD", 600)
    for name in ("people.csv", "people.csv.gz"):
        WRITERS[name](tmp_path / name)
        (found,) = samples(name, tmp_path)
        assert found.count is None
        assert 2 < found.rows.height < 30
        assert found.header == tuple(PEOPLE.columns)


def test_a_part_never_ends_within_a_quoted_cell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples_of, "LARGE", 100)
    monkeypatch.setattr(samples_of, "_HEAD", 250)
    frame = PEOPLE.with_columns(note=pl.lit('two\nlines, "quoted"'))
    frame.write_csv(tmp_path / "people.csv")
    (found,) = samples("people.csv", tmp_path)
    assert set(found.rows["note"]) == {'two\nlines, "quoted"'}


def test_partitioned_folders_become_one_pattern(tmp_path: Path) -> None:
    folder = canonical(tmp_path / "crm")
    (folder / "events.csv").unlink()
    for month in (5, 6):
        part = folder / "events" / f"month={month}"
        part.mkdir(parents=True)
        pl.DataFrame(
            {"contact_id": ["C1", "C2"], "type": ["email_click"] * 2, "occurred_at": [f"2026-0{month}-01"] * 2}
        ).write_parquet(part / "part-0.parquet")
    abm("init", folder)
    tables = read_settings(folder / "workspace.yaml")[0].tables
    assert tables["events"][0].file == ("events/month=*/part-*.parquet",)
    abm("rank", "-w", folder)
