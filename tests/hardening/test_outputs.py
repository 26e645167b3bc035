"""Results appear whole or not at all: on a full disk, and whatever signal comes when."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.cli.running import ROOT
from tests.hardening.workspaces import clear, workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
_DISK = 64 << 10
_SMALL = 4096


def start(*arguments: object, **options: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "abm", *map(str, arguments)]
    return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
        command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options
    )


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 kB, of which 56 are taken."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_DISK}", "tmpfs", str(disk)]
    if os.name != "posix" or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk cannot be mounted here; a limit on the size of files stands in for it below")
    try:
        (disk / "full").write_bytes(bytes(_DISK - 2 * _SMALL))
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], capture_output=True, check=True)


OUTPUTS = [
    ("rank", "r.csv"),
    pytest.param("score", "out", marks=pytest.mark.slow),
    pytest.param("demo", "mine", marks=pytest.mark.slow),
]


def arguments(command: str, crm: Path, target: Path) -> list[object]:
    return [command, target] if command == "demo" else [command, "-w", crm, "-o", target]


def judged(done: subprocess.Popen[bytes], words: str) -> None:
    _, told = done.communicate(timeout=120)
    assert done.returncode == 2, told
    message = clear(told.decode())
    assert words in message
    assert "Nothing half-written was left behind" in message


@pytest.mark.parametrize(("command", "target"), OUTPUTS)
def test_a_full_disk(tmp_path: Path, small_disk: Path, command: str, target: str) -> None:
    crm = workspace(tmp_path)
    # A row of the ranking longer than what is left of the disk.
    (crm / "accounts.csv").write_text(f"account_id,name\nA1,{'x' * 3 * _SMALL}\nA2,b\n")
    judged(start(*arguments(command, crm, small_disk / target)), "cannot be written (No space left on device)")
    assert [each.name for each in small_disk.iterdir()] == ["full"]


@pytest.mark.slow
@pytest.mark.parametrize(("command", "target"), OUTPUTS)
def test_files_that_may_not_grow(tmp_path: Path, command: str, target: str) -> None:
    crm = workspace(tmp_path)
    (crm / "accounts.csv").write_text(f"account_id,name\nA1,{'x' * 3 * _SMALL}\nA2,b\n")
    place = tmp_path / "place"
    place.mkdir()

    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (_SMALL, _SMALL))

    judged(start(*arguments(command, crm, place / target), preexec_fn=limited), "cannot be written (File too large)")
    assert list(place.iterdir()) == []


@pytest.mark.slow
def test_an_old_result_outlives_a_failed_new_one(tmp_path: Path, small_disk: Path) -> None:
    crm = workspace(tmp_path)
    (small_disk / "r.csv").write_text("old\n")
    (crm / "accounts.csv").write_text(f"account_id,name\nA1,{'x' * 3 * _SMALL}\nA2,b\n")
    judged(start("rank", "-w", crm, "-o", small_disk / "r.csv"), "No space left on device")
    assert (small_disk / "r.csv").read_text() == "old\n"
    assert sorted(each.name for each in small_disk.iterdir()) == ["full", "r.csv"]


def stopped(tmp_path: Path, whole: list[str], number: signal.Signals, after: float) -> tuple[int, bytes]:
    """Score the demo, stop it after some seconds, and check that nothing is left behind unless all of it is there."""
    out = tmp_path / f"out{number}-{after:.3f}"
    temporary = tmp_path / "tmp"
    temporary.mkdir(exist_ok=True)
    with start("score", "-w", ROOT / "fixtures" / "demo", "-o", out, preexec_fn=_undisturbed) as running:
        time.sleep(after)
        running.send_signal(number)
        _, told = running.communicate(timeout=60)
    if out.exists():
        assert sorted(each.name for each in out.iterdir()) == whole, after
    # Before the first line of ours runs, a signal meets Python as it starts up, which answers as Python does.
    assert b"Traceback" not in told or b"/abm/" not in told, (after, told)
    return running.returncode, told


def _undisturbed() -> None:
    # A test runner in the background has Ctrl-C switched off for its children.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_at_any_time_leaves_nothing_half_written(tmp_path: Path, number: signal.Signals) -> None:
    began = time.monotonic()
    with start("score", "-w", ROOT / "fixtures" / "demo", "-o", tmp_path / "whole") as whole:
        whole.communicate(timeout=120)
    duration = time.monotonic() - began
    names = sorted(each.name for each in (tmp_path / "whole").iterdir())
    codes = {stopped(tmp_path, names, number, duration * part / 24)[0] for part in range(2, 27, 3)}
    # Before Python listens a signal ends it by itself; after the last file the run has succeeded.
    assert codes <= {0, 130, 143, -number, 128 + number}, codes
    assert 128 + number in codes
    assert [each.name for each in tmp_path.rglob("*.part")] == []


@pytest.mark.slow
def test_ctrl_c_while_writing_leaves_nothing(tmp_path: Path) -> None:
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
        f"sys.argv = ['abm', 'score', '-w', {str(workspace(tmp_path))!r}, '-o', {str(tmp_path / 'out')!r}]\n"
        "main()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=_undisturbed,  # noqa: PLW1509 - the child has one thread
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"now\n"
        assert list((tmp_path / "out").iterdir())
        running.send_signal(signal.SIGINT)
        _, told = running.communicate(timeout=60)
    assert (running.returncode, told) == (130, b"abm: stopped.\n")
    assert not (tmp_path / "out").exists()
