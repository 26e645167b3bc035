"""The contributions table: lines of leads and accounts with their ids, in order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import narwhals as nw

from abm.scoring.contributions.of_accounts import account_lines
from abm.scoring.contributions.of_leads import lead_lines
from abm.scoring.facts.accounts import ACCOUNT
from abm.scoring.facts.contacts import CONTACT
from abm.scoring.facts.owners import WHO
from abm.scoring.standings import GROUP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from abm.engines.base import Engine, Step
    from abm.model import Model
    from abm.scoring.plan import Scored

Level = Literal["lead", "account", "group"]
"""What is explained: a person, an account by the group that its row shows, or one buying group of an account."""

_PLACES: dict[Level, int] = {"lead": 0, "account": 1, "group": 2}


def contributions_of(
    model: Model,
    engine: Engine,
    scored: Scored,
    level: Level,
    *,
    entity_id: str | Sequence[str] | None = None,
    group: str | None = None,
    keys: range | None = None,
) -> Step | None:
    """Every point of one level, or of one entity of it: the same lines, from the same plan over fewer rows.

    Args:
        model: the model of the run.
        engine: the engine of the run.
        scored: what the run gave.
        level: `lead`, `account` or `group`.
        entity_id: the one contact or account, or several; None is every one.
        group: the one buying group, at the level of groups; None is every one.
        keys: only contacts, or accounts, with these keys (`c`, `a`); None is every one.

    Returns:
        One row per line: `level`, `entity_id`, `group` (the name of the buying group at that level, else null),
        `component`, `item`, `raw_points`, `points`, `count`, `age` (days before as_of of the newest activity), `note`,
        and `level_place`, `key`, `place`, which order the rows. Points are integer millionths of a point; those of an
        entity sum to its score exactly. Lines with null points only list what a person did. None when nothing in the
        model and the tables can give a point.
    """
    if level == "lead":
        return _of_leads(model, engine, scored, entity_id, keys)
    rows = scored.standings.groups if level == "group" else scored.standings.accounts
    if entity_id is not None:
        rows = rows.filter(_among("account_id", entity_id))
    if keys is not None:
        rows, scored = rows.filter(_within(ACCOUNT, keys)), _of_accounts(scored, keys)
    key = nw.col(ACCOUNT)
    if level == "group":
        key = key * max(1, len(model.buying_groups)) + nw.col(GROUP)
        if group is not None:
            rows = rows.filter(nw.col("group") == nw.lit(group))
    shown = rows.with_columns(key.alias("key"))
    lines = account_lines(model, engine, scored, shown)
    name = nw.col("group") if level == "group" else nw.lit(None, dtype=nw.String)
    return (
        None if lines is None else _named(lines, shown.select("key", _id_of("account_id"), name.alias("group")), level)
    )


def _of_accounts(scored: Scored, keys: range) -> Scored:
    """What was scored of some accounts: their people and streams, and what these did."""
    leads, streams, topics = (
        None if step is None else step.filter(_within(ACCOUNT, keys))
        for step in (scored.leads, scored.streams, scored.topics)
    )
    return replace(scored, leads=leads, streams=streams, topics=topics)


def _within(name: str, keys: range) -> nw.Expr:
    return (nw.col(name) >= keys.start) & (nw.col(name) < keys.stop)


def _of_leads(
    model: Model, engine: Engine, scored: Scored, entity_id: str | Sequence[str] | None, keys: range | None
) -> Step | None:
    leads, lines = scored.leads, scored.lines
    if leads is None:
        return None
    if keys is not None:
        leads = leads.filter(_within(CONTACT, keys))
        lines = None if lines is None else lines.filter(_within(WHO, keys))
    if entity_id is not None:
        leads = leads.filter(_among("contact_id", entity_id))
        if lines is not None:
            lines = lines.join(leads.select(nw.col(CONTACT).alias(WHO)), on=WHO, how="semi")
    ids = leads.select(nw.col(CONTACT).alias("key"), _id_of("contact_id"), nw.lit(None, dtype=nw.String).alias("group"))
    return _named(lead_lines(model, engine, leads, lines, scored.accounts), ids, "lead")


def _among(key: str, entity_id: str | Sequence[str]) -> nw.Expr:
    if isinstance(entity_id, str):
        return nw.col(key) == nw.lit(entity_id)
    return nw.col(key).is_in(list(entity_id))


def _id_of(name: str) -> nw.Expr:
    return nw.col(name).alias("entity_id")


def _named(lines: Step, ids: Step, level: Level) -> Step:
    place = nw.lit(_PLACES[level]).cast(nw.Int64)
    return lines.join(ids, on="key", how="left").with_columns(nw.lit(level).alias("level"), place.alias("level_place"))
