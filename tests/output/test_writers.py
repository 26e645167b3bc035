from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from abm.errors import OutputError, SourceError
from abm.output import writers
from abm.output.writers import encoded, write_file, write_result
from abm.scoring.result import ScoreResult
from tests.output.results import hostile_result

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KINDS: tuple[Any, ...] = ("parquet", "csv", "jsonl")


def test_parquet_comes_back_equal_and_carries_the_stamp(tmp_path: Path) -> None:
    result = hostile_result()
    write_result(result, tmp_path)
    for name, table in result.tables().items():
        path = tmp_path / f"{name}.parquet"
        assert_frame_equal(pl.read_parquet(path), table)
        assert dict(result.stamp).items() <= pl.read_parquet_metadata(path).items()


def test_csv_is_for_programs(tmp_path: Path) -> None:
    result = hostile_result()
    write_result(result, tmp_path, "csv")
    read = pl.read_csv(tmp_path / "accounts.csv")
    assert read["name"].to_list() == result.accounts["name"].to_list()
    assert read["score"].to_list() == result.accounts["score"].to_list()
    assert read["reasons"].to_list() == [";".join(each) for each in result.accounts["reasons"].to_list()]


def test_jsonl_has_lists_and_days(tmp_path: Path) -> None:
    result = hostile_result()
    write_result(result, tmp_path, "jsonl")
    rows = [json.loads(line) for line in (tmp_path / "accounts.jsonl").read_text("utf-8").split("\n") if line]
    assert [row["reasons"] for row in rows] == result.accounts["reasons"].to_list()
    assert rows[0]["last_activity"] == "2026-06-29"
    assert [row["name"] for row in rows] == result.accounts["name"].to_list()


@pytest.mark.parametrize("kind", KINDS)
def test_equal_results_give_equal_bytes(tmp_path: Path, kind: Any) -> None:
    for run in ("a", "b"):
        write_result(hostile_result(), tmp_path / run, kind)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_the_manifest_tells_the_files(tmp_path: Path, kind: Any) -> None:
    result = hostile_result()
    written = write_result(result, tmp_path, kind)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert {key: manifest[key] for key in result.stamp} == dict(result.stamp)
    assert written[-1].name == "manifest.json"
    assert [entry["file"] for entry in manifest["files"].values()] == [path.name for path in written[:-1]]
    for name, entry in manifest["files"].items():
        assert entry["rows"] == result.tables()[name].height
        assert entry["sha256"] == hashlib.sha256((tmp_path / entry["file"]).read_bytes()).hexdigest()


def test_a_failure_leaves_the_last_run_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_result(hostile_result(), tmp_path, "csv")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def failing(frame: pl.DataFrame, *_: Any) -> bytes:
        if "topic" in frame.columns:
            raise OutputError("no")
        return b"new"

    monkeypatch.setattr(writers, "encoded", failing)
    with pytest.raises(OutputError):
        write_result(hostile_result(), tmp_path, "csv")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    with pytest.raises(OutputError):
        write_result(hostile_result(), tmp_path / "new", "csv")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_json_is_an_array_whatever_the_rows(rows: int) -> None:
    frame = pl.DataFrame({"a": ["x\u2028y", "z\x85"], "b": [[], None]}, schema_overrides={"b": pl.List(pl.String)})
    written = encoded(frame.head(rows), "json", {}).decode()
    assert json.loads(written) == frame.head(rows).to_dicts()
    assert len(written.splitlines()) == max(rows, 1)


def test_one_file_with_a_manifest_beside_it(tmp_path: Path) -> None:
    written = write_file(b"x", tmp_path / "list.csv", {"model": "m"})
    assert [path.name for path in written] == ["list.csv", "list.csv.manifest.json"]
    manifest = json.loads(written[1].read_text())
    assert manifest == {"model": "m", "file": "list.csv", "sha256": hashlib.sha256(b"x").hexdigest()}
    assert write_file(b"x", tmp_path / "list.txt") == [tmp_path / "list.txt"]


@pytest.mark.parametrize("error", [SourceError("a page is damaged"), OSError(28, "No space left"), KeyboardInterrupt()])
def test_what_stops_a_table_in_parts_is_what_is_said(
    error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parts(_result: ScoreResult, _name: str) -> Iterator[pl.DataFrame]:
        yield pl.DataFrame({"points": [1]})
        yield pl.DataFrame({"points": [2]})
        raise error

    monkeypatch.setattr(ScoreResult, "parts", parts)
    with pytest.raises(OutputError if isinstance(error, OSError) else type(error)):
        write_result(hostile_result(), tmp_path / "out")
    assert not (tmp_path / "out").exists()
