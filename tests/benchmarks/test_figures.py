"""README shows the figures that were measured, and nobody typed them."""

from __future__ import annotations

import json

import pytest

from tests.benchmarks.table import FIGURES, README, rendered, with_tables

FIGURE = {"seconds": 10.0, "cpu": 15.0, "megabytes": 900.0}
FOUND = {
    "machine": {"processors": 2, "memory_gib": 23, "polars": "2.1.0", "duckdb": "2.0.0", "pandas": "3.1.1"},
    "sizes": {
        "1000000": {"figures": {"abm, cold": FIGURE}, "same_as_abm": {}},
        "20000000": {
            "figures": {
                "abm, cold": {**FIGURE, "seconds": 100.0},
                "DuckDB SQL": {"seconds": 200.0, "cpu": 300.0, "megabytes": 1800.0},
            },
            "same_as_abm": {"DuckDB SQL": True},
        },
    },
}


def test_the_tables_hold_the_figures_and_their_ratios():
    told = rendered(FOUND)
    assert "| 1 M | abm, cold | 10.0 | 15.0 | 0.90 GB |" in told
    assert "| 20 M | DuckDB SQL ✓ | 200 | 300 | 1.80 GB |" in told
    assert "| 20 M: cold to DuckDB SQL, time | 0.50 | 0.75 | 0.4 |" in told
    assert "| time per event, 20 M to 1 M | 0.50 | 1.3 | 1.1 |" in told


def test_readme_shows_what_was_measured():
    if not FIGURES.exists():
        pytest.skip("nothing was measured yet")
    page = README.read_text()
    assert with_tables(page, rendered(json.loads(FIGURES.read_text()))) == page
