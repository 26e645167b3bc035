"""Processes that share the runs of a sweep: what goes wrong in one of them, and how they end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import abm
from abm.errors import InputError, LedgerError, WorkspaceError
from abm.evaluation.sweep.jobs import Helpers
from abm.ledger.ledger import Place
from abm.model import model_from

if TYPE_CHECKING:
    from abm.ledger.ledger import Ledger

ROOT = Path(__file__).resolve().parents[2]
MODEL = model_from({"name": "tiny", "version": 1, "signals": [{"name": "demo", "event": "demo", "points": 50}]})
RUNS = [(MODEL, date(2026, 6, day)) for day in (1, 2)]


@dataclass(frozen=True)
class Deadly(Place):
    """A ledger whose opening ends the process, as a machine does that runs out of memory."""

    def opened(self) -> Ledger:
        """End."""
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


def _shared(place: Place) -> None:
    with Helpers(place, 2) as helpers:
        helpers.standings(RUNS, print)


def test_what_one_process_finds_wrong_is_said(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="nowhere"):
        _shared(Place(tmp_path / "nowhere", None, None, None))


@pytest.mark.slow
def test_a_process_that_is_killed_is_said() -> None:
    with pytest.raises(LedgerError, match="one of 2 processes was killed"):
        _shared(Deadly(".", None, None, None))


def test_only_a_kept_ledger_can_be_shared() -> None:
    demo = abm.load_workspace(abm.demo_folder())
    for facts in (demo, abm.Ledger(demo)):
        with pytest.raises(InputError, match="kept in a folder"):
            abm.sweep(facts, {"mqa.threshold": [50, 60]}, jobs=2)
    with pytest.raises(InputError, match="jobs is 0"):
        abm.sweep(demo, {"mqa.threshold": [50, 60]}, jobs=0)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks Linux which processes there are")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_helpers_end_with_the_program(tmp_path: Path, how: signal.Signals) -> None:
    crm = tmp_path / "crm"
    command: list[str | Path] = [sys.executable, "-m", "abm"]
    subprocess.run([*command, "demo", crm], cwd=ROOT, check=True, capture_output=True)
    command += ["sweep", "-w", crm, "--ledger", tmp_path / "led", "--as-of", "2025-09-01..2026-06-30:1d", "--jobs", "2"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as begun:
        for _ in range(600):
            if len(_family(begun.pid)) >= 3:
                break
            time.sleep(0.1)
        assert len(_family(begun.pid)) >= 3, "the helpers have not begun"
        time.sleep(1)
        helpers = _family(begun.pid) - {begun.pid}
        begun.send_signal(how)
        try:
            out, said = begun.communicate(timeout=60)
        finally:
            begun.kill()
    assert not out
    assert b"Traceback" not in said
    assert begun.returncode == {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGKILL: -signal.SIGKILL}[how]
    for _ in range(100):
        if not any(_lives(each) for each in helpers):
            break
        time.sleep(0.1)
    assert not [each for each in helpers if _lives(each)]


def _family(session: int) -> set[int]:
    """The processes of a session."""
    told = (_told(int(each.name)) for each in Path("/proc").iterdir() if each.name.isdigit())
    return {pid for pid, _, group in filter(None, told) if group == session}


def _lives(pid: int) -> bool:
    told = _told(pid)
    return told is not None and told[1] != "Z"


def _told(pid: int) -> tuple[int, str, int] | None:
    """Number, state and session of a process, as Linux tells."""
    try:
        state, _, _, session = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[:4]
    except OSError:
        return None
    return pid, state, int(session)
