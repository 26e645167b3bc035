"""Days from one ledger: people are placed once for all days, and every day is what it would be alone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import abm
from abm.model import model_from
from abm.scoring.facts import contacts, placed, placed_days

if TYPE_CHECKING:
    from abm.scoring.context import Context
    from abm.scoring.result import ScoreResult

FIRST = date(2026, 1, 1)
MODEL = {
    "name": "days",
    "version": 1,
    "signals": [{"name": "visit", "event": "visit", "points": 10}],
    "mql": {"threshold": 10},
}


def world(mails: list[str], *, twice: bool = False) -> dict[str, pl.DataFrame]:
    """Two accounts and people created one a month, who had been there before; the first two have some address each."""
    count = len(mails)
    people = pl.DataFrame(
        {
            "contact_id": [f"C{i}" for i in range(count)],
            "email": mails,
            "title": ["CFO", "Engineer"] * (count // 2),
            "created_at": [None, *(FIRST + timedelta(30 * i) for i in range(1, count))],
        }
    )
    visits = [(f"C{i}", FIRST + timedelta(day)) for i in range(count) for day in range(0, 200, 20)]
    return {
        "accounts": pl.DataFrame({"account_id": ["A", "B"], "domain": ["a.example", "b.example"]}),
        "contacts": pl.concat([people, people.tail(1)]) if twice else people,
        "events": pl.DataFrame(visits, schema=["contact_id", "occurred_at"], orient="row").with_columns(
            type=pl.lit("visit")
        ),
        "intent": pl.DataFrame(
            {
                "account_id": ["A"] * 10,
                "topic": ["security"] * 10,
                "observed_on": [FIRST + timedelta(20 * i) for i in range(10)],
                "score": [90.0 - i for i in range(10)],
            }
        ),
    }


APART = ["ada@a.example", "bob@b.example", "cy@a.example", "dee@b.example", "eve@a.example", "fay@nobody.example"]
EARLY = ["ada@a.example", "ADA@a.example", *APART[2:]]
LATE = [*APART[:4], "ada@a.example", APART[5]]


@pytest.mark.parametrize(
    ("tables", "times"),
    [
        pytest.param(world(APART), 1, id="nobody twice"),
        pytest.param(world(EARLY), 2, id="twice from early on", marks=pytest.mark.slow),
        pytest.param(world(LATE), 4, id="somebody later is somebody else", marks=pytest.mark.slow),
        pytest.param(world(APART, twice=True), 5, id="a contact on two rows", marks=pytest.mark.slow),
    ],
)
def test_people_are_placed_once(tables: dict[str, Any], times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    model, done = model_from(MODEL), list[date]()
    ledger = abm.Ledger(tables, model)
    whole = placed.placed_until

    def told(ctx: Context, *others: Any) -> placed.Placed:
        done.append(ctx.as_of)
        return whole(ctx, *others)

    for module in (placed_days, contacts):
        monkeypatch.setattr(module, "placed_until", told)
    days = [FIRST + timedelta(back) for back in (199, 10, 130, 70, 155, 100)]
    found = [ledger.score(as_of=day) for day in days]
    assert len(done) == times
    monkeypatch.undo()
    for result, day in zip(found, days, strict=True):
        alone = abm.score(tables, model, as_of=day)
        for name, table in alone.tables().items():
            if name != "issues":
                assert table.equals(result.tables()[name]), (day, name)
        assert _told(result) == _told(alone)
    assert len({result.leads.height for result in found}) > 1


def _told(result: ScoreResult) -> list[tuple[Any, ...]]:
    """What is wrong with people and intent; a ledger says of events what holds for all deliveries."""
    return [
        (each.table, each.code, each.count, each.message, each.samples)
        for each in result.findings
        if each.table != "events"
    ]
