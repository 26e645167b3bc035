"""The pages of `abm match`: they fit, say what is so, and can do nothing to a terminal."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

import polars as pl
import pytest

import abm
from abm.evaluation.matching import matching
from abm.output.contact import contact_lines
from abm.output.corrections import COLUMNS, corrections_sheet
from abm.output.matching import MatchingPage, matching_json, matching_lines
from abm.output.meanings import meaning
from abm.output.screen import Screen
from abm.sources.frames import tables_from_frames
from abm.workspace.loader import Workspace
from tests.output.results import HOSTILE

if TYPE_CHECKING:
    from pathlib import Path

    from abm.evaluation.matching import Matching

NAMES = [name or "" for name in HOSTILE.values()]


def matched(path: Path, **tables: pl.DataFrame) -> Matching:
    return matching(Workspace(path, None, None, tables_from_frames(tables)))


@cache
def hostile() -> Matching:
    """Every kind of case, under names that nobody would wish for."""
    accounts = pl.DataFrame(
        {
            "account_id": [*HOSTILE, "B1\x1b[2J", "B2"],
            "name": [*HOSTILE.values(), "Shared\nOne", "Shared\tTwo"],
            "domain": [f"a{i}.example" for i in range(len(HOSTILE))] + ["both.example"] * 2,
            "country": ["US"] * (len(HOSTILE) + 2),
        }
    )
    people = [
        *({"email": f"p{i}@both.example"} for i in range(5)),
        *({"email": f"p{i}@nobody{i % 3}.example", "company": NAMES[i % 6] + "x"} for i in range(12)),
        *({"company": "Shared Ones", "country": "US"} for _ in range(3)),
        *({"email": f"evil\x1b[31m{i}@a1.example"} for i in range(2)),
        {"email": "p1@both.example"},
        {"account_id": "gone\x07"},
        {"company": "[bold]Mark[/bold] & Sns :smile:", "country": "US"},
        {},
    ]
    rows = [{"contact_id": f"C{i:02}\x1b]0;x\x07" if i % 2 else f"C{i:02}", **each} for i, each in enumerate(people)]
    columns = ("contact_id", "account_id", "email", "company", "country")
    return matched(abm.demo_folder(), accounts=accounts, contacts=pl.DataFrame(rows, dict.fromkeys(columns, pl.String)))


@cache
def nobody() -> Matching:
    accounts = pl.DataFrame({"account_id": ["A1"]})
    return matched(abm.demo_folder(), accounts=accounts, contacts=pl.DataFrame(schema={"contact_id": pl.String}))


@pytest.mark.parametrize("width", [20, 40, 60, 80, 99, 100, 120, 200])
@pytest.mark.parametrize("blocks", [True, False])
def test_no_line_is_wider_than_the_screen_nor_obeyed_by_it(width: int, blocks: bool) -> None:
    for found in (hostile(), nobody()):
        screen = Screen(width, blocks=blocks)
        shown = matching_lines(MatchingPage(found, "w\x1b[31m"), screen)
        assert max(line.cell_len for line in shown) <= width
        text = screen.rendered(shown)
        assert text.replace("\n", "").isprintable()
        assert blocks or text.isascii() or not set("█▏─") & set(text)


@pytest.mark.parametrize("width", [30, 80, 120])
def test_every_contact_can_be_shown(width: int) -> None:
    for contact_id in hostile().matches["contact_id"].to_list():
        text = Screen(width).rendered(contact_lines(hostile(), contact_id, Screen(width)))
        assert text.replace("\n", "").isprintable()
        assert max(map(len, text.splitlines())) <= width


@pytest.mark.parametrize("width", [80, 120])
def test_every_kind_of_case_is_there(width: int) -> None:
    text = Screen(width).rendered(matching_lines(MatchingPage(hostile(), "crm"), Screen(width)))
    for said in ("Method", "What it means", "Findings", "Ambiguous: ", "Least sure: ", "Unmatched: ", "both.example"):
        assert said in text
    assert "1 person with neither a work mail nor a company" in text or "people with neither" in text
    assert "abm match --corrections corrections.csv writes" in text.replace("\n", " ")
    assert "@" not in text


def test_rates_are_of_people_and_sum_to_one() -> None:
    said = json.loads(matching_json(MatchingPage(hostile(), "crm")))
    assert sum(each["contacts"] for each in said["methods"]) == said["people"] == said["contacts"] - 1
    assert sum(each["share"] for each in said["methods"]) == pytest.approx(1, abs=1e-5)
    assert said["duplicates"] == {"contacts": 1, "same mail": 1, "merged": 0, "through others": 0}


def test_matching_agrees_with_scoring() -> None:
    workspace = abm.load_workspace(abm.demo_folder())
    assert matching(workspace).matches.equals(abm.score(workspace).matches)


def test_duplicates_speak_for_each_other_as_they_do_in_scoring() -> None:
    tables = {
        "accounts": pl.DataFrame(
            {"account_id": ["A", "B"], "name": ["Acme", "Globex"], "domain": ["acme.example", None]}
        ),
        "contacts": pl.DataFrame(
            {
                "contact_id": ["C1", "C2", "C3", "C4"],
                "email": ["x@gmail.com", "X@gmail.com", None, "y@acme.example"],
                "company": [None, "Globex", None, None],
                "merged_ids": [None, None, None, "C3;C9"],
            }
        ),
        "events": pl.DataFrame({"contact_id": ["C1"], "type": ["visit"], "occurred_at": ["2026-06-01"]}),
    }
    found = matched(abm.demo_folder(), **tables)
    assert found.matches.select("contact_id", "account_id", "method").rows() == [
        ("C1", "B", "name_country"),
        ("C2", "B", "duplicate"),
        ("C3", "A", "duplicate"),
        ("C4", "A", "domain"),
        ("C9", "A", "duplicate"),
    ]
    assert found.matches.equals(abm.score(tables, "starter").matches)


def test_the_columns_of_both_files_are_explained() -> None:
    assert [name for name in COLUMNS if meaning("corrections", name) is None] == []
    assert [name for name in hostile().matches.columns if meaning("matches", name) is None] == []


def test_a_questionnaire_has_a_row_per_decision() -> None:
    made = corrections_sheet(hostile())
    assert made.frame.columns == list(COLUMNS)
    assert made.open == made.frame.height == hostile().worklist.decisions().height
    assert made.contacts == hostile().worklist.asked.height
    keys = made.frame.select(pl.sum_horizontal(pl.col("domain", "company", "contact_id").is_not_null()))
    assert set(keys.to_series()) == {1}
