"""Why a lead has its score and status: gathered from the result tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import narwhals as nw

from abm.engines.polars import on_driver
from abm.scoring.explanation.explanation import LeadExplanation, Reason
from abm.scoring.explanation.lines import lead_lines
from abm.scoring.explanation.of_account import standing
from abm.scoring.explanation.persons import person_name
from abm.scoring.explanation.requirements import requirements
from abm.scoring.explanation.words import DISQUALIFY, HAND_RAISE, REQUIRE, lead_verdict, lead_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from abm.scoring.explanation.explanation import Line, Value
    from abm.scoring.result import ScoreResult

_GIVEN = ("contact_id", "first_name", "last_name", "title", "email", "lead_source", "created_at", "opted_out")
_ELSEWHERE = ("contact_id", "reasons", "status", "is_mql", "score", "threshold")
"""Columns of leads that have a place of their own in an explanation."""


def explained_lead(result: ScoreResult, contact_id: str) -> LeadExplanation:
    """Explain a lead.

    Args:
        result: a run.
        contact_id: a contact of it.
    """
    row = _row(result, "leads", contact_id)
    given = _given(result, contact_id)
    name = person_name(given)
    lines = lead_lines(result.contributions_of("lead", contact_id))
    reasons = _reasons(result, row, lines)
    raising = {signal.name for signal in result.model.signals if signal.hand_raise}
    facts: dict[str, Value] = {each: given[each] for each in _GIVEN[3:]}
    facts |= {each: value for each, value in row.items() if each not in _ELSEWHERE}
    facts |= _match(result, contact_id)
    return LeadExplanation(
        level="lead",
        entity_id=contact_id,
        name=name,
        verdict=lead_verdict(name, row, reasons),
        score=row["score"],
        threshold=row["threshold"],
        reasons=reasons,
        lines=lines,
        stamp=result.stamp,
        facts=facts,
        status=row["status"],
        is_mql=row["is_mql"],
        hand_raises=tuple(line.item for line in lines if line.kind == "signal" and line.item in raising),
        account=None if row["account_id"] is None else standing(result, row["account_id"]),
    )


def _row(result: ScoreResult, table: str, contact_id: str) -> dict[str, Any]:
    rows = nw.from_native(result.frames[table]).lazy()
    return on_driver(rows.filter(nw.col("contact_id") == nw.lit(contact_id))).collect().row(0, named=True)


def _match(result: ScoreResult, contact_id: str) -> dict[str, Value]:
    """How the lead found its account, or why it has none."""
    found = _row(result, "matches", contact_id)
    candidates = "; ".join(found["candidates"] or ()) or None
    told = {f"match_{name}": found[name] for name in ("method", "confidence", "evidence")}
    return {**told, "match_candidates": candidates}


def _given(result: ScoreResult, contact_id: str) -> dict[str, Any]:
    contacts = result.scored.facts.contacts
    assert contacts is not None
    mine = contacts.rows.filter(nw.col("contact_id") == nw.lit(contact_id)).select(*_GIVEN)
    return on_driver(mine).collect().row(0, named=True)


def _reasons(result: ScoreResult, row: Mapping[str, Any], lines: tuple[Line, ...]) -> tuple[Reason, ...]:
    mql, leads = result.model.mql, result.scored.leads
    assert leads is not None
    rules = {f"{DISQUALIFY}{rule.name}": rule.when for rule in mql.disqualify} | {REQUIRE: mql.require}
    days = {f"{HAND_RAISE}{line.item}": line.last_day for line in lines if line.kind == "signal"}
    judged = leads.filter(nw.col("contact_id") == nw.lit(row["contact_id"]))
    told = []
    for code in row["reasons"]:
        terms = requirements(result.scored.ctx, judged, rules[code], "mql") if code in rules else ()
        told.append(Reason(code, lead_words(code, row, terms, days.get(code)), terms))
    return tuple(told)
