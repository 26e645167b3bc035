"""Ranking: the accounts, groups, leads or families of a result that somebody wants to see, best first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import narwhals as nw
import polars as pl

from abm.errors import ConditionError, TableError
from abm.model.conditions import Condition
from abm.scoring.columns import ACCOUNTS, FAMILIES, FAMILY_MEMBERS, GROUPS, LEADS
from abm.scoring.compiler import check_condition, compile_condition
from abm.tables.contracts import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from abm.scoring.result import ScoreResult

By = Literal["account", "group", "lead", "family"]

TABLE_OF: dict[By, str] = {"account": "accounts", "group": "groups", "lead": "leads", "family": "families"}
"""The table of a result whose rows are ranked."""

_PREFIX = "account_column."


def rank(
    result: ScoreResult,
    *,
    by: By = "account",
    where: str | Condition | None = None,
    accounts: str | Condition | None = None,
    top: int | None = None,
    excluded: bool = False,
) -> Any:
    """List what a result ranks, best first.

    Args:
        result: what `score` gave.
        by: `account` by rank; `group` by the account's rank, then the group's score; `lead` by score; `family` by the
            rank among families, each under its ultimate parent.
        where: a condition over the columns of that table, and for all but leads those of the accounts table (for
            families of the ultimate parent); where names clash the result wins.
        accounts: a condition over the columns of the accounts result and table, such as a saved selection: only these
            accounts, and the groups and leads of these; families by their ultimate parent.
        top: at most so many rows.
        excluded: show excluded accounts too, after the others; they have no rank.

    Returns:
        The rows of `result.accounts`, `.groups`, `.leads` or `.families`, in their kind of frame, all columns. Accounts
        and families: rank ascending (score, intent, coverage, engagement descending, nulls last, then account_id);
        families have `family_members` as well, the number of their accounts. Leads: score, then engagement descending,
        then contact_id.

    Raises:
        ConditionError: `where` or `accounts` cannot be read, or names an unknown column.
        TableError: `top` is less than 1, or there are no families, because the model does not roll them up.
    """
    if top is not None and top < 1:
        raise TableError(f"top: {top} rows cannot be shown. Expected a whole number from 1 on.")
    frame = _families(result) if by == "family" else result.polars[TABLE_OF[by]]
    kept = frame if where is None else _filtered(result, frame, by, where, "where")
    if accounts is not None:
        meant = _filtered(result, result.polars["accounts"], "account", accounts, "accounts")
        kept = kept.join(meant.select("account_id"), on="account_id", how="semi", maintain_order="left")
    return result.in_kind(_ordered(result, kept, by, excluded=excluded).head(top or kept.height))


def _families(result: ScoreResult) -> pl.DataFrame:
    if "families" not in result.polars:
        raise TableError(
            f"model {result.model.name}: has `family: none`, so that there are no families to rank."
            " Say `family: rollup` in it, and score again."
        )
    members = result.family_members()
    return result.polars["families"].join(members, on="account_id", how="left", maintain_order="left")


def _ordered(result: ScoreResult, frame: pl.DataFrame, by: By, *, excluded: bool) -> pl.DataFrame:
    if by == "lead":
        return frame.sort(["score", "engagement", "contact_id"], descending=[True, True, False], nulls_last=True)
    shown = frame if excluded else frame.filter(~pl.col("is_excluded"))
    if by in ("account", "family"):
        return shown.sort(["rank", "score", "account_id"], descending=[False, True, False], nulls_last=True)
    ranks = result.polars["accounts"].select("account_id", pl.col("rank").alias("account_rank"))
    joined = shown.join(ranks, on="account_id", how="left", maintain_order="left")
    keys, falling = ["account_rank", "account_id", "score"], [False, False, True]
    return joined.sort(keys, descending=falling, nulls_last=True, maintain_order=True).drop("account_rank")


def _filtered(result: ScoreResult, frame: pl.DataFrame, by: By, where: str | Condition, called: str) -> pl.DataFrame:
    condition = where if isinstance(where, Condition) else Condition.parse(where)
    own = {"account": ACCOUNTS, "group": GROUPS, "lead": LEADS, "family": {**FAMILIES, **FAMILY_MEMBERS}}[by]
    kinds: Mapping[str, Kind] = own if by == "lead" else {**result.account_kinds, **own}
    problems = check_condition(condition, kinds)
    if problems:
        raise ConditionError(f"{called}: {' '.join(problems)}")
    # Lists are tested as the text that CSV shows.
    lists = [name for name, kind in own.items() if kind is Kind.LIST]
    tested = frame.with_columns(pl.col(name).list.join(";") for name in lists)
    foreign = [name for name in condition.names if name not in own]
    if foreign:
        rows = result.account_rows().select("account_id", *(pl.col(name).alias(f"{_PREFIX}{name}") for name in foreign))
        tested = tested.join(rows.collect(), on="account_id", how="left", maintain_order="left")
    physical = {name: f"{_PREFIX}{name}" for name in foreign}
    test = compile_condition(condition, kinds, as_of=result.as_of, physical=physical)
    mask = nw.from_native(tested).select(keep=test.fill_null(value=False)).to_native()
    return frame.filter(mask["keep"])
