from __future__ import annotations

import json

import polars as pl
import pytest
from rich.cells import cell_len

import abm
from abm.output.hygiene import Report, holdings, report, report_csv, report_json, report_lines
from abm.output.screen import Screen
from abm.sources.frames import tables_from_frames
from abm.tables.findings import Finding, Level
from tests.output.results import demo_result, facts, hostile_result

NASTY = Finding(
    "events", "nasty", 3, "bad \x1b[31mthing", column="url", file="e\x9b.csv", rows=(1, 2), samples=("\x07",)
)


@pytest.fixture(scope="module")
def demo() -> Report:
    return report("demo", demo_result(), abm.load_workspace(abm.demo_folder()).tables)


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120, 200])
def test_every_line_fits(demo: Report, width: int) -> None:
    text = Screen(width).rendered(report_lines(demo, Screen(width)))
    assert max(cell_len(line) for line in text.split("\n")) <= width


def test_the_report_leaves_nothing_out(demo: Report) -> None:
    text = Screen(200).rendered(report_lines(demo, Screen(200)))
    for finding in demo.findings:
        assert f"{finding.count:,}" in text
        assert all(sample in text for sample in finding.samples)
    assert f"{demo.problems} problems" in text
    assert "not given: lead_stages" in text


def test_problems_come_first(demo: Report) -> None:
    levels = [finding.level for finding in demo.findings]
    assert levels == sorted(levels, key=lambda level: level is Level.NOTE)
    assert demo.problems == levels.count(Level.PROBLEM)


def test_data_cannot_write_to_the_terminal() -> None:
    found = report("w\x1b]0;", hostile_result(), tables_from_frames(facts()), [NASTY])
    text = Screen(120).rendered(report_lines(found, Screen(120)))
    assert text.replace("\n", "").isprintable()
    assert "\x9b" not in report_json(found)


def test_json_is_the_whole_report(demo: Report) -> None:
    read = json.loads(report_json(demo))
    assert read["problems"] == demo.problems
    assert read["problems"] + read["notes"] == len(read["findings"])
    assert read["model_hash"] == demo.result.stamp["model_hash"]
    assert {table["table"]: table["rows"] for table in read["tables"]}["accounts"] == 60
    assert read["tables"][2]["last_day"] == "2026-06-30"


def test_csv_has_a_line_per_finding(demo: Report) -> None:
    read = pl.read_csv(report_csv(demo))
    assert read["code"].to_list() == [finding.code for finding in demo.findings]


def test_holdings_count_what_was_read() -> None:
    held = {each.table: each for each in holdings(tables_from_frames(facts()))}
    assert (held["accounts"].rows, held["accounts"].first_day, held["accounts"].file) == (6, None, None)
    assert (str(held["events"].first_day), str(held["events"].last_day)) == ("2025-12-12", "2026-06-29")


def test_warnings_of_the_model_are_notes() -> None:
    from datetime import date

    from abm.model import model_from

    shadowed = [{"name": name, "event": "demo", "points": 1} for name in ("first", "second")]
    model = model_from({"name": "m", "version": 1, "signals": shadowed})
    result = abm.score(facts(), model, as_of=date(2026, 6, 30))
    found = report("w", result, tables_from_frames(facts()))
    (advice,) = [finding for finding in found.findings if finding.table == "model"]
    assert advice.level is Level.NOTE
    assert "second" in Screen(100).rendered(report_lines(found, Screen(100)))
