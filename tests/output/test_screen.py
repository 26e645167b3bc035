from __future__ import annotations

import io

import pytest
from rich.text import Text

from abm.output.screen import Screen, screen_of


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def neutral(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def test_a_terminal_has_colours() -> None:
    assert screen_of(Terminal()).colors == "256"
    assert "\x1b[" in Screen(40, "256").rendered([Text("x", style="bold")])


def test_no_color_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert screen_of(Terminal()).colors is None
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert screen_of(io.StringIO()).colors is None


def test_a_pipe_has_none() -> None:
    assert screen_of(io.StringIO()).colors is None
    assert "\x1b" not in Screen(40).rendered([Text("x", style="bold red")])


def test_columns_is_the_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "57")
    assert screen_of(io.StringIO()).width == 57


def test_no_line_wraps_or_trails() -> None:
    assert Screen(10).rendered([Text("x" * 30), Text("y   ")]) == "x" * 10 + "\ny\n"


def test_an_ascii_stream_has_no_blocks() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    assert not screen_of(stream).blocks
    assert Screen(40, blocks=False).rendered([Text("─· … →")]).isascii()
