"""Less memory than the tables take: what has no room is put aside on disk, and the results are what they were."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import polars as pl
import pytest

import abm
import abm.engines.duckdb as in_duckdb
import abm.engines.room as in_room
from abm.cli import opening
from abm.engines.room import Room, memory_of, needed, usable
from abm.errors import InputError, TableError
from abm.output.writers import write_result
from abm.workspace.bundled import demo_folder
from tests.cli.running import abm as run
from tests.engines.agreeing import agree, polars_frames

if TYPE_CHECKING:
    from pathlib import Path

    from abm.scoring.result import ScoreResult

SMALL = memory_of("1GB")


def read_back(folder: Path, like: ScoreResult) -> dict[str, pl.DataFrame]:
    return {name: pl.read_parquet(folder / f"{name}.parquet") for name in like.names()}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("kind", ["parquet", "ndjson"])
def test_what_is_put_aside_and_written_in_parts_is_the_same(
    seed: int, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables, model, as_of = polars_frames(seed)
    (tmp_path / "in").mkdir()
    (tmp_path / "aside").mkdir()
    for name, frame in tables.items():
        getattr(frame, f"write_{kind}")(tmp_path / "in" / f"{name}.{kind}")
    workspace = abm.load_workspace(tmp_path / "in")
    expected = abm.score(workspace, model, as_of=as_of)
    got = abm.score(workspace, model, as_of=as_of, engine="duckdb", room=Room(SMALL, tmp_path / "aside"))
    if kind == "ndjson":
        assert len(list((tmp_path / "aside").glob("*.parquet"))) == len(tables)
    agree(got, expected)
    monkeypatch.setattr(in_duckdb, "_ROWS_AT_ONCE", 7)
    write_result(got, tmp_path / "out")
    for name, table in read_back(tmp_path / "out", got).items():
        assert table.equals(got.polars[name] if name != "contributions" else got.contributions.pl()), name


class TestCommand:
    @pytest.fixture
    def expected(self) -> ScoreResult:
        return abm.score(abm.load_workspace(demo_folder()))

    def same(self, folder: Path, expected: ScoreResult) -> None:
        accounts = pl.read_parquet(folder / "accounts.parquet")
        assert accounts.select("account_id", "score", "rank", "stage", "reasons").equals(
            expected.accounts.select("account_id", "score", "rank", "stage", "reasons")
        )

    def test_what_memory_holds_is_scored_there(self, tmp_path: Path, expected: ScoreResult) -> None:
        done = run("score", "-w", demo_folder(), "-o", tmp_path / "out", "--memory", "2GB")
        assert "aside" not in done.stderr
        self.same(tmp_path / "out", expected)

    def test_what_it_does_not_hold_is_put_aside_and_nothing_is_left(
        self, tmp_path: Path, expected: ScoreResult, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(opening, "needed", lambda rows: 9_000_000_000 if rows["events"] else 0)
        done = run("score", "-w", demo_folder(), "-o", tmp_path / "out", "--memory", "2GB")
        assert "about 9.0 GB would be needed, 2.0 GB are allowed" in done.stderr
        self.same(tmp_path / "out", expected)
        assert not list((tmp_path / "out").glob(".abm-*"))

    def test_nobody_has_to_ask_for_it(
        self, tmp_path: Path, expected: ScoreResult, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(opening, "needed", lambda _rows: 10**15)
        done = run("score", "-w", demo_folder(), "-o", tmp_path / "out")
        assert "about 1000000.0 GB would be needed" in done.stderr
        assert "are there to use: the rest is put aside on disk" in done.stderr
        self.same(tmp_path / "out", expected)

    @pytest.mark.slow
    @pytest.mark.parametrize(
        "command",
        [
            ["rank", "--format", "csv", "--where", "employees > 100"],
            ["rank", "--format", "csv", "--trend"],
            ["rank", "--by", "lead"],
            ["rank", "--by", "family"],
            ["explain", "A006"],
            ["explain", "C0001"],
            ["coverage"],
            ["route"],
            ["explain", "--check"],
            ["brief", "A006"],
            ["graph", "A006"],
            ["coverage", "--where", "employees > 10"],
        ],
        ids=" ".join,
    )
    def test_what_only_shows_does_so_as_well(self, command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
        expected = run(*command, "-w", demo_folder()).stdout
        monkeypatch.setattr(opening, "needed", lambda _rows: 10**15)
        done = run(*command, "-w", demo_folder())
        assert done.stdout == expected
        assert "the rest is put aside on disk" in done.stderr

    @pytest.mark.slow
    def test_a_ledger_is_scored_in_parts(
        self, tmp_path: Path, expected: ScoreResult, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(opening, "needed", lambda rows: 9_000_000_000 if rows["subjects"] else 0)
        ledger, out = tmp_path / "ledger", tmp_path / "out"
        done = run("score", "-w", demo_folder(), "--ledger", ledger, "-o", out, "--memory", "2GB")
        assert "2.0 GB are allowed: the rest is put aside on disk" in done.stderr
        self.same(tmp_path / "out", expected)

    def test_what_is_needed_in_any_case_is_said(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        rows = {"accounts": 5_000_000, "contacts": 50_000_000, "events": 1}
        monkeypatch.setattr(opening, "row_counts", lambda _tables: rows)
        done = run("score", "-w", demo_folder(), "-o", tmp_path / "out", "--memory", "8GB", code=2)
        assert "about 22.9 GB are needed for 50,000,000 contacts and 5,000,000 accounts" in done.stderr
        assert not (tmp_path / "out").exists()

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            (["--memory", "lots"], "'lots' is no amount of memory"),
            (["--memory", "10MB"], "Allow 1GB or more"),
            (["--memory", "2GB", "--engine", "spark"], "Leave --memory out"),
        ],
    )
    def test_mistakes_are_said_before_any_work(self, options: list[str], said: str, tmp_path: Path) -> None:
        done = run("score", "-w", demo_folder(), "-o", tmp_path / "out", *options, code=2)
        assert said in " ".join(done.stderr.replace("│", " ").split())
        assert not (tmp_path / "out").exists()


def test_room_is_not_ignored(tmp_path: Path) -> None:
    tables, model, as_of = polars_frames(1)
    with pytest.raises(TableError, match="Leave room out"):
        abm.score(tables, model, as_of=as_of, room=Room(SMALL, tmp_path))
    with pytest.raises(TableError, match="Leave room out"):
        abm.score(abm.load_workspace(demo_folder()), engine="spark", room=Room(SMALL, tmp_path))


def test_a_container_has_less_than_its_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "limit").write_text("4000000\n")
    (tmp_path / "none").write_text("max\n")
    whole = usable()
    monkeypatch.setattr(in_room, "_GROUP", tmp_path / "none")
    machine = usable()
    monkeypatch.setattr(in_room, "_GROUP", tmp_path / "limit")
    assert machine is not None
    assert whole is not None
    assert usable() == 3_000_000 < whole <= machine


def test_more_rows_need_more() -> None:
    assert needed({"events": 10}) < needed({"events": 11}) < needed({"events": 11, "contacts": 1})
    with pytest.raises(InputError, match="amount of memory"):
        memory_of("")


def test_more_than_there_is_may_be_allowed() -> None:
    """Engines count memory in 64 bits."""
    assert memory_of("999999999999TB") < 1 << 63


MEASURED = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], check=False)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)
sys.exit(done.returncode)
"""


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_two_million_events_in_a_gigabyte(engine: str, tmp_path: Path) -> None:
    made = [sys.executable, "-m", "tests.benchmarks.data", "--cached", "--events", "2000000"]
    place = subprocess.run(made, check=True, capture_output=True, text=True).stdout.splitlines()[0]
    options = ["-w", place, "-o", str(tmp_path / "out"), "--memory", "1GB", "--engine", engine]
    command = [sys.executable, "-c", MEASURED, sys.executable, "-m", "abm", "score", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "wrote 9 files" in done.stderr, done.stderr
    assert int(done.stdout) < SMALL
