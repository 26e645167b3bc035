"""Polars with little memory: judged part by part, from and to disk, everything is what it was in one piece."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import abm
from abm.engines import on_disk
from abm.engines.base import Tally
from abm.engines.on_disk import OnDiskEngine
from abm.engines.repeats import repeated_hashes
from abm.engines.room import Room
from abm.engines.tally import counted, counted_aside
from abm.errors import OutputError, SourceError
from abm.model import model_from
from abm.output.writers import write_result
from tests.engines import people
from tests.engines.agreeing import agree, polars_frames
from tests.engines.reading import check_reading, heights
from tests.engines.test_duckdb import damaged

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from abm.scoring.result import ScoreResult
    from abm.workspace.loader import Workspace

GIGABYTE = 10**9


@pytest.fixture
def aside(tmp_path: Path) -> Room:
    (tmp_path / "aside").mkdir()
    return Room(GIGABYTE, tmp_path / "aside")


def few(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Let parts have so many people or accounts, however much room there is."""
    monkeypatch.setattr(OnDiskEngine, "at_once", lambda _engine, _size: most)


def written(folder: Path, tables: Mapping[str, pl.DataFrame]) -> Workspace:
    for name, frame in tables.items():
        frame.write_parquet(folder / f"{name}.parquet")
    return abm.load_workspace(folder)


@pytest.mark.parametrize(
    "most", [pytest.param(1, marks=pytest.mark.slow), 3, pytest.param(1_000, marks=pytest.mark.slow)]
)
@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 20))])
def test_parts_make_up_the_whole(
    seed: int, most: int, tmp_path: Path, aside: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    few(monkeypatch, most)
    tables, model, as_of = polars_frames(seed)
    workspace = written(tmp_path, tables)
    whole = abm.score(workspace, model, as_of=as_of)
    parts = abm.score(workspace, model, as_of=as_of, room=aside)
    agree(parts, whole)
    assert _issues(parts) == _issues(whole)
    write_result(whole, tmp_path / "whole")
    write_result(parts, tmp_path / "parts")
    for name in whole.names():
        assert pl.read_parquet(tmp_path / "parts" / f"{name}.parquet").equals(
            pl.read_parquet(tmp_path / "whole" / f"{name}.parquet")
        ), name


def _issues(result: ScoreResult) -> set[tuple[Any, ...]]:
    """What is found, but for which of a family of findings came first."""
    return {(each.table, each.code, each.column, each.count) for each in result.findings}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 8))
def test_a_ledger_in_parts(seed: int, aside: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    few(monkeypatch, 3)
    tables, model, as_of = polars_frames(seed)
    ledger = abm.Ledger(tables, model)
    for day in (as_of, as_of - timedelta(60)):
        agree(ledger.score(as_of=day, room=aside), ledger.score(as_of=day))


@pytest.mark.slow
@pytest.mark.parametrize("wide", [False, True])
def test_people_find_their_accounts_in_every_way(
    wide: bool, tmp_path: Path, aside: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    few(monkeypatch, 2)
    monkeypatch.setattr("abm.scoring.facts.placing_apart._AT_ONCE", 2)
    tables = people.world() | {"corrections": people.corrections(wide=wide)}
    model = model_from(people.MODEL)
    agree(abm.score(written(tmp_path, tables), model, room=aside), abm.score(tables, model))


def test_only_what_is_distinct_comes_to_the_driver(tmp_path: Path, aside: Room) -> None:
    workspace, results = written(tmp_path, people.crowd()), list[Any]()
    found = heights(OnDiskEngine, lambda: results.append(abm.score(workspace, model_from(people.MODEL), room=aside)))
    assert 0 < max(found) < people.DISTINCT
    assert results[0].polars["leads"].filter(pl.col("engagement") == 50).height == people.CROWD


@pytest.mark.slow
def test_what_is_asked_of_a_result(aside: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    few(monkeypatch, 20)
    workspace = abm.load_workspace(abm.demo_folder())
    check_reading(abm.score(workspace, room=aside), abm.score(workspace))


@pytest.mark.slow
def test_what_is_made_of_a_result(tmp_path: Path, aside: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    few(monkeypatch, 20)
    workspace = abm.load_workspace(abm.demo_folder())
    here, there = abm.score(workspace), abm.score(workspace, room=aside)
    assert abm.report(there, details=20).html == abm.report(here, details=20).html
    assert not abm.compare(there, here).differs
    abm.export(there, "hubspot-contacts", tmp_path / "there.csv", top=10)
    abm.export(here, "hubspot-contacts", tmp_path / "here.csv", top=10)
    assert (tmp_path / "there.csv").read_bytes() == (tmp_path / "here.csv").read_bytes() != b""


def test_files_that_polars_would_parse_again_are_put_aside(tmp_path: Path, aside: Room) -> None:
    tables, model, as_of = polars_frames(1)
    for name, frame in tables.items():
        frame.write_ndjson(tmp_path / f"{name}.ndjson")
    workspace = abm.load_workspace(tmp_path)
    agree(abm.score(workspace, model, as_of=as_of, room=aside), abm.score(workspace, model, as_of=as_of))
    assert {f"{name}.parquet" for name in tables} <= {file.name for file in aside.folder.iterdir()}


def test_a_damaged_file(tmp_path: Path, aside: Room) -> None:
    with pytest.raises(SourceError, match="Is it whole"):
        abm.score(abm.load_workspace(damaged(tmp_path)), model_from(people.MODEL), as_of="2026-06-30", room=aside)


def test_a_full_disk(tmp_path: Path, aside: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_write: object) -> None:
        said = "parquet: underlying IO error: No space left on device (os error 28)"
        raise SourceError("a file cannot be read to its end") from pl.exceptions.ComputeError(said)

    workspace = written(tmp_path, people.world())
    monkeypatch.setattr(on_disk, "guarded", full)
    with pytest.raises(OutputError, match="no space is left to put aside"):
        abm.score(workspace, model_from(people.MODEL), room=aside)


def _activity(rows: int) -> pl.DataFrame:
    random = Random(5)
    first = date(2025, 1, 1)
    return pl.DataFrame(
        {
            "mail": [random.choice([None, *"abcdefgh"]) for _ in range(rows)],
            "id": [random.choice([None, *map(str, range(300))]) for _ in range(rows)],
            "code": [random.randrange(7) for _ in range(rows)],
            "day": [first + timedelta(random.randrange(30)) for _ in range(rows)],
            "times": [random.randrange(1, 4) for _ in range(rows)],
        }
    )


@pytest.mark.parametrize("amount", ["times", None])
@pytest.mark.parametrize(
    "buckets", [pytest.param(1, marks=pytest.mark.slow), 3, pytest.param(8, marks=pytest.mark.slow)]
)
def test_a_tally_put_aside_is_the_tally(buckets: int, amount: str | None, tmp_path: Path) -> None:
    rows, tally = _activity(9_000).lazy(), Tally(("mail", "id"), "code", 7, "day", amount)
    subjects, cells = counted(rows, tally, "streaming")
    files = [*counted_aside(rows, tally, tmp_path, at_once=2_000, buckets=buckets)]
    assert len(files) == buckets
    assert pl.read_parquet([of_cells for _, of_cells in files]).equals(cells)
    assert pl.read_parquet([of_owners for of_owners, _ in files]).sort("subject").equals(subjects.sort("subject"))
    assert len(list(tmp_path.iterdir())) == 2 * buckets


def test_repeats_are_found_in_any_number_of_passes() -> None:
    rows = _activity(1_000).lazy()
    once = set(repeated_hashes(rows, "id", "streaming"))
    assert once
    assert once == set(repeated_hashes(rows, "id", "streaming", passes=5))
