"""README says nothing that does not run: its shell and Python blocks are executed, its screen is compared."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import abm

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"(?:<!-- ([\w-]+) -->\n)?```(\w+)\n(.*?)```", README, flags=re.DOTALL)
INTERN_OF = "Lanternfield Software"
SETUP = {"main-command", "test-command"}
HOME = "home-"
"""Begins the marks of blocks that are parts of an example for another program; `tests/homes` runs those examples."""


def of(language: str) -> list[str]:
    return [text for mark, kind, text in BLOCKS if kind == language and mark not in SETUP and not mark.startswith(HOME)]


def command(mark: str) -> str:
    (text,) = [str(text) for given, _, text in BLOCKS if given == mark]
    return text


UNSHARED = shutil.ignore_patterns(".venv", ".git", "__pycache__", ".*_cache", ".hypothesis")


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone in which the main command has run, and nothing else; `printed.txt` is what it printed."""
    clone = tmp_path_factory.mktemp("plain") / "clone"
    shutil.copytree(ROOT, clone, ignore=UNSHARED)
    (clone / "printed.txt").write_text(run(["bash", "-c", command("main-command")], clone).stdout)
    return clone


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder that looks like a clone in which the set-up command has run."""
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    for name in ("fixtures", "config"):
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


@pytest.fixture
def clone(plain: Path, tmp_path: Path) -> Path:
    """Another clone with the programs of the plain one."""
    shutil.copytree(plain, tmp_path / "clone", ignore=UNSHARED)
    (tmp_path / "clone" / ".venv").symlink_to(plain / ".venv")
    return tmp_path / "clone"


def run(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1"}
    done = subprocess.run(arguments, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done


@pytest.mark.slow
@pytest.mark.parametrize("block", of("sh"))
def test_shell_blocks_run_in_a_plain_install(block: str, clone: Path) -> None:
    run(["bash", "-euo", "pipefail", "-c", block], clone)


@pytest.mark.parametrize("block", of("python"))
def test_python_blocks_run(block: str, checkout: Path) -> None:
    run([sys.executable, "-c", block], checkout)


def test_the_ranking_is_the_one_a_reader_gets(checkout: Path) -> None:
    (shown,) = of("text")
    printed = run([str(checkout / ".venv" / "bin" / "abm"), "demo"], checkout).stdout
    assert shown.rstrip() == printed.rstrip()


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\((?!http|#)([^)#]+)", README))))
def test_links_lead_to_files(link: str) -> None:
    assert (ROOT / link).exists()


def test_the_stories_of_the_ranking_are_true() -> None:
    """What README tells of three companies of the demo."""
    workspace = abm.load_workspace(abm.demo_folder())
    result = abm.score(workspace)
    accounts = {row["name"]: row for row in result.accounts.iter_rows(named=True)}
    covered, raised, busy = (accounts[name] for name in ("Copperfinch Robotics", "Hagebutte Maschinenbau", INTERN_OF))
    assert (covered["coverage"], covered["spiking_topic_count"]) == (100, 3)
    assert (raised["is_mqa"], raised["hand_raisers"], raised["known_contacts"]) == (True, 1, 1)
    assert not busy["is_mqa"]
    people = result.people(busy["account_id"]).select("contact_id")
    seen = workspace.tables["events"].frame.filter(type="page_view").collect().join(people, on="contact_id")
    views = max(seen.group_by("contact_id").len()["len"].to_list())
    assert f"{INTERN_OF}, with {views} page views" in " ".join(README.split())


def test_the_two_commands_are_one_line_each() -> None:
    for mark in SETUP:
        assert len(command(mark).strip().splitlines()) == 1


@pytest.mark.slow
def test_the_main_command_works_where_only_python_is(plain: Path, tmp_path: Path) -> None:
    assert "Copperfinch Robotics" in (plain / "printed.txt").read_text()
    # What is installed is all there, away from the clone.
    assert run([str(plain / ".venv" / "bin" / "abm"), "docs", "glossary"], tmp_path).stdout.startswith("# Glossary")
