"""How fast tables come out of databases: a million made rows of eight columns, beside other ways to read them.

    python -m tests.benchmarks.databases [--rows 1000000] [--rounds 3]

PostgreSQL is a server of the tests' own. Ways take turns, and of each the best round counts; each runs in a process of
its own, whose peak memory is printed. ConnectorX is asked where it is installed.
"""

from __future__ import annotations

import argparse
import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from abm.sources.database import DatabaseSource, read_database
from tests.sources.postgres import running_server

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = ("event_id", "contact_id", "email", "type", "occurred_at", "amount", "count", "url")
QUERY = f"select {', '.join(COLUMNS)} from events"
TYPES = (
    "event_id bigint, contact_id text, email text, type text, occurred_at {time}, amount {number}, count int, url text"
)


def rows(count: int) -> Iterator[tuple[Any, ...]]:
    """Made events; one mail address in ten is missing."""
    for i in range(count):
        mail = f"person{i % 200_000}@example{i % 5000}.com" if i % 10 else None
        day = f"2026-0{1 + i % 6}-1{i % 9} 10:{i % 60:02d}:00"
        kind = ("page_view", "form", "webinar")[i % 3]
        yield i, f"C{i % 200_000:07d}", mail, kind, day, i * 0.37, i % 5 + 1, f"https://example.com/pricing/{i % 1000}"


def main() -> None:
    """Make the data, take turns, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", nargs=2, metavar=("WAY", "ADDRESS"))
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measured(*options.one)))
        return
    with tempfile.TemporaryDirectory() as folder, running_server() as server:
        file = Path(folder) / "crm.db"
        with sqlite3.connect(file) as client:
            client.execute(f"create table events ({TYPES.format(time='text', number='real')})")
            client.executemany(f"insert into events values ({', '.join('?' * len(COLUMNS))})", rows(options.rows))
        client.close()
        with server.connect() as owner:
            owner.execute(f"create table events ({TYPES.format(time='timestamptz', number='double precision')})")
            owner.execute(f"create table decimals ({TYPES.format(time='timestamptz', number='numeric(12,2)')})")
            with owner.cursor().copy("copy events from stdin") as copy:
                for row in rows(options.rows):
                    copy.write_row(row)
            owner.execute("insert into decimals select * from events")
        report(server.uri(), str(file), options.rounds)


def report(uri: str, file: str, rounds: int) -> None:
    """Print the best round of every way."""
    known = find_spec("connectorx") is not None
    for place, ways in (
        (uri, ["abm", "abm-decimals", "psycopg", *(["connectorx"] if known else [])]),
        (file, ["abm", "sqlite3", *(["connectorx"] if known else [])]),
    ):
        best: dict[str, dict[str, float]] = {}
        for _ in range(rounds):
            for way in ways:
                found = one(way, place)
                best[way] = min(found, best.get(way, found), key=lambda each: each["seconds"])
        print("PostgreSQL" if "://" in place else "SQLite")
        for way, found in best.items():
            ratio, cpu = found["seconds"] / best["abm"]["seconds"], found["cpu"]
            print(
                f"  {way:14} {found['seconds']:6.2f} s  {ratio:5.2f} x abm  CPU {cpu:5.2f} s  {found['peak_mb']:,} MB"
            )


def one(way: str, address: str) -> dict[str, float]:
    """Run one way in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.databases", "--one", way, address]
    answer: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return answer


def measured(way: str, address: str) -> dict[str, float]:
    """Read the table one way; what has to be loaded for it is loaded before."""
    other = import_module(way) if way in ("psycopg", "connectorx") else None
    if way.startswith("abm"):
        read_ours(address, "select 1 as one")
    begun, cpu = time.perf_counter(), time.process_time()
    if way.startswith("abm"):
        frame = read_ours(address, QUERY.replace("events", "decimals") if way == "abm-decimals" else QUERY)
    elif way == "connectorx" and other is not None:
        frame = other.read_sql(address if "://" in address else f"sqlite://{address}", QUERY, return_type="polars")
    elif way == "psycopg" and other is not None:
        with other.connect(address) as client:
            frame = pl.DataFrame(client.execute(QUERY).fetchall(), schema=list(COLUMNS), orient="row")
    else:
        frame = pl.DataFrame(sqlite3.connect(address).execute(QUERY).fetchall(), schema=list(COLUMNS), orient="row")
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"seconds": seconds, "cpu": cpu, "rows": frame.height, "peak_mb": peak}


def read_ours(address: str, query: str) -> pl.DataFrame:
    """Read as a workspace does."""
    path = Path(address)
    source = DatabaseSource(address if "://" in address else path.name, query)
    return read_database("events", source, path.parent, "benchmark", {}).frame.collect()


if __name__ == "__main__":
    main()
