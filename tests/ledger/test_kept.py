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

import abm
from abm.errors import LedgerError
from abm.ledger import book as books
from abm.ledger.ledger import Ledger
from tests.ledger.same import AS_OF, FIRST, SECOND, ask, assert_same, from_files, one_event


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


@pytest.mark.slow
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


@pytest.mark.slow
def test_a_renamed_file_counts_when_its_old_name_is_forgotten(quiet: Path) -> None:
    path = one_event(quiet, "a.csv", FIRST, SECOND)
    Ledger.kept(quiet)
    path.rename(quiet / "events" / "b.csv")
    assert Ledger.kept(quiet).book.gone == ["events/a.csv"]
    ledger = Ledger.kept(quiet, prune=True)
    assert ledger.book.counted == ["events/b.csv"]
    assert_same(ledger.score(), from_files(quiet))
    assert not Ledger.kept(quiet).book.counted


@pytest.mark.slow
@pytest.mark.parametrize("back", [(SECOND,), (FIRST, SECOND)], ids=["with less", "as it was"])
def test_what_gave_way_to_a_file_that_was_gone_counts_when_it_is_back(quiet: Path, back: tuple[str, ...]) -> None:
    path = one_event(quiet, "b.csv", FIRST, SECOND)
    kept = path.stat()
    Ledger.kept(quiet)
    path.unlink()
    one_event(quiet, "a.csv", FIRST.replace("C0001", "C0003"), "E3,C0002,download,2026-03-03,,")
    Ledger.kept(quiet)
    path = one_event(quiet, "b.csv", *back)
    os.utime(path, ns=(kept.st_atime_ns, kept.st_mtime_ns))
    assert_same(Ledger.kept(quiet).score(), from_files(quiet))


@pytest.mark.slow
def test_the_order_of_sources_may_change(quiet: Path) -> None:
    names = ("a", "b")
    for name, contact in zip(names, ("C0001", "C0002"), strict=True):
        one_event(quiet, f"{name}.csv", FIRST.replace("C0001", contact))
    workspace = quiet / "workspace.yaml"
    text = workspace.read_text()
    for order in (names, names[::-1]):
        listed = ", ".join(f"{{file: events/{name}.csv}}" for name in order)
        workspace.write_text(text.replace("events: events/*.csv", f"events: [{listed}]"))
        assert_same(Ledger.kept(quiet).score(), from_files(quiet))


@pytest.mark.slow
def test_a_query_is_the_same_wherever_it_stands(quiet: Path) -> None:
    one_event(quiet, "a.csv", FIRST)
    one_event(quiet, "b.csv", SECOND)
    workspace = quiet / "workspace.yaml"
    text, query = workspace.read_text(), "{sql: \"select * from 'events/b.csv'\"}"
    for sources in ([query], ["{file: events/a.csv}", query]):
        workspace.write_text(text.replace("events: events/*.csv", f"events: [{', '.join(sources)}]"))
        ledger = Ledger.kept(quiet)
        assert not ledger.book.gone
        assert_same(ledger.score(), from_files(quiet))


@pytest.mark.slow
@pytest.mark.parametrize(
    "rows",
    [
        (FIRST, FIRST.replace("2026-03-01", "2026-06-01")),
        (FIRST, "E2,C0001,demo_request,2026-06-01,,0"),
        ("E1,C0001,demo_request,1999-03-01,,",),
    ],
    ids=["told of twice", "counts nothing", "too early"],
)
def test_the_newest_day_is_that_of_any_row(quiet: Path, rows: tuple[str, ...]) -> None:
    one_event(quiet, "a.csv", *rows)
    (quiet / "intent.csv").unlink()
    workspace = quiet / "workspace.yaml"
    workspace.write_text(workspace.read_text().replace("as_of: 2026-06-30\n", "").replace("  intent: intent.csv\n", ""))
    alone = abm.score(abm.load_workspace(quiet))
    for _ in range(2):
        found = Ledger.kept(quiet).score()
        assert found.as_of == alone.as_of
        assert_same(found, alone)


@pytest.mark.slow
def test_whole_numbers_in_one_delivery_and_parts_in_another(quiet: Path) -> None:
    workspace = quiet / "workspace.yaml"
    workspace.write_text(workspace.read_text().replace("events/*.csv", "events/*.parquet"))
    vip = '{name: vip, event: demo, where: "amount > 5 and contact.title is not null", points: 33}'
    ask(quiet, vip)
    for name, amounts in (("a", [7, 4]), ("b", [5.5, 4.5])):
        rows = {"contact_id": ["C0001", "C0002"], "type": "demo", "occurred_at": "2026-03-01", "amount": amounts}
        pl.DataFrame(rows).write_parquet(quiet / "events" / f"{name}.parquet")
    assert_same(Ledger.kept(quiet).score(), from_files(quiet))


def test_a_ledger_of_no_delivery_can_be_scored(quiet: Path) -> None:
    path = one_event(quiet, "a.csv", FIRST)
    Ledger.kept(quiet)
    path.unlink()
    one_event(quiet, "b.csv")
    ledger = Ledger.kept(quiet, prune=True)
    ledger.book.holdings.remove("events/b.csv")
    assert ledger.score().accounts.height
    assert ledger.days() == (None, None)


def test_other_files_in_the_folder_stay(crm: Path) -> None:
    Ledger.kept(crm)
    mine = crm / "ledger" / "accounts.parquet"
    pl.DataFrame({"mine": [1]}).write_parquet(mine)
    one_event(crm, "more.csv", "E99999,C0001,demo_request,2026-03-01,,")
    Ledger.kept(crm)
    assert mine.is_file()


@pytest.mark.slow
def test_what_another_run_has_changed_is_not_overwritten(crm: Path) -> None:
    ledger = Ledger.kept(crm)
    one_event(crm, "more.csv", "E99999,C0001,demo_request,2026-03-01,,")
    other = Ledger.kept(crm).score()
    text = (crm / "model.yaml").read_text()
    changed = crm / "changed.yaml"
    changed.write_text(text.replace("%/pricing%", "%/pric%"))
    with pytest.raises(LedgerError, match="another run has changed the ledger meanwhile"):
        ledger.score(changed)
    assert_same(Ledger.kept(crm).score(), other)


BOTH = """
import sys, time
import abm.ledger.store as stores
from abm.ledger.ledger import Ledger

crm, begun = sys.argv[1:]
begin = stores.Store.__init__

def wrote(name):
    open(begun, "w").close()
    time.sleep(0.2)

stores.Store.__init__ = lambda self, folder, _wrote=None: begin(self, folder, wrote)
Ledger.kept(crm)
"""


@pytest.mark.slow
def test_two_runs_take_turns(quiet: Path, tmp_path: Path) -> None:
    one_event(quiet, "a.csv", FIRST, SECOND)
    begun, waited = tmp_path / "begun", list[str]()
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    with subprocess.Popen([sys.executable, "-c", BOTH, str(quiet), str(begun)], env=environment) as first:
        while not begun.exists():
            assert first.poll() is None
        one_event(quiet, "more.csv", "E99999,C0001,demo_request,2026-03-01,,")
        ledger = Ledger.kept(quiet, progress=waited.append)
    assert first.returncode == 0
    assert "waiting for another run that writes the ledger" in waited
    assert ledger.book.counted == ["events/more.csv"]
    assert_same(Ledger.kept(quiet).score(), from_files(quiet))


STOPPED = """
import os, signal, sys
import abm.ledger.store as stores
from abm.ledger.ledger import Ledger
from tests.ledger.same import AS_OF, ask, assert_same, from_files

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
