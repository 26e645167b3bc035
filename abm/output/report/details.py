"""Details: what a report shows of one account when it is opened, gathered for many accounts at once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from abm.output.brief.cells import person_name
from abm.output.brief.gathering import gathered
from abm.output.brief.next_steps import next_steps
from abm.output.brief.top import headline, single_facts
from abm.output.brief.why import why_now
from abm.output.brief.words import capital, plain
from abm.output.report.days import WEEKS, deeds, researched
from abm.output.report.falls import falls
from abm.scoring.explanation.numbers import tenths

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from abm.output.brief.gathering import Case, Row
    from abm.scoring.result import ScoreResult

_PEOPLE = 40
"""So many people of an account are listed; all are counted."""
_DEEDS = 400
"""So many marks its timeline has."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One account.

    Attributes:
        account_id: the account.
        case: what was gathered of it.
        content: plain values, ready for JSON: what the page's script reads.
    """

    account_id: str
    case: Case
    content: dict[str, Any]


def details(result: ScoreResult, account_ids: Sequence[str], ahead: Collection[str]) -> Iterator[Detail]:
    """Gather the details of several accounts, in their order; tables are read once for all of them.

    Args:
        result: the run.
        account_ids: accounts of it.
        ahead: for which of them to try what would qualify them, and when they lapse.

    Yields:
        For each account `verdict`, `why`, `next` (sentences of its brief); `lines` (see `falls`); `seats`, `people`,
        `known`; `topics` with a value for each of the last weeks, the oldest first; `deeds`, four numbers a mark:
        place of the person in `people` (-1 for visitors without a name, -2 for somebody not listed), place of the
        signal in the model, age in days, count; `groups`, how its other buying groups stand.
    """
    cases = gathered(result, account_ids, ahead=ahead)
    here = result.near(account_ids)
    marks = _marks(deeds(here, account_ids), cases)
    weeks = _by_account(researched(here, account_ids))
    for account_id, case in cases.items():
        yield Detail(account_id, case, _content(case, marks.get(account_id, []), weeks[account_id]))


def _marks(done: pl.DataFrame, cases: Mapping[str, Case]) -> dict[str, list[int]]:
    """The marks of each timeline, newest first, four numbers each."""
    listed = [(row["contact_id"], place) for case in cases.values() for place, row in enumerate(case.people[:_PEOPLE])]
    places = pl.DataFrame(listed, schema={"contact_id": pl.String, "place": pl.Int64}, orient="row")
    newest = done.group_by("account_id", maintain_order=True).head(_DEEDS)
    found = newest.join(places, on="contact_id", how="left", maintain_order="left")
    nameless, unlisted = pl.lit(-1, dtype=pl.Int64), pl.lit(-2, dtype=pl.Int64)
    who = pl.when(pl.col("contact_id").is_null()).then(nameless).otherwise(pl.coalesce("place", unlisted))
    four = pl.concat_list(who, "signal", "age", "n")
    flat = found.group_by("account_id", maintain_order=True).agg(
        four.list.explode(keep_nulls=False, empty_as_null=False).alias("marks")
    )
    return dict(flat.iter_rows())


def _content(case: Case, marks: Sequence[int], weeks: Sequence[Row]) -> dict[str, Any]:
    people = case.people[:_PEOPLE]
    counted = sum(not row["disqualified"] for row in case.people)
    return {
        "verdict": headline(case, single_facts(case)).text,
        "why": [each.text for each in why_now(case)],
        "next": [each.text for each in next_steps(case)],
        "lines": falls(case),
        "seats": [_seat(row) for row in case.seats],
        "people": [_person(row) for row in people],
        "known": [counted, len(case.people) - counted],
        "topics": list(_topics(case, weeks)),
        "deeds": marks,
        "groups": [_group(row) for row in case.others],
    }


def _person(row: Row) -> dict[str, Any]:
    flags = [name for name in ("engaged", "blocker", "disqualified", "opted_out", "is_mql") if row[name]]
    return {
        "name": person_name(row).shown,
        "title": row["title"],
        "role": row["role"],
        "points": None if row["points"] is None else float(tenths(row["points"]).replace(",", "")),
        "is": [*flags, *(["asked"] if row["status"] == "hand_raiser" else [])],
        "last": None if row["last_activity"] is None else row["last_activity"].isoformat(),
    }


def _seat(row: Row) -> dict[str, Any]:
    return {
        "role": row["role"],
        "title": capital(plain(row["role"])),
        "seats": row["seats"],
        "known": row["known"],
        "engaged": row["filled_engaged"],
        "missing": bool(row["missing"]),
        "warmth": None if row["warmth"] is None else round(row["warmth"], 2),
    }


def _topics(case: Case, weeks: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """The topics with their weeks: those that spike first, then the strongest."""
    values: defaultdict[str, list[float | None]] = defaultdict(lambda: [None] * WEEKS)
    counted = {row["topic"]: row["counted"] for row in weeks}
    for row in weeks:
        values[row["topic"]][WEEKS - 1 - row["week"]] = round(row["value"], 1)
    known = {row["topic"]: row for row in case.topics}
    order = sorted(known, key=lambda topic: (not known[topic]["spike"], -(known[topic]["strength"] or 0), topic))
    for topic in order:
        row = known[topic]
        yield {
            "topic": topic,
            "spike": bool(row["spike"]),
            "strength": None if row["strength"] is None else round(row["strength"] * (row["decay"] or 0), 3),
            "counted": counted.get(topic, False),
            "weeks": values[topic],
        }


def _group(row: Row) -> dict[str, Any]:
    score = None if row["score"] is None else float(tenths(row["score"]).replace(",", ""))
    return {"group": capital(plain(row["group"])), "score": score, "qualified": row["is_mqa"]}


def _by_account(frame: pl.DataFrame) -> defaultdict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in frame.iter_rows(named=True):
        found[row["account_id"]].append(row)
    return found
