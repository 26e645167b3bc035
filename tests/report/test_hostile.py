"""Whatever something is called, it stays text: in the page, in its scripts' data, when opened, and in what is saved."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from abm.output.report import report
from abm.output.report.page import in_script
from tests.report.worlds import NAMES, hostile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.report.conftest import Opened


TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")


class Tags(HTMLParser):
    """How often each tag begins."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on")]


def tags(html: str) -> Tags:
    found = Tags()
    found.feed(html)
    return found


@pytest.mark.slow
def test_names_add_no_markup() -> None:
    wild = tags(report(hostile()).html)
    tame = tags(report(hostile([f"name {i}" for i in range(len(NAMES))])).html)
    assert sorted(wild.tags) == sorted(tame.tags)
    assert wild.handlers == []


@pytest.mark.parametrize("name", NAMES)
def test_data_of_scripts_is_the_same_data_and_ends_no_element(name: str) -> None:
    written = in_script({"name": name})
    assert json.loads(written) == {"name": TURNING.sub("\N{REPLACEMENT CHARACTER}", name)}
    assert re.search("[<>&\u2028\u2029]", written) is None


@pytest.mark.slow
def test_nothing_runs_in_a_browser(tmp_path: Path, opened: Callable[..., Opened]) -> None:
    path = tmp_path / "hostile.html"
    report(hostile(), path, title=NAMES[0])
    seen = opened(path)
    page: Any = seen.page
    before = page.title()
    shown = page.locator("#table tbody td.name").all_inner_texts()
    assert NAMES[0] in shown
    rows = page.locator("#table tbody tr").count()
    assert rows == len(NAMES)
    for index in range(rows):
        page.locator("#table tbody tr").nth(index).click()
        page.wait_for_selector('[data-detail="days"] svg')
        page.hover('[data-detail="days"] svg')
        page.keyboard.press("Escape")
    for name in NAMES:
        page.fill("#search", name)
        page.wait_for_timeout(20)
    page.fill("#search", "img src")
    assert NAMES[2] in page.locator("#table tbody td.name").all_inner_texts()
    page.fill("#search", "")
    with page.expect_download() as waiting:
        page.click("#save")
    waiting.value.save_as(tmp_path / "saved.csv")
    saved = list(csv.DictReader(io.StringIO((tmp_path / "saved.csv").read_bytes().decode("utf-8-sig"), newline="")))
    assert [each["Account"] for each in saved if "HYPERLINK" in each["Account"]] == ["'" + NAMES[8]]
    assert not [cell for each in saved for cell in each.values() if cell[:1] in "=+@" and cell]
    assert page.title() == before != "harm"
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert page.locator("img, script[src], link, iframe").count() == 0
    assert seen.wrong == []
