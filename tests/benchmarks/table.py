"""README's tables out of measured figures, so that no figure is typed by hand.

    python -m tests.benchmarks.table [FIGURES] [--readme]

prints them; --readme puts them into README.md, between the marks of the section "How fast".
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

FIGURES = Path(__file__).parent / "figures.json"
README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- how-fast -->\n", "<!-- /how-fast -->\n"
OWN, PEER, PEER_WITHIN = "abm, cold", "DuckDB SQL", "DuckDB SQL within 6GB"

Figures = dict[str, dict[str, float]]


def rendered(found: dict[str, Any]) -> str:
    """All tables, as Markdown."""
    sizes = {int(size): each for size, each in found["sizes"].items()}
    parts = [_taken(sizes), _ratios({size: each["figures"] for size, each in sizes.items()}), _where(found["machine"])]
    return "\n".join(part for part in parts if part)


def _taken(sizes: dict[int, dict[str, Any]]) -> str:
    """What each contender took."""
    lines = ["| events | | seconds | of processor | peak memory |", "|---|---|---:|---:|---:|"]
    for size, each in sorted(sizes.items()):
        for name, figure in each["figures"].items():
            same = " ✓" if each["same_as_abm"].get(name) else ""
            shown = f"{_digits(figure['seconds'])} | {_digits(figure['cpu'])} | {figure['megabytes'] / 1000:.2f} GB"
            lines.append(f"| {_millions(size)} | {name}{same} | {shown} |")
    return "\n".join(lines) + "\n"


def _ratios(sizes: dict[int, Figures]) -> str:
    """What the figures are to show: of each case the ratio, the bar it must not exceed, and what was hoped for."""
    rows = [row for size, figures in sorted(sizes.items()) for row in _of_size(size, figures)]
    cold = {size: figures[OWN]["seconds"] / size for size, figures in sizes.items() if OWN in figures}
    if len(cold) > 1:
        least, most = min(cold), max(cold)
        what = f"time per event, {_millions(most)} to {_millions(least)}"
        rows.append((what, cold[most] / cold[least], 1.3, 1.1))
    lines = ["| ratio | measured | at most | hoped for |", "|---|---:|---:|---:|"]
    lines += [f"| {what} | {value:.2f} | {_asked(bar)} | {_asked(hope)} |" for what, value, bar, hope in rows]
    return "\n".join(lines) + "\n" if rows else ""


def _asked(bar: float | None) -> str:
    return "" if bar is None else f"{bar:g}"


def _of_size(size: int, figures: Figures) -> list[tuple[str, float, float | None, float | None]]:
    large = size >= 50_000_000
    asked: list[tuple[str, str, str, str, tuple[float | None, float | None]]] = [
        ("cold to DuckDB SQL, time", OWN, PEER, "seconds", (0.85, 0.5) if large else (0.75, 0.4)),
        ("cold to DuckDB SQL within as much memory, time", OWN, PEER_WITHIN, "seconds", (None, None)),
        ("cold to DuckDB SQL, memory", OWN, PEER, "megabytes", (1.0, 0.6)),
        ("warm to DuckDB SQL, time", "abm, warm", PEER, "seconds", (0.25, 0.1)),
        ("one new day to cold, time", "abm, one new day", OWN, "seconds", (0.3, 0.05)),
        ("52 weeks to cold, time", "abm, 52 weeks", OWN, "seconds", (8, 3)),
    ]
    return [
        (f"{_millions(size)}: {what}", figures[one][key] / figures[other][key], *bars)
        for what, one, other, key, bars in asked
        if one in figures and other in figures
    ]


def _where(machine: dict[str, Any]) -> str:
    versions = ", ".join(f"{name} {machine[name]}" for name in ("polars", "duckdb", "pandas"))
    return f"On {machine['processors']} processors and {machine['memory_gib']} GiB of memory, {versions}.\n"


def _millions(size: int) -> str:
    return f"{size / 1e6:g} M"


def _digits(value: float) -> str:
    return f"{value:.1f}" if value < 100 else f"{value:.0f}"


def with_tables(page: str, tables: str) -> str:
    """Put the tables between the marks."""
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n{tables}\n{END}{after}"


def main() -> None:
    """Print the tables, or put them where people read them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("figures", type=Path, nargs="?", default=FIGURES)
    parser.add_argument("--readme", action="store_true")
    chosen = parser.parse_args()
    tables = rendered(json.loads(chosen.figures.read_text()))
    if chosen.readme:
        README.write_text(with_tables(README.read_text(), tables))
    else:
        print(tables)


if __name__ == "__main__":
    main()
