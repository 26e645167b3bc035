"""The report of the demo in a real browser: it draws, sorts, searches, filters, opens, saves, and asks for nothing."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pytest

from tests.report.conftest import demo

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from abm.output.report import Report
    from tests.report.conftest import Opened

    Open = Callable[..., Opened]


def names(page: Any) -> list[str]:
    return [each.strip() for each in page.locator("#table tbody td.name").all_inner_texts()]


def sort_by(page: Any, title: str) -> None:
    """Click a heading, and wait until the table is drawn again: it does that when the click is over."""
    page.evaluate("ranking.one('draw', () => { document.body.dataset.drawn = 'again'; })")
    page.locator("#table thead th", has_text=title).click()
    page.wait_for_selector('body[data-drawn="again"]')
    page.evaluate("delete document.body.dataset.drawn")


def place(report: Report) -> Path:
    assert report.path is not None
    return report.path


@pytest.mark.slow
def test_the_demo_opens_without_fault_or_request(demo_report: Report, opened: Open) -> None:
    seen = opened(place(demo_report))
    page = seen.page
    assert page.locator("h1").inner_text().startswith("Six of 56 accounts are ready for sales")
    assert names(page)[0] == "Copperfinch Robotics"
    for name in ("map", "stages", "moved", "heat", "reach", "roles"):
        assert page.locator(f'[data-chart="{name}"] svg').count() == 1, name

    page.locator("#table tbody tr").nth(5).focus()
    page.keyboard.press("Enter")
    assert page.locator("#account-name").inner_text() == "Puente Claro Seguros"
    page.wait_for_selector('[data-detail="days"] svg')
    assert page.locator('[data-detail="falls"] svg').count() == 1
    page.keyboard.press("ArrowRight")
    assert page.locator("#account-name").inner_text() == "Morgentau Werkzeuge"
    page.keyboard.press("Escape")
    assert not page.locator("dialog[open]").count()
    assert page.evaluate("document.activeElement.dataset.row") == "5"
    assert seen.wrong == []


@pytest.mark.slow
class TestRanking:
    @pytest.fixture
    def page(self, demo_report: Report, opened: Open) -> Any:
        return opened(place(demo_report)).page

    def test_search_finds_by_name_owner_and_topic(self, page: Any) -> None:
        page.fill("#search", "hagebutte")
        assert names(page) == ["Hagebutte Maschinenbau"]
        page.fill("#search", "revenue intelligence")
        assert "Copperfinch Robotics" in names(page)
        page.fill("#search", "no such company")
        assert names(page) == []

    def test_a_slash_begins_a_search(self, page: Any) -> None:
        page.keyboard.press("/")
        page.keyboard.type("fennel &")
        assert names(page) == ["Fennel & Roe Capital"]

    def test_columns_sort_by_what_they_mean(self, page: Any) -> None:
        _, result = demo()
        by_name = sorted(result.accounts.filter(~result.accounts["is_excluded"])["name"].to_list(), key=str.lower)
        sort_by(page, "Account")
        assert names(page)[:5] == by_name[:5]
        sort_by(page, "30 days")
        assert names(page)[0] == "Copperfinch Robotics"
        sort_by(page, "30 days")
        assert names(page)[0] == "Almendra Distribuciones"

    def test_filters_narrow_and_agree_with_the_result(self, page: Any) -> None:
        _, result = demo()
        page.select_option('[data-filter="stage"]', "=qualified")
        expected = result.accounts.filter(result.accounts["stage"] == "qualified").sort("rank")["name"].to_list()
        assert names(page) == expected
        page.select_option('[data-filter="segment"]', "=enterprise")
        assert set(names(page)) < set(expected)

    def test_excluded_accounts_are_shown_on_request(self, page: Any) -> None:
        page.fill("#search", "bramblegate")
        assert names(page) == []
        page.check("#excluded")
        assert names(page) == ["Bramblegate Insurance"]

    def test_a_bar_of_the_funnel_filters(self, page: Any) -> None:
        page.locator('[data-chart="stages"] path[aria-roledescription="bar"]').nth(4).click()
        page.wait_for_function("document.querySelector('[data-filter=stage]').value === '=qualified'")
        assert len(names(page)) == 4

    def test_what_is_shown_is_what_is_saved(self, page: Any, tmp_path: Path) -> None:
        page.select_option('[data-filter="stage"]', "=engaged")
        sort_by(page, "Account")
        page.locator("#columns summary").click()
        page.locator("#columns label", has_text="Industry").click()
        page.locator("#columns label", has_text="Owner").click()
        with page.expect_download() as waiting:
            page.click("#save")
        waiting.value.save_as(tmp_path / "saved.csv")
        text = (tmp_path / "saved.csv").read_bytes().decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        headings = [
            each.strip().strip("↕↑↓") for each in page.locator("#table thead th .dt-column-title").all_inner_texts()
        ]
        assert list(rows[0]) == headings
        assert "Industry" in headings
        assert "Owner" not in headings
        assert [each["Account"] for each in rows][:25] == names(page)
        assert len(rows) == 28


@pytest.mark.slow
def test_dark_follows_the_system_and_the_switch(demo_report: Report, opened: Open) -> None:
    page = opened(place(demo_report), color_scheme="dark").page
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    page.click("#theme")
    light = page.evaluate(ground)
    assert dark == "rgb(17, 21, 27)"
    assert light == "rgb(244, 245, 247)"


@pytest.mark.slow
def test_a_phone_scrolls_in_one_direction(demo_report: Report, opened: Open) -> None:
    seen = opened(place(demo_report), viewport={"width": 390, "height": 844})
    width = "document.documentElement.scrollWidth"
    assert seen.page.evaluate(width) <= 390
    seen.page.locator("#table tbody tr").first.click()
    seen.page.wait_for_selector('[data-detail="days"] svg')
    assert seen.page.evaluate("document.querySelector('dialog').scrollWidth") <= 390
    assert seen.wrong == []


@pytest.mark.slow
def test_an_address_opens_an_account(demo_report: Report, opened: Open) -> None:
    page = opened(place(demo_report)).page
    page.locator("#story a.account", has_text="Hagebutte").first.click()
    assert page.evaluate("location.hash") == "#account=A009"
    page.reload()
    page.wait_for_selector("dialog[open]")
    assert page.locator("#account-name").inner_text() == "Hagebutte Maschinenbau"


@pytest.mark.slow
def test_print_shows_the_open_account_alone(demo_report: Report, opened: Open) -> None:
    page = opened(place(demo_report)).page
    page.emulate_media(media="print")
    assert page.locator("#ranking").is_visible()
    assert not page.locator(".tools").is_visible()
    page.locator("#table tbody tr").first.click()
    assert not page.locator("#ranking").is_visible()
    assert page.locator("#account-name").is_visible()
