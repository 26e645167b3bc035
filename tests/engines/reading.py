"""What is asked of a result that lives in an engine, held against the same result of Polars; and what asking brings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

import abm
from abm.engines.polars import on_driver

if TYPE_CHECKING:
    from collections.abc import Callable

    from abm.engines.base import Step
    from abm.scoring.result import ScoreResult


def check_reading(there: ScoreResult, here: ScoreResult) -> None:
    """Fail unless what the library says of two results is the same: rankings, explanations, people, graphs."""
    for by, top in (("account", 3), ("lead", 5), ("group", 4)):
        ranked = abm.rank(there, by=by, where="score > 1", top=top)  # type: ignore[arg-type]
        assert type(ranked) is type(there.accounts)
        assert on_driver(ranked).collect().equals(abm.rank(here, by=by, where="score > 1", top=top))  # type: ignore[arg-type]
    for account in _some_accounts(here):
        assert (
            abm.explain(there, account, level="account").as_dict()
            == abm.explain(here, account, level="account").as_dict()
        )
        assert there.people(account).equals(here.people(account))
        assert there.members(account).equals(here.members(account))
        assert _drawn(there, account) == _drawn(here, account)
    for lead in here.leads["contact_id"].head(1):
        assert abm.explain(there, lead, level="lead").as_dict() == abm.explain(here, lead, level="lead").as_dict()


def _some_accounts(result: ScoreResult) -> list[str]:
    """One that is an MQA and one that is not, as far as there are such."""
    rows = result.accounts
    out = pl.col("is_excluded")
    kinds = (rows.filter("is_mqa"), rows.filter(~pl.col("is_mqa"), ~out))
    return [each["account_id"][0] for each in kinds if each.height]


def _drawn(result: ScoreResult, account: str) -> tuple[list[str], list[str]]:
    graph = abm.account_graph(result, account)
    return sorted(map(str, graph.nodes(data=True))), sorted(map(str, graph.edges(keys=True, data=True)))


def heights(engine: type[Any], work: Callable[[], object]) -> list[int]:
    """Do some work and return how many rows each frame has that came to the driver meanwhile."""
    gather, found = engine.gather, list[int]()

    def counted(self: Any, *steps: Step) -> tuple[pl.DataFrame, ...]:
        frames: tuple[pl.DataFrame, ...] = gather(self, *steps)
        found.extend(frame.height for frame in frames)
        return frames

    engine.gather = counted
    try:
        work()
    finally:
        engine.gather = gather
    return found
