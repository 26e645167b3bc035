"""The floor: every column that the model uses is read, decoded and added up, and nothing else is done.

python -m tests.benchmarks.floor TABLES
"""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

USED = {
    "accounts.parquet": ["account_id", "name", "domain", "industry", "employees", "lifecycle"],
    "contacts/*.parquet": [
        *("contact_id", "account_id", "email", "title", "seniority", "department", "buying_role", "created_at"),
    ],
    "events/*.parquet": ["event_id", "contact_id", "account_id", "domain", "type", "occurred_at", "url"],
    "intent/*.parquet": ["account_id", "topic", "observed_on", "score", "source"],
    "opportunities.parquet": ["opportunity_id", "account_id", "created_on", "closed_on", "is_closed", "is_won"],
    "opportunity_contacts.parquet": ["opportunity_id", "contact_id", "role"],
}


def scan(tables: Path) -> int:
    """Add up the columns: texts by their length, days and flags as numbers."""
    total = 0
    for files, columns in USED.items():
        frame = pl.scan_parquet(tables / files).select(columns)
        kinds = frame.collect_schema()
        sums = [
            pl.col(name).str.len_bytes() if kinds[name] == pl.String else pl.col(name).to_physical() for name in columns
        ]
        total += sum(
            frame.select(each.cast(pl.Int64).sum() // 1000 for each in sums).collect(engine="streaming").row(0)
        )
    return total


if __name__ == "__main__":
    print(scan(Path(sys.argv[1])))
