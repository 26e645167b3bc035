"""Routing once more, row by row in plain Python, from the result tables and what the rules were said to mean."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from abm.scoring.result import ScoreResult

Row = dict[str, Any]
Place = tuple[str, ...]
"""("queue", name), ("overflow", name), ("kept_out",) or ("unrouted",)."""


class ByHand:
    """A queue of a test: the rule is a Python function over a row of the result."""

    def __init__(
        self,
        name: str,
        rule: Callable[[Row], bool | None],
        capacity: int | None = None,
        overflow: str | None = None,
        takes: Sequence[str] = (),
    ) -> None:
        self.name, self.rule, self.capacity, self.overflow, self.takes = name, rule, capacity, overflow, set(takes)


def lead_rows(result: ScoreResult, contacts: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Leads with `key`, `hand` and `bars`; who opted out is read from the given rows: by id and address."""
    excluded = {row["account_id"]: row["is_excluded"] for row in result.accounts.iter_rows(named=True)}
    same = {
        row["contact_id"]: row["evidence"].removeprefix("one person with ").split(":")[0]
        for row in result.matches.iter_rows(named=True)
        if row["method"] == "duplicate"
    }
    ids = {same.get(row["contact_id"], row["contact_id"]) for row in contacts if row.get("opted_out")}
    mails = {_mail(row.get("email")) for row in contacts if row.get("opted_out")} - {None}
    own = {row["contact_id"]: _mail(row.get("email")) for row in reversed(contacts)}
    rows = []
    for row in result.leads.iter_rows(named=True):
        bars = set()
        if row["contact_id"] in ids or own.get(row["contact_id"]) in mails:
            bars.add("opted_out")
        if row["status"] == "disqualified":
            bars.add("disqualified")
        if excluded.get(row["account_id"]):
            bars.add("excluded")
        rows.append({**row, "key": row["contact_id"], "hand": row["status"] == "hand_raiser", "bars": bars})
    return rows


def account_rows(result: ScoreResult) -> list[Row]:
    """Accounts with `key`, `hand` and `bars`."""
    return [
        {
            **row,
            "key": row["account_id"],
            "hand": bool(row["hand_raisers"]),
            "bars": {"excluded"} if row["is_excluded"] else set(),
        }
        for row in result.accounts.iter_rows(named=True)
    ]


def _mail(text: str | None) -> str | None:
    return (text or "").strip().lower().replace("@www.", "@") or None


def order(row: Row) -> tuple[bool, bool, float, str]:
    """Raised hands first, then the highest score, unknown ones last, then the id."""
    return (not row["hand"], row["score"] is None, -(row["score"] or 0), row["key"])


def routed_by_hand(rows: Sequence[Row], queues: Sequence[ByHand]) -> tuple[dict[str, Place], dict[str, list[str]]]:
    """Where each key is, and each queue's list in order."""
    at: dict[str, Place] = {}
    pools: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        for queue in queues:
            if queue.rule(row) and row["bars"] <= queue.takes:
                pools[queue.name].append(row)
                break
        else:
            at[row["key"]] = ("kept_out",) if row["bars"] else ("unrouted",)
    lists: dict[str, list[str]] = {}
    open_queues = {queue.name: queue for queue in queues}
    while open_queues:
        name = next(each for each in open_queues if each not in {queue.overflow for queue in open_queues.values()})
        queue = open_queues.pop(name)
        pool = sorted(pools[name], key=order)
        room = len(pool) if queue.capacity is None else queue.capacity
        lists[name] = [row["key"] for row in pool[:room]]
        at |= {row["key"]: ("queue", name) for row in pool[:room]}
        for row in pool[room:]:
            if queue.overflow is None:
                at[row["key"]] = ("overflow", name)
            else:
                pools[queue.overflow].append(row)
    return at, lists
