"""The facts of a day, frozen: what a later day would see if nothing new happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from abm.workspace.loader import Workspace

_BORN = {"events": "occurred_at", "intent": "observed_on", "opportunities": "created_on", "contacts": "created_at"}


def frozen(tables: Mapping[str, pl.DataFrame], as_of: date) -> dict[str, pl.DataFrame]:
    """The tables without what lies after the day; people created later go with everything they did."""
    kept = dict(tables)
    if {"contacts", "events"} <= kept.keys() and "created_at" in kept["contacts"].columns:
        contacts, events = kept["contacts"], kept["events"]
        later = contacts.filter(pl.col("created_at") > as_of)
        for column in ("contact_id", "email"):
            if {column} <= set(contacts.columns) & set(events.columns):
                theirs = pl.col(column).is_in(later[column].drop_nulls().implode())
                events = events.filter(~theirs.fill_null(value=False))
        kept["events"] = events
    for name, column in _BORN.items():
        if name in kept and column in kept[name].columns:
            kept[name] = kept[name].filter((pl.col(column) <= as_of).fill_null(value=True))
    return kept


def tables_of(workspace: Workspace) -> dict[str, pl.DataFrame]:
    """The tables of a workspace as frames that can be changed."""
    return {name: table.frame.drop("_row", strict=False).collect() for name, table in workspace.tables.items()}
