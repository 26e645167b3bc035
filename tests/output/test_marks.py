from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm.output.marks import bar, block, change, number

MILLIONTHS = st.integers(-200_000_000, 1_000_000_000).map(lambda value: value / 1_000_000)


@given(MILLIONTHS)
def test_a_shown_score_never_claims_more_than_there_is(value: float) -> None:
    shown = float(number(value))
    assert abs(shown) <= abs(value) < abs(shown) + 0.1 + 1e-9


@pytest.mark.parametrize(("value", "shown"), [(0.3, "0.3"), (86.9, "86.9"), (-0.04, "0.0"), (-20.0, "-20.0")])
def test_numbers(value: float, shown: str) -> None:
    assert number(value) == shown


@given(MILLIONTHS, st.integers(1, 30), MILLIONTHS, st.booleans())
def test_bars_are_exactly_as_wide_as_asked(value: float, width: int, tick: float, blocks: bool) -> None:
    drawn = bar(value, width, tick=tick, blocks=blocks)
    assert drawn.cell_len == width
    assert blocks or drawn.plain.isascii()


@given(st.floats(0, 100), st.floats(0, 100), st.integers(1, 30))
def test_more_is_never_a_shorter_bar(one: float, other: float, width: int) -> None:
    low, high = sorted((one, other))
    assert bar(low, width).plain.strip().count("█") <= bar(high, width).plain.strip().count("█")
    assert block(low).plain <= block(high).plain


def test_unknown_is_not_zero() -> None:
    assert block(None).plain != block(0).plain
    assert number(None) != number(0)
    assert change(0.0, None).plain != change(0.0, 0.0).plain
