"""`abm test`: what it prints, and how it ends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from abm.workspace.bundled import shipped_models
from tests.cli.running import ROOT, abm, program

if TYPE_CHECKING:
    from pathlib import Path

CASES = """\
as_of: 2026-06-30
cases:
  - name: a caller is handed to sales
    given: &acme {accounts: {Acme: {employees: 600, contacts: {Ann: {title: CFO, events: [{type: demo}]}}}}}
    expect: {leads: {Ann: {status: hand_raiser, points: {demo: 50}}}}
  - name: "a caller \\e[31m is worth fifty"
    given: *acme
    expect: {leads: {Ann: {score: 50, engagement: at least 60}}}
"""


@pytest.fixture
def cases(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small workspace with two cases of its model, of which one does not hold; and we are there."""
    (workspace / "model.test.yaml").write_text(CASES)
    monkeypatch.chdir(workspace)
    return workspace


def test_cases_that_hold(cases: Path) -> None:
    done = abm("test", cases, "-k", "handed")
    assert done.stdout.splitlines()[2:] == [
        "ok    a caller is handed to sales",
        "",
        "1 of 1 cases hold · 1 not tried",
    ]
    assert done.stderr == ""


@pytest.mark.usefixtures("cases")
def test_a_case_that_does_not_hold_shows_why() -> None:
    text = abm("test", "model.yaml", code=1).stdout.replace("\n      ", "\n")
    assert "FAIL  a caller \N{REPLACEMENT CHARACTER}[31m is worth fifty" in text
    assert (
        "model.test.yaml:8: lead 'Ann': engagement: expected at least 60, got 50\n"
        "  50.0  engagement    demo  signal, 1 time, last on 2026-06-30\n"
        "  50.0  of the score\n"
        "model.test.yaml:8: lead 'Ann': score: expected 50, got 60\n"
        "  10.0  fit           big   account\n"
        "  50.0  engagement    demo  signal, 1 time, last on 2026-06-30\n"
        "  60.0  of the score\n"
    ) in text
    assert text.endswith("1 of 2 cases hold · 1 does not\n")


@pytest.mark.slow
def test_no_line_is_wider_than_the_screen(cases: Path) -> None:
    done = program("test", folder=cases, code=1, variables={"COLUMNS": "40"})
    lines = done.stdout.decode().splitlines()
    assert lines[0] == "model.test.yaml"
    assert max(map(len, lines)) <= 40


def test_json(cases: Path) -> None:
    printed = abm("test", cases, "--format", "json", code=1).stdout
    assert "\x1b" not in printed
    found = json.loads(printed)
    assert (found["cases"], found["hold"], found["fail"], found["left_out"]) == (2, 1, 1, 0)
    assert found["models"][0]["name"] == "tiny"
    good, bad = found["outcomes"]
    assert (good["holds"], good["expectations"], good["differences"]) == (True, 2, [])
    engagement = bad["differences"][0]
    assert (engagement["expected"], engagement["actual"]) == ("at least 60", "50")
    assert [line["points"] for line in engagement["lines"]] == [50.0]


def test_junit(cases: Path) -> None:
    suites = ET.fromstring(abm("test", cases, "--format", "junit", code=1).stdout)
    assert (suites.get("tests"), suites.get("failures")) == ("2", "1")
    good, bad = suites.iter("testcase")
    assert good.find("failure") is None
    failure = bad.find("failure")
    assert failure is not None
    assert "expected at least 60, got 50" in str(failure.get("message"))


def test_mistakes_end_with_two(cases: Path) -> None:
    (cases / "model.test.yaml").write_text(CASES.replace("status: hand_raiser", "statsu: hand_raiser"))
    done = abm("test", cases, code=2)
    assert done.stdout == ""
    assert "model.test.yaml:5: case 'a caller is handed to sales': expect.leads.Ann.statsu: " in done.stderr
    assert "Did you mean 'status'?" in done.stderr
    assert "is not there" in abm("test", cases / "other.yaml", code=2).stderr
    assert "no case is named like 'zzz'" in abm("test", "pardot", "-k", "zzz", code=2).stderr


def test_another_model(cases: Path) -> None:
    draft = cases / "draft.yaml"
    draft.write_text((cases / "model.yaml").read_text().replace("points: 50", "points: 40"))
    done = abm("test", "--model", "draft.yaml", code=1)
    assert "points of demo: expected 50, got 40" in done.stdout


@pytest.mark.parametrize("name", ["adobe", "pardot"])
def test_a_shipped_model_by_its_name(name: str, workspace: Path) -> None:
    assert f"model {name} v1" in abm("rank", "-w", workspace, "--model", name).stdout


def test_a_file_wins_over_a_shipped_name(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (workspace / "adobe").write_text((workspace / "model.yaml").read_text())
    monkeypatch.chdir(workspace)
    assert "model tiny" in abm("rank", "--model", "adobe").stdout


def test_a_name_that_is_nearly_a_shipped_one(workspace: Path) -> None:
    said = abm("rank", "-w", workspace, "--model", "adboe", code=2).stderr
    assert "Did you mean 'adobe'?" in said


def test_help_names_the_shipped_models() -> None:
    text = " ".join(abm("rank", "--help").stdout.replace("│", " ").split())
    assert [name for name in shipped_models() if name not in text] == []


def test_the_copy_of_the_demo_has_its_cases(tmp_path: Path) -> None:
    abm("demo", tmp_path / "mine")
    assert (tmp_path / "mine" / "model.test.yaml").read_bytes() == (ROOT / "config" / "starter.test.yaml").read_bytes()
    assert "1 of 1 cases hold" in abm("test", tmp_path / "mine", "-k", "unsubscribe").stdout
