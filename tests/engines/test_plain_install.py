"""What a plain `pip install .` has is enough for DuckDB: no PyArrow, no pandas, which come with extras."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import polars as pl
import pytest

import abm

if TYPE_CHECKING:
    from pathlib import Path

DEMO = abm.demo_folder()

RUN = """
import json, sys
for name in ("pyarrow", "pandas"):
    sys.modules[name] = None
from abm.__main__ import main
sys.argv = ["abm", *json.loads(sys.argv[1])]
main()
"""


def plainly(*arguments: str) -> str:
    """Run the program where PyArrow and pandas cannot be imported; return what it says on stderr."""
    command = [sys.executable, "-c", RUN, json.dumps(arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.mark.parametrize("memory", [(), ("--memory", "1GB")], ids=["as it is", "within 1 GB"])
def test_duckdb_needs_no_pyarrow(tmp_path: Path, memory: tuple[str, ...]) -> None:
    plainly("score", "-w", str(DEMO), "--engine", "duckdb", *memory, "-o", str(tmp_path / "duckdb"))
    plainly("score", "-w", str(DEMO), "-o", str(tmp_path / "polars"))
    tables = sorted(path.name for path in (tmp_path / "polars").glob("*.parquet"))
    assert len(tables) == 8
    for name in tables:
        assert pl.read_parquet(tmp_path / "duckdb" / name).equals(pl.read_parquet(tmp_path / "polars" / name)), name


LIBRARY = """
import sys
sys.modules["pyarrow"] = None
import abm
result = abm.score(abm.load_workspace(abm.demo_folder()), engine="duckdb")
assert len(result.accounts.fetchall()) == result.polars["accounts"].height == 60
assert sum(part.height for part in result.parts("contributions")) == len(result.contributions.fetchall())
"""


def test_duckdb_says_nothing_when_the_program_ends() -> None:
    """It complains on stderr about relations that somebody keeps until then; Polars keeps what it is given."""
    done = subprocess.run([sys.executable, "-c", LIBRARY], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
