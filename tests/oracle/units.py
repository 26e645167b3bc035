"""A unit is what gets a score: one account, or one family pooled under its ultimate parent."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.oracle.engagement import points_of, recent_points
from tests.oracle.intent import Reading, Topic, any_spike, kept
from tests.oracle.ledger import Stream, last_day, pooled
from tests.oracle.millionths import clamp, micro, rounded
from tests.oracle.model import threshold_of
from tests.oracle.roles import eligible_roles, primary_role
from tests.oracle.rollup import Person

if TYPE_CHECKING:
    from tests.oracle.leads import Lead
    from tests.oracle.tables import Row
    from tests.oracle.world import Account, World

Raw = dict[str, Any]


@dataclass
class Member(Person):
    """A member as one group sees it. x is 0 where there are no events; look at World.given before using it."""

    account_id: str
    is_engaged: bool
    eligible: frozenset[str]
    lead_score: int


@dataclass
class Unit:
    """`account`: the account itself or the ultimate parent; `accounts`: all members; names see their opportunities."""

    account: Account
    accounts: list[str]
    leads: list[Lead]
    anonymous: Stream
    names: Row
    groups: list[Raw]
    topics: list[Topic]


def unit_of(
    world: World, root: str, accounts: list[str], leads: dict[str, Lead], read: dict[tuple[str, str], list[Reading]]
) -> Unit:
    account = world.accounts[root]
    names = {**account.names, **world.opportunity_counts(accounts)}
    return Unit(
        account=account,
        accounts=accounts,
        leads=[lead for lead in leads.values() if lead.row["account_id"] in accounts],
        anonymous=pooled([world.ledger.anonymous.get(key, {}) for key in accounts]),
        names=names,
        groups=world.applicable(names),
        topics=_topics(accounts, read),
    )


def _topics(accounts: list[str], read: dict[tuple[str, str], list[Reading]]) -> list[Topic]:
    """Per topic the largest s * d of the accounts; it spikes if it does for any of them."""
    names = sorted({topic for account, topic in read if account in accounts})
    topics = []
    for name in names:
        bundles = [candidates for (account, topic), candidates in read.items() if topic == name and account in accounts]
        spikes = [spike for spike in map(any_spike, bundles) if spike is not None]
        topics.append(Topic(name, max(kept(bundle).pull for bundle in bundles), any(spikes) if spikes else None))
    return topics


def members_of(world: World, unit: Unit, group: Raw | None) -> list[Member]:
    """Everybody but the disqualified, as the group sees them; without a group by all signals and without roles."""
    signals = "all" if group is None else group["signals"]
    members = []
    for lead in unit.leads:
        if not lead.is_member:
            continue
        eligible = {} if group is None else eligible_roles(world.model, group, lead.evidence)
        x = points_of(lead.stream, world.model, world.as_of, signals)
        members.append(
            Member(
                contact_id=lead.row["contact_id"],
                x=x,
                role=None if group is None else primary_role(group, eligible),
                account_id=lead.row["account_id"],
                is_engaged=group is not None and x > 0 and _recent(world, lead, group) >= micro(group["engaged_at"]),
                eligible=frozenset(eligible),
                lead_score=lead.row["score"],
            )
        )
    return members


def _recent(world: World, lead: Lead, group: Raw) -> int:
    return recent_points(lead.stream, world.model, world.as_of, group["engaged_days"], group["signals"])


def common_columns(world: World, unit: Unit) -> Row:
    """The columns of a unit that no buying group changes."""
    return {
        "account_id": unit.account.row["account_id"],
        "name": unit.account.row["name"],
        "segment": unit.account.segment,
        "tier": unit.account.tier,
        "fit": _fit(world, unit.account),
        "threshold": micro(threshold_of(world.model["mqa"], unit.account.segment)),
        **_people_columns(world, unit),
        "open_opportunities": unit.names["open_opportunities"],
        "won_opportunities": unit.names["won_opportunities"],
        "last_activity": max(
            (day for stream in [unit.anonymous, *(lead.stream for lead in unit.leads)] if (day := last_day(stream))),
            default=None,
        ),
    }


def _fit(world: World, account: Account) -> int | None:
    full = world.model["fit"]["account_full_at"]
    return None if full is None else rounded(100 * clamp(Fraction(account.fit_points, full), 0, 1))


def _people_columns(world: World, unit: Unit) -> Row:
    if not world.given("contacts"):
        return dict.fromkeys(("known_contacts", "mqls", "hand_raisers", "best_lead", "best_lead_score"))
    rows = [lead.row for lead in unit.leads]
    best = min(
        (lead.row for lead in unit.leads if lead.is_member),
        key=lambda row: (-row["score"], row["contact_id"]),
        default={"contact_id": None, "score": None},
    )
    return {
        "known_contacts": len(rows),
        "mqls": sum(row["is_mql"] for row in rows),
        "hand_raisers": sum(row["status"] == "hand_raiser" for row in rows),
        "best_lead": best["contact_id"],
        "best_lead_score": best["score"],
    }
