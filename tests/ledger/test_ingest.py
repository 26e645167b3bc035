"""`abm ingest` and `--ledger`: what they say, and that the ranking is the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from abm.cli.app import app

if TYPE_CHECKING:
    from pathlib import Path

RUNNER = CliRunner()


@pytest.fixture
def crm(tmp_path: Path) -> Path:
    assert RUNNER.invoke(app, ["demo", str(tmp_path / "crm")]).exit_code == 0
    return tmp_path / "crm"


def test_it_says_what_it_counted_and_the_next_time_that_nothing_is_new(crm: Path) -> None:
    first = RUNNER.invoke(app, ["ingest", "-w", str(crm)])
    assert first.exit_code == 0
    assert "ledger: events.csv counted" in first.stderr
    assert "10,506 events of 1 delivery, 2025-06-30 to 2026-06-30" in first.stderr
    assert "nothing is new" in RUNNER.invoke(app, ["ingest", "-w", str(crm)]).stderr


def test_the_ranking_from_a_ledger_is_the_ranking(crm: Path) -> None:
    ledger = ["--ledger", str(crm / "ledger")]
    common = ["-w", str(crm), "--trend", "--format", "csv"]
    assert RUNNER.invoke(app, ["rank", *common, *ledger]).stdout == RUNNER.invoke(app, ["rank", *common]).stdout


def test_a_ledger_that_is_a_file_is_refused(crm: Path) -> None:
    said = RUNNER.invoke(app, ["score", "-w", str(crm), "-o", str(crm / "out"), "--ledger", str(crm / "events.csv")])
    assert said.exit_code == 2
    assert "events.csv: is a file, and a ledger is a folder. Name another." in said.stderr
