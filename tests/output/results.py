"""Small scored worlds for the tests of what is written and shown."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl

import abm
from abm.model import model_from

if TYPE_CHECKING:
    from abm.scoring.result import ScoreResult

DAY = date(2026, 6, 30)

HOSTILE = {
    "A1": "Acme\x1b[31m Inc.\r\nBerlin",
    "A2": "\u202eevil\u2066 Ltd\x9b2J",
    "A3": "[bold]Mark[/bold] & Sons :smile:",
    "A4": "=HYPERLINK(1)",
    "A5": "株式会社データワークス東京本社ソリューション事業部",
    "A6": None,
}

MODEL = {
    "name": "tiny",
    "version": 3,
    "signals": [{"name": "demo", "event": "demo", "points": 50, "hand_raise": True}],
    "fit": {"account": [{"name": "big", "when": "employees > 100", "points": 10}]},
    "roles": {"rules": [{"role": "economic_buyer", "when": "seniority_rank >= 7", "confidence": 0.9}]},
    "buying_groups": [
        {"name": "core", "roles": {"economic_buyer": {"required": True}, "very_long_role_name": {"required": True}}},
        {"name": "renewal", "motion": "renewal", "roles": {"economic_buyer": {}}},
    ],
    "mqa": {
        "threshold": 40,
        "triggers": [{"name": "hand_raise", "when": "hand_raisers >= 1"}],
        "exclude": [{"name": "competitor", "when": "lifecycle = 'competitor'"}],
    },
}


def facts() -> dict[str, Any]:
    ids = list(HOSTILE)
    employees = [50, 500, 5000, None, 200, 150]
    people = [f"C{i}" for i in range(1, 7)]
    return {
        "accounts": pl.DataFrame(
            {
                "account_id": ids,
                "name": list(HOSTILE.values()),
                "employees": employees,
                "lifecycle": ["prospect", "prospect", "competitor", None, "customer", "prospect"],
            }
        ),
        "contacts": pl.DataFrame(
            {
                "contact_id": people,
                "account_id": ["A1", "A1", "A2", "A3", "A5", None],
                "title": ["CFO", "Intern", "VP Sales", "Owner", "Head of IT", "\x1b]0;x\x07"],
            }
        ),
        "events": pl.DataFrame(
            {
                "contact_id": ["C1", "C1", "C3", "C4", "C5", "C6"],
                "type": ["demo"] * 6,
                "occurred_at": [DAY - timedelta(days=days) for days in (1, 40, 3, 5, 200, 9)],
            }
        ),
        "intent": pl.DataFrame(
            {
                "account_id": ["A1", "A2", "A2"],
                "topic": ["crm\x07 software", "crm", "sales\u2028analytics"],
                "observed_on": [DAY] * 3,
                "score": [90.0, 80.0, 70.0],
                "source": ["v"] * 3,
            }
        ),
    }


@cache
def hostile_result() -> ScoreResult:
    return abm.score(facts(), model_from(MODEL), as_of=DAY)


@cache
def intent_result() -> ScoreResult:
    """Without people: leads, engagement and coverage are unknown."""
    given = facts()
    return abm.score({name: given[name] for name in ("accounts", "intent")}, model_from(MODEL), as_of=DAY)


@cache
def demo_result() -> ScoreResult:
    return abm.score(abm.load_workspace(abm.demo_folder()))
