"""Leads beside accounts: where the two ways of looking at the same people disagree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from abm.output.report.rows import cut

if TYPE_CHECKING:
    from abm.scoring.result import ScoreResult

MOST = 8
"""So many of each list are named; all of them are counted."""


@dataclass(frozen=True)
class Beside:
    """Where leads and accounts disagree; accounts that the model excludes are left out.

    Attributes:
        counts: accounts by `standing` (`qualified`, `in_market`, `other`), with an MQL and without: `standing`, `with`,
            `without`.
        alone: MQLs around whom nobody else is engaged: `contact_id`, `person`, `title`, `account_id`, `label`, `score`,
            `status`, `known_contacts`; the highest score first.
        alone_count: how many there are.
        homeless: MQLs without an account.
        silent: accounts with a spiking topic and no MQL, as rows of `account_rows`, the strongest intent first.
        silent_count: how many there are.
    """

    counts: pl.DataFrame
    alone: pl.DataFrame
    alone_count: int
    homeless: int
    silent: pl.DataFrame
    silent_count: int


def beside(result: ScoreResult, rows: pl.DataFrame) -> Beside | None:
    """Hold leads against accounts; None where no contacts were given.

    Args:
        result: the run.
        rows: what `account_rows` gives.
    """
    contacts = result.contact_rows()
    if contacts is None:
        return None
    ranked = rows.filter(~pl.col("is_excluded"))
    mqls = result.polars["leads"].filter("is_mql")
    alone = mqls.join(
        ranked.filter(pl.col("engaged_contacts").fill_null(0) <= 1).select("account_id", "label", "known_contacts"),
        on="account_id",
    ).sort(["score", "contact_id"], descending=[True, False])
    silent = ranked.filter(pl.col("spiking_topic_count") >= 1, pl.col("mqls").fill_null(0) == 0)
    silent = silent.sort(["intent", "rank"], descending=[True, False], nulls_last=True)
    return Beside(
        counts=_counts(ranked),
        alone=_named(alone.head(MOST), contacts),
        alone_count=alone.height,
        homeless=mqls["account_id"].null_count(),
        silent=silent.head(MOST),
        silent_count=silent.height,
    )


def _counts(ranked: pl.DataFrame) -> pl.DataFrame:
    standing = (
        pl.when("is_mqa")
        .then(pl.lit("qualified"))
        .when(pl.col("spiking_topic_count") >= 1)
        .then(pl.lit("in_market"))
        .otherwise(pl.lit("other"))
    )
    judged = ranked.select(standing.alias("standing"), has=pl.col("mqls").fill_null(0) > 0)
    order = pl.DataFrame({"standing": ["qualified", "in_market", "other"]})
    counted = judged.group_by("standing").agg(
        pl.col("has").sum().cast(pl.Int64).alias("with"), (~pl.col("has")).sum().cast(pl.Int64).alias("without")
    )
    return order.join(counted, on="standing", how="left", maintain_order="left").fill_null(0)


def _named(leads: pl.DataFrame, contacts: pl.LazyFrame) -> pl.DataFrame:
    who = contacts.filter(pl.col("contact_id").is_in(leads["contact_id"].implode()))
    names = who.select("contact_id", "title", person_name().alias("person")).collect()
    found = leads.join(names, on="contact_id", how="left", maintain_order="left").with_columns(cut("score"))
    columns = ("contact_id", "person", "title", "account_id", "label", "score", "status", "known_contacts")
    return found.select(*columns)


def person_name() -> pl.Expr:
    """First and last name of a contact as given, else the id; never one that is the address of somebody opted out."""
    name = pl.concat_str(["first_name", "last_name"], separator=" ", ignore_nulls=True)
    hidden = pl.col("opted_out").fill_null(value=False) & pl.col("contact_id").str.contains("@", literal=True)
    safe_id = pl.when(hidden).then(pl.lit("somebody without a name")).otherwise(pl.col("contact_id"))
    return pl.when(name != "").then(name).otherwise(safe_id)
