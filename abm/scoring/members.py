"""Members: the people of one account, by name, as its buying groups see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from abm.engines.polars import on_driver
from abm.scoring.arithmetic import MICRO
from abm.scoring.engagement import view_of
from abm.scoring.leads import DISQUALIFIED

if TYPE_CHECKING:
    from collections.abc import Sequence

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

_PEOPLE: dict[str, pl.DataType] = {
    "contact_id": pl.String(),
    "first_name": pl.String(),
    "last_name": pl.String(),
    "title": pl.String(),
    "email": pl.String(),
    "opted_out": pl.Boolean(),
    "role": pl.String(),
    "roles": pl.List(pl.String),
    "points": pl.Float64(),
    "engaged": pl.Boolean(),
    "blocker": pl.Boolean(),
    "disqualified": pl.Boolean(),
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
    placed = (nw.col("account_id") == nw.lit(account_id)) & (nw.col("status") != nw.lit(DISQUALIFIED))
    people = on_driver(leads.filter(placed)).sort("c").collect()
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


def people(
    leads: Step | None, rows: Step | None, model: Model, account_id: str, group: str | None = None
) -> pl.DataFrame:
    """List everybody known of an account, by name, as one buying group sees them.

    Args:
        leads: the scored leads of a run, or None without contacts.
        rows: the contacts as given, one row per contact_id, or None without contacts.
        model: the model of the run.
        account_id: the account.
        group: the buying group, or None where none applies.

    Returns:
        One row per contact: the columns of contacts that say who it is; the primary `role` and all `roles` the person
        is eligible for, in model order, null and empty without group and for those disqualified; `points` (engagement,
        after decay and caps) and `engaged` as the group counts them, null without events; `blocker`: has a role that
        is reported and never seated; `disqualified`: seen by no group. Those disqualified last, then by points
        descending, nulls last, then contact_id.
    """
    return crowd(leads, rows, model, [account_id], group).select(*_PEOPLE)


_CROWD: dict[str, pl.DataType] = {
    "account_id": pl.String(),
    **_PEOPLE,
    "lead_source": pl.String(),
    "confidence": pl.Float64(),
}


def crowd(
    leads: Step | None, rows: Step | None, model: Model, account_ids: Sequence[str], group: str | None = None
) -> pl.DataFrame:
    """List everybody known of several accounts, as one buying group sees them, in one go.

    Args:
        leads: the scored leads of a run, or None without contacts.
        rows: the contacts as given, one row per contact_id, or None without contacts.
        model: the model of the run.
        account_ids: the accounts.
        group: the buying group, or None where none applies.

    Returns:
        The columns of `people`, `account_id` before them; behind them `lead_source` as given and `confidence`, 0-1,
        that the primary role is theirs (null without one). By account_id, then in the order of `people`.
    """
    if leads is None or rows is None:
        return pl.DataFrame(schema=_CROWD)
    mine = on_driver(leads.filter(nw.col("account_id").is_in(list(account_ids))))
    found = mine.select("account_id", *_standing(model, group)).collect()
    who = rows.select("contact_id", *list(_PEOPLE)[1:6], "lead_source")
    who = who.filter(nw.col("contact_id").is_in(found["contact_id"].to_list()))
    listed = found.join(on_driver(who).collect(), on="contact_id", how="left")
    order = ["account_id", "disqualified", "points", "contact_id"]
    listed = listed.sort(order, descending=[False, False, True, False], nulls_last=True)
    return listed.select(pl.col(name).cast(kind) for name, kind in _CROWD.items())


def _standing(model: Model, group: str | None) -> list[pl.Expr]:
    """How one group sees a person; without a group there are neither roles nor blockers."""
    out = (pl.col("status") == DISQUALIFIED).alias("disqualified")
    if group is None:
        nothing = [pl.lit(None, dtype=pl.String).alias("role"), pl.lit([], dtype=pl.List(pl.String)).alias("roles")]
        facts = [pl.lit(None, dtype=pl.Boolean).alias("engaged"), pl.lit(value=False).alias("blocker")]
        sure = pl.lit(None, dtype=pl.Float64).alias("confidence")
        return [pl.col("contact_id"), out, *nothing, *facts, _points("x"), sure]
    (index,) = [i for i, each in enumerate(model.buying_groups) if each.name == group]
    template = model.buying_groups[index]
    view = view_of(model, template, index)
    able = pl.col("status") != DISQUALIFIED
    bits = pl.col(f"mask_{index}")
    role, sure = pl.lit(None, dtype=pl.String), pl.lit(None, dtype=pl.Float64)
    for slot, name in enumerate(template.roles):
        primary = pl.col(f"slot_{index}") == slot
        role = pl.when(primary).then(pl.lit(name)).otherwise(role)
        sure = pl.when(primary).then(_share(f"confidence_{index}_{slot}")).otherwise(sure)
    roles = pl.concat_list(
        pl.when((bits // (1 << slot)) % 2 == 1).then(pl.lit(name)).otherwise(pl.lit(None, dtype=pl.String))
        for slot, name in enumerate(template.roles)
    )
    engaged = (pl.col(view.r) >= view.engaged_at) & (pl.col(view.x) > 0) & able
    return [
        pl.col("contact_id"),
        out,
        pl.when(able).then(role).alias("role"),
        pl.when(able).then(roles.list.drop_nulls()).otherwise(pl.lit([], dtype=pl.List(pl.String))).alias("roles"),
        engaged.alias("engaged"),
        (pl.col(f"blocks_{index}") & able).fill_null(value=False).alias("blocker"),
        _points(view.x),
        pl.when(able).then(sure).alias("confidence"),
    ]


def _points(name: str) -> pl.Expr:
    return _share(name).alias("points")


def _share(name: str) -> pl.Expr:
    """Millionths as what they are a part of."""
    # Divided by a column: by a constant Polars multiplies with the reciprocal, which may be one bit off.
    return pl.col(name).cast(pl.Float64) / (pl.col(name) * 0 + MICRO)
