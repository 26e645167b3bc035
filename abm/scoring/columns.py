"""The columns of the result tables, in order, with their kinds: what is written and what conditions may name."""

from __future__ import annotations

from abm.tables.contracts import Kind

TEXT, INTEGER, NUMBER, DATE, BOOLEAN, LIST = Kind.TEXT, Kind.INTEGER, Kind.NUMBER, Kind.DATE, Kind.BOOLEAN, Kind.LIST

LEADS: dict[str, Kind] = {
    "contact_id": TEXT,
    "account_id": TEXT,
    "segment": TEXT,
    "seniority": TEXT,
    "department": TEXT,
    "email_kind": TEXT,
    "role": TEXT,
    "person_fit": NUMBER,
    "account_fit": NUMBER,
    "fit_points": NUMBER,
    "fit_known": NUMBER,
    "engagement": NUMBER,
    "score": NUMBER,
    "threshold": NUMBER,
    "grade": TEXT,
    "status": TEXT,
    "is_mql": BOOLEAN,
    "reasons": LIST,
    "last_activity": DATE,
}
"""One row per contact, by contact_id."""

GROUP_VALUES: dict[str, Kind] = {
    "fit": NUMBER,
    "leads": NUMBER,
    "engagement": NUMBER,
    "engagement_points": NUMBER,
    "coverage": NUMBER,
    "completeness": NUMBER,
    "intent": NUMBER,
    "score": NUMBER,
    "threshold": NUMBER,
    "is_mqa": BOOLEAN,
    "is_excluded": BOOLEAN,
    "reasons": LIST,
}
GROUP_PEOPLE: dict[str, Kind] = {
    "engaged_contacts": INTEGER,
    "engaged_roles": INTEGER,
    "single_threaded": BOOLEAN,
    "top_contact_share": NUMBER,
    "blockers_engaged": INTEGER,
    "spiking_topics": LIST,
    "spiking_topic_count": INTEGER,
    "topic_share": NUMBER,
}
"""What depends on the buying group, besides its scores."""

NEXT_STEP: dict[str, Kind] = {"next_role": TEXT, "next_score": NUMBER}
"""The empty seat whose filling would raise the score the most, for what is not an MQA."""

ACCOUNTS: dict[str, Kind] = {
    "account_id": TEXT,
    "name": TEXT,
    "segment": TEXT,
    "tier": TEXT,
    "group": TEXT,
    **GROUP_VALUES,
    "stage": TEXT,
    "rank": INTEGER,
    "engaged_contacts": INTEGER,
    "engaged_roles": INTEGER,
    "known_contacts": INTEGER,
    "single_threaded": BOOLEAN,
    "top_contact_share": NUMBER,
    "blockers_engaged": INTEGER,
    "mqls": INTEGER,
    "hand_raisers": INTEGER,
    "best_lead": TEXT,
    "best_lead_score": NUMBER,
    "spiking_topics": LIST,
    "spiking_topic_count": INTEGER,
    "topic_share": NUMBER,
    "open_opportunities": INTEGER,
    "won_opportunities": INTEGER,
    "qualified_groups": INTEGER,
    "last_activity": DATE,
    **NEXT_STEP,
}
"""One row per account, by account_id."""

FAMILIES: dict[str, Kind] = {**ACCOUNTS, "family_spread": INTEGER}
"""One row per ultimate parent, by its account_id."""

FAMILY_MEMBERS: dict[str, Kind] = {"family_members": INTEGER}
"""What a ranking of families has besides."""

GROUPS: dict[str, Kind] = {
    "account_id": TEXT,
    "group": TEXT,
    "motion": TEXT,
    **GROUP_VALUES,
    **GROUP_PEOPLE,
    **NEXT_STEP,
}
"""One row per account and applicable buying group, by account_id, then model order."""

COMMITTEE: dict[str, Kind] = {
    "account_id": TEXT,
    "group": TEXT,
    "role": TEXT,
    "weight": NUMBER,
    "seats": INTEGER,
    "known": INTEGER,
    "filled": INTEGER,
    "filled_engaged": INTEGER,
    "missing": BOOLEAN,
    "warmth": NUMBER,
    "best_contact": TEXT,
}
"""One row per account, applicable buying group and role, by account_id, then model order."""

INTENT: dict[str, Kind] = {
    "account_id": TEXT,
    "topic": TEXT,
    "source": TEXT,
    "strength": NUMBER,
    "spike": BOOLEAN,
    "decay": NUMBER,
    "value": NUMBER,
    "observed_on": DATE,
}
"""One row per account and weighted topic that any source speaks of, by account_id, then topic."""

MATCHES: dict[str, Kind] = {
    "contact_id": TEXT,
    "account_id": TEXT,
    "method": TEXT,
    "confidence": NUMBER,
    "evidence": TEXT,
    "runner_up": TEXT,
    "runner_up_confidence": NUMBER,
    "candidates": LIST,
}
"""One row per contact_id, those of people that are another contact (`duplicate`) included, by contact_id."""

CONTRIBUTIONS: dict[str, Kind] = {
    "level": TEXT,
    "entity_id": TEXT,
    "component": TEXT,
    "item": TEXT,
    "raw_points": INTEGER,
    "points": INTEGER,
    "count": INTEGER,
    "last_day": DATE,
    "note": TEXT,
}
"""One row per line, leads before accounts, by id, then in the order of the score; points in integer millionths."""

TABLES: dict[str, dict[str, Kind]] = {
    "leads": LEADS,
    "accounts": ACCOUNTS,
    "groups": GROUPS,
    "committee": COMMITTEE,
    "intent": INTENT,
    "families": FAMILIES,
    "matches": MATCHES,
}

MILLIONTHS: frozenset[str] = frozenset(
    {
        "person_fit",
        "account_fit",
        "fit_points",
        "fit_known",
        "engagement",
        "engagement_points",
        "score",
        "threshold",
        "next_score",
    }
    | {"fit", "leads", "coverage", "completeness", "intent", "top_contact_share", "best_lead_score", "topic_share"}
    | {"warmth", "strength", "decay"}
)
"""Result columns that the plan computes as Int64 millionths and writes as Float64."""
