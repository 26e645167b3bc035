"""`abm sweep`: what it writes where, and what it refuses before it reads anything."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import FILES
from tests.cli.running import abm, program

if TYPE_CHECKING:
    from pathlib import Path


THREE = ("--vary", "mqa.threshold=1,2", "--vary", "mql.threshold=1,2", "--as-of", "2026-06-01,2026-06-02")


@pytest.fixture
def crm(tmp_path: Path) -> Path:
    folder = tmp_path / "crm"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text)
    return folder


def test_a_table_and_a_file(crm: Path, tmp_path: Path) -> None:
    done = abm("sweep", "-w", crm, "--vary", "mqa.threshold=40")
    assert done.stdout.splitlines()[0].startswith("crm · tiny v3 (")
    assert "● base" in done.stdout
    path = tmp_path / "out.csv"
    done = abm("sweep", "-w", crm, "--vary", "mqa.threshold=20..40:20", "-o", path)
    assert f"wrote 2 runs to {path} and {path}.manifest.json" in done.stderr
    rows = list(csv.DictReader(io.StringIO(path.read_text())))
    assert [row["mqa.threshold"] for row in rows] == ["20", "40"]
    assert json.loads((tmp_path / "out.csv.manifest.json").read_text())["base"]["mqa.threshold"] == 40.0


@pytest.mark.slow
def test_one_model_and_one_day_are_those_of_all_and_several_are_tried(crm: Path) -> None:
    vary = ("--vary", "mqa.threshold=40", "--format", "json")
    one = json.loads(abm("sweep", "-w", crm, *vary, "--model", "starter", "--as-of", "2026-06-01").stdout)
    assert (one["base"]["model"], one["base"]["as_of"]) == ("starter", "2026-06-01")
    two = json.loads(
        abm("sweep", "-w", crm, "--format", "json", "--model", "starter", "--model", crm / "model.yaml").stdout
    )
    assert [row["model"] for row in two["rows"]] == ["starter", "tiny"]
    assert two["base"]["model"] == "tiny"


@pytest.mark.slow
def test_a_kept_ledger_gives_the_same_and_is_not_counted_anew(crm: Path) -> None:
    vary = ("sweep", "-w", crm, "--vary", "signals.demo.points=10", "--format", "csv")
    plain = abm(*vary).stdout
    kept = abm(*vary, "--ledger", crm / "ledger")
    assert kept.stdout == plain
    manifest = (crm / "ledger" / "ledger.json").read_bytes()
    done = abm("sweep", "-w", crm, "--vary", "signals.demo.event=visit", "--ledger", crm / "ledger", code=2)
    assert "is a list of model tiny" in done.stderr
    done = abm("sweep", "-w", crm, "--vary", "ignore=type = 'visit'", "--ledger", crm / "ledger", code=2)
    assert "Sweep them from the workspace, without its ledger" in done.stderr
    assert (crm / "ledger" / "ledger.json").read_bytes() == manifest


@pytest.mark.slow
def test_processes_share_the_runs_of_a_kept_ledger(crm: Path) -> None:
    vary = ("sweep", "-w", crm, "--as-of", "2026-06-01..2026-06-30:7d", "--vary", "mqa.threshold=20,40")
    alone = abm(*vary, "--ledger", crm / "ledger", "--format", "csv").stdout
    assert program(*vary, "--ledger", crm / "ledger", "--format", "csv", "--jobs", "2").stdout.decode() == alone
    done = abm(*vary, "--jobs", "2", code=2)
    assert "--jobs 2" in done.stderr
    assert "--ledger DIR" in done.stderr


@pytest.mark.slow
def test_a_picture(crm: Path, tmp_path: Path) -> None:
    pytest.importorskip("altair")
    path = tmp_path / "out.svg"
    abm("sweep", "-w", crm, "--vary", "mqa.threshold=20,40", "-o", path)
    assert path.read_text().startswith("<svg")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "nothing varies. Expected values to try"),
        (["--as-of", "2026-06-30"], "nothing varies"),
        (["--vary", "mqa.threshold"], "says not what to vary"),
        (["--vary", "mqa.threshold=1..9999:1"], "At most 1,000 runs"),
        (["--vary", "mqa.threshold=1", "--vary", "mqa.threshold=2"], "--vary mqa.threshold: is given twice"),
        (["--vary", "mqa.treshold=1"], "Did you mean 'mqa.threshold'?"),
        (["--vary", "mqa.threshold=1", "--as-of", "June"], "'June': is not a day"),
        (["--vary", "mqa.threshold=1", "-o", "out.pdf"], "the ending .pdf tells no format"),
        (["--vary", "mqa.threshold=1", "-o", "{crm}/model.yaml", "--format", "csv"], "is what this result was made of"),
        (["--vary", "mqa.threshold=1", "--model", "starter", "--model", "nobody"], "no shipped model of that name"),
        ([*THREE, "-o", "out.svg"], "3 things vary"),
    ],
)
def test_one_message(crm: Path, arguments: list[str], words: str) -> None:
    done = abm("sweep", "-w", crm, *(each.format(crm=crm) for each in arguments), code=2)
    assert words in done.stderr
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
