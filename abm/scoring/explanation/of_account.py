"""Why an account, or one of its buying groups, stands where it stands: gathered from the result tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import narwhals as nw
import polars as pl

from abm.engines.polars import on_driver
from abm.scoring.explanation.explanation import AccountExplanation, Component, Newcomer, NextSteps, Reason, Standing
from abm.scoring.explanation.lines import account_tree
from abm.scoring.explanation.persons import everybody, seats, topics
from abm.scoring.explanation.requirements import requirements
from abm.scoring.explanation.words import EXCLUDE, REQUIRE, TRIGGER, account_verdict, account_words, plain
from abm.scoring.unknown import why_unknown
from abm.scoring.what_next import lapse_day, smallest_steps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from abm.engines.base import Step
    from abm.model.conditions import Condition
    from abm.scoring.explanation.explanation import Line, Value
    from abm.scoring.result import ScoreResult

_OWN = ("domain", "industry", "employees", "annual_revenue", "country", "owner", "is_target")
"""Of the accounts table as it was given."""

_JUDGED = ("segment", "tier", "stage", "rank", "last_activity", "open_opportunities", "won_opportunities")
_PEOPLE = ("known_contacts", "mqls", "hand_raisers", "best_lead", "best_lead_score", "qualified_groups")
_OF_GROUP = (
    *("completeness", "engagement_points", "engaged_contacts", "engaged_roles", "single_threaded"),
    *("top_contact_share", "blockers_engaged", "spiking_topic_count", "topic_share"),
)


def explained_account(result: ScoreResult, account_id: str, group: str | None = None) -> AccountExplanation:
    """Explain an account by the group its row shows, or one of its buying groups.

    Args:
        result: a run.
        account_id: an account of it.
        group: one of its applicable buying groups; None explains the account.
    """
    whole, result = result, result.near([account_id])
    account = _row(result, "accounts", account_id)
    row = account if group is None else {**account, **_row(result, "groups", account_id, group)}
    name = account["name"] or account_id
    shown = row["group"]
    known, people, out = everybody(result, account_id, shown)
    level: Literal["account", "group"] = "account" if group is None else "group"
    lines = account_tree(
        result.contributions_of(level, account_id, group), {each.contact_id: each.name for each in people}
    )
    reasons = _reasons(result, row, _judged(result, account_id, group))
    subject = name if group is None else f"The buying group {plain(group)} of {name}"
    steps = None if row["is_mqa"] or row["is_excluded"] else smallest_steps(result, account_id, shown)
    return AccountExplanation(
        level=level,
        entity_id=account_id,
        name=name,
        verdict=account_verdict(subject, row, reasons),
        score=row["score"],
        threshold=row["threshold"],
        reasons=reasons,
        lines=lines,
        stamp=result.stamp,
        group=shown,
        motion=_motion(result, account_id, shown),
        facts={**_facts(result, row), "ranked": whole.ranked, **_family(whole, account_id)},
        is_mqa=row["is_mqa"],
        is_excluded=row["is_excluded"],
        components=_components(result, row, lines),
        committee=seats(result, account_id, shown, known),
        people=people,
        disqualified=out,
        topics=topics(result, account_id, lines),
        groups=_others(result, account, shown),
        next_role=row["next_role"],
        next_score=row["next_score"],
        newcomer=None if row["next_role"] is None else _newcomer(result, shown, row["segment"]),
        steps=None if steps is None else NextSteps(steps.roles, steps.score),
        lapses_on=lapse_day(result, account_id, shown) if row["is_mqa"] else None,
    )


def _newcomer(result: ScoreResult, group: str, segment: str) -> Newcomer:
    """What the model asks of somebody who is engaged and worth a call."""
    (template,) = [each for each in result.model.buying_groups if each.name == group]
    mql = result.model.mql
    return Newcomer(template.engaged_at, mql.threshold_by_segment.get(segment, mql.threshold))


def standing(result: ScoreResult, account_id: str) -> Standing:
    """How an account stands."""
    row = _row(result, "accounts", account_id)
    return _standing(row, row["name"] or account_id)


def _standing(row: Mapping[str, Any], name: str) -> Standing:
    return Standing(
        row["account_id"], name, row["group"], row["score"], row["threshold"], row["is_mqa"], row.get("stage")
    )


def _row(result: ScoreResult, table: str, account_id: str, group: str | None = None) -> dict[str, Any]:
    mine = nw.col("account_id") == nw.lit(account_id)
    if group is not None:
        mine &= nw.col("group") == nw.lit(group)
    return on_driver(nw.from_native(result.frames[table]).lazy().filter(mine)).collect().row(0, named=True)


def _judged(result: ScoreResult, account_id: str, group: str | None) -> Step:
    """The row as the plan holds it, for conditions."""
    found = result.scored.standings
    rows = found.accounts if group is None else found.groups.filter(nw.col("group") == nw.lit(group))
    return rows.filter(nw.col("account_id") == nw.lit(account_id))


def _reasons(result: ScoreResult, row: Mapping[str, Any], judged: Step) -> tuple[Reason, ...]:
    rules = _conditions(result)
    told = []
    for code in row["reasons"]:
        condition, scope = rules.get(code, (None, ""))
        terms = () if condition is None else requirements(result.scored.ctx, judged, condition, scope)
        told.append(Reason(code, account_words(code, row, terms), terms))
    return tuple(told)


def _conditions(result: ScoreResult) -> dict[str, tuple[Condition | None, str]]:
    """The condition behind each reason code that has one, and where in the model it stands."""
    mqa = result.model.mqa
    return {
        **{f"{EXCLUDE}{rule.name}": (rule.when, "exclude") for rule in mqa.exclude},
        **{f"{TRIGGER}{rule.name}": (rule.when, "mqa") for rule in mqa.triggers},
        REQUIRE: (mqa.require, "mqa"),
    }


def _facts(result: ScoreResult, row: Mapping[str, Any]) -> dict[str, Value]:
    given = result.account_rows().filter(pl.col("account_id") == row["account_id"]).select(*_OWN).collect()
    own = given.row(0, named=True)
    return {**own, **{name: row[name] for name in (*_JUDGED, *_PEOPLE, *_OF_GROUP)}}


def _family(result: ScoreResult, account_id: str) -> dict[str, Value]:
    """How the family stands that the account belongs to; nothing where families are not rolled up."""
    parent = result.family_of(account_id)
    if parent is None:
        return {}
    row = _row(result, "families", parent)
    named = {"family": row["name"] or parent, "family_id": parent}
    return {**named, "family_score": row["score"], "family_rank": row["rank"], "family_spread": row["family_spread"]}


def _components(result: ScoreResult, row: Mapping[str, Any], lines: tuple[Line, ...]) -> tuple[Component, ...]:
    """The components with the sum of their lines."""
    found = []
    for name, weight in result.model.account.weights.items():
        value = row[name]
        points = sum(line.points or 0 for line in lines if line.component == name)
        why = why_unknown(name, result.given) if value is None else None
        found.append(Component(name, value, weight, None if value is None else points, why))
    return tuple(found)


def _motion(result: ScoreResult, account_id: str, group: str | None) -> str | None:
    if group is None:
        return None
    motion: str = _row(result, "groups", account_id, group)["motion"]
    return motion


def _others(result: ScoreResult, account: Mapping[str, Any], shown: str | None) -> tuple[Standing, ...]:
    groups = result.polars["groups"].filter(
        pl.col("account_id") == account["account_id"], pl.col("group").ne_missing(shown)
    )
    return tuple(_standing(row, account["name"] or account["account_id"]) for row in groups.iter_rows(named=True))
