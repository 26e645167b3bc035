"""Which accounts and people of a result a list is made of, best first, and who is left out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from abm.errors import ConditionError, NotFoundError, TableError, did_you_mean
from abm.output.lists.cells import ENTITY
from abm.output.lists.dropped import Dropped, dropped
from abm.scoring.facts.contacts import CONTACT as PERSON
from abm.scoring.opted_out import opted_out
from abm.scoring.ranking import By, ranking

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from abm.output.lists.suppression import Suppression
    from abm.output.lists.target import Level
    from abm.scoring.result import ScoreResult

ACCOUNT, CONTACT = "account.", "contact."
_MAIL, _HIT, _PLACE = "\x1fmail", "\x1fsuppressed", "\x1fplace"
_OWNER, _ROLE, _SCORE, _WARMTH = "\x1faccount", "\x1frole", "\x1fscore", "\x1fengagement"
_BEST = [_PLACE, _SCORE, _WARMTH]
_HIDDEN = [_OWNER, _ROLE, _SCORE, _WARMTH, _MAIL, _PLACE]


@dataclass(frozen=True, slots=True)
class Selection:
    """What a list is made of.

    Attributes:
        where: a condition over accounts, as of `rank`.
        top: at most so many accounts, those that are left out not counted.
        tiers: names of tiers; none is all.
        stages: names of stages; none is all.
        saved: name and condition of a saved selection of the workspace.
        suppress: whom to leave out.
        people_where: a condition over leads.
        roles: primary roles of people; none is all.
        excluded: whether accounts that the model excludes are in it too.
    """

    where: str | None = None
    top: int | None = None
    tiers: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    saved: tuple[str, str] | None = None
    suppress: Suppression | None = None
    people_where: str | None = None
    roles: tuple[str, ...] = ()
    excluded: bool = False

    @property
    def narrows_accounts(self) -> bool:
        """Whether not all accounts are asked for."""
        return bool(self.where or self.top or self.tiers or self.stages or self.saved)

    def said(self) -> dict[str, Any]:
        """What was asked for, for a manifest; what was not is left out."""
        saved = {"list": self.saved[0], "list_condition": self.saved[1]} if self.saved else {}
        suppressed = (
            {"suppress": self.suppress.file, "suppress_entries": len(self.suppress.ids)} if self.suppress else {}
        )
        asked = {
            "where": self.where,
            "top": self.top,
            "tier": list(self.tiers),
            "stage": list(self.stages),
            **saved,
            **suppressed,
            "people_where": self.people_where,
            "role": list(self.roles),
            "include_excluded": self.excluded,
        }
        return {name: value for name, value in asked.items() if value not in (None, [], False)}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The rows that a list is made of.

    Attributes:
        rows: one row per account or person, best first: `ENTITY` and the columns asked for that exist.
        others: the same of everybody else, those who opted out among them: who is on an earlier list is there. Empty
            unless asked for.
        selected: how many were asked for, those that were then left out included.
        dropped: who was left out, by reason.
        notes: what else to know, in sentences.
    """

    rows: pl.DataFrame
    others: pl.DataFrame
    selected: int
    dropped: tuple[Dropped, ...]
    notes: tuple[str, ...]


def chosen(
    result: ScoreResult, level: Level, selection: Selection, columns: Sequence[str] | None, *, everybody: bool = False
) -> Chosen:
    """Choose the rows of a list.

    Args:
        result: what `score` gave.
        level: what a row is.
        selection: what was asked for.
        columns: those to bring along, as `account.x` and `contact.x`; None is all, by their own names.
        everybody: whether to give the others too.

    Raises:
        ConditionError: a condition cannot be read or names an unknown column.
        NotFoundError: no tier, stage or role has this name.
        TableError: a list of people without contacts, or `top` less than 1.
    """
    result = replace(result, kind="polars")
    _require_known(result, selection)
    if selection.top is not None and selection.top < 1:
        raise TableError(f"top: {selection.top} accounts are no list. Expected a whole number from 1 on.")
    if level == "account" and (selection.people_where or selection.roles):
        raise TableError("people-where and role choose people, but this is a list of accounts. Leave them out.")
    accounts, notes = _accounts(result, selection)
    if level == "account":
        kept, left = _limited(accounts, selection)
        everything = _account_columns(result, columns)
        rows = kept.select("account_id").join(everything, on="account_id", how="left", maintain_order="left")
        others = everything.join(kept, on="account_id", how="anti") if everybody else rows.clear()
        return Chosen(_entity(rows, "account_id"), _entity(others, "account_id"), accounts.height, left, tuple(notes))
    kept, left = _limited(accounts, selection)
    return _people(result, selection, kept, columns, (left, notes, everybody))


def _entity(rows: pl.DataFrame, key: str) -> pl.DataFrame:
    return rows.with_columns(pl.col(key).alias(ENTITY))


def _accounts(result: ScoreResult, selection: Selection) -> tuple[pl.DataFrame, list[str]]:
    """The accounts asked for, best first, with `_HIT` of those to leave out."""
    conditions = {"where": selection.where}
    if selection.saved:
        conditions[f"list {selection.saved[0]}"] = selection.saved[1]
    ranked = ranking(result, excluded=True).select("account_id", "tier", "stage", "is_excluded")
    for said, condition in conditions.items():
        if condition is not None:
            met = _ranked(result, "account", condition, said)
            ranked = ranked.join(met, on="account_id", how="semi", maintain_order="left")
    if selection.tiers:
        ranked = ranked.filter(pl.col("tier").is_in(selection.tiers))
    if selection.stages:
        ranked = ranked.filter(pl.col("stage").is_in(selection.stages))
    notes: list[str] = []
    shut = ranked["is_excluded"].sum()
    if shut and not selection.excluded:
        ranked = ranked.filter(~pl.col("is_excluded"))
        notes.append(f"{shut:,} accounts that the model excludes are not in it")
    hit = pl.repeat(value=False, n=ranked.height, eager=True)
    if selection.suppress is not None:
        rows = result.account_rows().select("account_id", "domain", "domains").collect()
        own = ranked.select("account_id").join(rows, on="account_id", how="left", maintain_order="left")
        hit = selection.suppress.hits(own["account_id"], None, _domains(own))
    return ranked.with_columns(hit.alias(_HIT)), notes


def _domains(own: pl.DataFrame) -> tuple[pl.Series, ...]:
    listed = own["domains"].str.split(";")
    most = listed.list.len().max()
    further = (listed.list.get(place, null_on_oob=True) for place in range(most if isinstance(most, int) else 0))
    return (own["domain"], *further)


def _ranked(result: ScoreResult, by: By, condition: str, said: str) -> pl.DataFrame:
    try:
        return ranking(result, by=by, where=condition, excluded=True)
    except ConditionError as error:
        raise ConditionError(f"{said}: {str(error).removeprefix('where: ')}") from None


def _limited(accounts: pl.DataFrame, selection: Selection) -> tuple[pl.DataFrame, tuple[Dropped, ...]]:
    left = dropped("suppressed", accounts.filter(_HIT)["account_id"])
    kept = accounts.filter(~pl.col(_HIT))
    return (kept.head(selection.top) if selection.top else kept), tuple(left)


def _account_columns(result: ScoreResult, columns: Sequence[str] | None) -> pl.DataFrame:
    own, given = result.polars["accounts"], result.account_rows()
    names = given.collect_schema().names()
    if columns is None:
        extra: list[Any] = [name for name in names if name not in own.columns and not name.startswith("_")]
        return own.join(
            given.select("account_id", *extra).collect(), on="account_id", how="left", maintain_order="left"
        )
    asked = [name.removeprefix(ACCOUNT) for name in columns if name.startswith(ACCOUNT)]
    first: list[pl.Expr] = [pl.col(name).alias(f"{ACCOUNT}{name}") for name in asked if name in own.columns]
    extra = [pl.col(name).alias(f"{ACCOUNT}{name}") for name in asked if name in names and name not in own.columns]
    joined = own.select("account_id", *first)
    if extra:
        rows = given.select("account_id", *extra).collect()
        joined = joined.join(rows, on="account_id", how="left", maintain_order="left")
    return joined


def _people(
    result: ScoreResult,
    selection: Selection,
    accounts: pl.DataFrame,
    columns: Sequence[str] | None,
    so_far: tuple[tuple[Dropped, ...], list[str], bool],
) -> Chosen:
    contacts = result.contact_rows()
    if contacts is None:
        raise TableError(
            "a list of people needs contacts, and the workspace has none. Export accounts, or add contacts."
        )
    accounts_left, notes, everybody = so_far
    people = _person_columns(result, contacts, columns, accounts.select("account_id").with_row_index(_PLACE))
    asked = _asked_people(result, selection, people)
    mine = people.filter(asked & people[_PLACE].is_not_null())
    # People are in the order of contact_id, which equal ones keep.
    mine = mine.sort(_BEST, descending=[False, True, True], nulls_last=True, maintain_order=True)
    left: list[Dropped] = []
    selected = mine.height
    if not selection.narrows_accounts:
        alone = people.filter(asked & people[_OWNER].is_null())
        left, selected = dropped("without_account", alone[ENTITY]), selected + alone.height
    out = mine[ENTITY].is_in(opted_out(result)["contact_id"].implode())
    left = [*dropped("opted_out", mine.filter(out)[ENTITY]), *left]
    mine = mine.filter(~out)
    if selection.suppress is not None:
        hit = selection.suppress.hits(mine[ENTITY], mine[_MAIL], (mine[_MAIL],))
        hit |= mine[ENTITY].is_in(_standing_for(result, selection.suppress.ids).implode())
        left += dropped("suppressed", mine.filter(hit)[ENTITY])
        mine = mine.filter(~hit)
    rows = mine.drop(_HIDDEN)
    others = people.drop(_HIDDEN).join(rows.select(ENTITY), on=ENTITY, how="anti") if everybody else rows.clear()
    notes = [*notes, *(f"{each.count:,} accounts are on the list of those to leave out" for each in accounts_left)]
    return Chosen(rows, others, selected, tuple(left), tuple(notes))


def _asked_people(result: ScoreResult, selection: Selection, people: pl.DataFrame) -> pl.Series:
    """Which people are asked for."""
    asked = pl.repeat(value=True, n=people.height, eager=True)
    if selection.people_where is not None:
        met = _ranked(result, "lead", selection.people_where, "people-where")["contact_id"]
        asked &= people[ENTITY].is_in(met.implode())
    if selection.roles:
        asked &= people[_ROLE].is_in(selection.roles).fill_null(value=False)
    return asked


def _person_columns(
    result: ScoreResult, contacts: pl.LazyFrame, columns: Sequence[str] | None, places: pl.DataFrame
) -> pl.DataFrame:
    """Everybody, in the order of contact_id: `ENTITY`, the columns asked for, and those of `_HIDDEN`."""
    leads = result.polars["leads"]
    names = [name for name in contacts.collect_schema().names() if not name.startswith("_")]
    own: list[pl.Expr]
    if columns is None:
        own = [pl.col(name) for name in leads.columns]
        extra = [pl.col(name) for name in names if name not in leads.columns]
    else:
        asked = [name.removeprefix(CONTACT) for name in columns if name.startswith(CONTACT)]
        own = [pl.col(name).alias(f"{CONTACT}{name}") for name in asked if name in leads.columns]
        extra = [
            pl.col(name).alias(f"{CONTACT}{name}") for name in asked if name in names and name not in leads.columns
        ]
    hidden = {"contact_id": ENTITY, "account_id": _OWNER, "role": _ROLE, "score": _SCORE, "engagement": _WARMTH}
    people = leads.select(*own, *(pl.col(name).alias(shown) for name, shown in hidden.items()))
    rows = contacts.select(
        pl.col("contact_id").alias(ENTITY),
        *extra,
        _compared(pl.col("email")).alias(_MAIL),
    )
    people = people.join(rows.collect(), on=ENTITY, how="left", maintain_order="left")
    if columns is not None and any(name.startswith(ACCOUNT) for name in columns):
        places = _account_columns(result, columns).join(places, on="account_id", how="left")
    return people.join(places.rename({"account_id": _OWNER}), on=_OWNER, how="left", maintain_order="left")


def _compared(mail: pl.Expr) -> pl.Expr:
    """An address as addresses are compared; it need not be a valid one."""
    return mail.str.strip_chars().str.to_lowercase().str.replace("@www.", "@", literal=True)


def _standing_for(result: ScoreResult, ids: pl.Series) -> pl.Series:
    """The people that these contact_ids stand for, also ids that were merged into others."""
    facts = result.scored.facts.contacts
    assert facts is not None
    engine = result.scored.ctx.engine
    wanted = engine.scatter(pl.DataFrame({"contact_id": ids.unique()}, schema={"contact_id": pl.String}))
    named = facts.by_id.join(wanted, on="contact_id", how="semi").select(PERSON)
    (found,) = engine.gather(facts.frame.join(named, on=PERSON, how="semi").select("contact_id"))
    return found["contact_id"]


def _require_known(result: ScoreResult, selection: Selection) -> None:
    model = result.model
    _require("tier", selection.tiers, [each.name for each in model.tiers])
    _require("stage", selection.stages, [each.name for each in model.stages])
    _require(
        "role", selection.roles, {role for group in model.buying_groups for role in (*group.roles, *group.blockers)}
    )


def _require(what: str, asked: Iterable[str], known: Iterable[str]) -> None:
    names = sorted(known)
    for each in asked:
        if each not in names:
            there = f"There are {', '.join(names)}." if names else f"The model has no {what}s."
            raise NotFoundError(f"{what} '{each}': the model has none of this name. {there}{did_you_mean(each, names)}")
