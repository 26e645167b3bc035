"""The peers compute what the program computes: every cell of every table they write is the same."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

import abm
from abm.output.writers import write_result
from tests.benchmarks.data import read_tables, write_tables
from tests.benchmarks.peer.__main__ import run as run_sql
from tests.benchmarks.peer.in_pandas import run as run_pandas
from tests.benchmarks.verify import differences, near

if TYPE_CHECKING:
    from pathlib import Path


def test_sql_and_pandas_say_the_same_of_a_small_world(tmp_path):
    assert both(tmp_path, 5_000) == []
    run_pandas(tmp_path / "tables", tmp_path / "pandas")
    assert near(tmp_path / "ours", tmp_path / "pandas") == []
    assert near(tmp_path / "ours", tmp_path) == ["there are no tables"]


def both(folder: Path, events: int, as_of: date | None = None) -> list[str]:
    write_tables(folder / "tables", events)
    write_result(abm.score(abm.load_workspace(folder / "tables"), as_of=as_of), folder / "ours")
    run_sql(folder / "tables", folder / "peer", as_of or date(2026, 6, 30))
    return differences(folder / "ours", folder / "peer")


@pytest.mark.slow
def test_the_sql_says_the_same_of_a_larger_world(tmp_path):
    assert both(tmp_path, 200_000) == []


def test_a_difference_is_told(tmp_path):
    for name, last in (("one", 2), ("other", 3)):
        (tmp_path / name).mkdir()
        pl.DataFrame({"a": [1, last], "b": [["x"], None]}).write_parquet(tmp_path / name / "leads.parquet")
    assert differences(tmp_path / "one", tmp_path / "one", ("leads",)) == []
    (said,) = differences(tmp_path / "one", tmp_path / "other", ("leads",))
    assert "a differs in 1 rows" in said


@pytest.mark.slow
def test_the_same_call_gives_the_same_tables(tmp_path):
    for name in ("one", "other"):
        write_tables(tmp_path / name, 3_000)
    one, other = read_tables(tmp_path / "one"), read_tables(tmp_path / "other")
    assert all(frame.equals(other[name]) for name, frame in one.items())
    assert one["events"].height == 3_000
    assert one["events"]["event_id"].n_unique() < 3_000
