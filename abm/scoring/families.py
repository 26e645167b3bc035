"""Families: companies under one ultimate parent, scored as one account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from abm.graph.families import ultimate_parents
from abm.scoring.companies import with_counts, with_groups
from abm.scoring.facts.accounts import ACCOUNT
from abm.scoring.leads import DISQUALIFIED
from abm.scoring.standings import GROUP, standings

if TYPE_CHECKING:
    from abm.engines.base import Step
    from abm.scoring.committees import Crowd
    from abm.scoring.context import Context
    from abm.scoring.engagement import View

HOME = "home"
"""The account a person belongs to, beside the family's `a`."""


def family_keys(ctx: Context, accounts: Step) -> Step:
    """Map every account to its ultimate parent: key `home`, `a`.

    Raises:
        TableError: parent_account_id goes round in a circle; the message names its members.
    """
    (links,) = ctx.engine.gather(accounts.select(ACCOUNT, "account_id", "parent_account_id"))
    parents = ultimate_parents(dict(links.select("account_id", "parent_account_id").iter_rows()))
    schema = dict.fromkeys(("account_id", "root"), pl.String)
    ids = pl.DataFrame({"account_id": list(parents), "root": list(parents.values())}, schema=schema)
    keyed = links.select(ACCOUNT, "account_id").join(ids, on="account_id")
    roots = links.select(pl.col(ACCOUNT).alias("root_a"), pl.col("account_id").alias("root"))
    table = keyed.join(roots, on="root").select(pl.col(ACCOUNT).alias(HOME), pl.col("root_a").alias(ACCOUNT))
    return ctx.engine.scatter(table)


def family_companies(ctx: Context, companies: Step, keys: Step, counts: Step | None) -> Step:
    """The ultimate parents with their own fit and segment, and the opportunity counts of the whole family."""
    roots = keys.select(ACCOUNT).unique()
    own = companies.join(roots, on=ACCOUNT, how="semi").drop("open_opportunities", "won_opportunities")
    groups = [f"applies_{i}" for i in range(len(ctx.model.buying_groups))]
    own = own.drop(*groups, "first_group")
    if counts is None:
        return with_groups(ctx, with_counts(own, None))
    moved = (
        counts.rename({ACCOUNT: HOME})
        .join(keys, on=HOME, how="inner")
        .group_by(ACCOUNT)
        .agg(nw.col("open_opportunities").sum().cast(nw.Int64), nw.col("won_opportunities").sum().cast(nw.Int64))
    )
    return with_groups(ctx, with_counts(own, moved))


def family_topics(ctx: Context, topics: Step, keys: Step) -> Step:
    """Per topic the row of the member with the largest strength * decay; a topic spikes if it does for any member."""
    moved = topics.rename({ACCOUNT: HOME}).join(keys, on=HOME, how="inner")
    spikes = moved.group_by(ACCOUNT, "topic").agg(nw.col("spike").cast(nw.Int64).max().alias("spiked"))
    moved = moved.with_columns((nw.col("interest") * -1).alias("cold"))
    best = moved.unique(subset=[ACCOUNT, "topic"], keep="first", order_by=["cold", HOME])
    best = best.drop("spike", "cold").join(spikes, on=[ACCOUNT, "topic"], how="left")
    (step,) = ctx.engine.materialise(best.with_columns((nw.col("spiked") == 1).alias("spike")))
    return step


def family_standings(ctx: Context, companies: Step, crowd: Crowd, topics: Step | None, views: list[View]) -> Step:
    """Judge every family as one account.

    Args:
        ctx: the run.
        companies: what `family_companies` gave.
        crowd: leads by the family's `a`, their own account as `home`, and the anonymous streams of whole families.
        topics: what `family_topics` gave, or None.
        views: the views of the buying groups.

    Returns:
        The accounts' columns, key `a`, and `family_spread`: members with an engaged person in the shown group.
    """
    step = standings(ctx, companies, crowd, topics, views).accounts
    spread = nw.lit(0)
    if crowd.leads is None or crowd.anonymous is None:
        return _spread(step, spread)
    able = crowd.leads.filter(nw.col("status") != DISQUALIFIED)
    for index, view in enumerate(views):
        members = able.filter(view.engaged).select(ACCOUNT, HOME).unique().group_by(ACCOUNT)
        counts = members.agg(nw.len().cast(nw.Int64).alias(f"spread_{index}"))
        step = step.join(counts, on=ACCOUNT, how="left")
        spread = nw.when(nw.col(GROUP) == index).then(nw.col(f"spread_{index}").fill_null(0)).otherwise(spread)
    return _spread(step, spread)


def _spread(step: Step, members: nw.Expr) -> Step:
    """Members with an engaged person; unknown where the number of engaged people is."""
    known = ~nw.col("engaged_contacts").is_null()
    return step.with_columns(nw.when(known).then(members).cast(nw.Int64).alias("family_spread"))
