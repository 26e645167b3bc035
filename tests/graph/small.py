"""Small worlds for graphs."""

from __future__ import annotations

from typing import Any

import polars as pl

import abm
from abm.model import model_from

MODEL: dict[str, Any] = {
    "name": "small",
    "version": 1,
    "signals": [{"name": "visit", "event": "visit", "points": 20}],
    "intent": {"topics": {"crm": 1.0}},
}


def family(parents: dict[str, str | None]) -> Any:
    """Accounts with these parents, each of which researches one topic."""
    accounts = pl.DataFrame(
        list(parents.items()),
        schema={"account_id": pl.String, "parent_account_id": pl.String},
        orient="row",
    )
    intent = accounts.select("account_id", topic=pl.lit("crm"), observed_on=pl.lit("2026-06-01"), score=pl.lit(80.0))
    return abm.score({"accounts": accounts, "intent": intent}, model_from(MODEL), as_of="2026-06-30")
