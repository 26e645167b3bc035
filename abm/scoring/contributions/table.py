"""The contributions table: lines of leads and accounts with their ids, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from abm.scoring.contributions.of_accounts import account_lines
from abm.scoring.contributions.of_leads import lead_lines
from abm.scoring.facts.accounts import ACCOUNT
from abm.scoring.facts.contacts import CONTACT

if TYPE_CHECKING:
    from abm.engines.base import Engine, Step
    from abm.model import Model
    from abm.scoring.plan import Scored


def contributions(model: Model, engine: Engine, scored: Scored) -> Step | None:
    """Every point of every lead and account.

    Returns:
        One row per line: `level` (lead | account), `entity_id`, `component`, `item`, `raw_points`, `points`, `count`,
        `age` (days before as_of of the newest activity), `note`, and `level_place`, `key`, `place`, which order the
        rows. Points are integer millionths of a point; those of an entity sum to its score exactly. Lines with null
        points only list what a person did. None when nothing in the model and the tables can give a point.
    """
    parts = []
    of_accounts = account_lines(model, engine, scored)
    if of_accounts is not None:
        ids = scored.accounts.select(nw.col(ACCOUNT).alias("key"), nw.col("account_id").alias("entity_id"))
        parts.append(_levelled(of_accounts.join(ids, on="key", how="left"), "account", 1))
    if scored.leads is not None:
        ids = scored.leads.select(nw.col(CONTACT).alias("key"), nw.col("contact_id").alias("entity_id"))
        of_leads = lead_lines(model, engine, scored.leads, scored.lines, scored.accounts)
        parts.append(_levelled(of_leads.join(ids, on="key", how="left"), "lead", 0))
    return nw.concat(parts) if parts else None


def _levelled(lines: Step, level: str, place: int) -> Step:
    return lines.with_columns(nw.lit(level).alias("level"), nw.lit(place).cast(nw.Int64).alias("level_place"))
