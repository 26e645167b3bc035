"""Leads: every person's fit, engagement, grade, status and reasons."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.oracle.conditions import holds, truth
from tests.oracle.engagement import points_of
from tests.oracle.ledger import Stream, last_day
from tests.oracle.millionths import MICRO, micro, rounded
from tests.oracle.model import threshold_of
from tests.oracle.roles import Evidence, eligible_roles, explicit_roles, inferred_roles, primary_role
from tests.oracle.tables import Row, within

if TYPE_CHECKING:
    from datetime import date

    from tests.oracle.world import World

Raw = dict[str, Any]

SENIORITY = {
    "owner": 9,
    "c_level": 9,
    "vp": 8,
    "head": 7,
    "director": 7,
    "manager": 6,
    "lead": 5,
    "senior": 4,
    "individual": 3,
    "junior": 2,
    "intern": 1,
}
DEPARTMENTS = frozenset(
    [
        "executive",
        "finance",
        "it",
        "security",
        "engineering",
        "data",
        "product",
        "operations",
        "marketing",
        "sales",
        "support",
        "hr",
        "legal",
        "procurement",
        "research",
        "other",
    ]
)


@dataclass
class Lead:
    """A row of the leads table, and what the account needs of the person."""

    row: Row
    evidence: Evidence
    stream: Stream

    @property
    def is_member(self) -> bool:
        """Disqualified people are members of no group."""
        return str(self.row["status"]) != "disqualified"


def score_leads(world: World) -> dict[str, Lead]:
    return {contact_id: _lead(world, contact_id) for contact_id in world.facts.contacts}


def _lead(world: World, contact_id: str) -> Lead:
    model, as_of = world.model, world.as_of
    names = _person_names(world, contact_id)
    account_id = world.facts.account_of[contact_id]
    evidence = Evidence(explicit_roles(model, world.facts, contact_id, as_of), inferred_roles(model, names, as_of))
    stream = world.ledger.people.get(contact_id, {})
    row: Row = {
        "contact_id": contact_id,
        "account_id": account_id,
        "segment": None if account_id is None else world.accounts[account_id].segment,
        "seniority": names["seniority"],
        "department": names["department"],
        "email_kind": names["email_kind"],
        "role": _role(world, account_id, evidence),
        **_fit(world, account_id, names),
    }
    row["engagement"] = points_of(stream, model, as_of) if world.given("events") else None
    row["score"] = row["fit_points"] + (row["engagement"] or 0)
    row["threshold"] = micro(threshold_of(model["mql"], row["segment"]))
    row["grade"] = _grade(model["mql"]["grade"], row)
    row["last_activity"] = last_day(stream)
    _judge(world, row, stream, {**names, **_condition_names(row)})
    return Lead(row, evidence, stream)


def _person_names(world: World, contact_id: str) -> Row:
    """What fit.person and roles may use."""
    contact = world.facts.contacts[contact_id]
    seniority = contact["seniority"] if contact["seniority"] in SENIORITY else None
    return {
        **contact,
        **world.account_names(world.facts.account_of[contact_id]),
        "seniority": seniority,
        "seniority_rank": SENIORITY.get(seniority or ""),
        "department": contact["department"] if contact["department"] in DEPARTMENTS else None,
        "email_kind": world.facts.email_kind[contact_id],
    }


def _role(world: World, account_id: str | None, evidence: Evidence) -> str | None:
    """The primary role in the account's first applicable group."""
    groups = [] if account_id is None else world.accounts[account_id].groups
    return primary_role(groups[0], eligible_roles(world.model, groups[0], evidence)) if groups else None


def _fit(world: World, account_id: str | None, names: Row) -> Row:
    rules = world.model["fit"]["person"]
    answers = [truth(rule["when"], names, world.as_of) for rule in rules]
    person_fit = sum(rule["points"] for rule, answer in zip(rules, answers, strict=True) if answer)
    account = None if account_id is None else world.accounts[account_id]
    account_fit = 0 if account is None else account.fit_points
    account_answers = [None] * len(world.model["fit"]["account"]) if account is None else account.fit_rules
    everything = [*answers, *account_answers]
    known = sum(answer is not None for answer in everything)
    return {
        "person_fit": person_fit,
        "account_fit": account_fit,
        "fit_points": max(0, min(100 * MICRO, person_fit + account_fit)),
        "fit_known": rounded(Fraction(known, len(everything))) if everything else None,
    }


def _grade(grade: Raw, row: Row) -> str | None:
    """A-D by fit, 1-4 by engagement; null without events."""
    if row["engagement"] is None:
        return None
    letter = sum(row["fit_points"] < micro(bound) for bound in grade["fit"])
    digit = sum(row["engagement"] < micro(bound) for bound in grade["engagement"])
    return f"{'ABCD'[letter]}{digit + 1}"


def _condition_names(row: Row) -> Row:
    """The columns of a lead that mql.* may use; points as points."""
    points = ("person_fit", "account_fit", "fit_points", "engagement", "score")
    return {
        **{name: None if row[name] is None else row[name] / MICRO for name in points},
        **{name: row[name] for name in ("segment", "grade", "role", "last_activity")},
    }


def _judge(world: World, row: Row, stream: Stream, names: Row) -> None:
    """Status, is_mql and reasons, into the row."""
    mql, as_of = world.model["mql"], world.as_of
    rules = [rule for rule in mql["disqualify"] if holds(rule["when"], names, as_of)]
    raised = _raised(world, stream)
    passes = holds(mql["require"], names, as_of)
    if raised and holds(mql["hand_raise"], names, as_of) and not any(rule.get("blocks_hand_raise") for rule in rules):
        status = "hand_raiser"
    elif rules:
        status = "disqualified"
    elif row["score"] >= row["threshold"] and passes:
        status = "mql"
    elif not stream and row["fit_known"] == 0:
        status = "insufficient_data"
    else:
        status = "nurture"
    row["status"] = status
    row["is_mql"] = status in ("mql", "hand_raiser")
    row["reasons"] = [
        *(f"hand_raise:{name}" for name in raised if status == "hand_raiser"),
        *(f"disqualify:{rule['name']}" for rule in rules),
        threshold_reason(row["score"], threshold_of(mql, row["segment"])),
        *([] if passes else ["require:false"]),
    ]


def _raised(world: World, stream: Stream) -> list[str]:
    """hand_raise signals within hand_raise_days, in model order."""
    return [
        signal["name"]
        for signal in world.model["signals"]
        if signal["hand_raise"] and _any_within(world, stream.get(signal["index"], {}))
    ]


def _any_within(world: World, days: dict[date, int]) -> bool:
    return any(within(world.as_of, day, world.model["mql"]["hand_raise_days"]) for day in days)


def threshold_reason(score: int, threshold: float) -> str:
    sign = ">=" if score >= micro(threshold) else "<"
    return f"score{sign}{threshold:g}"
