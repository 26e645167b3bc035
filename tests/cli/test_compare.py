from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import openpyxl
import pytest

from abm.cli import compare as compare_command
from tests.cli.running import abm, program

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def stricter(workspace: Path, tmp_path: Path) -> Path:
    """The workspace's model without its trigger, and with a threshold that nobody reaches."""
    path = tmp_path / "stricter.yaml"
    text = (workspace / "model.yaml").read_text()
    text = text.replace('  triggers: [{name: hand_raise, when: "hand_raisers >= 1"}]\n', "")
    path.write_text(text.replace("name: tiny", "name: strict").replace("threshold: 40", "threshold: 95"))
    return path


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_model_beside_the_workspaces_own(workspace: Path, stricter: Path) -> None:
    done = abm("compare", stricter, "-w", workspace)
    lines = done.stdout.splitlines()
    assert lines[0].startswith("crm · models tiny v3 (")
    assert "→ strict v3 (" in lines[0]
    assert "0 accounts become MQA, 1 stops, 3 stay" in lines[1]
    assert "Stop being MQA (1)" in lines
    assert "no longer trigger hand_raise (rule dropped) · threshold 40 → 95" in done.stdout


@pytest.mark.slow
def test_two_models_and_the_other_way_round(workspace: Path, stricter: Path) -> None:
    there = abm("compare", workspace / "model.yaml", stricter, "-w", workspace).stdout
    assert there == abm("compare", stricter, "-w", workspace).stdout
    assert there == abm("compare", stricter, "--model", workspace / "model.yaml", "-w", workspace).stdout
    back = abm("compare", stricter, workspace / "model.yaml", "-w", workspace).stdout
    assert "1 account becomes MQA, 0 stop, 3 stay" in back
    assert "trigger hand_raise (new rule) · threshold 95 → 40" in back


def test_a_shipped_model_by_name(workspace: Path) -> None:
    assert "→ starter v1" in abm("compare", "starter", "-w", workspace).stdout


def test_two_days(workspace: Path) -> None:
    done = abm("compare", "--since", "2026-06-01", "-w", workspace)
    assert "as of 2026-06-01 → 2026-06-30" in done.stdout
    assert "1 account becomes MQA" not in done.stdout  # it was one then already
    assert "1 account becomes MQA" in abm("compare", "--since", "2026-04-01", "-w", workspace).stdout
    assert "engagement demo" in abm("compare", "--since", "2026-06-01", "-w", workspace, "--by", "lead").stdout


def test_nothing_differs(workspace: Path) -> None:
    text = abm("compare", workspace / "model.yaml", "-w", workspace).stdout
    assert "Nothing differs: it is the same model" in text
    other = workspace / "other.yaml"
    other.write_text((workspace / "model.yaml").read_text().replace("name: tiny", "name: twin"))
    assert "Nothing differs: both models give" in abm("compare", other, "-w", workspace).stdout


def test_csv_has_a_row_per_account_and_is_made_for_spreadsheets(workspace: Path, stricter: Path) -> None:
    read = rows(abm("compare", stricter, "-w", workspace, "--format", "csv").stdout)
    assert (read[0]["account_id"], read[0]["verdict"]) == ("A1", "stops_mqa")
    assert {row["account_id"] for row in read} == {"A1", "A2", "A3", "A4"}
    assert "'=Globex" in [row["name"] for row in read]
    assert len(rows(abm("compare", stricter, "-w", workspace, "--format", "csv", "--top", "2").stdout)) == 2


def test_json_is_one_object(workspace: Path, stricter: Path) -> None:
    read = json.loads(abm("compare", stricter, "-w", workspace, "--format", "json", "--by", "lead").stdout)
    assert (read["before"]["model"], read["after"]["model"], read["by"]) == ("tiny", "strict", "lead")
    assert read["verdicts"]["account"]["stops_mqa"] == 1
    assert {row["contact_id"] for row in read["rows"]} == {"C1", "C2", "C3", "C4", "C5"}
    assert read["segments"][-1]["mqas_lost"] == 1
    assert read["differs"]
    assert read["rank_correlation"] == 1.0


def test_an_ending_that_tells_no_format(workspace: Path, stricter: Path, tmp_path: Path) -> None:
    done = abm("compare", stricter, "-w", workspace, "-o", tmp_path / "changes.pdf", code=2)
    assert "the ending .pdf tells no format. Expected one of .csv, .json, .xlsx, .txt" in done.stderr


@pytest.mark.parametrize("ending", ["csv", "json", "txt", "xlsx"])
def test_the_ending_of_a_file_tells_the_format(workspace: Path, stricter: Path, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"changes.{ending}"
    done = abm("compare", stricter, "-w", workspace, "-o", path)
    assert done.stdout == ""
    assert str(path) in done.stderr
    manifest = path.with_name(path.name + ".manifest.json")
    assert manifest.exists() == (ending == "csv")
    if ending == "csv":
        assert json.loads(manifest.read_text())["after"]["model"] == "strict"
    elif ending == "xlsx":
        book = openpyxl.load_workbook(path)
        assert book.sheetnames == ["accounts", "leads", "segments", "ranking", "about"]
        assert ("before: model", "tiny") in list(book["about"].iter_rows(values_only=True))
    elif ending == "txt":
        assert path.read_text("utf-8").startswith("crm · models tiny v3")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["json", "table", "csv", "xlsx"])
def test_equal_runs_write_equal_bytes(workspace: Path, stricter: Path, tmp_path: Path, kind: str) -> None:
    arguments = ("compare", stricter, "-w", workspace, "--format", kind)
    abm(*arguments, "-o", tmp_path / "a")
    program(*arguments, "-o", tmp_path / "b", variables={"POLARS_MAX_THREADS": "1"})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], ["says nothing of what to compare", "abm compare new.yaml", "--since 2026-05-31"]),
        (["model.yaml", "--since", "2026-06-01"], ["not both at once"]),
        (["model.yaml", "model.yaml", "--model", "model.yaml"], ["--model is a third"]),
        (["no.yaml"], ["no.yaml", "no such file"]),
        (["model.yaml", "no.yaml"], ["no.yaml", "no such file"]),
        (["no.yaml", "model.yaml"], ["no.yaml", "no such file"]),
        (["startr"], ["Did you mean 'starter'?"]),
        (["--since", "2026-06-30"], ["--since 2026-06-30", "expected a day before 2026-06-30"]),
        (["--since", "yesterday"], ["yesterday", "is not a day"]),
        (["model.yaml", "-o", "no/list.csv"], ["no/list.csv", "there is no folder"]),
        (["other.yaml", "--format", "csv", "-o", "other.yaml"], ["other.yaml: is one of the models"]),
        (["other.yaml", "--format", "csv", "-o", "model.yaml"], ["model.yaml", "made of"]),
        (["other.yaml", "-o", "accounts.csv"], ["accounts.csv", "made of"]),
    ],
)
def test_a_mistake_is_one_clear_message(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: list[str]
) -> None:
    (workspace / "other.yaml").write_text((workspace / "model.yaml").read_text())
    monkeypatch.chdir(workspace)
    before = {path.name: path.read_bytes() for path in workspace.iterdir()}
    done = abm("compare", *arguments, code=2)
    assert [word for word in words if word not in " ".join(done.stderr.split())] == []
    assert done.stdout == ""
    assert {path.name: path.read_bytes() for path in workspace.iterdir()} == before


@pytest.mark.slow
def test_what_the_data_says_cannot_reach_the_terminal(
    workspace: Path, stricter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = workspace / "accounts.csv"
    accounts.write_text(accounts.read_text().replace("Acme", "Ac\x1b[31mme"))
    monkeypatch.setattr(compare_command, "to_terminal", lambda: True)
    for kind in ("table", "csv", "json"):
        assert "\x1b" not in abm("compare", stricter, "-w", workspace, "--format", kind).stdout
    assert "xlsx is not for a terminal" in abm("compare", stricter, "-w", workspace, "--format", "xlsx", code=2).stderr
