"""Points far above what models use add up like small ones: no engine counts them in 32 bits."""

from __future__ import annotations

import polars as pl

import abm
from abm.model import model_from

RULES = [{"name": f"rule_{i}", "when": "true", "points": 2_000} for i in range(3)]
"""Two thousand points in millionths need 31 bits."""


def test_fit_of_thousands() -> None:
    tables = {
        "accounts": pl.DataFrame({"account_id": ["A1"]}),
        "contacts": pl.DataFrame({"contact_id": ["C1"], "account_id": ["A1"]}),
        "events": pl.DataFrame({"contact_id": [], "type": [], "occurred_at": []}, schema_overrides={"type": pl.String}),
    }
    model = {"name": "large", "version": 1, "fit": {"person": RULES, "account": RULES, "account_full_at": 12_000}}
    result = abm.score(tables, model_from(model), as_of="2026-06-30")
    (lead,) = result.leads.to_dicts()
    (account,) = result.accounts.to_dicts()
    assert (lead["person_fit"], lead["account_fit"], lead["fit_points"]) == (6_000, 6_000, 100)
    assert account["fit"] == 50
