"""Time and memory of `abm score` from Parquet to all result tables on disk, beside a bare scan of the events.

    python -m tests.benchmarks.run --events 2000000 --runs 5 --folder DIR --json FILE

Each run is a process of its own; the commands alternate, so that a drifting machine is fair to all. Shown are
medians: wall seconds, peak memory of the process, and ratios within the run: the program to the bare scan, and the
library with contributions to the library without.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from abm.workspace.bundled import bundled
from tests.benchmarks.data import write_tables

SCORES = "import abm; result = abm.score(abm.load_workspace({folder!r}))"
SCAN = "import polars as pl; pl.scan_parquet({path!r}).select(pl.all().count()).collect(engine='streaming')"


def measured(arguments: list[str]) -> tuple[float, float]:
    """Wall seconds and peak memory in MB of one process."""
    begun = time.perf_counter()
    child = os.posix_spawn(sys.executable, [sys.executable, *arguments], os.environ)
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{arguments} failed with status {status}")
    return time.perf_counter() - begun, usage.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="keep the tables here; made if they are not there")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    chosen = parser.parse_args()
    folder = chosen.folder or Path(tempfile.mkdtemp(prefix="abm-benchmark-"))
    if not (folder / "events.parquet").exists():
        write_tables(folder, chosen.events)
    shutil.copy(bundled("config", "starter.yaml"), folder / "model.yaml")
    commands = {
        "abm score": ["-m", "abm", "score", "-w", str(folder), "-o", str(folder / "results")],
        "scores": ["-c", SCORES.format(folder=str(folder))],
        "scores and contributions": ["-c", SCORES.format(folder=str(folder)) + "; result.contributions"],
        "bare scan": ["-c", SCAN.format(path=str(folder / "events.parquet"))],
    }
    figures: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for _ in range(chosen.runs):
        for name, arguments in commands.items():
            figures[name].append(measured(arguments))
    shown = {
        name: {"seconds": statistics.median(s for s, _ in runs), "megabytes": statistics.median(m for _, m in runs)}
        for name, runs in figures.items()
    }
    print(f"{chosen.events:,} events, median of {chosen.runs} runs")
    for name, figure in shown.items():
        print(f"  {name:24} {figure['seconds']:6.2f} s {figure['megabytes']:7.0f} MB")
    for name, peer in (("abm score", "bare scan"), ("scores and contributions", "scores")):
        print(f"  {name} to {peer}: {shown[name]['seconds'] / shown[peer]['seconds']:.2f}")
    if chosen.json:
        chosen.json.write_text(json.dumps({"events": chosen.events, "runs": chosen.runs, "figures": shown}, indent=2))
    if chosen.folder is None:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
