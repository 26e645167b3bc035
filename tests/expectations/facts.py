"""Made facts for the practitioner's cases: a small language for accounts, people and what they did."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl

import abm
from abm.workspace.bundled import bundled

if TYPE_CHECKING:
    from abm.model import Model
    from abm.scoring.result import ScoreResult

AS_OF = date(2026, 6, 30)
IDEAL = {"industry": "Software", "employees": 600}
COMMITTEE = ("CFO", "Head of Operations", "IT Manager", "Security Engineer", "Financial Analyst", "Accountant")


@cache
def starter() -> Model:
    return abm.load_model(bundled("config", "starter.yaml"))


def days_ago(days: int) -> date:
    return AS_OF - timedelta(days=days)


@dataclass
class Facts:
    """Tables in the making; what is never added is a table that was never given."""

    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def row(self, table: str, **values: Any) -> Facts:
        self.tables.setdefault(table, []).append(values)
        return self

    def account(self, account_id: str, **values: Any) -> Facts:
        return self.row("accounts", account_id=account_id, domain=f"{account_id.lower()}.example", **values)

    def person(self, account_id: str | None, contact_id: str, title: str, **values: Any) -> Facts:
        return self.row("contacts", contact_id=contact_id, account_id=account_id, title=title, **values)

    def did(self, contact_id: str, kind: str, ago: int = 1, **values: Any) -> Facts:
        return self.row("events", contact_id=contact_id, type=kind, occurred_at=days_ago(ago), **values)

    def priced(self, contact_id: str, ago: int = 1) -> Facts:
        """A look at the pricing page: 15 points."""
        return self.did(contact_id, "page_view", ago, url="https://us.example/pricing")

    def score_of(self, account_id: str, topic: str, value: float, ago: int = 1) -> Facts:
        return self.row(
            "intent", account_id=account_id, topic=topic, observed_on=days_ago(ago), score=value, source="vendor"
        )

    def committee(self, account_id: str = "A", **account: Any) -> Facts:
        """Six people, every role, fifteen points each."""
        self.account(account_id, **IDEAL, **account)
        for i, title in enumerate(COMMITTEE):
            self.person(account_id, f"{account_id}{i}", title).priced(f"{account_id}{i}")
        return self

    def scored(self, model: Model | None = None, as_of: date = AS_OF) -> ScoreResult:
        frames = {name: pl.DataFrame(rows, infer_schema_length=None) for name, rows in self.tables.items()}
        return abm.score(frames, model or starter(), as_of=as_of)


def account(result: ScoreResult, account_id: str = "A") -> dict[str, Any]:
    found: dict[str, Any] = result.accounts.row(by_predicate=pl.col("account_id") == account_id, named=True)
    return found


def lead(result: ScoreResult, contact_id: str) -> dict[str, Any]:
    found: dict[str, Any] = result.leads.row(by_predicate=pl.col("contact_id") == contact_id, named=True)
    return found
