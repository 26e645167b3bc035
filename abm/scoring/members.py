"""Members: the people of one account as its buying groups see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from abm.scoring.arithmetic import MICRO
from abm.scoring.engagement import view_of
from abm.scoring.leads import DISQUALIFIED

if TYPE_CHECKING:
    from abm.engines.base import Step
    from abm.model import Model

_SCHEMA = {
    "group": pl.String,
    "contact_id": pl.String,
    "role": pl.String,
    "confidence": pl.Float64,
    "primary": pl.Boolean,
    "engaged": pl.Boolean,
    "points": pl.Float64,
}


def members(leads: Step | None, model: Model, account_id: str) -> pl.DataFrame:
    """List the people of an account who are not disqualified, with the roles they are eligible for.

    Args:
        leads: the scored leads of a run, or None without contacts.
        model: the model of the run.
        account_id: the account.

    Returns:
        One row per applicable group, person and role the person is eligible for; a person without one has one row with
        role null. `confidence` 0-1, `primary` whether it is the person's primary role, `engaged` and `points`
        (engagement, after decay and caps) as the group counts them, null without events. By group in model order,
        points descending, contact_id, role in model order.
    """
    if leads is None:
        return pl.DataFrame(schema=_SCHEMA)
    everyone: pl.LazyFrame = leads.to_native()
    placed = (pl.col("account_id") == account_id) & (pl.col("status") != DISQUALIFIED)
    people = everyone.filter(placed).sort("c").collect()
    rows = []
    for index, group in enumerate(model.buying_groups):
        view = view_of(model, group, index)
        engaged = (pl.col(view.r) >= view.engaged_at) & (pl.col(view.x) > 0)
        here = (
            people.filter(pl.col(f"applies_{index}"))
            .with_columns(engaged=engaged)
            .sort(view.x, descending=True, maintain_order=True)
        )
        for person in here.iter_rows(named=True):
            points = None if person[view.x] is None else person[view.x] / MICRO
            own: list[tuple[str | None, float | None, bool | None]] = [
                (role, person[f"confidence_{index}_{slot}"] / MICRO, person[f"slot_{index}"] == slot)
                for slot, role in enumerate(group.roles)
                if person[f"mask_{index}"] >> slot & 1
            ]
            rows += [
                (group.name, person["contact_id"], role, confidence, primary, person["engaged"], points)
                for role, confidence, primary in own or [(None, None, None)]
            ]
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")
