"""The smallest set of steps that qualifies a buying group; a step is one more engaged person in an empty seat.

Every combination of at most three steps is tried: the account is copied once for each, newcomers are put among its
leads, and all copies are judged by the plan's own standings, so that whatever the model asks for is asked of them too.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from abm.scoring.arithmetic import in_points
from abm.scoring.committees import Crowd
from abm.scoring.facts.accounts import ACCOUNT
from abm.scoring.standings import GROUP, standings
from abm.scoring.what_next.newcomers import newcomers, people_columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from abm.model import BuyingGroup
    from abm.scoring.plan import Scored
    from abm.scoring.result import ScoreResult

MOST_STEPS = 3

_AT_ONCE = 200
"""So many accounts are copied at a time, once for each combination of steps."""

_FOUND = pl.Schema(
    [("account_id", pl.String), ("group", pl.String), ("roles", pl.List(pl.String)), ("score", pl.Float64)]
)


@dataclass(frozen=True, slots=True)
class Steps:
    """The smallest set of steps that qualifies a buying group.

    Attributes:
        roles: the role of each newcomer, in the order of the template; a role with two seats may stand here twice.
        score: the account score with them, 0-100.
    """

    roles: tuple[str, ...]
    score: float | None


def smallest_steps(result: ScoreResult, account_id: str, group: str | None) -> Steps | None:
    """The smallest set of at most three steps that makes an MQA of a buying group (see `smallest_sets`).

    Args:
        result: a run.
        account_id: the account.
        group: one of its applicable buying groups, which is not an MQA; None for an account without one.

    Returns:
        The steps; None when it is an MQA already, when no three people would do, or when nobody knows, because
        contacts or events were not given.
    """
    found = smallest_sets(result, [account_id]).filter(pl.col("group").eq_missing(pl.lit(group)))
    if not found.height:
        return None
    row = found.row(0, named=True)
    return Steps(tuple(row["roles"]), row["score"])


def smallest_sets(result: ScoreResult, account_ids: Sequence[str] | None = None) -> pl.DataFrame:
    """Find the smallest set of at most three steps that qualifies each buying group which is not an MQA.

    A step puts one more engaged person into a role that has an empty engaged seat: somebody new, eligible for that
    role alone, with x = r = engaged_at and a lead score at the threshold of the segment, an MQL if `mql.require` can be
    told to hold from that alone. Everything is judged anew. Among sets of one size the one with the highest score is
    told, then the first in the order of the template.

    Args:
        result: a run.
        account_ids: the accounts; by default all.

    Returns:
        One row for each group that can be qualified so, by account_id and group in model order: `account_id`, `group`,
        `roles` (list of text), `score` (0-100).
    """
    scored = result.scored
    if scored.leads is None or scored.streams is None:
        return pl.DataFrame(schema=_FOUND)
    open_seats = _open_seats(result, account_ids)
    parts = [
        _of_group(scored, index, group, some)
        for index, group in enumerate(result.model.buying_groups)
        for some in _in_turn(open_seats.filter(pl.col("group") == group.name))
    ]
    if not parts:
        return pl.DataFrame(schema=_FOUND)
    return pl.concat(parts).sort(ACCOUNT, GROUP).select(_FOUND.names())


def _open_seats(result: ScoreResult, account_ids: Sequence[str] | None) -> pl.DataFrame:
    """Per group that is not an MQA: `a`, `account_id`, `group` and the empty engaged seats of each role in order."""
    rows = result.polars["groups"].filter(~pl.col("is_mqa"), ~pl.col("is_excluded"))
    if account_ids is not None:
        rows = rows.filter(pl.col("account_id").is_in(list(account_ids)))
    (keys,) = result.scored.ctx.engine.gather(result.scored.accounts.select(ACCOUNT, "account_id"))
    seats = result.polars["committee"].with_columns(empty=pl.col("seats") - pl.col("filled_engaged"))
    rows = rows.select("account_id", "group").join(seats, on=["account_id", "group"], maintain_order="left_right")
    empties = rows.group_by("account_id", "group", maintain_order=True).agg("empty")
    return empties.join(keys, on="account_id", maintain_order="left")


def _in_turn(rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    for start in range(0, rows.height, _AT_ONCE):
        yield rows[start : start + _AT_ONCE]


def _of_group(scored: Scored, index: int, group: BuyingGroup, open_seats: pl.DataFrame) -> pl.DataFrame:
    """Try every combination for some accounts of one group."""
    ctx = scored.ctx
    tried = combinations(group)
    plans = _plans(open_seats, tried)
    copies = ctx.engine.scatter(plans.select(ACCOUNT, "copy"))
    accounts, people, streams, topics = (
        None if step is None else copies.join(step, on=ACCOUNT, how="inner").drop(ACCOUNT).rename({"copy": ACCOUNT})
        for step in (scored.accounts, people_columns(ctx, scored), scored.streams, scored.topics)
    )
    assert accounts is not None
    assert people is not None
    steps = plans.select("copy", ACCOUNT, slot=pl.col("slots")).explode("slot")
    added = newcomers(ctx, scored, index, ctx.engine.scatter(steps.with_row_index("turn")))
    crowd = Crowd(nw.concat([people, added]), streams)
    found = standings(ctx, accounts, crowd, topics, scored.views).groups
    qualifies = found.filter((nw.col(GROUP) == index) & nw.col("is_mqa"))
    (rows,) = ctx.engine.gather(
        qualifies.select(nw.col(ACCOUNT).alias("copy"), GROUP, in_points("score").alias("score"))
    )
    best = (
        rows.join(plans, on="copy")
        .with_columns(size=pl.col("slots").list.len())
        .sort("size", -pl.col("score"), "copy", nulls_last=True)
        .unique(ACCOUNT, keep="first", maintain_order=True)
    )
    names = pl.Series(list(group.roles), dtype=pl.String)
    return best.select(
        ACCOUNT,
        GROUP,
        "account_id",
        "group",
        "score",
        roles=pl.col("slots").list.eval(pl.element().replace_strict(dict(enumerate(names)), return_dtype=pl.String)),
    )


def combinations(group: BuyingGroup) -> list[tuple[int, ...]]:
    """Every multiset of one to three roles (as slots) that has seats for them, the small ones first."""
    seats = [role.people for role in group.roles.values()]
    return [
        chosen
        for size in range(1, MOST_STEPS + 1)
        for chosen in combinations_with_replacement(range(len(seats)), size)
        if all(chosen.count(slot) <= seats[slot] for slot in chosen)
    ]


def _plans(open_seats: pl.DataFrame, tried: list[tuple[int, ...]]) -> pl.DataFrame:
    """Which combinations each account has the empty seats for: `copy` (a new key), `a`, ids, `slots`."""
    count = len(tried)
    table = pl.DataFrame(
        {
            "which": range(count),
            "slots": tried,
            "needed": [[chosen.count(slot) for slot in range(_width(tried))] for chosen in tried],
        },
        schema={"which": pl.Int64, "slots": pl.List(pl.Int64), "needed": pl.List(pl.Int64)},
    )
    every = open_seats.join(table, how="cross")
    fits = (pl.col("empty") - pl.col("needed")).list.min() >= 0
    return every.filter(fits).with_columns(copy=pl.col(ACCOUNT) * count + pl.col("which")).drop("needed", "empty")


def _width(tried: list[tuple[int, ...]]) -> int:
    return 1 + max(slot for chosen in tried for slot in chosen)
