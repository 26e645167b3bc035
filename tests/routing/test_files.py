"""The files of `abm route`: all or nothing, harmless in a spreadsheet, untouched for programs, and counted."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import polars as pl
import pytest

from abm.output.files import Draft
from abm.workspace.loader import load_workspace
from tests.cli.conftest import workspace  # noqa: F401 - a fixture
from tests.cli.running import ROOT, abm

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = '=HYPERLINK("http://evil.example","pay")'
ROUTING = """\
as_of: 2026-06-30
routing:
  queues:
    - {name: now, level: lead, when: "status = 'hand_raiser'", owner: "+49 team", sla_hours: 4, capacity: 1,
       overflow: rest}
    - {name: rest, level: lead, when: "score > 0", capacity: 0}
    - {name: firms, level: account, when: "score > 0", owner: account}
"""


def hostile(folder: Path) -> Path:
    """The small workspace with names that a spreadsheet would calculate."""
    (folder / "workspace.yaml").write_text(ROUTING)
    contacts = io.StringIO()
    writer = csv.writer(contacts)
    rows = [
        ("C1", "A1", HOSTILE, "-1+1", "c1@acme.example", ""),
        ("C2", "A1", "@SUM(A1)", "Intern", "c2@acme.example", ""),
        ("C3", "A2", "+49 30 1", 'VP "Sales"\nEurope', "c3@globex.example", ""),
        ("C4", "A3", "Ann", "Owner", "c4@initech.example", ""),
        ("C5", "", "Bo", "Clerk", "", "true"),
    ]
    writer.writerows([("contact_id", "account_id", "first_name", "title", "email", "opted_out"), *rows])
    (folder / "contacts.csv").write_text(contacts.getvalue())
    return folder


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_a_file_per_queue_what_is_on_none_and_a_manifest(workspace: Path, tmp_path: Path) -> None:  # noqa: F811
    out = tmp_path / "new" / "lists"
    done = abm("route", "-w", hostile(workspace), "-o", out)
    assert sorted(each.name for each in out.iterdir()) == [
        "firms.csv", "kept_out.csv", "manifest.json", "now.csv", "overflow.csv", "rest.csv", "unrouted.csv",
    ]  # fmt: skip
    assert [row["contact_id"] for row in read(out / "now.csv")] == ["C1"]
    assert [(row["level"], row["contact_id"], row["queue"]) for row in read(out / "overflow.csv")] == [
        ("lead", "C2", "rest"),
        ("lead", "C3", "rest"),
    ]
    kept = {(row["level"], row["contact_id"] or row["account_id"]): row["reason"] for row in read(out / "kept_out.csv")}
    assert kept[("lead", "C5")] == "opted_out"
    assert kept[("lead", "C4")] == "excluded"
    assert "wrote 7 files" in done.stderr
    assert "+49 team" in done.stdout


def test_the_manifest_counts_and_hashes(workspace: Path, tmp_path: Path) -> None:  # noqa: F811
    out = tmp_path / "lists"
    abm("route", "-w", hostile(workspace), "-o", out)
    manifest = json.loads((out / "manifest.json").read_text())
    assert (manifest["routing"], manifest["leads"], manifest["accounts"]) == ("workspace.yaml", 5, 4)
    now, rest, firms = manifest["queues"]
    assert (now["matched"], now["taken"], now["over"], now["raised_a_hand"]) == (1, 1, 0, 1)
    assert (now["oldest_since"], now["oldest_waiting_days"], now["first_due"]) == ("2026-06-28", 2, "2026-06-28")
    assert (rest["matched"], rest["taken"], rest["over"]) == (2, 0, 2)
    listed = sum(each["rows"] for each in manifest["files"].values())
    assert listed == manifest["leads"] + manifest["accounts"]
    for each in manifest["files"].values():
        content = (out / each["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == each["sha256"]
        assert len(read(out / each["file"])) == each["rows"]
    assert firms["owner"] == "account"


def test_no_cell_of_the_csv_is_a_formula_and_programs_get_it_as_it_is(workspace: Path, tmp_path: Path) -> None:  # noqa: F811
    hostile(workspace)
    abm("route", "-w", workspace, "-o", tmp_path / "csv")
    abm("route", "-w", workspace, "-o", tmp_path / "jsonl", "--format", "jsonl")
    for path in (tmp_path / "csv").glob("*.csv"):
        for row in read(path):
            for name, cell in row.items():
                numeric = name in ("score", "place", "waiting_days")
                assert numeric or not cell.startswith(("=", "+", "-", "@", "\t", "\r")), (path, name, cell)
    (row,) = [json.loads(line) for line in (tmp_path / "jsonl" / "now.jsonl").read_text().splitlines()]
    assert (row["name"], row["title"], row["owner"]) == (HOSTILE, "-1+1", "+49 team")
    (disarmed,) = read(tmp_path / "csv" / "now.csv")
    assert disarmed["name"] == f"'{HOSTILE}"


def test_every_format_holds_the_same_rows(workspace: Path, tmp_path: Path) -> None:  # noqa: F811
    hostile(workspace)
    abm("route", "-w", workspace, "-o", tmp_path, "--format", "parquet")
    abm("route", "-w", workspace, "-o", tmp_path, "--format", "jsonl")
    abm("route", "-w", workspace, "-o", tmp_path, "--format", "xlsx")
    for name in ("now", "firms", "overflow", "kept_out", "unrouted"):
        table = pl.read_parquet(tmp_path / f"{name}.parquet")
        lines = [json.loads(line) for line in (tmp_path / f"{name}.jsonl").read_text().splitlines()]
        assert [row["account_id"] for row in lines] == table["account_id"].to_list()
        sheet = pl.read_excel(tmp_path / "routing.xlsx", sheet_name=name, drop_empty_rows=False, infer_schema_length=0)
        assert sheet.columns == table.columns
        assert sheet["account_id"].to_list() == table["account_id"].to_list()


def test_equal_runs_write_equal_bytes(workspace: Path, tmp_path: Path) -> None:  # noqa: F811
    hostile(workspace)
    for folder in ("one", "two"):
        abm("route", "-w", workspace, "-o", tmp_path / folder)
    assert {each.name: each.read_bytes() for each in (tmp_path / "one").iterdir()} == {
        each.name: each.read_bytes() for each in (tmp_path / "two").iterdir()
    }


def test_a_failure_while_writing_changes_nothing(
    workspace: Path,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out = tmp_path / "lists"
    out.mkdir()
    (out / "now.csv").write_text("old")
    hostile(workspace)
    real, opened = Draft.open, []

    def failing(self: Draft, path: Path):
        opened.append(path)
        if len(opened) == 4:
            raise OSError(28, "No space left on device")
        return real(self, path)

    monkeypatch.setattr(Draft, "open", failing)
    abm("route", "-w", workspace, "-o", out, code=2)
    assert {each.name: each.read_text() for each in out.iterdir()} == {"now.csv": "old"}


@pytest.mark.slow
@pytest.mark.parametrize("delay", [0.0, 0.02, 0.2])
def test_a_terminated_run_leaves_no_partial_file_under_a_final_name(
    workspace: Path,  # noqa: F811
    tmp_path: Path,
    delay: float,
) -> None:
    out = tmp_path / "lists"
    command = [sys.executable, "-m", "abm", "route", "-w", str(hostile(workspace)), "-o", str(out)]
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while running.poll() is None and not (out.exists() and any(out.iterdir())):
        time.sleep(0.002)
    time.sleep(delay)
    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=60)
    names = sorted(each.name for each in out.iterdir()) if out.exists() else []
    assert names in ([], names if "manifest.json" in names else None)
    if names:
        manifest = json.loads((out / "manifest.json").read_text())
        for each in manifest["files"].values():
            assert hashlib.sha256((out / each["file"]).read_bytes()).hexdigest() == each["sha256"]


def test_lists_of_an_earlier_routing_are_pointed_out(workspace: Path, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "former_queue.csv").write_text("place\n")
    done = abm("route", "-w", hostile(workspace), "-o", tmp_path)
    assert "other files lie there too, which manifest.json does not list: former_queue.csv" in done.stderr


def test_facts_are_never_written_over(workspace: Path) -> None:  # noqa: F811
    text = ROUTING.replace("name: firms", "name: accounts")
    hostile(workspace)
    (workspace / "workspace.yaml").write_text(text)
    before = (workspace / "accounts.csv").read_bytes()
    done = abm("route", "-w", workspace, "-o", workspace, code=2)
    assert "accounts.csv: is what this result was made of" in done.stderr
    assert (workspace / "accounts.csv").read_bytes() == before


def test_without_o_nothing_is_written(workspace: Path) -> None:  # noqa: F811
    before = sorted(each.name for each in hostile(workspace).iterdir())
    done = abm("route", "-w", workspace)
    assert "nothing was written; -o DIR writes a list per queue." in done.stderr
    assert sorted(each.name for each in workspace.iterdir()) == before


def test_show_prints_queues_that_may_be_put_into_a_workspace(workspace: Path) -> None:  # noqa: F811
    shown = abm("route", "-w", workspace, "--show").stdout
    assert "# People who asked to be called." in shown
    (workspace / "workspace.yaml").write_text("as_of: 2026-06-30\n" + shown)
    routing = load_workspace(workspace).routing
    assert routing is not None
    assert [queue.name for queue in routing.queues] == ["sales_now", "sdr", "nurture", "ae", "in_market"]
    again = abm("route", "-w", workspace, "--show").stdout
    assert (
        '- {name: sales_now, level: lead, when: "status = \'hand_raiser\'", owner: "account", sla_hours: 4.0}' in again
    )


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_is_wider_than_the_screen(workspace: Path, width: int) -> None:  # noqa: F811
    shown = abm("route", "-w", hostile(workspace), width=width).stdout
    assert max(len(line) for line in shown.splitlines()) <= width
    assert "rest" in shown


def test_a_raised_hand_that_found_no_room_is_said(workspace: Path) -> None:  # noqa: F811
    hostile(workspace)
    (workspace / "workspace.yaml").write_text(ROUTING.replace("capacity: 1,\n       overflow: rest", "capacity: 0"))
    assert "1 person who raised a hand did not fit into a queue" in abm("route", "-w", workspace).stdout


def test_an_unknown_column_is_said_with_its_line(workspace: Path) -> None:  # noqa: F811
    hostile(workspace)
    (workspace / "workspace.yaml").write_text(ROUTING.replace("score > 0", "scoer > 0"))
    done = abm("route", "-w", workspace, code=2)
    assert "workspace.yaml:6: queue 'rest': when: unknown column 'scoer'" in done.stderr
    assert "workspace.yaml:7: queue 'firms': when: unknown column 'scoer'" in done.stderr
    assert "Did you mean 'score'?" in done.stderr
