from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl

from tests.cli.running import abm, program

if TYPE_CHECKING:
    from pathlib import Path


def test_notes_alone_are_clean(workspace: Path) -> None:
    done = abm("check", "-w", workspace, code=0)
    assert "0 problems" in done.stdout
    assert "events.csv" in done.stdout


def test_a_problem_is_exit_code_1(workspace: Path) -> None:
    with (workspace / "events.csv").open("a") as stream:
        stream.write("C1,visit,yesterday\n")
    done = abm("check", "-w", workspace, code=1)
    assert "events.occurred_at" in done.stdout
    assert "yesterday" in done.stdout
    assert "problem" in abm("rank", "-w", workspace).stderr


def test_what_cannot_run_is_exit_code_2(workspace: Path) -> None:
    (workspace / "model.yaml").write_text("name: tiny\nversion: 3\nsingals: []\n")
    done = abm("check", "-w", workspace, code=2)
    assert "model.yaml:3" in done.stderr
    assert "Did you mean 'signals'?" in done.stderr


def test_equal_rows_are_counted_not_dropped(workspace: Path) -> None:
    report = json.loads(abm("check", "-w", workspace, "--format", "json").stdout)
    (equal,) = [finding for finding in report["findings"] if finding["code"] == "equal_rows"]
    assert (equal["count"], equal["level"], equal["rows"], equal["samples"]) == (1, "note", [4], ["C3"])
    leads = json.loads(abm("rank", "-w", workspace, "--by", "lead", "--format", "json").stdout)
    assert next(row["engagement"] for row in leads if row["contact_id"] == "C3") > 1.9


def test_equal_rows_with_event_ids_are_another_matter(workspace: Path) -> None:
    lines = (workspace / "events.csv").read_text().splitlines()
    numbered = [f"{lines[0]},event_id", *(f"{line},E{i}" for i, line in enumerate(lines[1:]))]
    (workspace / "events.csv").write_text("\n".join(numbered) + "\n")
    assert "equal_rows" not in abm("check", "-w", workspace, "--format", "csv").stdout


def test_later_events_are_not_compared(workspace: Path) -> None:
    done = abm("check", "-w", workspace, "--format", "csv", "--as-of", "2026-06-28")
    assert "equal_rows" not in done.stdout


def test_csv_and_json_are_data(workspace: Path) -> None:
    findings = pl.read_csv(program("check", "-w", workspace, "--format", "csv").stdout)
    report = json.loads(abm("check", "-w", workspace, "--format", "json").stdout)
    assert findings["code"].to_list() == [finding["code"] for finding in report["findings"]]
    assert [table["table"] for table in report["tables"]] == ["accounts", "contacts", "events", "intent"]
