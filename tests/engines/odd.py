"""Small worlds that are odd in one way, of which every engine must make the same."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

import abm
from abm.engines.polars import on_driver
from abm.model import model_from

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DAY = "2026-06-30"
MODEL = {
    "name": "odd",
    "version": 1,
    "signals": [{"name": "demo", "event": "demo", "points": 50}],
    "intent": {"topics": {"crm": 1.0}},
}
SPACE, LINE = "\u00a0", "\u2028"


def world(mark: str = "", ids: Any = ("1", "2")) -> dict[str, pl.DataFrame]:
    """Nothing is wrong with it; texts may end in a mark, and ids be of another type."""
    seen = pl.Series(["2026-06-01"] * 2).str.to_date()
    mails = pl.Series(["jo@acme.example", "al@other.example"])
    return {
        "accounts": pl.DataFrame({"account_id": ids, "domain": ["acme.example", "other.example"]}),
        "contacts": pl.DataFrame({"contact_id": ["C1", "C2"], "email": mails}),
        "events": pl.DataFrame({"email": mails + mark, "type": "demo", "occurred_at": seen}),
        "intent": pl.DataFrame({"account_id": ids, "topic": "crm" + mark, "observed_on": seen, "score": 80.0}),
    }


WORLDS = {
    "clean": world(),
    "no-break spaces": world(SPACE),
    "line separators": world(LINE),
    "long decimals": world(ids=pl.Series([Decimal(900719925474099301), Decimal(900719925474099302)])),
    "decimals": world(ids=pl.Series([Decimal("12.00"), Decimal("12.50")])),
}


def check_odd(name: str, given: Callable[[Mapping[str, pl.DataFrame]], Mapping[str, Any]]) -> None:
    """Score frames of an engine, and hold its tables against those of Polars."""
    tables, model = WORLDS[name], model_from(MODEL)
    here, there = abm.score(tables, model, as_of=DAY), abm.score(given(tables), model, as_of=DAY)
    assert here.accounts.height == here.leads.filter(pl.col("engagement") > 0).height == here.intent.height == 2
    for table in ("accounts", "leads", "intent", "contributions", "issues"):
        expected = getattr(here, table)
        assert on_driver(getattr(there, table)).collect().select(expected.columns).equals(expected), table
