from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from abm.cli import rank as rank_command
from abm.errors import InternalError
from tests.cli.running import ROOT, abm, program


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["rank", "-w", "nowhere"], ["nowhere", "there is no such folder"]),
        (["rank", "--model", "no.yaml"], ["no.yaml", "no such file"]),
        (["rank", "--data", "nowhere"], ["nowhere", "there is no such folder"]),
        (["rank", "--where", "scor > 5"], ["unknown column 'scor'", "Did you mean 'score'?"]),
        (["rank", "--where", "score >"], ["--where", "cannot be read"]),
        (["rank", "--where", "score > 'x'"], ["score", "number"]),
        (["rank", "-o", "no/list.csv"], ["no/list.csv", "there is no folder"]),
        (["rank", "-o", "."], ["is a folder"]),
        (["score", "-o", "model.yaml"], ["model.yaml", "is a file, but should be a folder"]),
        (["rank", "--as-of", "2026-02-30"], ["2026-02-30", "is not a day"]),
        (["rank", "--as-of", "1999-12-31"], ["before 2000"]),
        (["rank", "--top", "0"], ["--top"]),
        (["rank", "--format", "docx"], ["--format", "docx"]),
        (["rank", "--nonsense"], ["--nonsense"]),
        (["ranck"], ["ranck"]),
    ],
)
def test_a_mistake_is_one_clear_message(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: list[str]
) -> None:
    monkeypatch.chdir(workspace)
    done = abm(*arguments, code=2, width=200)
    assert [word for word in words if word not in done.stderr] == []
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("arguments", [["rank", "--where", "scor > 5"], ["rank", "--nonsense"]])
def test_a_program_says_the_same(workspace: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    told = program(*arguments, folder=workspace, code=2, variables={"COLUMNS": "200", "NO_COLOR": "1"}).stderr.decode()
    monkeypatch.chdir(workspace)
    assert told == abm(*arguments, code=2, width=200).stderr


def test_files_at_fault_are_named(workspace: Path) -> None:
    (workspace / "contacts.csv").write_bytes(b"\xff\xfe\x00garbage")
    told = abm("rank", "-w", workspace, code=2).stderr
    assert told.startswith("abm: contacts.csv: ")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file(workspace: Path) -> None:
    (workspace / "contacts.csv").chmod(0)
    assert "contacts.csv" in abm("rank", "-w", workspace, code=2).stderr


def test_all_mistakes_of_a_model_come_together(workspace: Path) -> None:
    (workspace / "model.yaml").write_text('name: tiny\nversion: x\nsingals: []\nfit: {person: [{when: "a >"}]}\n')
    told = abm("rank", "-w", workspace, code=2).stderr
    assert len(re.findall(r"model\.yaml:\d", told)) >= 3
    assert told.count("abm: ") == 1


def test_what_the_data_says_cannot_reach_the_terminal(workspace: Path) -> None:
    told = abm("rank", "-w", workspace, "--where", "x\x1b[31m = 1", code=2).stderr
    assert "\x1b" not in told


def broken(*_: Any, **__: Any) -> Any:
    raise ZeroDivisionError("a \x1b[31mbug")


def test_a_bug_says_so(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rank_command, "opened", broken)
    told = abm("rank", "-w", workspace, code=3).stderr
    assert "this is a bug in abm, not in your data: ZeroDivisionError: a" in told
    assert "--traceback" in told
    assert "Traceback" not in told
    assert "\x1b" not in told


def test_a_traceback_is_for_those_who_ask(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rank_command, "opened", broken)
    assert "Traceback" in abm("--traceback", "rank", "-w", workspace, code=3).stderr
    assert "Traceback" not in abm("rank", "-w", workspace, code=3).stderr
    monkeypatch.setenv("ABM_TRACEBACK", "1")
    assert "Traceback" in abm("rank", "-w", workspace, code=3).stderr
    assert "Traceback" in abm("rank", "-w", workspace / "nowhere", code=3).stderr


def test_a_broken_invariant_is_a_bug(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: Any, **__: Any) -> Any:
        raise InternalError("two and two")

    monkeypatch.setattr(rank_command, "opened", failing)
    assert "this is a bug in abm" in abm("rank", "-w", workspace, code=3).stderr


def test_an_interrupted_run_says_little(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(rank_command, "opened", stopped)
    assert abm("rank", "-w", workspace, code=130).stderr == "abm: stopped.\n"


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    script = command.replace("abm ", f"{sys.executable} -m abm ")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", script], cwd=folder, env=environment, capture_output=True, check=False
    )


def test_a_reader_that_has_seen_enough(workspace: Path) -> None:
    with (workspace / "accounts.csv").open("a") as stream:
        stream.writelines(f"B{i},{'x' * 100},1,prospect,DE\n" for i in range(3000))
    done = shell("abm rank --format csv | head -1", workspace)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"account_id,name")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_behind_stdout(workspace: Path) -> None:
    done = shell("abm rank > /dev/full", workspace)
    assert done.returncode == 2
    assert done.stderr.startswith(b"abm: standard output cannot be written (No space left on device)")
    assert b"Exception" not in done.stderr


@pytest.mark.slow
def test_closed_streams(workspace: Path) -> None:
    assert shell("abm rank >&-", workspace).returncode == 2
    assert shell("abm rank -w nowhere 2>&-", workspace).returncode == 2


@pytest.mark.slow
def test_a_terminated_run_leaves_no_unfinished_file(workspace: Path, tmp_path: Path) -> None:
    script = (
        "import sys, time, abm.output.writers as writers\n"
        "from abm.cli.app import main\n"
        "encoded = writers.encoded\n"
        "def slow(frame, *rest):\n"
        "    if 'topic' in frame.columns:\n"
        "        print('now', flush=True)\n"
        "        time.sleep(60)\n"
        "    return encoded(frame, *rest)\n"
        "writers.encoded = slow\n"
        f"sys.argv = ['abm', 'score', '-w', {str(workspace)!r}, '-o', {str(tmp_path / 'out')!r}]\n"
        "main()\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", script], env=environment, stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"now\n"
        assert list((tmp_path / "out").iterdir())
        running.send_signal(signal.SIGTERM)
        for _ in range(200):
            if running.poll() is not None:
                break
            time.sleep(0.05)
        assert running.returncode == 128 + signal.SIGTERM
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("then", ["raise TypeError('not a data type')", "time.sleep(30)"])
def test_a_signal_that_a_library_swallowed_still_stops(number: signal.Signals, then: str, workspace: Path) -> None:
    # As code called back by a library does, __del__ may not raise: Python drops what it raises.
    script = (
        "import os, signal, sys, time\n"
        "from abm.cli import rank\n"
        "from abm.cli.app import main\n"
        "class Called:\n"
        "    def __del__(self):\n"
        f"        os.kill(os.getpid(), {number:d})\n"
        "        time.sleep(1)\n"
        "def opened(*_, **__):\n"
        "    signalled = Called()\n"
        "    del signalled\n"
        f"    {then}\n"
        "rank.opened = opened\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"sys.argv = ['abm', 'rank', '-w', {str(workspace)!r}]\n"
        "main()\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, check=False, timeout=20)
    assert done.returncode == 128 + number
    assert done.stderr == (b"abm: stopped.\n" if number == signal.SIGINT or "raise" in then else b"")


def test_what_a_library_hears_first_is_not_raised_a_second_time_over_what_tidies_up() -> None:
    # Polars listens too: it raises KeyboardInterrupt by itself, and Python's handler is called after that.
    script = (
        "import signal\n"
        "from abm.cli.stopping import listen\n"
        "class Tidying:\n"
        "    def __enter__(self): pass\n"
        "    def __exit__(self, *_):\n"
        "        signal.raise_signal(signal.SIGINT)\n"
        "        print('tidied', flush=True)\n"
        "        signal.raise_signal(signal.SIGINT)\n"
        "        print('deaf')\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "listen()\n"
        "with Tidying():\n"
        "    raise KeyboardInterrupt\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, check=False, timeout=20)
    assert done.stdout == b"tidied\n"
    assert done.stderr.endswith(b"KeyboardInterrupt\n")
