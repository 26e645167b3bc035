"""Roles: what the CRM says, what rules infer, who is eligible for what in a template, and the primary role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.oracle.conditions import holds
from tests.oracle.opportunities import is_open, is_won
from tests.oracle.tables import Row, listed

if TYPE_CHECKING:
    from datetime import date

    from tests.oracle.hygiene import Facts

Raw = dict[str, Any]


@dataclass
class Evidence:
    """Roles of one contact: explicit ones (all at crm_confidence) and inferred ones with their highest confidence."""

    explicit: set[str]
    inferred: dict[str, float]


def plain_role(text: str) -> str:
    return text.strip().lower().replace(" ", "_").replace("-", "_")


def explicit_roles(model: Raw, facts: Facts, contact_id: str, as_of: date) -> set[str]:
    """Roles on open or won opportunities of the contact's own account, else the contact's buying roles."""
    account = facts.account_of[contact_id]
    on_opportunities = []
    for row in facts.opportunity_contacts:
        opportunity = facts.opportunities.get(row["opportunity_id"])
        if row["contact_id"] != contact_id or opportunity is None or account is None:
            continue
        if opportunity["account_id"] == account and (is_open(opportunity, as_of) or is_won(opportunity, as_of)):
            on_opportunities += listed(row["role"])
    words = on_opportunities or listed(facts.contacts[contact_id]["buying_role"])
    aliases = {plain_role(word): role for word, role in model["roles"]["aliases"].items()}
    return {aliases.get(plain_role(word), plain_role(word)) for word in words}


def inferred_roles(model: Raw, names: Row, as_of: date) -> dict[str, float]:
    inferred: dict[str, float] = {}
    for rule in model["roles"]["rules"]:
        if holds(rule["when"], names, as_of):
            inferred[rule["role"]] = max(inferred.get(rule["role"], 0.0), rule["confidence"])
    return inferred


def eligible_roles(model: Raw, group: Raw, evidence: Evidence) -> dict[str, float]:
    """Roles and blockers of the template that the person is eligible for, with the confidence."""
    template = {*group["roles"], *group["blockers"]}
    confidence = {role: float(model["roles"]["crm_confidence"]) for role in evidence.explicit & template}
    if not (model["roles"]["trust_crm"] and confidence):
        for role, value in evidence.inferred.items():
            if role in template:
                confidence[role] = max(confidence.get(role, 0.0), value)
    return {role: value for role, value in confidence.items() if value >= model["roles"]["min_confidence"]}


def primary_role(group: Raw, eligible: dict[str, float]) -> str | None:
    """Of the template's seated roles the one of highest confidence, then weight, then order."""
    seated = [role for role in group["roles"] if role in eligible]
    return max(seated, key=lambda role: (eligible[role], group["roles"][role]["weight"]), default=None)
