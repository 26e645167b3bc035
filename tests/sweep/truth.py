"""What a row of a sweep should say, counted in plain Python from what `abm.score` gives for the changed model."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

import abm
from abm.model import model_from

if TYPE_CHECKING:
    from datetime import date

Raw = dict[str, Any]
Counted = dict[str, Any]


def expected(model: Raw, now: Counted, then: Counted) -> dict[str, Any]:
    mqas, mqls = now["mqas"], now["mqls"]
    scores = [each for each in now["scores"] if each is not None]
    deals = now["deals"]
    hits = None if deals is None else deals & mqas
    return {
        "model": model["name"],
        "model_hash": model_from(model).content_hash,
        "as_of": now["as_of"],
        "ranked_accounts": len(now["scores"]),
        "mqas": len(mqas),
        "mqas_gained": len(mqas - then["mqas"]),
        "mqas_lost": len(then["mqas"] - mqas),
        "mqls": None if mqls is None else len(mqls),
        "mqls_gained": None if mqls is None else len(mqls - then["mqls"]),
        "mqls_lost": None if mqls is None else len(then["mqls"] - mqls),
        "hand_raisers": now["hand_raisers"],
        "median_score": median(scores) if scores else None,
        "top_20_stay": len(now["top"] & then["top"]),
        "accounts_with_deal": None if deals is None else len(deals),
        "mqas_with_deal": None if hits is None else len(hits),
        "mqa_share_of_deals": len(hits) / len(deals) if deals and hits is not None else None,
        "deal_share_of_mqas": len(hits) / len(mqas) if hits is not None and mqas else None,
    }


def counted(tables: Any, model: Raw, as_of: date) -> Counted:
    result = abm.score(tables, model_from(model), as_of=as_of)
    accounts, leads = result.accounts.to_dicts(), result.leads.to_dicts()
    ranked = [each for each in accounts if each["rank"] is not None]
    people = "contacts" in result.given
    return {
        "as_of": as_of,
        "mqas": {each["account_id"] for each in accounts if each["is_mqa"]},
        "mqls": {each["contact_id"] for each in leads if each["is_mql"]} if people else None,
        "hand_raisers": sum(each["status"] == "hand_raiser" for each in leads) if people else None,
        "scores": [each["score"] for each in ranked],
        "top": {each["account_id"] for each in ranked if each["rank"] <= 20},
        "deals": {each["account_id"] for each in ranked if each["open_opportunities"] or each["won_opportunities"]}
        if "opportunities" in result.given
        else None,
    }
