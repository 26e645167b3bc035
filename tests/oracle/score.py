"""From tables, model and day to the result tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.oracle import mail
from tests.oracle.accounts import ranked, score_unit
from tests.oracle.families import families_of, spread
from tests.oracle.hygiene import settle
from tests.oracle.intent import Reading, any_spike, kept, readings
from tests.oracle.leads import score_leads
from tests.oracle.model import complete
from tests.oracle.units import unit_of
from tests.oracle.world import World

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from tests.oracle.matching import ByName
    from tests.oracle.tables import Row, Tables

LEAD_COLUMNS = [
    "contact_id",
    "account_id",
    "segment",
    "seniority",
    "department",
    "email_kind",
    "role",
    "person_fit",
    "account_fit",
    "fit_points",
    "fit_known",
    "engagement",
    "score",
    "threshold",
    "grade",
    "status",
    "is_mql",
    "reasons",
    "last_activity",
]


def score(
    tables: Tables,
    model: dict[str, Any],
    as_of: date,
    *,
    free_providers: Collection[str] = mail.FREE_PROVIDERS,
    role_mailboxes: Collection[str] = mail.ROLE_MAILBOXES,
    by_name: ByName | None = None,
) -> Tables:
    """Score the tables by the raw model as of the day; see the package's docstring."""
    complete_model = complete(model)
    facts = settle(tables, as_of, free_providers, role_mailboxes, by_name)
    world = World(complete_model, facts, as_of)
    leads = score_leads(world)
    read = readings(complete_model["intent"], facts.intent, as_of)
    scored = [score_unit(world, unit_of(world, key, [key], leads, read)) for key in facts.accounts]
    results = {
        "leads": [{name: lead.row[name] for name in LEAD_COLUMNS} for lead in leads.values()],
        "accounts": ranked([each.row for each in scored]),
        "groups": [row for each in scored for row in each.groups],
        "committee": [row for each in scored for row in each.committee],
        "intent": [_intent_row(account, candidates) for (account, _), candidates in read.items()],
    }
    if complete_model["family"] == "rollup":
        families = [
            score_unit(world, unit_of(world, root, members, leads, read))
            for root, members in families_of(facts.accounts).items()
        ]
        rows = [{**each.row, "family_spread": spread(each)} for each in families]
        results["families"] = ranked(rows, "family_spread")
    return results


def _intent_row(account: str, candidates: list[Reading]) -> Row:
    best = kept(candidates)
    return {
        "account_id": account,
        "topic": best.topic,
        "source": best.source,
        "strength": best.strength,
        "spike": any_spike(candidates),
        "decay": best.decay,
        "value": best.value,
        "observed_on": best.observed_on,
    }
