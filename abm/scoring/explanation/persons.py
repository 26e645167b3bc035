"""Who is behind a score, and what it researches: committee, people and topics of an account, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from abm.scoring.explanation.explanation import Person, Reason, Seat, Topic
from abm.scoring.explanation.words import lead_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from abm.scoring.explanation.explanation import Line
    from abm.scoring.result import ScoreResult

_OTHERS = 5
"""So many people who could take a seat are named."""


def person_name(row: Mapping[str, Any]) -> str:
    """First and last name; else the address, else the id.

    >>> person_name({"first_name": "Ada", "last_name": None, "email": "a@b.c", "contact_id": "C1"})
    'Ada'
    """
    name = " ".join(each for each in (row["first_name"], row["last_name"]) if each)
    return name or row["email"] or row["contact_id"]


def everybody(
    result: ScoreResult, account_id: str, group: str | None
) -> tuple[tuple[Person, ...], tuple[Person, ...], tuple[Person, ...]]:
    """Give everybody known of an account, then those who count for it and those disqualified, the warmest first."""
    leads = result.polars["leads"].filter(pl.col("account_id") == account_id)
    rows = result.people(account_id, group).join(
        leads.select("contact_id", "status", "grade", "score", "last_activity", "reasons", "threshold"),
        on="contact_id",
        how="left",
        maintain_order="left",
    )
    people = tuple(_person(row) for row in rows.iter_rows(named=True))
    out = rows["disqualified"].to_list()
    counting = tuple(each for each, gone in zip(people, out, strict=True) if not gone)
    return people, counting, tuple(each for each, gone in zip(people, out, strict=True) if gone)


def _person(row: Mapping[str, Any]) -> Person:
    return Person(
        contact_id=row["contact_id"],
        name=person_name(row),
        roles=tuple(row["roles"]),
        points=None if row["disqualified"] else row["points"],
        engaged=None if row["disqualified"] else row["engaged"],
        reasons=tuple(Reason(code, lead_words(code, row, (), None)) for code in row["reasons"]),
        **{name: row[name] for name in ("title", "role", "blocker", "opted_out")},
        **{name: row[name] for name in ("status", "grade", "score", "last_activity")},
    )


def seats(result: ScoreResult, account_id: str, group: str | None, people: Sequence[Person]) -> tuple[Seat, ...]:
    """Give the roles of the committee: missing ones first, then by empty seats, then by weight, then model order."""
    if group is None:
        return ()
    (template,) = [each for each in result.model.buying_groups if each.name == group]
    names = {each.contact_id: each.name for each in people}
    mine = (pl.col("account_id") == account_id) & (pl.col("group") == group)
    found = []
    for row in result.polars["committee"].filter(mine).drop("account_id", "group").iter_rows(named=True):
        idle = [each.name for each in people if row["role"] in each.roles and not each.engaged]
        found.append(
            Seat(
                **row,
                required=template.roles[row["role"]].required,
                best_name=names.get(row["best_contact"], row["best_contact"]),
                others=tuple(idle[:_OTHERS]),
            )
        )
    return tuple(sorted(found, key=lambda seat: (_turn(seat), -seat.weight)))


def _turn(seat: Seat) -> int:
    """Missing, empty, partly empty, full."""
    if seat.filled_engaged is None:
        return 0
    if seat.filled_engaged == 0:
        return 0 if seat.missing else 1
    return 2 if seat.empty else 3


def topics(result: ScoreResult, account_id: str, lines: Sequence[Line]) -> tuple[Topic, ...]:
    """Give what the account researches: by the points of their lines, then by strength, then by name."""
    points = {line.item: line.points for line in lines if line.component == "intent"}
    rows = result.polars["intent"].filter(pl.col("account_id") == account_id).drop("account_id")
    found = [Topic(**row, points=points.get(row["topic"])) for row in rows.iter_rows(named=True)]
    return tuple(sorted(found, key=lambda each: (-(each.points or 0), -(each.strength or 0), each.topic)))
