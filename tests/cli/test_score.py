from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import polars as pl
import pytest

import abm as library
from tests.cli.running import abm, program

if TYPE_CHECKING:
    from pathlib import Path


def tables(workspace: Path) -> list[str]:
    return sorted(library.score(library.load_workspace(workspace)).tables())


def test_a_file_per_table(workspace: Path, tmp_path: Path) -> None:
    done = abm("score", "-w", workspace, "-o", tmp_path / "out")
    expected = tables(workspace)
    assert {"accounts", "leads", "groups", "committee", "intent", "issues"} <= set(expected)
    assert sorted(path.stem for path in (tmp_path / "out").glob("*.parquet")) == expected
    assert done.stdout == ""
    assert f"wrote {len(expected) + 1} files" in done.stderr
    assert "leads.parquet" in done.stderr
    assert pl.read_parquet_metadata(tmp_path / "out" / "leads.parquet")["model"] == "tiny"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["parquet", "csv", "jsonl"])
def test_two_programs_write_equal_bytes(workspace: Path, tmp_path: Path, kind: str) -> None:
    abm("score", "-w", workspace, "-o", tmp_path / "a", "--format", kind)
    program("score", "-w", workspace, "-o", tmp_path / "b", "--format", kind, variables={"POLARS_MAX_THREADS": "1"})
    names = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert names == sorted([*(f"{name}.{kind}" for name in tables(workspace)), "manifest.json"])
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_families_are_a_table_of_their_own(workspace: Path, tmp_path: Path) -> None:
    model = workspace / "model.yaml"
    model.write_text(model.read_text() + "family: rollup\n")
    abm("score", "-w", workspace, "-o", tmp_path / "out")
    assert pl.read_parquet(tmp_path / "out" / "families.parquet").height == 4
    model.write_text(model.read_text().replace("family: rollup\n", ""))
    done = abm("score", "-w", workspace, "-o", tmp_path / "out")
    assert "older files lie there too" in done.stderr
    assert "families.parquet" in done.stderr
    assert "families" not in json.loads((tmp_path / "out" / "manifest.json").read_text())["files"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("score", "-o", "."),
        pytest.param(("score", "-o", ".", "--format", "parquet"), marks=pytest.mark.slow),
        pytest.param(("rank", "-o", "accounts.csv"), marks=pytest.mark.slow),
        ("rank", "-o", "model.yaml", "--format", "csv"),
        ("rank", "-o", "events.parquet"),
    ],
)
def test_inputs_are_never_overwritten(workspace: Path, arguments: tuple[str, ...]) -> None:
    before = {path.name: path.read_bytes() for path in workspace.iterdir()}
    done = program(*arguments, folder=workspace, code=2)
    assert b"made of" in done.stderr or b"would next be read as the table" in done.stderr
    assert {path.name: path.read_bytes() for path in workspace.iterdir()} == before


def test_a_file_that_only_a_query_reads_is_an_input_too(workspace: Path) -> None:
    (workspace / "people.csv").write_bytes((workspace / "contacts.csv").read_bytes())
    tables = "  accounts: accounts.csv\n  events: events.csv\n  contacts: {sql: select * from 'people.csv'}\n"
    (workspace / "workspace.yaml").write_text(f"tables:\n{tables}")
    assert "made of" in abm("rank", "-w", workspace, "-o", workspace / "people.csv", code=2).stderr
    assert (
        "made of" in abm("rank", "-w", workspace, "-o", workspace / "workspace.yaml", "--format", "csv", code=2).stderr
    )
    abm("rank", "-w", workspace, "-o", workspace / "ranking.csv")
    abm("rank", "-w", workspace, "-o", workspace / "ranking.csv")


def test_a_run_that_fails_writes_nothing(workspace: Path, tmp_path: Path) -> None:
    (workspace / "events.csv").write_text("nothing,useful\n1,2\n")
    abm("score", "-w", workspace, "-o", tmp_path / "out", code=2)
    assert not (tmp_path / "out").exists()


def test_spark_that_is_not_installed(workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "abm.engines.spark", None)
    done = abm("score", "-w", workspace, "-o", tmp_path / "out", "--engine", "spark", code=2)
    assert done.stderr == "abm: Spark is not installed. Install abm[spark], and Java 17 or newer.\n"
    assert not (tmp_path / "out").exists()
