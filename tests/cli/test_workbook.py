from __future__ import annotations

import json
from typing import TYPE_CHECKING

import openpyxl
import pytest

import abm as library
from abm.cli import rank as rank_command
from abm.output import workbook as book
from tests.cli.running import abm, program

if TYPE_CHECKING:
    from pathlib import Path


def rows(path: Path, name: str) -> list[dict[str, object]]:
    header, *lines = openpyxl.load_workbook(path)[name].iter_rows(values_only=True)
    return [dict(zip(map(str, header), line, strict=True)) for line in lines]


@pytest.mark.slow
@pytest.mark.parametrize("by", ["account", "group", "lead"])
def test_a_ranking_for_a_spreadsheet(workspace: Path, tmp_path: Path, by: str) -> None:
    path = tmp_path / "ranking.xlsx"
    # That groups and leads have trends too is seen in test_rank.
    asked: list[str | Path] = ["rank", "-w", workspace, "--by", by, *(["--trend"] if by == "account" else [])]
    columns = ["account_id", "score", *(["score_7d"] if by == "account" else [])]
    done = abm(*asked, "-o", path)
    assert done.stdout == ""
    assert f"to {path}" in done.stderr
    shown = json.loads(abm(*asked, "--format", "json").stdout)
    for row, line in zip(rows(path, f"{by}s"), shown, strict=True):
        assert [row[name] for name in columns] == [line[name] for name in columns]
    about = dict(openpyxl.load_workbook(path)["about"].iter_rows(values_only=True))
    assert (about["model"], about["as of"], about["by"]) == ("tiny", "2026-06-30", by)
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["ranking.xlsx"]


def test_text_of_the_data_is_not_calculated(workspace: Path, tmp_path: Path) -> None:
    abm("rank", "-w", workspace, "-o", tmp_path / "ranking.xlsx")
    assert "=Globex" in [row["name"] for row in rows(tmp_path / "ranking.xlsx", "accounts")]
    page = openpyxl.load_workbook(tmp_path / "ranking.xlsx")["accounts"]
    assert {cell.data_type for line in page.iter_rows() for cell in line} <= {"s", "inlineStr", "n", "b", "d"}


def test_a_sheet_per_table(workspace: Path, tmp_path: Path) -> None:
    done = abm("score", "-w", workspace, "-o", tmp_path / "out", "--format", "xlsx")
    tables = library.score(library.load_workspace(workspace)).tables()
    assert openpyxl.load_workbook(tmp_path / "out" / "results.xlsx").sheetnames == [*tables, "about"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["manifest.json", "results.xlsx"]
    assert "sheet leads" in done.stderr
    assert "older" not in done.stderr
    assert "results.xlsx" in abm("score", "-w", workspace, "-o", tmp_path / "out").stderr.split("older files")[1]


@pytest.mark.slow
def test_two_programs_write_equal_bytes(workspace: Path, tmp_path: Path) -> None:
    abm("score", "-w", workspace, "-o", tmp_path / "a", "--format", "xlsx")
    program("score", "-w", workspace, "-o", tmp_path / "b", "--format", "xlsx", variables={"TZ": "Asia/Tokyo"})
    assert (tmp_path / "a" / "results.xlsx").read_bytes() == (tmp_path / "b" / "results.xlsx").read_bytes()


@pytest.mark.slow
def test_a_workbook_goes_to_a_pipe(workspace: Path) -> None:
    assert program("rank", "-w", workspace, "--format", "xlsx").stdout[:2] == b"PK"


@pytest.mark.parametrize("command", ["rank", "score"])
def test_without_the_package_nothing_is_read(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr(book, "find_spec", lambda _name: None)
    (workspace / "accounts.csv").unlink()
    told = abm(command, "-w", workspace, "--format", "xlsx", "-o", tmp_path / "out", code=2).stderr
    assert "pip install 'abm[xlsx]'" in told
    assert not (tmp_path / "out").exists()


def test_a_workbook_is_not_for_a_terminal(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rank_command, "to_terminal", lambda: True)
    assert "xlsx is not for a terminal" in abm("rank", "-w", workspace, "--format", "xlsx", code=2).stderr
