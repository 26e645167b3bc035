"""Threads and processes change no byte: one thread or two, one run or several at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.agreement.compare import frames
from tests.laws.models import law_model
from tests.laws.worlds import AS_OF, clean_world, plain, results, same, shuffled, world

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

TABLES = {f"{name}.parquet" for name in ("accounts", "leads", "groups", "committee", "intent", "families")}
NAMES_ROWS = {"issues.parquet", "manifest.json"}
"""Files that say on which row of the data something stands, and the one with the checksums of all."""


@pytest.fixture(scope="module")
def tables() -> dict[str, pl.DataFrame]:
    """Enough rows for several threads to have something to do."""
    return frames(clean_world(2, accounts=300, contacts=2_000, events=15_000))


def written(folder: Path, tables: dict[str, pl.DataFrame], threads: int, row_group: int) -> dict[str, bytes]:
    """The files of `abm score`, run over Parquet files in a process of its own with so many threads."""
    folder.mkdir()
    for name, frame in tables.items():
        frame.write_parquet(folder / f"{name}.parquet", row_group_size=row_group)
    # JSON is YAML.
    (folder / "model.yaml").write_text(json.dumps(law_model(family="rollup")), encoding="utf-8")
    output = folder / "results"
    command = [sys.executable, "-W", "error", "-m", "abm", "score", "-w", str(folder), "-o", str(output)]
    environment = {**os.environ, "POLARS_MAX_THREADS": str(threads)}
    as_of = ["--as-of", AS_OF.isoformat()]
    done = subprocess.run([*command, *as_of], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {path.name: path.read_bytes() for path in output.iterdir()}


@pytest.mark.slow
def test_bytes_of_files(tables: dict[str, pl.DataFrame], tmp_path: Path) -> None:
    one = written(tmp_path / "one", tables, threads=1, row_group=100_000)
    two = written(tmp_path / "two", tables, threads=2, row_group=1_000)
    assert one.keys() >= TABLES | NAMES_ROWS
    assert two.keys() == one.keys()
    assert [name for name in one if one[name] != two[name]] == []
    other_order = {name: shuffled(frame) for name, frame in tables.items()}
    turned = written(tmp_path / "turned", other_order, threads=2, row_group=777)
    assert [name for name in one.keys() - NAMES_ROWS if one[name] != turned[name]] == []


@pytest.mark.slow
def test_runs_at_once_do_not_disturb_each_other() -> None:
    names = ["clean", "dirty"] * 2
    with ThreadPoolExecutor(len(names)) as pool:
        together = list(pool.map(lambda name: results(*world(name)), names))
    for name, ours in zip(names, together, strict=True):
        same(ours, plain(name))
