from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from rich.cells import cell_len

import abm
from abm.output.screen import Screen
from abm.output.terminal import Ranking, ranking_lines
from tests.output.results import demo_result, hostile_result, intent_result

if TYPE_CHECKING:
    from abm.scoring.result import ScoreResult

WIDTHS = [20, 40, 41, 60, 72, 80, 99, 100, 120, 160, 200, 400]
BYS: list[Any] = ["account", "group", "lead"]


def shown(
    result: ScoreResult, width: int, by: Any = "account", *, colors: Any = None, blocks: bool = True, **options: Any
) -> str:
    screen = Screen(width, colors, blocks)
    frame = abm.rank(result, by=by, **options)
    if options.get("top") is None:
        frame = frame.head(20)
    return screen.rendered(ranking_lines(Ranking(result, frame, by, "w", frame.height, options.get("where")), screen))


@pytest.mark.parametrize("by", BYS)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("world", [demo_result, hostile_result, intent_result])
def test_every_line_fits(world: Any, width: int, by: Any) -> None:
    options = {} if by == "lead" else {"excluded": True}
    text = shown(world(), width, by, **options)
    assert max(cell_len(line) for line in text.split("\n")) <= width
    assert "\x1b" not in text
    assert not any(line.endswith(" ") for line in text.split("\n"))


@pytest.mark.parametrize("by", BYS)
@pytest.mark.parametrize("width", [40, 120, 400])
def test_nothing_of_the_data_reaches_the_terminal_but_text(by: Any, width: int) -> None:
    text = shown(hostile_result(), width, by)
    assert text.replace("\n", "").isprintable()


def test_markup_of_the_data_is_text() -> None:
    text = shown(hostile_result(), 200, excluded=True)
    assert "[bold]Mark[/bold] & Sons" in text


def test_a_row_takes_one_line() -> None:
    lines = shown(hostile_result(), 120, excluded=True).split("\n")
    rule = next(i for i, line in enumerate(lines) if line.startswith("──"))
    assert lines[rule + 1 + len(hostile_result().accounts)] == ""


@pytest.mark.parametrize(
    ("width", "headings"),
    [
        (40, ["#", "Account", "Score", "FLECI", "MQA"]),
        (80, ["#", "Account", "Stage", "Score", "F L E C I", "MQA", "People", "Missing"]),
        (120, ["#", "Account", "Stage", "Score", "F L E C I", "MQA", "People", "Missing", "Spiking topics"]),
        (200, ["Id", "Fit  Lead Eng  Cov  Int", "Segment"]),
    ],
)
def test_wider_screens_show_more(width: int, headings: list[str]) -> None:
    lines = shown(demo_result(), width).split("\n")
    rule = next(i for i, line in enumerate(lines) if line.startswith("──"))
    assert [heading for heading in headings if heading not in lines[rule - 1]] == []


def test_the_head_says_whose_numbers_these_are() -> None:
    result = demo_result()
    head = shown(result, 120).split("\n")[:2]
    assert head[0] == f"w · model starter v1 ({result.stamp['model_hash'][:8]}) · as of 2026-06-30"
    mqas, mqls = result.accounts["is_mqa"].sum(), result.leads["is_mql"].sum()
    assert f"{mqas} MQA" in head[1]
    assert f"{mqls} MQL of {len(result.leads)} leads" in head[1]


def test_what_is_unknown_is_said() -> None:
    text = shown(intent_result(), 200)
    assert "unknown: leads and coverage (no contacts and no events table), engagement (no events table);" in text
    assert "unknown" not in shown(hostile_result(), 120)
    assert "MQL" not in text


def test_one_person_alone_is_marked() -> None:
    row = next(line for line in shown(demo_result(), 120).split("\n") if "Hagebutte" in line)
    assert "1/1!" in row
    assert "● hand raise" in next(line for line in shown(demo_result(), 200).split("\n") if "Hagebutte" in line)


def test_who_is_missing_in_words() -> None:
    row = next(line for line in shown(demo_result(), 120).split("\n") if "Puente" in line)
    assert "economic buyer" in row


def test_excluded_accounts_say_why() -> None:
    text = shown(demo_result(), 160, excluded=True, where="is_excluded")
    assert "excluded: competitor" in text


def test_an_account_without_name_shows_its_id() -> None:
    assert " A6 " in shown(hostile_result(), 60)


def test_trends() -> None:
    result = demo_result()
    frame = abm.rank(result, top=3).with_columns(
        score_7d=pl.col("score") - 2, score_30d=pl.Series([None, 100.0, 1.0], dtype=pl.Float64)
    )
    lines = ranking_lines(Ranking(result, frame, "account", "w", 3), Screen(120))
    text = "\n".join(line.plain for line in lines)
    assert "7 days" in text
    assert text.count("+2.0") == 3
    assert "-29.8" in text or "-29.9" in text


def test_nothing_to_show() -> None:
    text = shown(demo_result(), 60, where="score > 1000")
    assert "No account where score > 1000." in text


def test_colours_only_colour() -> None:
    from rich.text import Text

    coloured = shown(demo_result(), 120, colors="256")
    assert Text.from_ansi(coloured).plain.rstrip("\n") == shown(demo_result(), 120).rstrip("\n")


def test_a_stream_without_blocks() -> None:
    text = shown(demo_result(), 120, blocks=False)
    assert "F L E C I" in text
    assert not {"█", "─", "·", "…", "●"} & set(text)
