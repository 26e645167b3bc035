"""Penetration: how far we are into a list of accounts, as counts over the accounts and committee tables alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from abm.errors import NotFoundError, did_you_mean
from abm.model.conditions import Condition
from abm.scoring.ranking import ranking
from abm.scoring.selections import account_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from abm.scoring.result import ScoreResult

STEPS = ("known", "engaged", "covered", "qualified")
"""How far one is into an account."""

TARGETS = Condition.parse("is_target")
USUAL = ("segment", "tier", "owner")
"""The columns by which accounts are counted if none is asked for, as far as they tell them apart."""

_HOW = (
    " Targets are accounts whose column is_target is true: fill it, or map yours in workspace.yaml under tables:"
    " accounts: columns: {is_target: NAME IN THE FILE}. Or name accounts with --where, or save them in workspace.yaml"
    ' under lists: {NAME: "condition"} and ask for --list NAME.'
)


@dataclass(frozen=True, slots=True)
class RoleCount:
    """One role over some accounts.

    Attributes:
        role: the role.
        accounts: accounts whose buying group has it.
        required: those whose buying group requires it.
        known: those with somebody who could take it.
        engaged: those with an engaged person in it; None without events.
        missing: those whose group requires it and that have nobody engaged in it; None without events.
    """

    role: str
    accounts: int
    required: int
    known: int
    engaged: int | None
    missing: int | None


@dataclass(frozen=True, slots=True)
class Reach:
    """How far one is into some accounts.

    Attributes:
        by: the column they have in common, or None for all of them.
        value: what it holds, as text; None if it is empty.
        accounts: how many there are.
        known: with at least one known contact.
        engaged: with at least one engaged contact.
        covered: with an engaged person in every role that their buying group requires; in every role where it requires
            none. Accounts to which no group applies are not covered.
        qualified: MQAs.
        roles: the roles of their buying groups, the most often missing first, then in the order of the model.
    """

    by: str | None
    value: str | None
    accounts: int
    known: int | None
    engaged: int | None
    covered: int | None
    qualified: int
    roles: tuple[RoleCount, ...]

    def share(self, step: str) -> float | None:
        """Return the share of the accounts that are at least that far, 0-100; None where it is not known."""
        count = getattr(self, step)
        return None if count is None or not self.accounts else 100 * count / self.accounts


@dataclass(frozen=True)
class Penetration:
    """How far one is into a list of accounts.

    Attributes:
        result: the run.
        total: all of them.
        parts: the same by each column, the largest part first, then by value, accounts without a value last.
        excluded: how many of the list the model excludes; they are not counted unless asked for.
    """

    result: ScoreResult
    total: Reach
    parts: tuple[tuple[str, tuple[Reach, ...]], ...]
    excluded: int


def penetration(
    result: ScoreResult,
    *,
    where: str | Condition | None = None,
    saved: Condition | None = None,
    by: Sequence[str] | None = None,
    excluded: bool = False,
) -> Penetration:
    """Count how far one is into a list of accounts.

    A count is None where the table that it needs was not given: contacts for known, events too for the others.

    Args:
        result: what `score` gave.
        where: a condition over accounts, as of `rank`; by default the accounts with `is_target`.
        saved: a saved selection that must hold too, or instead of `is_target`.
        by: columns of accounts, of the result or the table; by default segment, tier and owner, as far as they tell
            the accounts apart.
        excluded: whether to count accounts that the model excludes.

    Raises:
        ConditionError: a condition cannot be read or names an unknown column.
        NotFoundError: the list is empty, or there is no such column.
    """
    kinds = account_columns(result.account_kinds)
    for name in by or ():
        if name not in kinds:
            raise NotFoundError(f"by: accounts have no column '{name}'.{did_you_mean(name, kinds)}")
    asked = TARGETS if where is None and saved is None else where
    every = ranking(result, where=asked, accounts=saved, excluded=True)
    rows = every if excluded else every.filter(~pl.col("is_excluded"))
    if rows.is_empty():
        raise NotFoundError(_empty(every.height, targets=asked is TARGETS))
    values = _values(result, rows, USUAL if by is None else by)
    if by is None:
        values = {name: held for name, held in values.items() if held.n_unique() > 1}
    seats = _seats(result, rows)
    facts = _facts(rows, seats)
    order = {role: i for i, role in enumerate(dict.fromkeys(_roles(result)))}
    parts = tuple((name, _parts(name, held, facts, seats, order)) for name, held in values.items())
    return Penetration(result, _reach(None, None, facts, seats, order), parts, every.height - rows.height)


def penetration_table(found: Penetration) -> pl.DataFrame:
    """Return the counts as a table: one row for all accounts, then one per column and value.

    Returns:
        `by` (`all` in the first row), `value`, `accounts`; `known`, `engaged`, `covered`, `qualified`; their shares as
        `known_share` ..., 0-100; `missing`, the required roles that lack an engaged person in some account, the most
        often lacking first; and per role `ROLE_required`, `ROLE_engaged`, `ROLE_missing`.
    """
    reaches = [found.total, *(reach for _, parts in found.parts for reach in parts)]
    roles = [
        each.role for each in sorted(found.total.roles, key=lambda each: list(_roles(found.result)).index(each.role))
    ]
    schema: dict[str, pl.DataType] = {"by": pl.String(), "value": pl.String(), "accounts": pl.Int64()}
    schema |= dict.fromkeys(STEPS, pl.Int64()) | {f"{step}_share": pl.Float64() for step in STEPS}
    schema |= {"missing": pl.List(pl.String)}
    schema |= {f"{role}_{what}": pl.Int64() for role in roles for what in ("required", "engaged", "missing")}
    return pl.DataFrame([_record(each, roles) for each in reaches], schema=schema)


def _record(reach: Reach, roles: Sequence[str]) -> dict[str, object]:
    counts = {each.role: each for each in reach.roles}
    steps = {step: getattr(reach, step) for step in STEPS} | {f"{step}_share": reach.share(step) for step in STEPS}
    told = {
        f"{role}_{what}": getattr(counts[role], what) if role in counts else 0
        for role in roles
        for what in ("required", "engaged", "missing")
    }
    missing = [each.role for each in reach.roles if each.missing]
    head = {"by": reach.by or "all", "value": reach.value, "accounts": reach.accounts}
    return {**head, **steps, "missing": missing, **told}


def _empty(excluded: int, *, targets: bool) -> str:
    if excluded:
        said = f"every account of the list ({excluded:,}) is excluded by the model"
        return f"{said}. Count them with --all, or choose others."
    return f"no account is a target.{_HOW}" if targets else "no account is on this list. Choose others."


def _values(result: ScoreResult, rows: pl.DataFrame, names: Sequence[str]) -> dict[str, pl.Series]:
    """What each account holds in each column, as text, in the order of the rows."""
    given = [name for name in dict.fromkeys(names) if name not in rows.columns]
    if given:
        own = result.account_rows().select("account_id", *given).collect()
        rows = rows.join(own, on="account_id", how="left", maintain_order="left")
    return {name: _text(rows[name]) for name in dict.fromkeys(names)}


def _text(values: pl.Series) -> pl.Series:
    return values.list.join(";") if values.dtype == pl.List(pl.String) else values.cast(pl.String)


def _seats(result: ScoreResult, rows: pl.DataFrame) -> pl.DataFrame:
    """The committee of each account in the buying group that it is shown by, with `required`."""
    required = [
        (group.name, role, seat.required) for group in result.model.buying_groups for role, seat in group.roles.items()
    ]
    schema = {"group": pl.String, "role": pl.String, "required": pl.Boolean}
    wanted = pl.DataFrame(required, schema=schema, orient="row")
    shown = rows.select("account_id", "group").drop_nulls()
    return result.polars["committee"].join(shown, on=["account_id", "group"], how="semi").join(
        wanted, on=["group", "role"], how="left", maintain_order="left"
    )  # fmt: skip


def _facts(rows: pl.DataFrame, seats: pl.DataFrame) -> pl.DataFrame:
    """How far one is into each account: `account_id` and a Boolean per step, null where it is not known."""
    engaged = pl.col("filled_engaged") > 0
    demanded = pl.col("required") | ~pl.col("required").any().over("account_id")
    covered = seats.filter(demanded).group_by("account_id").agg(engaged.all(ignore_nulls=False).alias("covered"))
    known = pl.col("engaged_contacts").is_not_null() | pl.col("group").is_null()
    return rows.join(covered, on="account_id", how="left", maintain_order="left").select(
        "account_id",
        (pl.col("known_contacts") > 0).alias("known"),
        (pl.col("engaged_contacts") > 0).alias("engaged"),
        pl.when(known).then(pl.col("covered").fill_null(value=False)).alias("covered"),
        pl.col("is_mqa").alias("qualified"),
    )


def _parts(
    name: str, held: pl.Series, facts: pl.DataFrame, seats: pl.DataFrame, order: dict[str, int]
) -> tuple[Reach, ...]:
    keyed = facts.with_columns(held.alias("value"))
    seated = seats.join(keyed.select("account_id", "value"), on="account_id", how="left")
    groups = {value: seated_part for (value,), seated_part in seated.partition_by("value", as_dict=True).items()}
    parts = [
        _reach(name, None if value is None else str(value), part, groups.get(value, seats.clear()), order)
        for (value,), part in keyed.partition_by("value", as_dict=True).items()
    ]
    return tuple(sorted(parts, key=lambda part: (part.value is None, -part.accounts, part.value or "")))


def _reach(by: str | None, value: str | None, facts: pl.DataFrame, seats: pl.DataFrame, order: dict[str, int]) -> Reach:
    counts = {step: _count(facts[step]) for step in STEPS}
    some, judged = pl.col("filled_engaged") > 0, pl.col("filled_engaged").is_not_null().any()
    told = seats.group_by("role").agg(
        pl.len().alias("accounts"),
        pl.col("required").sum(),
        (pl.col("known") > 0).sum().alias("known"),
        pl.when(judged).then(some.sum()).alias("engaged"),
        pl.when(judged).then((pl.col("required") & ~some).sum()).alias("missing"),
    )
    roles = sorted(
        (RoleCount(**row) for row in told.iter_rows(named=True)),
        key=lambda each: (-(each.missing or 0), order[each.role]),
    )
    qualified = counts.pop("qualified") or 0
    return Reach(
        by, value, facts.height, counts["known"], counts["engaged"], counts["covered"], qualified, tuple(roles)
    )


def _count(test: pl.Series) -> int | None:
    """How often a test holds; None if it can be told of nobody."""
    return None if test.len() and test.null_count() == test.len() else int(test.sum())


def _roles(result: ScoreResult) -> tuple[str, ...]:
    return tuple(role for group in result.model.buying_groups for role in group.roles)
