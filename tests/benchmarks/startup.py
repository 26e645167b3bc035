"""How long the program takes to start, beside Polars alone: `python -m tests.benchmarks.startup`.

Each line is a program of its own, run once to compile what it loads and then in turn with the others, so that whatever
else the machine does falls on all of them. The peer is `import polars`; the floor of a command that scores is to load
the packages it stands on, and to do nothing with them.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PACKAGES = "polars, narwhals, pydantic, sqlglot, typer, rich.console, ruamel.yaml, rapidfuzz.process"

PROGRAMS: dict[str, list[str]] = {
    "python": ["-c", ""],
    "import polars": ["-c", "import polars"],
    "the packages, loaded": ["-c", f"import {PACKAGES}"],
    "import abm": ["-c", "import abm"],
    "abm --help": ["-m", "abm", "--help"],
    "abm rank of the demo": ["-m", "abm", "rank", "-w", str(ROOT / "fixtures" / "demo")],
}
PEER = "import polars"


def taken(arguments: list[str]) -> tuple[float, float]:
    """Seconds by the clock and of the processors that one program takes."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, check=True)
    clock, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return clock, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measured(runs: int) -> dict[str, dict[str, float]]:
    """Medians by program, after one run of each that does not count."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in PROGRAMS}
    for run in range(runs + 1):
        for name, arguments in PROGRAMS.items():
            one = taken(arguments)
            if run:
                times[name].append(one)
    return {
        name: {
            "seconds": round(statistics.median(clock for clock, _ in several), 3),
            "cpu_seconds": round(statistics.median(cpu for _, cpu in several), 3),
        }
        for name, several in times.items()
    }


def main() -> None:
    """Measure, print, and write JSON if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="how often each program is run")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    asked = parser.parse_args()
    found = measured(asked.runs)
    peer = found[PEER]["cpu_seconds"]
    print(f"{'program':24}{'seconds':>9}{'CPU s':>9}{'to peer':>9}")
    for name, figures in found.items():
        ratio = figures["cpu_seconds"] / peer
        print(f"{name:24}{figures['seconds']:9.3f}{figures['cpu_seconds']:9.3f}{ratio:9.2f}")
    if asked.json is not None:
        asked.json.write_text(json.dumps({"runs": asked.runs, "programs": found}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
