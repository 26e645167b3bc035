"""Time and memory of the program beside its peers, on made tables of any size.

    python -m tests.benchmarks.run --events 1m,20m --runs 5 --json figures.json

Each command is a process of its own. Contenders take turns, so that a machine that slows down is fair to all. Shown
are medians: seconds on the wall, seconds of processor, and peak memory of the process. After the runs, what the peers
wrote is compared with what the program wrote, cell by cell. Tables are kept in the folder for temporary files; results
are removed. With --json, figures of the same size and name in the file are replaced and others stay.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.benchmarks.cases import CASES, PEERS, Contender, contenders

# This process must stay small: the peak memory of a child is at least that of the process it was started from.
FREE_FOR_RESULTS = 500
"""Bytes of disk for each event that results and ledgers may take."""


def measured(contender: Contender) -> dict[str, float]:
    """Wall seconds, processor seconds and peak megabytes of one run."""
    contender.before()
    seconds = cpu = megabytes = 0.0
    for command in contender.commands:
        said = Path(tempfile.gettempdir()) / f"abm-benchmark-{os.getpid()}.txt"
        into = (os.POSIX_SPAWN_OPEN, 1, str(said), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        begun = time.perf_counter()
        child = os.posix_spawn(command[0], command, _environment(), file_actions=[into, (os.POSIX_SPAWN_DUP2, 1, 2)])
        _, status, usage = os.wait4(child, 0)
        if status:
            raise SystemExit(f"{said.read_text()}\n{contender.name}: {' '.join(command)} failed with status {status}")
        said.unlink()
        seconds += time.perf_counter() - begun
        cpu += usage.ru_utime + usage.ru_stime
        megabytes = max(megabytes, usage.ru_maxrss / 1024)
    return {"seconds": seconds, "cpu": cpu, "megabytes": megabytes}


def measure(events: int, runs: int, cases: list[str], peers: list[str]) -> dict[str, Any]:
    """Measure one size; figures by contender, each the median of its runs, with all runs beside it."""
    made = subprocess.run(_data(events), check=True, capture_output=True, text=True).stdout.splitlines()
    tables = Path(made[0])
    work = Path(tempfile.mkdtemp(prefix="abm-benchmark-"))
    free = shutil.disk_usage(work).free
    if free < events * FREE_FOR_RESULTS:
        raise SystemExit(f"{work}: {free / 1e9:.0f} GB are free; {events * FREE_FOR_RESULTS / 1e9:.0f} GB are needed.")
    try:
        every = contenders(tables, work, events, cases, peers)
        taken: dict[str, list[dict[str, float]]] = {each.name: [] for each in every}
        for turn in range(runs):
            for each in every:
                taken[each.name].append(measured(each))
                print(f"  run {turn + 1} {each.name:16} {_shown(taken[each.name][-1])}", file=sys.stderr, flush=True)
        return {
            "rows": json.loads(made[1]),
            "figures": {name: {**_median(each), "runs": each} for name, each in taken.items()},
            "same_as_abm": {each.name: _verified(every[0], each) for each in every[1:] if each.results is not None},
        }
    finally:
        shutil.rmtree(work)


def _environment() -> dict[str, str]:
    """What programs run in: as where they are installed, they are compiled once."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _data(events: int) -> list[str]:
    return [sys.executable, "-m", "tests.benchmarks.data", "--cached", "--events", str(events)]


def _median(runs: list[dict[str, float]]) -> dict[str, float]:
    return {key: statistics.median(run[key] for run in runs) for key in runs[0]}


def _verified(own: Contender, peer: Contender) -> bool:
    command = [sys.executable, "-m", "tests.benchmarks.verify", str(own.results), str(peer.results)]
    command += ["--near"] * peer.partly
    told = subprocess.run(command, check=False, capture_output=True, text=True)
    if told.returncode:
        print(f"{peer.name} is not the same as {own.name}:\n{told.stdout}{told.stderr}", file=sys.stderr)
    return told.returncode == 0


def _shown(figure: dict[str, float]) -> str:
    return f"{figure['seconds']:8.2f} s {figure['cpu']:8.2f} s of processor {figure['megabytes']:8,.0f} MB"


def print_figures(events: int, found: dict[str, Any], runs: int) -> None:
    """One line a contender, with its ratio to each peer that took part."""
    figures = found["figures"]
    print(f"{events:,} events, median of {runs} runs")
    for name, figure in figures.items():
        ratios = [
            f"{figure['seconds'] / figures[peer]['seconds']:.2f} x {peer}"
            for peer in ("DuckDB SQL", "pandas", "bare scan", "abm, cold")
            if peer in figures and peer != name and name.startswith("abm")
        ]
        print(f"  {name:18} {_shown(figure)}   {', '.join(ratios)}")
    for name, same in found["same_as_abm"].items():
        print(f"  {name}: {'every cell is the same' if same else 'NOT THE SAME'}")


def machine() -> dict[str, Any]:
    """Where it was measured, and with what."""
    names = ("polars", "duckdb", "pandas", "numpy")
    processors = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processors": processors,
        "memory_gib": round(memory),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: version(name) for name in names},
    }


def kept(file: Path) -> dict[str, Any]:
    """The figures that the file has so far."""
    found: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {"sizes": {}}
    return found


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", default="1m", help="sizes such as 1m,20m,100m")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--peers", default=",".join(PEERS), help="of duckdb, pandas (at most 1m) and floor, or none")
    parser.add_argument("--only", default=",".join(CASES), help="of cold, warm, day and weeks; cold always runs")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    chosen = parser.parse_args()
    for size in chosen.events.split(","):
        events = int(float(size.lower().removesuffix("m")) * 1e6) if size.lower().endswith("m") else int(size)
        found = measure(events, chosen.runs, chosen.only.split(","), chosen.peers.split(","))
        print_figures(events, found, chosen.runs)
        if chosen.json:
            every = kept(chosen.json)
            before = every["sizes"].get(str(events), {"figures": {}, "same_as_abm": {}})
            both = {key: {**before[key], **found[key]} for key in ("figures", "same_as_abm")}
            every["sizes"][str(events)] = {"rows": found["rows"], **both}
            every["machine"] = machine()
            chosen.json.write_text(json.dumps(every, indent=1) + "\n")


if __name__ == "__main__":
    main()
