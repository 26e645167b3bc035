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

    from abm.engines.base import Step
    from abm.scoring.result import ScoreResult

By = Literal["account", "group", "lead", "family"]

TABLE_OF: dict[By, str] = {"account": "accounts", "group": "groups", "lead": "leads", "family": "families"}
"""The table of a result whose rows are ranked."""

_OWN: dict[By, Mapping[str, Kind]] = {
    "account": ACCOUNTS,
    "group": GROUPS,
    "lead": LEADS,
    "family": {**FAMILIES, **FAMILY_MEMBERS},
}
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
        The rows of `result.accounts`, `.groups`, `.leads` or `.families`, in their kind of frame, all columns; those of
        DuckDB and Spark are ranked there, but for families and conditions over lists, such as reasons. Accounts
        and families: rank ascending (score, intent, coverage, engagement descending, nulls last, then account_id);
        families have `family_members` as well, the number of their accounts. Leads: score, then engagement descending,
        then contact_id.

    Raises:
        ConditionError: `where` or `accounts` cannot be read, or names an unknown column.
        TableError: `top` is less than 1, or there are no families, because the model does not roll them up.
    """
    if not _ranks_at_home(result, by, where, accounts):
        return result.in_kind(ranking(result, by=by, where=where, accounts=accounts, top=top, excluded=excluded))
    _require_rows(top)
    step = nw.from_native(result.frames[TABLE_OF[by]]).lazy()
    columns = step.collect_schema().names()
    step = step if where is None else _held(result, step, by, where, "where")
    if accounts is not None:
        rows = nw.from_native(result.frames["accounts"]).lazy()
        meant = _held(result, rows, "account", accounts, "accounts").select("account_id")
        step = step.join(meant, on="account_id", how="semi")
    step = _in_order(result, step, by, excluded=excluded)
    return (step if top is None else step.head(top)).select(columns).to_native()


def ranking(
    result: ScoreResult,
    *,
    by: By = "account",
    where: str | Condition | None = None,
    accounts: str | Condition | None = None,
    top: int | None = None,
    excluded: bool = False,
) -> pl.DataFrame:
    """Rank as `rank` does, on the driver: a Polars frame, whatever kind was given."""
    _require_rows(top)
    frame = _families(result) if by == "family" else result.polars[TABLE_OF[by]]
    kept = frame if where is None else _filtered(result, frame, by, where, "where")
    if accounts is not None:
        meant = _filtered(result, result.polars["accounts"], "account", accounts, "accounts")
        kept = kept.join(meant.select("account_id"), on="account_id", how="semi", maintain_order="left")
    return _ordered(result, kept, by, excluded=excluded).head(top or kept.height)


def _require_rows(top: int | None) -> None:
    if top is not None and top < 1:
        raise TableError(f"top: {top} rows cannot be shown. Expected a whole number from 1 on.")


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
    condition, own, kinds = _bound(result, by, where, called)
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


def _bound(
    result: ScoreResult, by: By, where: str | Condition, called: str
) -> tuple[Condition, Mapping[str, Kind], Mapping[str, Kind]]:
    """A condition that fits, the columns of the table it is held against, and all that it may name."""
    condition, own = _parsed(where), _OWN[by]
    kinds = own if by == "lead" else {**result.account_kinds, **own}
    problems = check_condition(condition, kinds)
    if problems:
        raise ConditionError(f"{called}: {' '.join(problems)}")
    return condition, own, kinds


def _ranks_at_home(result: ScoreResult, by: By, *conditions: str | Condition | None) -> bool:
    """Whether rows are ranked in the engine that has them; texts of lists are joined, and families counted, here."""
    if result.kind != result.scored.ctx.engine.name or not result.scored.ctx.engine.apart or by == "family":
        return False
    lists = {name for kinds in _OWN.values() for name, kind in kinds.items() if kind is Kind.LIST}
    return not any(lists & {*_parsed(each).names} for each in conditions if each is not None)


def _parsed(where: str | Condition) -> Condition:
    return where if isinstance(where, Condition) else Condition.parse(where)


def _held(result: ScoreResult, step: Step, by: By, where: str | Condition, called: str) -> Step:
    """Keep the rows of which a condition holds, where they are."""
    condition, own, kinds = _bound(result, by, where, called)
    foreign = [name for name in condition.names if name not in own]
    physical = {name: f"{_PREFIX}{name}" for name in foreign}
    if foreign:
        rows = result.scored.account_rows.select(
            "account_id", *(nw.col(name).alias(shown) for name, shown in physical.items())
        )
        step = step.join(rows, on="account_id", how="left")
    return step.filter(compile_condition(condition, kinds, as_of=result.as_of, physical=physical))


def _in_order(result: ScoreResult, step: Step, by: By, *, excluded: bool) -> Step:
    """The order of `_ordered`, where the rows are."""
    if by == "lead":
        return step.sort("score", "engagement", "contact_id", descending=[True, True, False], nulls_last=True)
    shown = step if excluded else step.filter(~nw.col("is_excluded"))
    if by == "account":
        return shown.sort("rank", "score", "account_id", descending=[False, True, False], nulls_last=True)
    ranks = nw.from_native(result.frames["accounts"]).lazy()
    shown = shown.join(ranks.select("account_id", nw.col("rank").alias("account_rank")), on="account_id", how="left")
    place = nw.lit(len(result.model.buying_groups))
    for i, group in enumerate(result.model.buying_groups):
        place = nw.when(nw.col("group") == nw.lit(group.name)).then(nw.lit(i)).otherwise(place)
    keys = ("account_rank", "account_id", "score", "group_place")
    return shown.with_columns(place.alias("group_place")).sort(
        *keys, descending=[False, False, True, False], nulls_last=True
    )
