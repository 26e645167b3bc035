"""How tables are handed over changes nothing: order of rows, chunks, laziness, the library they come in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from tests.laws.worlds import plain, results, same, shuffled, world

if TYPE_CHECKING:
    from collections.abc import Callable

SEEDS = (2000,)


def in_pieces(frame: pl.DataFrame) -> pl.DataFrame:
    """The same rows in chunks of seven."""
    pieces = [frame[start : start + 7] for start in range(0, frame.height, 7)]
    return pl.concat(pieces, rechunk=False) if pieces else frame


def columns_turned(frame: pl.DataFrame) -> pl.DataFrame:
    """The columns in another order."""
    return frame.select(reversed(frame.columns))


def mixed(frame: pl.DataFrame) -> pl.LazyFrame:
    """Everything at once, and lazy."""
    return in_pieces(columns_turned(shuffled(frame))).lazy()


@pytest.mark.slow
@pytest.mark.parametrize("given_as", [shuffled, mixed])
def test_order_and_chunks_of_a_dirty_world(given_as: Callable[[pl.DataFrame], Any]) -> None:
    same(results(*world("dirty"), given_as), plain("dirty"))


@pytest.mark.parametrize("name", ["clean", *map(str, SEEDS)])
def test_order_and_chunks_of_any_world(name: str) -> None:
    same(results(*world(name), mixed), plain(name))


def test_the_pieces_are_pieces() -> None:
    frame = pl.DataFrame({"x": range(20)})
    assert in_pieces(frame).n_chunks() == 3
    assert shuffled(frame)["x"].to_list() != list(range(20))


@pytest.mark.slow
def test_arrow_tables_in_and_out() -> None:
    ours = results(*world("dirty"), pl.DataFrame.to_arrow)
    for table, frame in plain("dirty").items():
        assert isinstance(ours[table], pa.Table)
        assert ours[table].equals(frame.to_arrow())


@pytest.mark.slow
def test_pandas_frames_in_and_out() -> None:
    ours = results(*world("dirty"), pl.DataFrame.to_pandas)
    for table, frame in plain("dirty").items():
        assert isinstance(ours[table], pd.DataFrame)
        pd.testing.assert_frame_equal(ours[table], frame.to_pandas())
