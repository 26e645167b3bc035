"""A list is there whole or not at all: killed at any moment, on a full disk, between two of its files."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

import abm
from tests.cli.running import ROOT
from tests.export.test_limits import companies
from tests.export.worlds import MODEL, demo

if TYPE_CHECKING:
    from pathlib import Path

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def workspace(folder: Path, count: int) -> Path:
    """Companies enough for three files."""
    folder.mkdir()
    companies(count).write_csv(folder / "accounts.csv")
    (folder / "intent.csv").write_text("account_id,topic,observed_on,score\nA1,crm,2026-06-30,70\n")
    (folder / "model.yaml").write_text(MODEL)
    return folder


def start(crm: Path, output: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "abm", "export", "sixsense-accounts", "-w", str(crm), "-o", str(output)]
    return subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def require_whole(folder: Path) -> bool:
    """Whatever has a final name is complete, and a manifest stands beside all of its files; whether there is one."""
    manifest = folder / "list.csv.manifest.json"
    there = {each.name for each in folder.iterdir() if not each.name.startswith(".")}
    if manifest.exists():
        listed = json.loads(manifest.read_text())["files"]
        for each in listed:
            assert hashlib.sha256((folder / each["file"]).read_bytes()).hexdigest() == each["sha256"]
        assert there == {manifest.name, *(each["file"] for each in listed)}
        return True
    for name in there:
        # Named in the moment before the manifest: then at least each of them is complete.
        lines = (folder / name).read_text().splitlines()
        assert lines[0] == "Account Name,Country,Domain"
        assert len(lines) == 1 + 20_000
    return False


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_killed_at_any_moment(tmp_path: Path, number: signal.Signals) -> None:
    crm = workspace(tmp_path / "crm", 60_000)
    (tmp_path / "whole").mkdir()
    began = time.monotonic()
    with start(crm, tmp_path / "whole" / "list.csv") as running:
        _, told = running.communicate(timeout=120)
    assert running.returncode == 0, told
    duration = time.monotonic() - began
    assert require_whole(tmp_path / "whole")
    shares = (8, 12, 14, 16, 17, 18, 19, 20) if number == signal.SIGKILL else (12, 17, 19)
    moments = [duration * part / 20 for part in shares]
    for moment in moments:
        folder = tmp_path / f"at-{moment:.3f}"
        folder.mkdir()
        with start(crm, folder / "list.csv") as running:
            time.sleep(moment)
            running.send_signal(number)
            running.communicate(timeout=60)
        require_whole(folder)
        if number != signal.SIGKILL:
            assert not [each for each in folder.iterdir() if each.name.startswith(".")], "an unfinished file was left"


SCRIPT = """
import os, signal, sys
from pathlib import Path
import abm
from abm.output import files
step, target = int(sys.argv[1]), Path(sys.argv[2])
done = 0
def now():
    global done
    done += 1
    if done == step:
        os.kill(os.getpid(), signal.SIGKILL)
replace, write = Path.replace, os.fsync
def renamed(self, other):
    now()
    found = replace(self, other)
    now()
    return found
def synced(descriptor):
    now()
    write(descriptor)
    now()
Path.replace, os.fsync = renamed, synced
from tests.export.worlds import demo
from abm.output.lists.library import find_target
page = find_target("sixsense-accounts")
limits = page.limits.model_copy(update={"most": 20})
abm.export(demo(), page.model_copy(update={"limits": limits}), target)
print(done)
"""


@pytest.mark.slow
def test_killed_before_and_after_every_step_of_writing(tmp_path: Path) -> None:
    """Three files and a manifest: each is made lasting and named; the process dies at these of sixteen points."""
    wholes = []
    steps = (1, 8, 9, 10, 11, 13, 15, 16, 17)
    for step in steps:
        folder = tmp_path / str(step)
        folder.mkdir()
        command = [sys.executable, "-c", SCRIPT, str(step), str(folder / "list.csv")]
        done = subprocess.run(command, env=ENVIRONMENT, cwd=ROOT, capture_output=True, check=False, timeout=120)
        assert done.returncode == (0 if step == 17 else -signal.SIGKILL), done.stderr
        manifest = folder / "list.csv.manifest.json"
        for each in folder.glob("list-*.csv"):
            assert each.read_text().startswith("Account Name,Country,Domain\n")
            assert each.read_text().endswith("\n")
        if manifest.exists():
            listed = json.loads(manifest.read_text())["files"]
            assert len(listed) == 3
            for each in listed:
                assert hashlib.sha256((folder / each["file"]).read_bytes()).hexdigest() == each["sha256"]
        wholes.append(manifest.exists())
        if step <= 8:
            assert not list(folder.glob("list*")), "a file has its name before the last one is complete"
    assert wholes == [step >= 16 for step in steps]


def test_an_error_leaves_the_earlier_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = abm.export(demo(), "hubspot-companies", tmp_path / "list.csv")
    before = {each.name: each.read_bytes() for each in tmp_path.iterdir()}

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("abm.output.lists.export.written", full)
    with pytest.raises(abm.errors.OutputError, match="No space left"):
        abm.export(demo(), "hubspot-companies", tmp_path / "list.csv", top=3)
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == before
    assert first.written > 3
