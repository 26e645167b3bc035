"""What is said of one run of a sweep: how many qualify, who comes and goes, and what open and won deals say of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from abm.engines.polars import on_driver
from abm.scoring.leads import HAND_RAISER

if TYPE_CHECKING:
    from abm.scoring.result import ScoreResult

TOP = 20
"""So many of the first ranks are watched."""

FIGURES: dict[str, type[pl.DataType]] = {
    "model": pl.String,
    "model_hash": pl.String,
    "as_of": pl.Date,
    "ranked_accounts": pl.Int64,
    "mqas": pl.Int64,
    "mqas_gained": pl.Int64,
    "mqas_lost": pl.Int64,
    "mqls": pl.Int64,
    "mqls_gained": pl.Int64,
    "mqls_lost": pl.Int64,
    "hand_raisers": pl.Int64,
    "median_score": pl.Float64,
    "top_20_stay": pl.Int64,
    "accounts_with_deal": pl.Int64,
    "mqas_with_deal": pl.Int64,
    "mqa_share_of_deals": pl.Float64,
    "deal_share_of_mqas": pl.Float64,
}
"""The columns beside the varied keys, in order."""


@dataclass(frozen=True)
class Standing:
    """How one run came out.

    Attributes:
        figures: those of `FIGURES` that need no other run.
        mqas: the accounts that are MQAs.
        mqls: the contacts that are MQLs; None without contacts.
        top: the accounts of the first `TOP` ranks.
    """

    figures: dict[str, Any]
    mqas: pl.Series = field(repr=False)
    mqls: pl.Series | None = field(repr=False)
    top: pl.Series = field(repr=False)


def standing(result: ScoreResult) -> Standing:
    """Count one run."""
    accounts, leads = result.polars["accounts"], _judged(result)
    ranked = accounts.filter(pl.col("rank").is_not_null())
    mqas = accounts.filter("is_mqa")["account_id"]
    mqls = None if leads is None else leads.filter("is_mql")["contact_id"]
    figures = {
        "model": result.model.name,
        "model_hash": result.model.content_hash,
        "as_of": result.as_of,
        "ranked_accounts": ranked.height,
        "mqas": mqas.len(),
        "mqls": None if mqls is None else mqls.len(),
        "hand_raisers": None if leads is None else leads.filter(pl.col("status") == HAND_RAISER).height,
        "median_score": ranked["score"].median(),
        **_deals(ranked, given="opportunities" in result.given),
    }
    return Standing(figures, mqas, mqls, accounts.filter(pl.col("rank") <= TOP)["account_id"])


def _judged(result: ScoreResult) -> pl.DataFrame | None:
    """The leads as far as figures need them: to write them all out in order takes longer than to count them."""
    leads = result.scored.leads
    return None if leads is None else on_driver(leads.select("contact_id", "status", "is_mql")).collect()


def against(run: Standing, base: Standing) -> dict[str, Any]:
    """Return all figures of a run, beside the base."""
    both: dict[str, Any] = {**run.figures, "top_20_stay": _common(run.top, base.top)}
    for name, now, then in (("mqas", run.mqas, base.mqas), ("mqls", run.mqls, base.mqls)):
        both |= dict.fromkeys((f"{name}_gained", f"{name}_lost"))
        if now is not None and then is not None:
            stay = _common(now, then)
            both |= {f"{name}_gained": now.len() - stay, f"{name}_lost": then.len() - stay}
    return {name: both[name] for name in FIGURES}


def _common(some: pl.Series, others: pl.Series) -> int:
    """How many of some ids are among the others; an id occurs once in each."""
    return int(some.is_in(others.implode()).sum())


def _deals(ranked: pl.DataFrame, *, given: bool) -> dict[str, Any]:
    """What the opportunities of the same day say; unknown without them."""
    names = ("accounts_with_deal", "mqas_with_deal", "mqa_share_of_deals", "deal_share_of_mqas")
    if not given:
        return dict.fromkeys(names)
    deals = ranked.filter((pl.col("open_opportunities") > 0) | (pl.col("won_opportunities") > 0))
    hits, mqas = int(deals["is_mqa"].sum()), int(ranked["is_mqa"].sum())
    return dict(zip(names, (deals.height, hits, _share(hits, deals.height), _share(hits, mqas)), strict=True))


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
