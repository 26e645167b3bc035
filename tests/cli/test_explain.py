from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import abm.cli.explain
from abm.scoring.explanation import check_sums
from tests.cli.running import abm as run
from tests.cli.running import program
from tests.cli.test_terminal import plain, terminal
from tests.explanation.test_checking import changed, tampered

if TYPE_CHECKING:
    from pathlib import Path


def test_an_account_a_lead_and_a_group(workspace: Path) -> None:
    account = run("explain", "-w", workspace, "acme").stdout
    assert account.startswith("crm · model tiny v3")
    assert "Acme (A1)" in account
    assert "is an MQA" in account
    assert "Committee (core)" in account
    assert "C1 (C1)" not in run("explain", "-w", workspace, "C1").stdout
    assert "buying group core" in run("explain", "-w", workspace, "A1/core").stdout


def test_formats(workspace: Path) -> None:
    told = json.loads(run("explain", "-w", workspace, "A1", "--format", "json").stdout)
    assert told["entity_id"] == "A1"
    assert run("explain", "-w", workspace, "A1", "--format", "markdown").stdout.startswith("# Acme\n")


@pytest.mark.parametrize(("name", "begins"), [("a.md", "# Acme"), ("a.json", "{"), ("a.txt", "crm · model")])
def test_files(workspace: Path, tmp_path: Path, name: str, begins: str) -> None:
    done = run("explain", "-w", workspace, "A1", "-o", tmp_path / name)
    assert done.stdout == ""
    assert (tmp_path / name).read_text().startswith(begins)
    assert "wrote" in done.stderr


def test_no_input_is_overwritten(workspace: Path) -> None:
    before = (workspace / "model.yaml").read_text()
    run("explain", "-w", workspace, "A1", "--format", "json", "-o", workspace / "model.yaml", code=2)
    assert (workspace / "model.yaml").read_text() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["zzz"], "there is no lead or account 'zzz'"),
        (["Acmee"], "Did you mean Acme (A1)?"),
        (["e"], "fits 3 entities"),
        (["A1", "--group", "cor"], "Did you mean 'core'?"),
        ([], "say what to explain"),
        (["A1", "--check"], "not both"),
        (["--check", "-o", "sums.txt"], "--check adds up all scores"),
        (["A1", "-o", "why.pdf"], "the ending .pdf tells no format. Expected one of .json, .md, .markdown, .txt"),
    ],
)
def test_what_cannot_be_explained(workspace: Path, arguments: list[str], said: str) -> None:
    done = run("explain", "-w", workspace, *arguments, code=2)
    assert said in done.stderr
    assert done.stdout == ""


def test_every_sum_is_checked(workspace: Path) -> None:
    assert run("explain", "-w", workspace, "--check").stdout == (
        "5 leads, 4 accounts, 4 groups: every score is the sum of its lines\n"
    )


def test_a_wrong_sum_ends_with_one(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change = changed("C1", "demo", 1)
    monkeypatch.setattr(abm.cli.explain, "check_sums", lambda result: check_sums(tampered(result, change)))
    done = run("explain", "-w", workspace, "--check", code=1)
    assert done.stdout.startswith("lead C1: score is not the sum of its lines\n")
    assert "engagement  demo, signal:" in done.stdout


@pytest.mark.slow
def test_on_a_terminal(workspace: Path) -> None:
    text = terminal("explain", "A1", folder=workspace)
    assert "\x1b[" in text
    assert max(map(len, plain(text).split("\n"))) <= 80


@pytest.mark.slow
def test_in_a_pipe_without_unicode(workspace: Path) -> None:
    piped = program("explain", "A1", folder=workspace, variables={"PYTHONIOENCODING": "ascii"}).stdout
    assert piped.isascii()
    assert not {b"\x1b", b"?"} & {piped[i : i + 1] for i in range(len(piped))}
