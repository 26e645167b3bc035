"""Every argument with values that are not what they should be: one message, exit code 2, nothing written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.hardening.workspaces import HOSTILE, clear, run, workspace

if TYPE_CHECKING:
    from pathlib import Path

LONG = "x" * 300


@pytest.fixture
def crm(tmp_path: Path) -> Path:
    return workspace(tmp_path)


def files_of(folder: Path) -> list[tuple[str, int]]:
    return sorted((str(each), each.lstat().st_mtime_ns) for each in folder.rglob("*"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["rank", "--model", "{crm}"], "is a folder"),
        (["rank", "--model", "/dev/null"], "the file is empty"),
        (["rank", "--model", "{crm}/accounts.csv"], "expected a model"),
        (["rank", "--model", LONG * 20], "File name too long. Check that it exists"),
        (["rank", "--data", "{crm}/accounts.csv"], "is not a folder"),
        (["rank", "-w", "{crm}/accounts.csv"], "is not a folder"),
        (["rank", "-o", "{crm}"], "is a folder. Name a file in it."),
        (["rank", "-o", "{crm}/no/x.csv"], "there is no folder"),
        (["rank", "-o", "{crm}/accounts.csv/x.csv"], "there is no folder"),
        (["rank", "-o", "{crm}/accounts.csv"], "is what this result was made of"),
        (["rank", "-o", "{crm}/round.csv"], "is a link that leads back to itself"),
        (["rank", "-o", f"{{crm}}/{LONG}.csv"], "cannot be written (File name too long)"),
        (["score", "-o", "{crm}/accounts.csv"], "is a file, but should be a folder"),
        (["score", "-o", "{crm}/round.csv"], "is a link that leads back to itself"),
        (["score", "-o", f"{{crm}}/{LONG}"], "cannot be written (File name too long)"),
        (["rank", "--where", ""], "--where: the condition is empty"),
        (["rank", "--where", "true; drop table x"], "';' may not be used"),
        (["rank", "--where", "name in (select 1)"], "may not be used"),
        (["rank", "--where", f"{HOSTILE}name = 1"], "may not be used, except in quotes"),
        (["rank", "--where", "score > 'x'"], "'score' is a number, 'x' is text"),
        (["demo", "{crm}"], "is there already, and nothing is ever overwritten"),
        (["demo", "{crm}/accounts.csv/x"], "is a file, but should be a folder"),
    ],
)
def test_one_message(crm: Path, arguments: list[str], words: str) -> None:
    (crm / "round.csv").symlink_to("round.csv")
    before = files_of(crm.parent)
    given = [each.format(crm=crm) if "{" in each else each for each in arguments]
    if "-w" not in given and given[0] != "demo":
        given += ["-w", str(crm)]
    done = run(*given)
    assert (done.exit_code, done.stdout) == (2, ""), done.output
    assert words in clear_but_long(done.stderr)
    assert files_of(crm.parent) == before


def clear_but_long(told: str) -> str:
    return clear(told.replace(LONG * 20, "x"))


@pytest.mark.parametrize(
    "arguments",
    [
        ["--as-of", "31/02/2026"],
        ["--as-of", "2026-02-31"],
        ["--as-of", "0001-01-01"],
        ["--as-of", "9999-12-31"],
        ["--as-of", ""],
        ["--top", "0"],
        ["--top", "-1"],
        ["--top", "many"],
        ["--format", "xls"],
        ["--by", "people"],
        ["--nosuch"],
        [HOSTILE],
        [f"--{HOSTILE}"],
        ["--top", HOSTILE],
        ["--as-of", HOSTILE],
        ["-w", "a\0b"],
    ],
)
def test_values_that_an_option_does_not_take(crm: Path, arguments: list[str]) -> None:
    done = run("rank", "-w", crm, *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "`abm rank -h` shows what can be said" in clear(done.stderr)


def test_more_rows_than_there_are(crm: Path) -> None:
    assert run("rank", "-w", crm, "--top", "9" * 30).exit_code == 0
