"""`abm report`: into a file, what it says, and what it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import abm as library
from tests.cli.running import abm

if TYPE_CHECKING:
    from pathlib import Path

DEMO = library.demo_folder()


@pytest.mark.slow
def test_a_page_is_written(tmp_path: Path) -> None:
    done = abm("report", "-w", DEMO, "-o", tmp_path / "r.html", "--title", "Spring & co")
    assert f"wrote {tmp_path / 'r.html'}: 60 accounts" in done.stderr
    assert done.stdout == ""
    page = (tmp_path / "r.html").read_text("utf-8")
    assert page.startswith("<!doctype html>")
    assert "Spring &amp; co" in page
    assert "What moved in 30 days" in page


@pytest.mark.slow
def test_fewer_details_are_said(tmp_path: Path) -> None:
    done = abm("report", "-w", DEMO, "-o", tmp_path / "r.html", "--details", "3", "--no-trend")
    assert "60 accounts, the first 3 of them with all their details (--details N for more)" in done.stderr
    assert "What moved" not in (tmp_path / "r.html").read_text("utf-8")


def test_only_pages_are_written(tmp_path: Path) -> None:
    done = abm("report", "-w", DEMO, "-o", tmp_path / "r.pdf", code=2)
    assert "a report is an HTML page. Name a file that ends in .html." in done.stderr


def test_a_missing_folder_is_told_before_the_work(tmp_path: Path) -> None:
    done = abm("report", "-w", DEMO, "-o", tmp_path / "no" / "r.html", code=2)
    assert "there is no folder" in done.stderr
