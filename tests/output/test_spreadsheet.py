from __future__ import annotations

import polars as pl
import pytest

from abm.output.spreadsheet import for_spreadsheet


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_text_that_would_be_calculated_is_disarmed(start: str) -> None:
    frame = pl.DataFrame({"name": [f"{start}1+1"], "topics": [[f"{start}1", "b"]]})
    assert for_spreadsheet(frame).rows() == [(f"'{start}1+1", f"'{start}1;b")]


def test_everything_else_is_left_alone() -> None:
    frame = pl.DataFrame({"name": ["Acme", "", None, "a=b", "'x"], "score": [-1.5, 0.0, None, 2.0, -0.0]})
    assert for_spreadsheet(frame).equals(frame)
