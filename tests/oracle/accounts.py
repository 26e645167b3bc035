"""The accounts table (and, pooled, the families table): the group that is shown, stage and rank."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.oracle.conditions import holds
from tests.oracle.groups import View, condition_names, view
from tests.oracle.model import first_match
from tests.oracle.units import Unit, common_columns

if TYPE_CHECKING:
    from tests.oracle.tables import Row
    from tests.oracle.world import World

Raw = dict[str, Any]

ACCOUNT_COLUMNS = [
    "account_id",
    "name",
    "segment",
    "tier",
    "group",
    "fit",
    "leads",
    "engagement",
    "engagement_points",
    "coverage",
    "completeness",
    "intent",
    "score",
    "threshold",
    "is_mqa",
    "is_excluded",
    "reasons",
    "stage",
    "rank",
    "engaged_contacts",
    "engaged_roles",
    "known_contacts",
    "single_threaded",
    "top_contact_share",
    "blockers_engaged",
    "mqls",
    "hand_raisers",
    "best_lead",
    "best_lead_score",
    "spiking_topics",
    "spiking_topic_count",
    "topic_share",
    "open_opportunities",
    "won_opportunities",
    "qualified_groups",
    "last_activity",
]
GROUP_COLUMNS = [
    "account_id",
    "group",
    "motion",
    "leads",
    "engagement",
    "engagement_points",
    "coverage",
    "completeness",
    "intent",
    "score",
    "is_mqa",
    "is_excluded",
    "reasons",
    "engaged_contacts",
    "engaged_roles",
    "single_threaded",
    "top_contact_share",
    "blockers_engaged",
    "spiking_topics",
    "spiking_topic_count",
    "topic_share",
]


@dataclass
class Scored:
    """A unit's own row and those of its groups."""

    row: Row
    groups: list[Row]
    committee: list[Row]
    shown: View


def score_unit(world: World, unit: Unit) -> Scored:
    """The first group that qualifies is shown, else the first that applies, else none."""
    common = common_columns(world, unit)
    views = [view(world, unit, common, group) for group in unit.groups]
    qualified = [each for each in views if each.columns["is_mqa"]]
    shown = (qualified or views or [view(world, unit, common, None)])[0]
    row = {**common, **shown.columns, "qualified_groups": len(qualified)}
    names = condition_names(unit, row)
    row["stage"] = first_match(world.model["stages"], lambda when: holds(when, names, world.as_of))
    return Scored(
        row=row,
        groups=[{name: {**common, **each.columns}[name] for name in GROUP_COLUMNS} for each in views],
        committee=[line for each in views for line in each.committee],
        shown=shown,
    )


def ranked(rows: list[Row], *extra: str) -> list[Row]:
    """The rows with exactly the columns of the table, by account_id; ranks over those that are not excluded."""
    order = sorted((row for row in rows if not row["is_excluded"]), key=_rank_key)
    ranks = {row["account_id"]: place for place, row in enumerate(order, start=1)}
    filled = [{**row, "rank": ranks.get(row["account_id"])} for row in rows]
    filled.sort(key=lambda row: row["account_id"])
    return [{name: row[name] for name in [*ACCOUNT_COLUMNS, *extra]} for row in filled]


def _rank_key(row: Row) -> tuple[Any, ...]:
    """Score, intent, coverage, engagement: the highest first, nulls last; then account_id."""
    keys = [(row[name] is None, -(row[name] or 0)) for name in ("score", "intent", "coverage", "engagement")]
    return (*keys, row["account_id"])
