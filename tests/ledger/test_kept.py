"""A ledger kept in a folder: what is new is counted, what came again replaces, and stopping it loses nothing."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from abm.errors import LedgerError
from abm.ledger import book as books
from abm.ledger.ledger import Ledger
from tests.ledger.same import AS_OF, assert_same, from_files


def test_a_new_file_is_counted_and_the_others_are_not_read(crm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = sorted((crm / "events").glob("*.csv"))
    last = files[-1].read_bytes()
    files[-1].unlink()
    Ledger.kept(crm)
    files[-1].write_bytes(last)
    read: list[str | None] = []
    opened = books._opened

    def told(*given: Any) -> Any:
        read.append(given[2].file)
        return opened(*given)

    monkeypatch.setattr(books, "_opened", told)
    ledger = Ledger.kept(crm)
    assert read == [f"events/{files[-1].name}"]
    assert_same(ledger.score(), from_files(crm))
    assert_same(ledger.score(as_of="2026-05-15"), from_files(crm, "2026-05-15"))


@pytest.mark.slow
def test_a_delivery_that_comes_again_replaces_its_own_rows(crm: Path) -> None:
    Ledger.kept(crm)
    path = max((crm / "events").glob("*.csv"))
    rows = pl.read_csv(path, infer_schema=False)
    rows.head(rows.height // 2).write_csv(path)
    assert_same(Ledger.kept(crm).score(), from_files(crm))
    rows.write_csv(path)
    assert_same(Ledger.kept(crm).score(), from_files(crm))


def test_events_of_two_deliveries_count_once_and_late_ones_on_their_day(crm: Path) -> None:
    Ledger.kept(crm)
    first, *_, last = sorted((crm / "events").glob("*.csv"))
    old = pl.read_csv(first, infer_schema=False).head(40)
    late = old.with_columns(pl.concat_str(pl.lit("L"), "event_id").alias("event_id"))
    moved = old.tail(9).with_columns(pl.lit("2026-01-02").alias("occurred_at"))
    (crm / "events" / "late.csv").write_text(pl.concat([old.head(30), late, moved]).write_csv())
    ledger = Ledger.kept(crm)
    for day in (AS_OF, "2026-03-31", "2026-01-10"):
        assert_same(ledger.score(as_of=day), from_files(crm, day))
    last.unlink()
    assert_same(Ledger.kept(crm, prune=True).score(), from_files(crm))


@pytest.mark.slow
def test_points_change_without_counting_and_what_counts_is_counted_anew(crm: Path) -> None:
    Ledger.kept(crm)
    model = crm / "model.yaml"
    text = model.read_text()
    model.write_text(text.replace("half_life_days: 60", "half_life_days: 45").replace("points: 15", "points: 12"))
    ledger = Ledger.kept(crm)
    assert not ledger.book.notes
    assert_same(ledger.score(), from_files(crm))
    model.write_text(text.replace("%/pricing%", "%/pric%"))
    ledger = Ledger.kept(crm)
    assert [note for note in ledger.book.notes if "the model counts other events" in note]
    assert_same(ledger.score(), from_files(crm))


@pytest.mark.slow
def test_what_is_gone_stays_counted_but_cannot_be_counted_anew(crm: Path) -> None:
    before = Ledger.kept(crm).score()
    min((crm / "events").glob("*.csv")).unlink()
    ledger = Ledger.kept(crm)
    assert len(ledger.book.gone) == 1
    assert_same(ledger.score(), before)
    model = crm / "model.yaml"
    model.write_text(model.read_text().replace("%/pricing%", "%/pric%"))
    with pytest.raises(LedgerError, match="is gone"):
        Ledger.kept(crm)
    assert_same(Ledger.kept(crm, prune=True).score(), from_files(crm))


def test_a_folder_that_is_no_ledger_is_left_alone(crm: Path) -> None:
    (crm / "ledger").mkdir()
    (crm / "ledger" / "thesis.txt").write_text("mine")
    with pytest.raises(LedgerError, match=r"holds thesis\.txt and is no ledger"):
        Ledger.kept(crm)
    Ledger.kept(crm, crm / "other")
    manifest = crm / "other" / "ledger.json"
    said = json.loads(manifest.read_text())
    (crm / "other" / said["classes"]).unlink()
    with pytest.raises(LedgerError, match="is not there"):
        Ledger.kept(crm, crm / "other")
    manifest.write_text("{}")
    with pytest.raises(LedgerError, match="cannot be used as the manifest"):
        Ledger.kept(crm, crm / "other")


STOPPED = """
import os, signal, sys
import abm.ledger.store as stores
from abm.ledger.ledger import Ledger
from tests.ledger.same import AS_OF, assert_same, from_files

crm, number = sys.argv[1], int(sys.argv[2])
begin, writes = stores.Store.__init__, []

def wrote(name):
    writes.append(name)
    if len(writes) == number:
        os.kill(os.getpid(), signal.SIGKILL)

def init(self, folder, _wrote=None):
    begin(self, folder, wrote)

stores.Store.__init__ = init
Ledger.kept(crm).score()
print(len(writes))
"""


def run_until(crm: Path, number: int) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    command = [sys.executable, "-c", STOPPED, str(crm), str(number)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL here")
def test_killed_at_every_write_it_is_what_it_was_and_the_next_run_completes(crm: Path) -> None:
    path = max((crm / "events").glob("*.csv"))
    rows = path.read_bytes()
    pl.read_csv(path, infer_schema=False).head(20).write_csv(path)
    Ledger.kept(crm)
    path.write_bytes(rows)
    expected, number = from_files(crm), 1
    old = _manifest(crm)
    while True:
        run = run_until(crm, number)
        if run.returncode == 0:
            break
        assert run.returncode == -signal.SIGKILL, run.stderr
        manifest = _manifest(crm)
        for name in manifest["files"]:
            assert (crm / "ledger" / name).is_file()
        assert manifest == old or _counts_all(manifest, path)
        if manifest != old:  # the new one is complete; begin again from the old to try the next write
            assert_same(Ledger.kept(crm).score(), expected)
            shutil.rmtree(crm / "ledger" / "shelf")
            _restore(crm, path, rows)
            old = _manifest(crm)
        number += 1
    assert number > 12
    assert_same(Ledger.kept(crm).score(), expected)


def _manifest(crm: Path) -> dict[str, Any]:
    said = json.loads((crm / "ledger" / "ledger.json").read_text())
    files = [*said["subjects"], said["classes"], said["disputed"]]
    files += [name for each in said["deliveries"] for name in (each["cells"], *each["hashes"].values())]
    return {"files": files, "rows": {each["name"]: each["rows"] for each in said["deliveries"]}}


def _counts_all(manifest: dict[str, Any], path: Path) -> bool:
    return bool(manifest["rows"][f"events/{path.name}"] > 20)


def _restore(crm: Path, path: Path, rows: bytes) -> None:
    pl.read_csv(path, infer_schema=False).head(20).write_csv(path)
    Ledger.kept(crm)
    path.write_bytes(rows)
