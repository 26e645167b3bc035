"""`route`: every lead and every account into one place: a queue, its overflow, among those kept out, or unrouted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from abm.scoring.routing.rows import BAR, BARS, COLUMNS, OWNER_OF_ACCOUNT, bars, entities
from abm.scoring.routing.rules import check_rules, fits
from abm.scoring.routing.waiting import done_lately, due
from abm.workspace.routing import ACCOUNT_OWNER
from abm.workspace.settings import default_routing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from abm.model.places import Places
    from abm.scoring.result import ScoreResult
    from abm.workspace.routing import Level, Queue, Routing

LEVELS: tuple[Level, ...] = ("lead", "account")


@dataclass(frozen=True, slots=True)
class Filled:
    """What came of one queue: matched + received = taken + over.

    Attributes:
        queue: the queue.
        matched: how many its rule was the first to fit.
        received: how many other queues overflowed into it.
        taken: how many are on its work list.
        over: how many did not fit: they went on to the queue that takes them, else they are listed as overflow.
        hands: how many on the work list raised a hand.
        hands_over: how many who raised a hand were left in the overflow.
        late: how many on the work list were due before as_of; null without SLA.
        waiting: days since the longest waiting of them came; null if none has an SLA or raised a hand.
        ownerless: how many on the work list have no owner although the queue gives one.
    """

    queue: Queue
    matched: int
    received: int
    taken: int
    over: int
    hands: int
    hands_over: int
    late: int | None
    waiting: int | None
    ownerless: int


@dataclass(frozen=True, slots=True)
class Kept:
    """Who was kept out of the queues of one level for one reason: how many, and how many of them raised a hand."""

    level: Level
    reason: str
    count: int
    hands: int


@dataclass(frozen=True)
class Routed:
    """Everything in its place.

    Attributes:
        result: what was routed.
        routing: by which rules.
        queues: what came of each queue, in their order.
        lists: the work list of each queue by its name: columns `COLUMNS`, in the order in which to work.
        overflow: what did not fit and no queue takes: `level` and `COLUMNS`, by queue in their order, then as in the
            lists; `queue` is the queue that had no room.
        kept_out: who may not be called and is in no queue that takes them: `level`, `reason` (`;`-joined list of
            opted_out, disqualified, excluded) and `COLUMNS` without `queue` and `rule`.
        unrouted: what no rule fitted: `level` and `COLUMNS` without `queue` and `rule`.
        kept: those kept out, counted by their first reason.
        counts: how many leads and accounts there are.
    """

    result: ScoreResult
    routing: Routing
    queues: tuple[Filled, ...]
    lists: Mapping[str, pl.DataFrame]
    overflow: pl.DataFrame
    kept_out: pl.DataFrame
    unrouted: pl.DataFrame
    kept: tuple[Kept, ...]
    counts: Mapping[Level, int]


@dataclass(frozen=True)
class _Placed:
    """One level, in its places; `key` and `turn` are its order."""

    rows: pl.DataFrame
    lists: dict[str, pl.DataFrame]
    left: dict[str, pl.DataFrame]
    received: dict[str, int]
    matched: dict[str, int]


def route(result: ScoreResult, routing: Routing | None = None, places: Places | None = None) -> Routed:
    """Route the leads and accounts of a result.

    At each level the queues are tried in their order; the first whose rule holds is the one. Whoever opted out, is
    disqualified, or belongs to an excluded account is passed over by every queue that does not take such people
    (`takes`), and without a queue that does is kept out. Work is in this order: who raised a hand (accounts: somebody
    there did), then by score descending, null last, then by id. A queue takes the first `capacity` of those whom its
    rule or another queue's overflow gave it, all in that one order; what is over goes on to its `overflow` queue, or
    stays as overflow. Overflow never goes round in a circle, for such a routing is not accepted.

    Waiting begins on the day of the newest raised hand; for others on the day of the newest activity that counts, and
    for accounts of the newest intent too: scores fall by themselves, so that they qualified on that day at the latest.
    Due is the first day on which `sla_hours` may run out for what came at some hour of the first day; where no such
    day is known, waiting begins on as_of. Days are UTC days.

    Args:
        result: what `score` gave.
        routing: the queues; by default those of `default_routing`.
        places: the lines of the file that has the queues, for errors.

    Returns:
        The work lists, as Polars frames, and what is on none: every lead and every account exactly once.

    Raises:
        ConditionError: a rule names an unknown column or compares kinds that do not go together; all of them at once.
    """
    if routing is None or places is None:
        fallback, lines = default_routing()
        routing, places = routing or fallback, places or lines
    check_rules(result, routing, places)
    placed = {level: _placed(result, level, routing.at(level)) for level in LEVELS}
    lists = {queue.name: _work_list(result, queue, placed[queue.level].lists[queue.name]) for queue in routing.queues}
    filled = tuple(_filled(result, queue, placed[queue.level], lists[queue.name]) for queue in routing.queues)
    over = [
        _row_set(_work_list(result, queue, placed[queue.level].left[queue.name]), queue.level)
        for queue in routing.queues
    ]
    outside = {level: placed[level].rows.filter(pl.col("at").is_null()).sort("turn") for level in LEVELS}
    barred = pl.any_horizontal(f"{BAR}{bar}" for bar in BARS)
    kept = {level: rows.filter(barred).with_columns(bars().alias("bars")) for level, rows in outside.items()}
    unrouted = {level: rows.filter(~barred) for level, rows in outside.items()}
    return Routed(
        result=result,
        routing=routing,
        queues=filled,
        lists={name: _columns(frame) for name, frame in lists.items()},
        overflow=pl.concat(over, how="diagonal"),
        kept_out=pl.concat([_outside(rows, level, reason=True) for level, rows in kept.items()], how="diagonal"),
        unrouted=pl.concat([_outside(rows, level) for level, rows in unrouted.items()], how="diagonal"),
        kept=tuple(each for level, rows in kept.items() for each in _kept(rows, level)),
        counts={level: placed[level].rows.height for level in LEVELS},
    )


def _placed(result: ScoreResult, level: Level, queues: Sequence[Queue]) -> _Placed:
    rows = entities(result, level)
    rows = rows.sort(["hand", "score", "key"], descending=[True, True, False], nulls_last=True).with_row_index("turn")
    at = pl.lit(None, dtype=pl.Int32)
    if queues:
        key = "contact_id" if level == "lead" else "account_id"
        found = fits(result, level, queues).rename({key: "key"})
        rows = rows.join(found, on="key", how="left", maintain_order="left")
    for i, queue in reversed(list(enumerate(queues))):
        foreign = [pl.col(f"{BAR}{bar}") for bar in BARS if bar not in queue.takes]
        welcome = ~pl.any_horizontal(pl.lit(value=False), *foreign)
        at = pl.when(pl.col(f"rule_{i}") & welcome).then(pl.lit(i, dtype=pl.Int32)).otherwise(at)
    names = dict(enumerate(queue.name for queue in queues))
    rows = rows.with_columns(at.replace_strict(names, default=None, return_dtype=pl.String).alias("at"))
    return _spread(rows.with_columns(pl.col("at").alias("rule")), queues)


def _spread(rows: pl.DataFrame, queues: Sequence[Queue]) -> _Placed:
    """Give every queue as much as it holds, what is over to the next."""
    parts = {
        str(name): part
        for (name,), part in rows.filter(pl.col("at").is_not_null()).partition_by("at", as_dict=True).items()
    }
    pools = {queue.name: [parts.get(queue.name, rows.clear())] for queue in queues}
    matched = {name: pool[0].height for name, pool in pools.items()}
    lists, left, received = {}, {}, {}
    for queue in _sources_first(queues):
        pool = pl.concat(pools[queue.name])
        received[queue.name] = pool.height - matched[queue.name]
        pool = pool.sort("turn")
        room = pool.height if queue.capacity is None else queue.capacity
        lists[queue.name], over = pool.head(room), pool.slice(room)
        left[queue.name] = over if queue.overflow is None else over.clear()
        if queue.overflow is not None:
            pools[queue.overflow].append(over)
    return _Placed(rows, lists, left, received, matched)


def _sources_first(queues: Sequence[Queue]) -> list[Queue]:
    """The queues, each after all that overflow into it."""
    waiting, ordered = list(queues), []
    while waiting:
        fed = {queue.overflow for queue in waiting}
        ready = [queue for queue in waiting if queue.name not in fed]
        assert ready, "overflow in a circle"
        ordered += ready
        waiting = [queue for queue in waiting if queue.name in fed]
    return ordered


def _work_list(result: ScoreResult, queue: Queue, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with what depends on the queue: place, due, owner, and what the people did."""
    owner = pl.col(OWNER_OF_ACCOUNT) if queue.owner == ACCOUNT_OWNER else pl.lit(queue.owner, dtype=pl.String)
    day = pl.lit(result.as_of)
    until = pl.lit(None, dtype=pl.Date) if queue.sla_hours is None else due("since", day, queue.sla_hours)
    listed = rows.with_columns(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("place"),
        owner.alias("owner"),
        until.alias("due"),
        pl.lit(queue.name).alias("queue"),
    )
    people = rows.select(_person(queue.level)).drop_nulls()
    did = done_lately(result, people)
    return listed.with_columns(_person(queue.level)).join(
        did.rename({"contact_id": "person"}), left_on="contact_id", right_on="person", how="left", maintain_order="left"
    )


def _person(level: Level) -> pl.Expr:
    """The contact_id of a row: of an account the best lead, if they may be called."""
    who = pl.col("contact_id") if level == "lead" else pl.when(pl.col("name").is_not_null()).then("best_lead")
    return who.alias("contact_id")


def _filled(result: ScoreResult, queue: Queue, placed: _Placed, rows: pl.DataFrame) -> Filled:
    matched, received = placed.matched[queue.name], placed.received[queue.name]
    timed = rows if queue.sla_hours is not None else rows.filter("hand")
    longest = timed["waiting_days"].max()
    late = None if queue.sla_hours is None else _count(rows["due"] < result.as_of)
    return Filled(
        queue=queue,
        matched=matched,
        received=received,
        taken=rows.height,
        over=matched + received - rows.height,
        hands=_count(rows["hand"]),
        hands_over=_count(placed.left[queue.name]["hand"]),
        late=late,
        waiting=longest if isinstance(longest, int) else None,
        ownerless=rows["owner"].null_count() if queue.owner is not None else 0,
    )


def _kept(rows: pl.DataFrame, level: Level) -> list[Kept]:
    first = rows.select(pl.col("bars").list.first().alias("reason"), "hand")
    parts = [(bar, first.filter(pl.col("reason") == bar)) for bar in BARS]
    return [Kept(level, bar, part.height, _count(part["hand"])) for bar, part in parts if part.height]


def _count(test: pl.Series) -> int:
    return int(test.sum() or 0)


def _columns(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(name for name in COLUMNS if name in rows.columns)


def _row_set(rows: pl.DataFrame, level: Level) -> pl.DataFrame:
    return _columns(rows).select(pl.lit(level).alias("level"), pl.all())


def _outside(rows: pl.DataFrame, level: Level, *, reason: bool = False) -> pl.DataFrame:
    known = [name for name in COLUMNS if name in rows.columns and name not in ("rule", "queue")]
    said = [pl.col("bars").list.join(";").alias("reason")] if reason else []
    return rows.with_columns(_person(level)).select(pl.lit(level).alias("level"), *said, *known)
