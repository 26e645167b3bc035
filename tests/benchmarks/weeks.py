"""How every account stood at the end of each of the last 52 weeks, from one kept ledger.

python -m tests.benchmarks.weeks TABLES LEDGER OUT
"""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import abm
from tests.benchmarks.data import AS_OF

WEEKS = 52


def run(tables: Path, kept: Path, out: Path) -> None:
    """Write the accounts of each week."""
    out.mkdir(parents=True, exist_ok=True)
    ledger = abm.Ledger.kept(tables, kept)
    for back in range(WEEKS):
        day = AS_OF - timedelta(weeks=back)
        ledger.score(as_of=day).accounts.write_parquet(out / f"{day}.parquet")


if __name__ == "__main__":
    run(*map(Path, sys.argv[1:4]))
