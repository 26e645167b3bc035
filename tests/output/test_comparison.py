from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len

import abm
from abm.evaluation.compare import Comparison, compare
from abm.model import model_from
from abm.output.comparison import Shown, comparison_lines
from abm.output.screen import Screen
from tests.output.results import DAY, MODEL, demo_result, facts, hostile_result, intent_result

if TYPE_CHECKING:
    from collections.abc import Callable

WIDTHS = [20, 40, 60, 80, 99, 100, 140, 200, 400]


@cache
def demo() -> Comparison:
    return compare(abm.score(abm.load_workspace(abm.demo_folder()), as_of="2026-06-01"), demo_result())


@cache
def hostile() -> Comparison:
    changed: dict[str, Any] = {**MODEL, "mqa": {"threshold": 20}}
    return compare(hostile_result(), abm.score(facts(), model_from(changed), as_of=DAY))


@cache
def without_people() -> Comparison:
    return compare(intent_result(), hostile_result())


def shown(found: Comparison, width: int, by: Any = "account", *, top: int = 10, blocks: bool = True) -> str:
    screen = Screen(width, None, blocks)
    return screen.rendered(comparison_lines(Shown(found, "w", by, top), screen))


@pytest.mark.parametrize("by", ["account", "lead"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("world", [demo, hostile, without_people])
def test_every_line_fits_and_is_text(world: Callable[[], Comparison], width: int, by: Any) -> None:
    text = shown(world(), width, by)
    assert max(cell_len(line) for line in text.split("\n")) <= width
    assert text.replace("\n", "").isprintable()
    assert not any(line.endswith(" ") for line in text.split("\n"))


@pytest.mark.parametrize("width", WIDTHS)
def test_no_reason_is_cut(width: int) -> None:
    text = " ".join(shown(demo(), width).split())
    becoming = demo().accounts.filter(verdict="becomes_mqa")["because"].to_list()
    assert len(becoming) == 3
    assert [line for row in becoming for line in row if line not in text.replace(" · ", " ")] == []


def test_the_head_says_what_is_compared_and_how_many_change() -> None:
    head = shown(demo(), 140).split("\n")[:2]
    version = f"model starter v1 ({demo().after['model_hash'][:8]})"
    assert head[0] == f"w · {version} · as of 2026-06-01 → 2026-06-30"
    assert head[1] == "3 accounts become MQA, 0 stop, 57 stay · 14 leads become MQL, 2 stop, 501 stay"


def test_top_limits_every_section() -> None:
    text = shown(demo(), 140, "lead", top=1)
    assert "Become MQL (14)" in text
    assert "1 of 14 shown (--top N for more)" in text
    assert "1 of 2 shown" in text


def test_segments_and_ranking() -> None:
    lines = shown(demo(), 100).split("\n")
    total = next(line.split() for line in lines if line.startswith("all "))
    assert total == ["all", "60", "3", "→", "6", "+3", "515", "→", "517", "8", "→", "20", "+14", "-2"]
    assert "1 of the first 10 is new · 3 of the first 25 are new" in "\n".join(lines)
    assert any(line.startswith("Up · Hagebutte Maschinenbau 44 → 15") for line in lines)


def test_nothing_differs() -> None:
    text = shown(compare(demo_result(), demo_result()), 100)
    assert "Nothing differs: it is the same model" in text
    assert "By segment" not in text


def test_a_stream_without_blocks() -> None:
    assert not {"─", "·", "…", "→"} & set(shown(demo(), 120, blocks=False))
