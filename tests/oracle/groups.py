"""One unit seen by one buying group (or by none): components, score, verdict, reasons, committee."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.oracle import coverage, rollup
from tests.oracle.conditions import holds
from tests.oracle.engagement import points_of
from tests.oracle.intent import component
from tests.oracle.leads import threshold_reason
from tests.oracle.millionths import MICRO, exact, micro, rounded
from tests.oracle.model import threshold_of
from tests.oracle.units import Member, Unit, members_of

if TYPE_CHECKING:
    from tests.oracle.tables import Row
    from tests.oracle.world import World

Raw = dict[str, Any]

POINT_COLUMNS = [
    "fit",
    "leads",
    "engagement",
    "engagement_points",
    "coverage",
    "completeness",
    "intent",
    "score",
    "threshold",
    "top_contact_share",
    "best_lead_score",
    "topic_share",
]


@dataclass
class View:
    """The group's columns of the unit, the committee rows and the members it saw."""

    columns: Row
    committee: list[Row]
    members: list[Member]


def view(world: World, unit: Unit, common: Row, group: Raw | None) -> View:
    members = members_of(world, unit, group)
    committee = [] if group is None else _committee(world, unit, group, members)
    columns: Row = (
        {"group": None, "motion": None} if group is None else {"group": group["name"], "motion": group["motion"]}
    )
    columns |= {
        "leads": _leads(world, unit, group, members),
        "engagement": _engagement(world, unit, group, members),
        "coverage": _covered(world, group, [member for member in members if member.is_engaged], "contacts", "events"),
        "completeness": _covered(world, group, members, "contacts"),
        **_engaged_columns(world, group, members, committee),
        **_intent_columns(world, unit, group),
    }
    columns["score"] = account_score(world.model["account"]["weights"], {**common, **columns})
    columns |= _verdict(world, unit, {**common, **columns}, committee)
    return View(columns, committee, members)


def _leads(world: World, unit: Unit, group: Raw | None, members: list[Member]) -> int | None:
    if group is None or not world.given("contacts", "events"):
        return None
    threshold = micro(threshold_of(world.model["mql"], unit.account.segment))
    total = weights = Fraction(0)
    for name, role in group["roles"].items():
        best = max((member.lead_score for member in members if member.role == name), default=0)
        total += exact(role["weight"]) * min(Fraction(1), Fraction(best, threshold))
        weights += exact(role["weight"])
    return rounded(100 * total / weights)


def _engagement(world: World, unit: Unit, group: Raw | None, members: list[Member]) -> int | None:
    if not world.given("events"):
        return None
    signals = "all" if group is None else group["signals"]
    anonymous_x = points_of(unit.anonymous, world.model, world.as_of, signals)
    return rollup.engagement(world.model["account"]["engagement"], group, list(members), anonymous_x)


def _covered(world: World, group: Raw | None, seated: list[Member], *needed: str) -> int | None:
    if group is None or not world.given(*needed):
        return None
    return rounded(coverage.share(group["roles"], coverage.fill(group["roles"], [each.eligible for each in seated])))


def _committee(world: World, unit: Unit, group: Raw, members: list[Member]) -> list[Row]:
    """A row per seated role of the template, in its order."""
    engaged = [member.eligible for member in members if member.is_engaged]
    filled = coverage.fill(group["roles"], [member.eligible for member in members])
    filled_engaged = coverage.fill(group["roles"], engaged)
    half_at = world.model["account"]["engagement"]["half_at"]
    has_people, has_events = world.given("contacts"), world.given("events")
    return [
        {
            "account_id": unit.account.row["account_id"],
            "group": group["name"],
            "role": name,
            "weight": micro(role["weight"]),
            "seats": role["people"],
            "known": sum(name in member.eligible for member in members) if has_people else None,
            "filled": filled[name] if has_people else None,
            "filled_engaged": filled_engaged[name] if has_people and has_events else None,
            "missing": _missing(role, filled_engaged[name], known=has_people and has_events),
            "warmth": rollup.warmth(name, role["people"], list(members), half_at) if has_events else None,
            "best_contact": _best_contact(name, members),
        }
        for name, role in group["roles"].items()
    ]


def _missing(role: Raw, filled_engaged: int, *, known: bool) -> bool | None:
    if not role["required"]:
        return False
    return filled_engaged == 0 if known else None


def _best_contact(role: str, members: list[Member]) -> str | None:
    warm = [member for member in members if member.role == role and member.x > 0]
    return min(warm, key=lambda member: (-member.x, member.contact_id)).contact_id if warm else None


def _engaged_columns(world: World, group: Raw | None, members: list[Member], committee: list[Row]) -> Row:
    if not world.given("events"):
        return dict.fromkeys(
            [
                "engagement_points",
                "engaged_contacts",
                "engaged_roles",
                "single_threaded",
                "top_contact_share",
                "blockers_engaged",
            ]
        )
    total = sum(member.x for member in members)
    columns: Row = {
        "engagement_points": total,
        "top_contact_share": rounded(Fraction(max(m.x for m in members), total)) if total else None,
    }
    if group is None:
        return columns | dict.fromkeys(["engaged_contacts", "engaged_roles", "single_threaded", "blockers_engaged"])
    engaged = [member for member in members if member.is_engaged]
    blockers = frozenset(group["blockers"])
    return columns | {
        "engaged_contacts": len(engaged),
        "engaged_roles": sum((row["filled_engaged"] or 0) > 0 for row in committee),
        "single_threaded": len(engaged) == 1,
        "blockers_engaged": sum(bool(member.eligible & blockers) for member in engaged),
    }


def _intent_columns(world: World, unit: Unit, group: Raw | None) -> Row:
    if not world.given("intent"):
        return dict.fromkeys(("intent", "spiking_topics", "spiking_topic_count", "topic_share"))
    found = component(world.model["intent"], unit.topics, "all" if group is None else group["topics"])
    return {
        "intent": found.intent,
        "spiking_topics": found.spiking_topics,
        "spiking_topic_count": len(found.spiking_topics),
        "topic_share": found.topic_share,
    }


def account_score(weights: Raw, components: Row) -> int | None:
    """(2 N + D) // (2 D), over the components present; null if they have no weight."""
    present = [(micro(value), components[name]) for name, value in weights.items() if components[name] is not None]
    total, weight = sum(w * c for w, c in present), sum(w for w, _ in present)
    return (2 * total + weight) // (2 * weight) if weight else None


def _verdict(world: World, unit: Unit, row: Row, committee: list[Row]) -> Row:
    """is_mqa, is_excluded and reasons."""
    mqa, as_of = world.model["mqa"], world.as_of
    names = condition_names(unit, row)
    excluded = [rule["name"] for rule in mqa["exclude"] if holds(rule["when"], names, as_of)]
    triggered = [rule["name"] for rule in mqa["triggers"] if holds(rule["when"], names, as_of)]
    passes = holds(mqa["require"], names, as_of)
    enough = row["score"] is not None and row["score"] >= row["threshold"]
    scored = [] if row["score"] is None else [threshold_reason(row["score"], threshold_of(mqa, unit.account.segment))]
    return {
        "is_mqa": not excluded and (bool(triggered) or (enough and passes)),
        "is_excluded": bool(excluded),
        "reasons": [
            *(f"exclude:{name}" for name in excluded),
            *(f"trigger:{name}" for name in triggered),
            *scored,
            *([] if passes else ["require:false"]),
            *(f"missing:{each['role']}" for each in committee if each["missing"]),
        ],
    }


def condition_names(unit: Unit, row: Row) -> Row:
    """What mqa.* and stages may use: the result over the columns of the account; points as points, lists as text."""
    result = {
        name: value / MICRO if name in POINT_COLUMNS and value is not None else value for name, value in row.items()
    }
    for name in ("spiking_topics", "reasons"):
        if result.get(name) is not None:
            result[name] = ";".join(result[name])
    return {**unit.names, **result}
