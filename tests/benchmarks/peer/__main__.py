"""Run the hand-written SQL: `python -m tests.benchmarks.peer TABLES OUT [--as-of DAY] [--memory 6GB]`."""

from __future__ import annotations

import argparse
import os
from datetime import date
from pathlib import Path

import duckdb

from tests.benchmarks.data import AS_OF

STEPS = sorted(Path(__file__).parent.glob("*.sql"))


def run(tables: Path, out: Path, as_of: date, memory: str | None = None) -> None:
    """Read the Parquet files in `tables` and write the result tables as Parquet into `out`, within so much memory."""
    out.mkdir(parents=True, exist_ok=True)
    target = out.resolve()
    os.chdir(tables)
    connection = duckdb.connect(config={"temp_directory": f"{target}/spilled"})
    if memory is not None:
        connection.execute(f"set memory_limit = '{memory}'")
    connection.execute(f"set variable as_of = date '{as_of}'")
    for step in STEPS:
        connection.execute(step.read_text().replace("OUT/", f"{target}/"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--as-of", type=date.fromisoformat, default=AS_OF)
    parser.add_argument("--memory")
    chosen = parser.parse_args()
    run(chosen.tables, chosen.out, chosen.as_of, chosen.memory)
