"""What people read: every width, nothing of the data but text, and two pages kept whole."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

import abm
from abm.model import model_from
from abm.output.explanation import explanation_json, explanation_lines
from abm.output.explanation_markdown import escaped, explanation_markdown
from abm.output.screen import Screen
from abm.scoring.explanation.numbers import running
from abm.workspace.bundled import bundled
from tests.output.results import HOSTILE, demo_result, hostile_result, intent_result

if TYPE_CHECKING:
    from abm.scoring.result import ScoreResult

GOLDEN = Path(__file__).parent / "golden"
SIGNS = set("█▏▒─·…●○\N{MULTIPLICATION SIGN}╎▲")


_EXPLAINED: dict[tuple[int, str], Any] = {}


def explained(result: ScoreResult, entity: str) -> Any:
    """The explanation, made once for each of the cached results."""
    key = (id(result), entity)
    if key not in _EXPLAINED:
        _EXPLAINED[key] = abm.explain(result, entity)
    return _EXPLAINED[key]


def page(result: ScoreResult, entity: str, width: int = 100, *, blocks: bool = True, colors: Any = None) -> str:
    screen = Screen(width, colors, blocks)
    return screen.rendered(explanation_lines(explained(result, entity), screen, "demo"))


def kept(name: str, text: str) -> None:
    """Compare with the golden file; WRITE_GOLDEN=1 writes it, to be read before it is committed."""
    file = GOLDEN / name
    if os.environ.get("WRITE_GOLDEN"):
        file.write_text(text, "utf-8")
    assert text == file.read_text("utf-8")


@pytest.mark.parametrize(("entity", "name"), [("A025", "account"), ("C0003", "lead")])
def test_the_pages_are_the_ones_that_were_read(entity: str, name: str) -> None:
    """Look for: a verdict in a sentence, bars that end at the score, empty seats first, what to do next."""
    kept(f"{name}.txt", page(demo_result(), entity))
    kept(f"{name}.md", explanation_markdown(explained(demo_result(), entity), "demo"))


@pytest.mark.slow
@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 140, 200])
@pytest.mark.parametrize("blocks", [True, False])
def test_every_line_fits(width: int, blocks: bool) -> None:
    for result, entity in (
        *((demo_result(), each) for each in ("A001", "A025", "C0001", "C0003")),
        *((hostile_result(), each) for each in ("A1", "A2", "A3", "A5", "A6", "C1", "C6")),
        *((intent_result(), each) for each in ("A1", "A2")),
    ):
        text = page(result, entity, width, blocks=blocks)
        assert max(cell_len(line) for line in text.split("\n")) <= width
        assert text.replace("\n", "").isprintable()
        assert not any(line.endswith(" ") for line in text.split("\n"))
        assert blocks or not SIGNS & set(text)


def test_colours_only_colour() -> None:
    from rich.text import Text

    coloured = page(demo_result(), "A025", colors="256")
    assert "\x1b[" in coloured
    assert Text.from_ansi(coloured).plain.rstrip("\n") == page(demo_result(), "A025").rstrip("\n")


@pytest.mark.parametrize("entity", ["A001", "A025", "A012", "C0001", "C0002"])
def test_what_is_printed_adds_up_to_what_is_printed(entity: str) -> None:
    lines = page(demo_result(), entity, 140).split("\n")
    start = next(i for i, line in enumerate(lines) if line.startswith("Where the points come from")) + 3
    end = next(i for i in range(start, len(lines)) if lines[i].startswith("─"))
    told = [line.rstrip("█▏▒╎ ").split() for line in lines[start:end] if not line.startswith("    ") or "." in line]
    rows = [
        cells
        for cells in told
        if len(cells) > 1 and all(cell.replace("-", "").replace(".", "").isdigit() for cell in cells[-2:])
    ]
    sums = [round(float(cells[-1]) * 100) for cells in rows]
    parts = [round(float(cells[-2]) * 100) for cells in rows]
    told_of = explained(demo_result(), entity)
    assert len(rows) == len(told_of.lines)
    assert [sum(parts[: i + 1]) for i in range(len(parts))] == sums
    assert sums[-1] == int(round(told_of.score * 1_000_000) // 10_000)


@given(st.lists(st.integers(-200_000_000, 200_000_000), max_size=20))
def test_running_sums_add_up_and_end_where_they_should(parts: list[int]) -> None:
    shown = running(parts)
    assert len(shown) == len(parts)
    for i, (_, after) in enumerate(shown):
        assert sum(part for part, _ in shown[: i + 1]) == after
        assert abs(after * 10_000 - sum(parts[: i + 1])) <= 20_000
    if parts:
        total = sum(parts)
        assert shown[-1][1] == (total // 10_000 if total >= 0 else -(-total // 10_000))


def test_a_crowd_is_put_together() -> None:
    people = [f"C{i:03}" for i in range(60)]
    facts = {
        "accounts": pl.DataFrame({"account_id": ["A1"]}),
        "contacts": pl.DataFrame({"contact_id": people, "account_id": ["A1"] * 60}),
        "events": pl.DataFrame({"contact_id": people, "type": ["visit"] * 60, "occurred_at": ["2026-06-01"] * 60}),
    }
    model = model_from(
        {
            "name": "crowd",
            "version": 1,
            "signals": [{"name": "visit", "event": "visit", "points": 1}],
            "account": {"weights": {"engagement": 1.0}, "engagement": {"rollup": "sum"}},
        }
    )
    result = abm.score(facts, model, as_of="2026-06-30")
    text = page(result, "A1")
    assert "45 more people" in text
    assert "and 45 more, colder or without a role" in text
    assert len(abm.explain(result, "A1").as_dict()["lines"]) == 60


def test_what_is_unknown_is_said() -> None:
    text = page(intent_result(), "A1")
    assert "unknown: leads and coverage (no contacts and no events table)" in text
    assert "The other components share the weight." in text


@pytest.mark.parametrize("entity", [*HOSTILE, "C1", "C6"])
def test_nothing_of_the_data_is_markup_in_markdown(entity: str) -> None:
    text = explanation_markdown(explained(hostile_result(), entity), "demo")
    assert not {"\x1b", "\x07", "\u202e", "\x9b", "\r", "\u2028"} & set(text)
    for line in text.split("\n"):
        if line.startswith("|"):
            assert line.replace("\\|", "").count("|") in (5, 6, 7, 8, 9)


@given(st.text(max_size=40))
def test_escaped_text_is_one_line_without_marks(text: str) -> None:
    said = escaped(text)
    assert "\n" not in said
    assert not {"<", ">", "@"} & set(said)
    bare = said.replace("\\\\", "")
    for mark in "|`*_[]~$":
        assert bare.count(mark) == bare.count(f"\\{mark}"), (text, said)


def test_json_is_safe_and_says_everything() -> None:
    text = explanation_json(abm.explain(hostile_result(), "A1"))
    assert not {"\x1b", "\x9b", "\u202e"} & set(text)
    told = json.loads(text)
    assert told["name"] == HOSTILE["A1"]
    assert told["unit_of_lines"] == "millionths of a point"
    assert set(told) >= {
        "verdict",
        "components",
        "lines",
        "committee",
        "people",
        "topics",
        "steps",
        "lapses_on",
        "stamp",
    }


def test_other_buying_groups_are_pointed_at() -> None:
    assert "abm explain A1 --group renewal" in page(hostile_result(), "A1")


def test_an_owner_and_a_single_employee_are_shown_as_given() -> None:
    tables = {"accounts": pl.DataFrame({"account_id": ["A1"], "owner": ["t_brandt"], "employees": [1]})}
    tables["intent"] = pl.DataFrame(
        {"account_id": ["A1"], "topic": ["crm"], "observed_on": ["2026-06-30"], "score": [9]}
    )
    result = abm.score(tables, model_from({"name": "owners", "version": 1}), as_of="2026-06-30")
    text = explanation_markdown(abm.explain(result, "A1"), "demo").replace("\\", "")
    assert "owner t_brandt" in text
    assert "1 employee ·" in text


@pytest.mark.slow
def test_components_without_weight_have_no_bars() -> None:
    result = abm.score(abm.load_workspace(abm.demo_folder()), bundled("config", "presets/adobe.yaml"))
    told = abm.explain(result, "A001")
    assert {line.component for line in told.lines} > {"engagement", "coverage"}
    for text in (page(result, "A001"), explanation_markdown(told, "demo")):
        assert "decision maker" in text
        assert "best lead" not in text
        assert "seats engaged" not in text
        assert text.count("24.00") >= 2  # the score is the sum of what is shown
    idle = page(result, "A003")
    assert "Nothing gave a point." in idle
