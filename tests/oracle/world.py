"""What is known of accounts before anybody is scored: segment, tier, fit, opportunities, applicable groups, names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.oracle.conditions import holds, truth
from tests.oracle.ledger import Ledger, write
from tests.oracle.model import first_match
from tests.oracle.opportunities import is_open, is_won
from tests.oracle.tables import COLUMNS, Row, prefixed

if TYPE_CHECKING:
    from datetime import date

    from tests.oracle.hygiene import Event, Facts

Raw = dict[str, Any]


@dataclass
class Account:
    """One account. `names`: what conditions on accounts may use, with the resolved segment."""

    row: Row
    names: Row
    segment: str
    tier: str | None
    fit_points: int
    fit_rules: list[bool | None]
    groups: list[Raw]


class World:
    """Model and facts together, with one Account per account and the ledger."""

    def __init__(self, model: Raw, facts: Facts, as_of: date) -> None:
        self.model = model
        self.facts = facts
        self.as_of = as_of
        self.accounts = {key: self._account(row) for key, row in facts.accounts.items()}
        self._no_account = prefixed("account", _nulls("accounts", facts.accounts))
        self._no_contact = prefixed("contact", _nulls("contacts", facts.contacts))
        self._account_names = {
            key: prefixed("account", {**account.row, "segment": account.segment})
            for key, account in self.accounts.items()
        }
        self._contact_names = {key: prefixed("contact", row) for key, row in facts.contacts.items()}
        self.ledger: Ledger = write(model, facts, as_of, self._event_names)

    def given(self, *tables: str) -> bool:
        return all(table in self.facts.given for table in tables)

    def opportunity_counts(self, accounts: list[str]) -> Row:
        """open_opportunities and won_opportunities, null if the table was not given."""
        if not self.given("opportunities"):
            return {"open_opportunities": None, "won_opportunities": None}
        rows = [row for row in self.facts.opportunities.values() if row["account_id"] in accounts]
        return {
            "open_opportunities": sum(is_open(row, self.as_of) for row in rows),
            "won_opportunities": sum(is_won(row, self.as_of) for row in rows),
        }

    def applicable(self, names: Row) -> list[Raw]:
        """The buying groups that apply to an account or family of these names, in model order."""
        return [group for group in self.model["buying_groups"] if holds(group["applies_when"], names, self.as_of)]

    def account_names(self, account: str | None) -> Row:
        """account.x; nulls for no account."""
        return self._no_account if account is None else self._account_names[account]

    def _event_names(self, event: Event) -> Row:
        contact = self._no_contact if event.person is None else self._contact_names[event.person]
        return {**event.row, **contact, **self.account_names(event.account)}

    def _account(self, row: Row) -> Account:
        names = {**row, **self.opportunity_counts([row["account_id"]])}
        matched = first_match(self.model["segments"], lambda when: holds(when, names, self.as_of))
        names["segment"] = row["segment"] or matched or "default"
        rules = self.model["fit"]["account"]
        answers = [truth(rule["when"], names, self.as_of) for rule in rules]
        return Account(
            row=row,
            names=names,
            segment=names["segment"],
            tier=first_match(self.model["tiers"], lambda when: holds(when, names, self.as_of)),
            fit_points=sum(rule["points"] for rule, answer in zip(rules, answers, strict=True) if answer),
            fit_rules=answers,
            groups=self.applicable(names),
        )


def _nulls(table: str, rows: dict[str, Row]) -> Row:
    extra = next(iter(rows.values()), {})
    return dict.fromkeys([*COLUMNS[table], *extra])
