"""What is measured against what: each contender a line of commands, each command a process of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.benchmarks.data import AS_OF, WORKSPACE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PYTHON = [sys.executable]
CASES = ("cold", "warm", "day", "weeks")
PEERS = ("duckdb", "pandas", "floor")
SMALL = 1_000_000
"""Up to so many events pandas takes part."""
MANY, MEMORY = 50_000_000, "6GB"
"""From so many events on, the program may take so much memory, and the SQL is also run within as much."""


@dataclass(frozen=True)
class Contender:
    """One way to get the results.

    Attributes:
        name: what the figures call it.
        commands: run one after the other and measured together: times add up, the highest memory counts.
        before: made ready before each run, and not measured.
        results: where the result tables are afterwards, if they are to be the same as the program's own.
        partly: whether the results are only some columns of some tables.
    """

    name: str
    commands: tuple[list[str], ...]
    before: Callable[[], None] = field(default=lambda: None)
    results: Path | None = None
    partly: bool = False


def contenders(tables: Path, work: Path, events: int, cases: list[str], peers: list[str]) -> list[Contender]:
    """All that take part, the program's own cold run first; whatever they write goes below `work`."""
    found = [_cold(tables, work, events)]
    if "duckdb" in peers:
        found.append(Contender("DuckDB SQL", (_module("peer", tables, work / "duckdb"),), results=work / "duckdb"))
    if "duckdb" in peers and events >= MANY:
        command = [*_module("peer", tables, work / "duckdb-within"), "--memory", MEMORY]
        found.append(Contender(f"DuckDB SQL within {MEMORY}", (command,)))
    if "pandas" in peers and events <= SMALL:
        command = _module("peer.in_pandas", tables, work / "pandas")
        found.append(Contender("pandas", (command,), results=work / "pandas", partly=True))
    if "floor" in peers:
        found.append(Contender("bare scan", (_module("floor", tables),)))
    for name, case in (("warm", _warm), ("day", _day), ("weeks", _weeks)):
        if name in cases:
            found.append(case(tables, work))
    return found


def _cold(tables: Path, work: Path, events: int) -> Contender:
    """From raw Parquet to all result tables on disk; of very many events within a laptop's memory."""
    limit = ["--memory", MEMORY] if events >= MANY else []
    return Contender("abm, cold", (_abm("score", "-w", tables, "-o", work / "cold", *limit),), results=work / "cold")


def _warm(tables: Path, work: Path) -> Contender:
    """The same results from the ledger that an earlier run has kept."""
    ledger = _year(tables, work)
    command = _abm("score", "-w", tables, "--ledger", ledger, "-o", work / "warm")
    return Contender("abm, warm", (command,), results=work / "warm")


def _day(tables: Path, work: Path) -> Contender:
    """One more day is delivered: take it in and score everything anew."""
    year, ledger, later = _year(tables, work), work / "ledger-of-day", _with_next_day(tables, work)

    def before() -> None:
        shutil.rmtree(ledger, ignore_errors=True)
        shutil.copytree(year, ledger)

    where = ("-w", later, "--ledger", ledger)
    commands = (_abm("ingest", *where), _abm("score", *where, "-o", work / "day"))
    return Contender("abm, one new day", commands, before)


def _weeks(tables: Path, work: Path) -> Contender:
    """How many stood where on each of 52 weeks' ends, scored by two processes."""
    days = f"{AS_OF - timedelta(weeks=51)}..{AS_OF}:7d"
    where = ("-w", tables, "--ledger", _year(tables, work), "-o", work / "weeks.csv")
    return Contender("abm, 52 weeks", (_abm("sweep", "--as-of", days, "--jobs", "2", *where),))


def _year(tables: Path, work: Path) -> Path:
    """The ledger of the year, built once and scored once, as it is on any day but its first."""
    ledger = work / "ledger-of-year"
    if not ledger.exists():
        where = ("-w", tables, "--ledger", ledger)
        for command in (_abm("ingest", *where), _abm("score", *where, "-o", work / "year")):
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        shutil.rmtree(work / "year")
    return ledger


def _with_next_day(tables: Path, work: Path) -> Path:
    """The same files and, among those of events, the day after."""
    folder = work / "with-next-day"
    if not folder.exists():
        shutil.copytree(tables, folder, copy_function=os.link)
        os.link(tables / "next" / "day.parquet", folder / "events" / "week-52.parquet")
        (folder / "workspace.yaml").unlink()
        (folder / "workspace.yaml").write_text(WORKSPACE.format(as_of=AS_OF + timedelta(days=1)))
    return folder


def _abm(*arguments: str | Path) -> list[str]:
    return [*PYTHON, "-m", "abm", *map(str, arguments)]


def _module(name: str, *arguments: str | Path) -> list[str]:
    return [*PYTHON, "-m", f"tests.benchmarks.{name}", *map(str, arguments)]
