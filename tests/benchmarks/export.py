"""How long a list of a million people takes to write, and how much memory: `python -m tests.benchmarks.export`.

The people are made here, by a program of their own, as a workspace of Parquet files. What scores them is not what is
measured: time and memory are those of the export alone, memory as the highest resident size while it runs, with the
scored result, which lies there already.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import polars as pl

import abm

FIRST = ("Ada", "Grace", "José", "Zoë", "Linus", "Anneliese", "Øyvind", "Łukasz")
COUNTRIES = ("DE", "US", "GB", "FR", "United States", "Deutschland", "NL", "SE")
PHONES = {
    "DE": "+49 30 {:07d}",
    "US": "(212) {:07d}",
    "GB": "+44 20 7{:07d}",
    "FR": "01 {:08d}",
    "United States": "+1-415-{:07d}",
    "Deutschland": "089/{:07d}",
    "NL": "+31 20 {:07d}",
    "SE": "+46 8 {:07d}",
}


def tables(people: int) -> dict[str, pl.DataFrame]:
    """Accounts with ten people each; every telephone number and address occurs once."""
    n = pl.int_range(people, eager=True)
    accounts = people // 10
    a = pl.int_range(accounts, eager=True)
    country = pl.Series("country", COUNTRIES)[(n % len(COUNTRIES)).to_list()]
    phones = [PHONES[COUNTRIES[i % len(COUNTRIES)]].format(2_000_000 + i % 7_999_999) for i in range(people)]
    zips = pl.select(pl.concat_str(pl.lit("9"), (pl.lit(n) % 9000 + 1000).cast(pl.String)))
    return {
        "accounts": pl.DataFrame(
            {
                "account_id": pl.select(pl.format("A{}", pl.lit(a))).to_series(),
                "name": pl.select(pl.format("Company {}", pl.lit(a))).to_series(),
                "domain": pl.select(pl.format("company-{}.com", pl.lit(a))).to_series(),
                "employees": a % 5000,
            }
        ),
        "contacts": pl.DataFrame(
            {
                "contact_id": pl.select(pl.format("C{}", pl.lit(n))).to_series(),
                "account_id": pl.select(pl.format("A{}", pl.lit(n) % accounts)).to_series(),
                "email": pl.select(pl.format(" Person.{}@Company-{}.com", pl.lit(n), pl.lit(n) % accounts)).to_series(),
                "first_name": pl.Series(FIRST)[(n % len(FIRST)).to_list()],
                "last_name": pl.select(pl.format("Family {}", pl.lit(n) % 50_000)).to_series(),
                "country": country,
                "phone": pl.Series(phones),
                "zip": zips.to_series(),
                "opted_out": n % 50 == 7,
            }
        ),
        "events": pl.DataFrame(
            {"contact_id": ["C1"], "type": ["demo_request"], "occurred_at": [date(2026, 6, 1)]},
        ),
    }


def reset_peak() -> None:
    """Let the kernel count the highest resident size anew."""
    Path("/proc/self/clear_refs").write_text("5")


def memory(name: str) -> float:
    """Gigabytes of VmHWM (highest) or VmRSS (now)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (line,) = [each for each in lines if each.startswith(f"{name}:")]
    return int(line.split()[1]) / 1024**2


def make(folder: Path, people: int) -> None:
    """Write the workspace."""
    for name, frame in tables(people).items():
        frame.write_parquet(folder / f"{name}.parquet")
    (folder / "workspace.yaml").write_text(
        "as_of: 2026-06-30\ntables:\n"
        "  accounts: accounts.parquet\n  contacts: contacts.parquet\n  events: events.parquet\n"
    )


def main() -> int:
    """Make, score, export, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--target", default="google-customer-match")
    parser.add_argument("--make", type=Path, help="only write the workspace, into this folder")
    given = parser.parse_args()
    if given.make is not None:
        make(given.make, given.people)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        again = [sys.executable, "-m", "tests.benchmarks.export", "--make", folder, "--people", str(given.people)]
        subprocess.run(again, check=True)
        began = time.monotonic()
        result = abm.score(abm.load_workspace(root), "starter")
        print(
            f"scored {given.people:,} people in {time.monotonic() - began:.1f} s;"
            f" memory at most {memory('VmHWM'):.2f} GB (load {os.getloadavg()[0]:.1f})"
        )
        before = memory("VmRSS")
        reset_peak()
        began, cpu = time.monotonic(), time.process_time()
        done = abm.export(result, given.target, root / "list")
        seconds, used = time.monotonic() - began, time.process_time() - cpu
        size = sum(each.size for each in done.files)
        print(
            f"{given.target}: {done.written:,} rows, {size / 1e6:,.0f} MB in {seconds:.1f} s"
            f" ({used:.1f} s of processor time, load {os.getloadavg()[0]:.1f});"
            f" memory at most {memory('VmHWM'):.2f} GB, of which {before:.2f} GB lay there before"
        )
        for each in done.dropped:
            print(f"  left out: {each}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
