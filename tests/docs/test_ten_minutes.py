"""The walk from raw exports to a list, word by word: on exports in the words of others, and on the demo's files."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from contextlib import chdir
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
import typer
from typer.testing import CliRunner

from abm.cli.app import app
from abm.cli.docs import page_text
from abm.workspace.bundled import demo_folder
from tests.cli.running import ROOT
from tests.docs.exports import raw_exports

if TYPE_CHECKING:
    from collections.abc import Callable

BLOCKS = re.findall(r"(?:<!-- ([\w-]+) -->\n)?```(\w+)\n(.*?)```", page_text("ten_minutes"), flags=re.DOTALL)
MARKED = {mark: text for mark, _, text in BLOCKS if mark}
STEPS = [text if kind == "sh" else "edit" for mark, kind, text in BLOCKS if mark in ("", "after")]


def typed(line: str, folder: Path) -> str:
    """What a line prints that somebody types into a shell; exit code 1 says that something was found to mend."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    variables = {**os.environ, "PATH": path, "NO_COLOR": "1", "COLUMNS": "120"}
    done = subprocess.run(["bash", "-c", line], cwd=folder, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def in_process(line: str, folder: Path) -> str:
    """The same for the commands of abm, which need not be loaded again for each."""
    program, *arguments = shlex.split(line)
    if program != "abm":
        return typed(line, folder)
    with chdir(folder):
        done = CliRunner().invoke(app, arguments, prog_name="abm", env={"COLUMNS": "120", "NO_COLOR": "1"})
    assert done.exit_code in (0, 1), done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.stdout


def edit(model: Path) -> None:
    """Do by hand what the page says: take the signs of a comment from those lines."""
    text = model.read_text("utf-8")
    assert text.count(MARKED["before"]) == 1
    assert re.sub("^  # ", "  ", MARKED["before"], flags=re.MULTILINE) == MARKED["after"]
    model.write_text(text.replace(MARKED["before"], MARKED["after"]), "utf-8")


def walk(folder: Path, run: Callable[[str, Path], str]) -> list[str]:
    said = []
    for step in STEPS:
        if step == "edit":
            edit(folder / "crm" / "model.yaml")
        else:
            said.append("".join(run(line, folder) for line in step.splitlines()))
    return said


LINES = [line for step in STEPS if step != "edit" for line in step.splitlines() if line.startswith("abm ")]


@pytest.mark.parametrize("line", LINES)
def test_its_commands_are_understood(line: str) -> None:
    _, name, *arguments = shlex.split(line)
    command = typer.main.get_group(app).commands[name]
    assert command.make_context(name, arguments).params


@pytest.mark.slow
def test_the_walk_on_raw_exports(tmp_path: Path) -> None:
    (tmp_path / "crm").mkdir()
    raw_exports(demo_folder(), tmp_path / "crm")
    looked, checked, ranked, explained, compared = walk(tmp_path, in_process)
    assert "salesforce.account" in looked
    assert "bombora.surge" in looked
    assert "29 files · 29 read" in looked
    assert "problems" in checked
    assert re.search(r"1 +Copperfinch Robotics", ranked)
    assert "unknown: fit" not in ranked
    assert "Copperfinch Robotics is an MQA" in explained
    assert "nothing" in compared.lower() or "no " in compared.lower()
    listed = pl.read_csv(tmp_path / "crm" / "ranking.csv")
    assert listed.height == 56
    assert listed["name"][0] == "Copperfinch Robotics"
    assert listed["intent"][0] > 90
    assert (tmp_path / "crm" / "corrections.csv").is_file()


@pytest.mark.slow
def test_the_walk_on_the_stand_in(tmp_path: Path) -> None:
    typed(MARKED["stand-in"], tmp_path)
    _, _, ranked, explained, _ = walk(tmp_path, typed)
    assert re.search(r"1 +Copperfinch Robotics", ranked)
    assert "Copperfinch Robotics is an MQA" in explained


def test_the_page_installs_as_the_readme_does() -> None:
    *lines, last = MARKED["install"].strip().splitlines()
    assert " && ".join(lines) in (ROOT / "README.md").read_text("utf-8")
    assert last == "source .venv/bin/activate"
