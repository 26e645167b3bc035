"""Parents: who belongs under whom, whether exports name the parent by id, in words, or only the top of the family."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from abm.tables.findings import SAMPLE_SIZE, Finding, Level

if TYPE_CHECKING:
    from abm.engines.base import Step
    from abm.scoring.context import Context

PARENTS = ("parent_account_id", "ultimate_parent_account_id")
"""What says who the parent is, the nearest first."""

_SAID = {
    "parent_by_name": ("taken for the account of that name: {} is a name", Level.NOTE),
    "ambiguous_parent": ("not followed: several accounts have the name in {}", Level.PROBLEM),
    "unknown_parent": ("not followed: {} names no account", Level.PROBLEM),
}


def with_parents(ctx: Context, frame: Step) -> Step:
    """Settle the parent of each account.

    Args:
        ctx: the run.
        frame: `account_id`, `name`, `PARENTS` as given, and whatever else.

    Returns:
        The frame with `parent_account_id`, without the ultimate parent: the parent that is given, by account_id, else
        by a name that one account has; where that leads to no account, the ultimate parent, told apart likewise, unless
        it is the account itself. What no account answers to stays as it is written.
    """
    given = [column for column in PARENTS if column in ctx.inputs["accounts"].given]
    if not given:
        return frame.drop(PARENTS[1])
    ids = frame.select("account_id")
    (orphans,) = ctx.engine.gather(nw.concat([_loose(frame, column, ids) for column in given]))
    if orphans.is_empty() and PARENTS[1] not in given:
        return frame.drop(PARENTS[1])
    links, names = ctx.engine.gather(
        frame.filter(~nw.col(PARENTS[0]).is_null() | ~nw.col(PARENTS[1]).is_null()).select("account_id", *PARENTS),
        frame.select("account_id", "name"),
    )
    for column in PARENTS:
        links = _resolved(ctx, links, names, column)
    ultimate = pl.when(pl.col(PARENTS[1]) != pl.col("account_id")).then(PARENTS[1])
    known = pl.col(PARENTS[0]).is_in(names["account_id"].implode())
    reached = pl.when(known).then(PARENTS[0]).otherwise(pl.coalesce(ultimate, PARENTS[0]))
    parents = ctx.engine.scatter(links.select("account_id", reached.alias("parent")).drop_nulls())
    step = frame.drop(*PARENTS).join(parents, on="account_id", how="left").rename({"parent": PARENTS[0]})
    (step,) = ctx.engine.materialise(step)
    return step


def _loose(frame: Step, column: str, ids: Step) -> Step:
    """Accounts whose parent is no account_id."""
    named = frame.filter(~nw.col(column).is_null()).select("account_id", nw.col(column).alias("parent"))
    return named.join(ids, left_on="parent", right_on="account_id", how="anti")


def _resolved(ctx: Context, links: pl.DataFrame, names: pl.DataFrame, column: str) -> pl.DataFrame:
    """Replace names by the account_id of the one account that has the name; null where none has it."""
    given = links.filter(pl.col(column).is_not_null() & ~pl.col(column).is_in(names["account_id"].implode()))
    called = names.drop_nulls().group_by(_spoken("name")).agg(pl.col("account_id").first().alias("found"), pl.len())
    found = given.select("account_id", column).join(called, left_on=_spoken(column), right_on="name", how="left")
    found = found.filter(pl.col("found").ne_missing(pl.col("account_id"))).sort("account_id")  # the top may name itself
    held = pl.col("len").fill_null(0)
    for code, holds in (("parent_by_name", held == 1), ("ambiguous_parent", held > 1), ("unknown_parent", held == 0)):
        _report(ctx, found.filter(holds)["account_id"], code, column)
    one = found.filter(held == 1).select("account_id", "found")
    links = links.join(one, on="account_id", how="left")
    unfound = pl.col(column).is_in(names["account_id"].implode()) | (pl.lit(column) == PARENTS[0])
    return links.with_columns(pl.coalesce("found", pl.when(unfound).then(column)).alias(column)).drop("found")


def _spoken(column: str) -> pl.Expr:
    """A name as names of parents are compared: trimmed, without regard to case."""
    return pl.col(column).str.strip_chars().str.to_lowercase()


def _report(ctx: Context, accounts: pl.Series, code: str, column: str) -> None:
    if accounts.is_empty():
        return
    message, level = _SAID[code]
    ctx.findings.append(
        Finding(
            "accounts",
            code,
            len(accounts),
            message.format(column),
            level,
            column=column,
            file=ctx.inputs["accounts"].file,
            samples=tuple(accounts.head(SAMPLE_SIZE)),
        )
    )
