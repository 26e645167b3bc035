"""Counting in batches of sorted integers counts what a dictionary counts; repeats are those that stand twice."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, cast

import polars as pl
import pytest

from abm.engines import tally as tallies
from abm.engines.base import Tally
from abm.engines.repeats import first_of_each, repeated_hashes
from abm.engines.tally import counted

if TYPE_CHECKING:
    from polars._typing import EngineType

NAMES = [None, "", "a", "b", "\x1f", "a\x1f", "Ünï", "x" * 40]


def rows_of(seed: int, size: int) -> list[tuple[Any, ...]]:
    draw = random.Random(seed)
    first = date(1970, 1, 1)
    days = [first, date(2000, 1, 1), date(9999, 12, 31), *(first + timedelta(days=20_000 + i) for i in range(4))]
    return [
        (draw.choice(NAMES), draw.choice(NAMES), draw.randrange(5), draw.choice(days), draw.randrange(1, 4))
        for _ in range(size)
    ]


def frame_of(rows: list[tuple[Any, ...]]) -> pl.LazyFrame:
    schema = {"who": pl.String, "host": pl.String, "class": pl.Int64, "day": pl.Date, "count": pl.Int64}
    return pl.LazyFrame(rows, schema=schema, orient="row")


@pytest.mark.parametrize("engine", ["in-memory", "streaming"])
@pytest.mark.parametrize("amount", [None, "count"])
@pytest.mark.parametrize("batch", [7, 1_000])
def test_counts_what_a_dictionary_counts(
    engine: EngineType, amount: str | None, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tallies, "ROWS_AT_ONCE", batch)
    for seed, size in enumerate((0, 1, 300)):
        rows = rows_of(seed, size)
        times: Counter[Any] = Counter(row[:4] for row in rows)
        sums: Counter[Any] = Counter()
        for row in rows:
            sums[row[:4]] += 1 if amount is None else row[4]
        subjects, cells = counted(frame_of(rows), Tally(("who", "host"), "class", 5, "day", amount), engine)
        assert subjects["subject"].n_unique() == subjects.height == len({row[:2] for row in rows})
        told = cells.join(subjects, on="subject", how="left")
        got = {row[:4]: row[4:] for row in told.select("who", "host", "class", "day", "n", "rows").iter_rows()}
        assert got == {key: (sums[key], times[key]) for key in times}
        assert cells.height == len(times)


@pytest.mark.parametrize("numbered", [True, False])
def test_of_rows_with_one_key_the_first_stays(*, numbered: bool) -> None:
    rows = rows_of(7, 200)
    number = pl.int_range(1, pl.len() + 1, dtype=pl.Int64) if numbered else pl.lit(None, pl.Int64)
    frame = frame_of(rows).with_columns(number.alias("_row"))
    order = ["host", "class", "day", "count"]
    kept, found = first_of_each(frame, "who", order, repeated_hashes(frame, "who", "in-memory"))
    named = [row[0] for row in rows if row[0] is not None]
    assert dict(found.iter_rows()) == {name: times - 1 for name, times in Counter(named).items() if times > 1}
    stayed = kept.collect()
    assert sorted(stayed["who"].drop_nulls()) == sorted(set(named))
    assert stayed["who"].null_count() == len(rows) - len(named)
    for name in set(named):
        own = [row for row in rows if row[0] == name]
        first = own[0] if numbered else min(own, key=lambda row: [(each is not None, each) for each in row[1:]])
        assert cast("Any", stayed.filter(pl.col("who") == name).row(0)[:5]) == first
