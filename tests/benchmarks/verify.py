"""Whether two folders of result tables say the same, cell by cell, whatever their size.

python -m tests.benchmarks.verify ONE OTHER
"""

from __future__ import annotations

import argparse
from pathlib import Path

import polars as pl

TABLES = ("accounts", "leads", "groups", "committee", "intent", "matches", "contributions")
"""What both sides write. The program also writes `issues`, what it found wrong with the data; the SQL does not look."""


def differences(one: Path, other: Path, tables: tuple[str, ...] = TABLES) -> list[str]:
    """What is not the same, a line for each column; rows are compared in their order, values by hash."""
    return [
        f"{name}: {what}" for name in tables for what in _of_table(one / f"{name}.parquet", other / f"{name}.parquet")
    ]


def _of_table(one: Path, other: Path) -> list[str]:
    here, there = pl.scan_parquet(one), pl.scan_parquet(other)
    columns, others = here.collect_schema(), there.collect_schema()
    if columns != others:
        return [f"{columns} is not {others}"]
    rows = [frame.select(pl.len()).collect().item() for frame in (here, there)]
    if rows[0] != rows[1]:
        return [f"{rows[0]:,} rows are not {rows[1]:,}"]
    return [said for name, kind in columns.items() if (said := _of_column(here, there, name, kind))]


def _of_column(here: pl.LazyFrame, there: pl.LazyFrame, name: str, kind: pl.DataType) -> str | None:
    # A column at a time, and of texts only their hashes, so that any size fits into memory.
    value = pl.col(name).list.join("\x1f") if isinstance(kind, pl.List) else pl.col(name)
    said = value.hash().alias("said")
    one, other = (frame.select(said).collect(engine="streaming")["said"] for frame in (here, there))
    wrong = (one != other).arg_true()
    if wrong.is_empty():
        return None
    first = [frame.slice(wrong[0], 1).collect().row(0) for frame in (here, there)]
    return f"{name} differs in {len(wrong):,} rows, the first {first[0]} and {first[1]}"


def near(one: Path, other: Path) -> list[str]:
    """What is not the same in the tables and columns that the other has, where numbers may be two millionths apart."""
    found = []
    for file in sorted(other.glob("*.parquet")):
        here, there = pl.read_parquet(one / file.name), pl.read_parquet(file)
        for name in there.columns:
            wide = here[name].dtype.is_numeric()
            apart = ((here[name] - there[name]).abs() > 2e-6) if wide else here[name] != there[name]
            if apart.fill_null(value=True).any():
                found.append(f"{file.stem}: {name} differs in {apart.sum():,} rows")
    return found or ([] if list(other.glob("*.parquet")) else ["there are no tables"])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("one", type=Path)
    parser.add_argument("other", type=Path)
    parser.add_argument("--near", action="store_true", help="only what the other has, to a millionth or two")
    chosen = parser.parse_args()
    found = (near if chosen.near else differences)(chosen.one, chosen.other)
    print("\n".join(found) or "the same")
    raise SystemExit(1 if found else 0)
