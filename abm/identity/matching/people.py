"""Contacts that are one person: one row for all of them, and what is known of the ids that gave way."""

from __future__ import annotations

import polars as pl

__all__ = ["DUPLICATE", "for_survivors", "one_row_each", "with_duplicates"]

DUPLICATE = "duplicate"
"""The method of a contact that is one person with another, and goes where that goes."""

_PERSON = "person\x1f"
"""No column of a user's table has this name."""


def one_row_each(contacts: pl.DataFrame, twice: pl.DataFrame, account_ids: pl.Series) -> pl.DataFrame:
    """Make one row of all contacts that are one person.

    Args:
        contacts: `contact_id`, key, and any other columns.
        twice: what `duplicates` found.
        account_ids: of the accounts there are.

    Returns:
        The survivors' rows, by contact_id; their empty cells are filled from the others in the order of contact_id. An
        `account_id` that names no account is as good as empty; who opted out under one contact_id has `opted_out`.

    >>> contacts = pl.DataFrame({"contact_id": ["1", "2"], "title": [None, "CFO"]})
    >>> twice = pl.DataFrame({"contact_id": ["2"], "survivor": ["1"]})
    >>> one_row_each(contacts, twice, pl.Series([], dtype=pl.String)).rows()
    [('1', 'CFO')]
    """
    person = pl.coalesce("survivor", "contact_id").alias(_PERSON)
    rows = contacts.join(twice.select("contact_id", "survivor"), on="contact_id", how="left").with_columns(person)
    rows = rows.sort(_PERSON, pl.col("survivor").is_not_null(), "contact_id").drop("survivor")
    first = {name: pl.col(name).drop_nulls().first() for name in contacts.columns}
    if "account_id" in first:
        account = pl.col("account_id")
        known = account.filter(account.is_in(account_ids.implode())).first()
        first["account_id"] = pl.coalesce(known, first["account_id"])
    if "opted_out" in first:
        first["opted_out"] = pl.col("opted_out").max()
    said = [value.alias(name) for name, value in first.items()]
    return rows.group_by(_PERSON, maintain_order=True).agg(said).select(contacts.columns)


def with_duplicates(matches: pl.DataFrame, twice: pl.DataFrame) -> pl.DataFrame:
    """Add a row for each id that gave way to another: its account, by the method `DUPLICATE`."""
    matches = matches.with_columns(pl.col("method").cast(pl.String))
    if twice.is_empty():
        return matches
    kept = matches.select(pl.col("contact_id").alias("survivor"), "account_id", "confidence")
    others = twice.join(kept, on="survivor").select(
        "contact_id",
        "account_id",
        pl.lit(DUPLICATE).alias("method"),
        "confidence",
        pl.format("one person with {}: {}", "survivor", "evidence").alias("evidence"),
    )
    return pl.concat([matches, others], how="diagonal").sort("contact_id")


def for_survivors(corrections: pl.LazyFrame, twice: pl.DataFrame) -> pl.LazyFrame:
    """Let corrections of a contact that gave way speak of the one that stays."""
    if twice.is_empty() or "contact_id" not in corrections.collect_schema():
        return corrections
    stays = twice.lazy().select("contact_id", "survivor")
    rows = corrections.join(stays, on="contact_id", how="left", maintain_order="left")
    return rows.with_columns(pl.coalesce("survivor", "contact_id").alias("contact_id")).drop("survivor")
