"""What the columns of the result tables mean, in a line each: for those who open a table without the documentation."""

from __future__ import annotations

_ACCOUNT = "The account's key."
_GROUP = "The buying group of the model."

_SHARED = {
    "account_id": _ACCOUNT,
    "name": "The account's name.",
    "contact_id": "The person's key.",
    "segment": "The first segment of the model that fits, or the one the data gives.",
    "group": "The buying group shown: the first that qualifies, else the first that applies.",
    "fit": "Component, 0-100: is this a company to sell to?",
    "leads": "Component, 0-100: do the roles have people whom sales would call?",
    "engagement": "Component, 0-100: how warm are the roles?",
    "engagement_points": "Points of all its people's doings, added up.",
    "coverage": "Component, 0-100: how much of the committee is engaged?",
    "completeness": "0-100: how much of the committee is known, engaged or not.",
    "intent": "Component, 0-100: what is researched elsewhere?",
    "score": "0-100: the weighted mean of the components that are known.",
    "threshold": "The score from which on it qualifies, by segment.",
    "is_mqa": "Qualified: by the score and the requirement, or by a trigger.",
    "is_excluded": "An exclusion of the model fits; it has no rank.",
    "reasons": "Everything that spoke for or against it.",
    "engaged_contacts": "People who were active enough, lately.",
    "engaged_roles": "Roles with at least one engaged person in a seat.",
    "single_threaded": "Exactly one person is engaged.",
    "top_contact_share": "The share of the engagement that the most active person made.",
    "blockers_engaged": "Engaged people in a blocking role.",
    "spiking_topics": "Topics researched much more than is normal for it.",
    "spiking_topic_count": "How many topics spike.",
    "topic_share": "The share of the model's named topics that spike.",
    "last_activity": "The newest day (UTC) with an activity that counts.",
    "next_role": "The empty seat whose filling would raise the score the most.",
    "next_score": "The score with one more engaged person in that seat.",
    "score_7d": "The score 7 days before, under the same model.",
    "score_30d": "The score 30 days before, under the same model.",
}

_BY_TABLE = {
    "accounts": {
        "tier": "The first tier of the model that fits.",
        "stage": "The first stage of the model that fits.",
        "rank": "By score, then intent, coverage, engagement; excluded accounts have none.",
        "known_contacts": "People known at the account.",
        "mqls": "People who are qualified leads.",
        "hand_raisers": "People who asked to be called, of late.",
        "best_lead": "The person with the highest score.",
        "best_lead_score": "That person's score.",
        "open_opportunities": "Open on that day.",
        "won_opportunities": "Won until that day.",
        "qualified_groups": "How many of its buying groups qualify.",
        "family_spread": "Members of the family with an engaged person.",
        "family_members": "Accounts in the family.",
    },
    "leads": {
        "account_id": "The person's account; empty where it is not known.",
        "seniority": "Read from the title, or given.",
        "department": "Read from the title, or given.",
        "email_kind": "work, role, free or invalid.",
        "role": "The main role in the account's first buying group.",
        "person_fit": "Points for what the person is.",
        "account_fit": "Points for what the account is.",
        "fit_points": "Both together, from 0 to 100.",
        "fit_known": "The share of fit rules that the data could answer.",
        "engagement": "Points for what the person did, decayed and capped.",
        "score": "Fit points and engagement together; no upper end.",
        "grade": "A letter for fit, a digit for engagement.",
        "status": "hand_raiser, mql, nurture, disqualified or insufficient_data.",
        "is_mql": "A qualified lead: status mql or hand_raiser.",
    },
    "groups": {"group": _GROUP, "motion": "New, expansion or renewal."},
    "committee": {
        "group": _GROUP,
        "role": "A role of the buying group.",
        "weight": "What the role counts.",
        "seats": "People wanted in it.",
        "known": "People who could take a seat.",
        "filled": "Seats taken, by anybody.",
        "filled_engaged": "Seats taken by engaged people.",
        "missing": "The role is required, and nobody engaged is in it.",
        "warmth": "How warm its seats are; 100% is as warm as can be.",
        "best_contact": "The most active person with this main role.",
    },
    "intent": {
        "topic": "What is researched.",
        "source": "Who observed it.",
        "strength": "How far above its normal.",
        "spike": "Much above its normal, lately.",
        "decay": "What age leaves of it.",
        "value": "As the source gave it: a score, or a count.",
        "observed_on": "The day (UTC).",
    },
    "contributions": {
        "level": "lead or account.",
        "entity_id": "The key of that lead or account.",
        "component": "The part of the score that the line belongs to.",
        "item": "What made the points: a rule, signal, role, person or topic.",
        "raw_points": "Before decay and caps, in millionths of a point.",
        "points": "In millionths of a point; all lines of a lead or account sum to its score exactly.",
        "count": "How often.",
        "last_day": "The newest day (UTC) of it.",
        "note": "What kind of line it is, or whom it belongs to.",
    },
    "matches": {
        "account_id": "The account that was found; empty where none was.",
        "method": "How it was found: correction, account_id, converted, domain, name_country, fuzzy; or why not.",
        "confidence": "From 0 to 1: an order of trust, not a measured probability.",
        "evidence": "What equalled what.",
        "runner_up": "The next account that was considered.",
        "runner_up_confidence": "How sure that one would be.",
        "candidates": "Where it stayed open: the accounts that might be meant, best first.",
    },
    "corrections": {
        "contacts": "How many contacts this row settles.",
        "domain": "Key: all contacts with a mail of this domain.",
        "company": "Key: all contacts who name this company.",
        "contact_id": "Key: this contact alone.",
        "email": "Key: whoever has this mail address.",
        "account_id": "For you to fill in: the account they belong to, or none.",
        "proposal": "The only account that comes into question.",
        "proposal_name": "Its name.",
        "candidates": "Accounts that come into question, likeliest first.",
        "method": "How far matching got.",
        "confidence": "How sure the least sure of these matches is, from 0 to 1.",
        "evidence": "Why.",
        "companies": "What these contacts call their company.",
        "examples": "Some of these contacts.",
        "more": "How many others your answer decides as well: settled ones, or those of other rows.",
    },
    "issues": {
        "table": "The table it was found in.",
        "code": "What kind of problem.",
        "level": "problem or note.",
        "count": "How many rows or values.",
        "column": "The column, if one.",
        "file": "The file.",
        "rows": "Some of the rows.",
        "samples": "Some of the values.",
        "message": "What it is, in words.",
    },
}
_LIKE = {"families": "accounts"}


def meaning(table: str, column: str) -> str | None:
    """Return what a column of a result table means; None for a column that is none of the result's.

    >>> meaning("leads", "score"), meaning("accounts", "nonsense")
    ('Fit points and engagement together; no upper end.', None)
    """
    return _BY_TABLE.get(_LIKE.get(table, table), {}).get(column, _SHARED.get(column))
