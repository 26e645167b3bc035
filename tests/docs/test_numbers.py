"""How each number is computed: what the page shows is what comes out, and its prose has no figure of its own."""

from __future__ import annotations

import doctest
import re

from abm.cli.docs import page_text

PAGE = page_text("numbers")
BLOCKS = re.findall(r"```pycon\n(.*?)```", PAGE, flags=re.DOTALL)


def test_what_the_page_shows_is_what_comes_out() -> None:
    page = doctest.DocTestParser().get_doctest("\n".join(BLOCKS), {}, "numbers", "numbers.md", 0)
    said: list[str] = []
    results = doctest.DocTestRunner(verbose=False).run(page, out=said.append)
    assert results.failed == 0, "".join(said)
    assert results.attempted > 60


def test_every_figure_of_the_prose_stands_in_a_block() -> None:
    prose = re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)
    figures = set(re.findall(r"\d+\.\d+", prose))
    assert figures
    assert not [figure for figure in figures if not re.search(rf"(?<![\d.]){re.escape(figure)}(?!\d)", "".join(BLOCKS))]


def test_lines_of_blocks_are_short_enough_to_be_seen_whole() -> None:
    assert [line for block in BLOCKS for line in block.splitlines() if len(line) > 96] == []
