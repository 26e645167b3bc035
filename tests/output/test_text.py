from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm.output.text import safe, safe_json, safe_lines

INVISIBLE = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u2028\u2029\ufeff\u200b"
OBEYED = [*map(chr, range(0x20)), "\x7f", *map(chr, range(0x80, 0xA0)), *INVISIBLE]


@pytest.mark.parametrize("character", OBEYED, ids=ascii)
def test_nothing_a_terminal_obeys_gets_through(character: str) -> None:
    shown = safe(f"a{character}b")
    assert character not in shown
    assert shown in {"a b", "a\ufffdb"}


@pytest.mark.parametrize("text", ["Zwei Linden", "Brandstätter", "株式会社", "👩‍💻 shop", "ส้ม", "نامه‌ای", "[bold]x[/]"])
def test_names_stay_as_they_are(text: str) -> None:
    assert safe(text) == text


@given(st.text())
def test_safe_text_is_one_line_and_stays_safe(text: str) -> None:
    shown = safe(text)
    assert shown.splitlines() in ([], [shown])
    assert safe(shown) == shown


@given(st.text())
def test_lines_stay_lines(text: str) -> None:
    assert safe_lines(text).count("\n") == text.count("\n")


@given(st.dictionaries(st.text(), st.text() | st.none() | st.integers()))
def test_json_means_the_same(value: dict[str, object]) -> None:
    written = safe_json(json.dumps(value, ensure_ascii=False))
    assert json.loads(written) == value
    assert not {"\x7f", "\x9b", "\u202e"} & set(written)
