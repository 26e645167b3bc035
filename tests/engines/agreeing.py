"""One random workspace scored by two engines, and every cell in which they differ."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import polars as pl
from polars.testing import assert_frame_equal

import abm
from abm.engines.polars import on_driver
from abm.model import model_from
from tests.agreement.compare import frames
from tests.strategies import random_workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from abm.scoring.result import ScoreResult

COMPONENTS = ("fit", "leads", "engagement", "coverage", "completeness", "intent", "warmth", "strength", "decay")
"""Real results may differ by a millionth; everything else is equal."""


def polars_frames(seed: int) -> tuple[dict[str, pl.DataFrame], Any, Any]:
    """The tables of a random workspace, its model and day; `count` as the whole number that engines take."""
    tables, model, as_of = random_workspace(seed)
    return frames(tables), model_from(model), as_of


def agree(ours: ScoreResult, theirs: ScoreResult) -> None:
    """Fail unless two results are equal, table by table, contributions and matches included."""
    assert list(ours.tables()) == list(theirs.tables())
    for name, table in theirs.tables().items():
        expected = on_driver(table).collect()
        found = on_driver(ours.tables()[name]).collect()
        if name == "issues":
            assert set(_codes(found)) <= set(_codes(expected)), name
            continue
        real = [column for column in found.columns if column in COMPONENTS]
        assert_frame_equal(found.drop(real), expected.drop(real), check_exact=True)
        assert_frame_equal(found.select(real), expected.select(real), check_exact=False, abs_tol=1e-6, rel_tol=0)


def _codes(issues: pl.DataFrame) -> list[tuple[str, str, int]]:
    kept = issues.filter(pl.col("code") != "unparseable")
    return list(kept.select("table", "code", "count").iter_rows())


def check_frames(seed: int, living: Callable[[Mapping[str, pl.DataFrame]], dict[str, Any]]) -> None:
    """Frames that live in an engine give what the same Polars frames give."""
    tables, model, as_of = polars_frames(seed)
    agree(abm.score(living(tables), model, as_of=as_of), abm.score(tables, model, as_of=as_of))


def check_files(seed: int, engine: Any) -> None:
    """A folder of Parquet files, read by the engine itself where it can, gives what Polars gives."""
    tables, model, as_of = polars_frames(seed)
    with TemporaryDirectory() as folder:
        for name, frame in tables.items():
            frame.write_parquet(Path(folder) / f"{name}.parquet")
        workspace = abm.load_workspace(folder)
        agree(
            abm.score(workspace, model, as_of=as_of, engine=engine),
            abm.score(workspace, model, as_of=as_of),
        )
