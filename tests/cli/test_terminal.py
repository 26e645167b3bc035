from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import ROOT

if TYPE_CHECKING:
    from pathlib import Path

pty = pytest.importorskip("pty")

SCRIPT = """
import sys, time, fcntl, struct, termios
fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 40, {width}, 0, 0))
import abm.cli.waiting, abm.cli.opening
abm.cli.waiting.PATIENCE = {patience}
scoring = abm.cli.opening.score
def slow(*arguments, progress, **options):
    progress("thinking")
    time.sleep({pause})
    return scoring(*arguments, progress=progress, **options)
abm.cli.opening.score = slow
from abm.cli.app import main
sys.argv = ["abm", *{arguments!r}]
main()
"""


def terminal(*arguments: str, folder: Path, width: int = 80, patience: float = 60, **variables: str) -> str:
    """Run on a terminal of its own and return what was written to it."""
    ours, theirs = os.openpty()
    pause = 0 if patience > 1 else 0.5
    script = SCRIPT.format(width=width, patience=patience, pause=pause, arguments=arguments)
    environment = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "NO_COLOR", "LINES"}}
    environment |= {"TERM": "xterm-256color", "PYTHONPATH": str(ROOT), **variables}
    running = subprocess.Popen(
        [sys.executable, "-c", script], cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    seen = b""
    while True:
        try:
            chunk = os.read(ours, 65536)
        except OSError:  # the other end has closed
            break
        if not chunk:
            break
        seen += chunk
    os.close(ours)
    assert running.wait() in {0, 2}
    return seen.decode().replace("\r\n", "\n")


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)


@pytest.mark.parametrize("width", [40, *(pytest.param(each, marks=pytest.mark.slow) for each in (80, 200))])
def test_a_terminal_gets_colours_and_its_width(workspace: Path, width: int) -> None:
    text = terminal("rank", folder=workspace, width=width)
    assert "\x1b[1m" in text
    rule = next(line for line in plain(text).split("\n") if line.startswith("──"))
    assert len(rule) <= width
    assert max(map(len, plain(text).split("\n"))) <= width


@pytest.mark.slow
def test_no_color(workspace: Path) -> None:
    assert "\x1b" not in terminal("rank", folder=workspace, NO_COLOR="1")


@pytest.mark.slow
def test_the_wait_is_shown_and_taken_away(workspace: Path) -> None:
    text = terminal("rank", folder=workspace, patience=0.05)
    waiting, ranking = text.split("crm", 1)
    assert "thinking" in waiting
    assert "thinking" not in ranking
    assert "\x1b[?25h" in text, "the cursor comes back"


@pytest.mark.slow
def test_quick_work_shows_nothing(workspace: Path) -> None:
    text = terminal("rank", folder=workspace)
    assert "thinking" not in text
    assert "\x1b[?25" not in text


@pytest.mark.slow
def test_data_on_a_terminal_is_safe_to_read(workspace: Path) -> None:
    with (workspace / "accounts.csv").open("a") as stream:
        stream.write("A9,ev\x1b]0;il\x07\x9b2J,1,prospect,DE\n")
    for kind in ("csv", "json", "jsonl"):
        text = terminal("rank", "--format", kind, folder=workspace)
        assert not {"\x1b", "\x07", "\x9b"} & set(text)
        assert "ev" in text


@pytest.mark.slow
def test_parquet_is_not_for_a_terminal(workspace: Path) -> None:
    text = terminal("rank", "--format", "parquet", folder=workspace)
    assert "abm: parquet is not for a terminal to show. Name a file with -o" in text.replace("\n", " ")
