"""Which accounts and people of a result a list is made of, best first, and who is left out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from abm.errors import ConditionError, NotFoundError, TableError, did_you_mean
from abm.output.lists.cells import ENTITY
from abm.output.lists.dropped import Dropped, dropped
from abm.scoring.ranking import By, rank

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from abm.output.lists.suppression import Suppression
    from abm.output.lists.target import Level
    from abm.scoring.result import ScoreResult

ACCOUNT, CONTACT = "account.", "contact."
_MAIL, _OUT, _HIT, _PLACE = "\x1fmail", "\x1fopted_out", "\x1fsuppressed", "\x1fplace"


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
        others: gives the same of everybody else, those who opted out among them: who is on an earlier list is there.
        selected: how many were asked for, those that were then left out included.
        dropped: who was left out, by reason.
        notes: what else to know, in sentences.
    """

    rows: pl.DataFrame
    others: Callable[[], pl.DataFrame]
    selected: int
    dropped: tuple[Dropped, ...]
    notes: tuple[str, ...]


def chosen(result: ScoreResult, level: Level, selection: Selection, columns: Sequence[str] | None) -> Chosen:
    """Choose the rows of a list.

    Args:
        result: what `score` gave.
        level: what a row is.
        selection: what was asked for.
        columns: those to bring along, as `account.x` and `contact.x`; None is all, by their own names.

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
        return Chosen(
            _entity(rows, "account_id"), _others(everything, kept, "account_id"), accounts.height, left, tuple(notes)
        )
    kept, left = _limited(accounts, selection)
    return _people(result, selection, kept, columns, (left, notes))


def _entity(rows: pl.DataFrame, key: str) -> pl.DataFrame:
    return rows.with_columns(pl.col(key).alias(ENTITY))


def _others(everything: pl.DataFrame, kept: pl.DataFrame, key: str) -> Callable[[], pl.DataFrame]:
    return lambda: _entity(everything.join(kept, on=key, how="anti"), key)


def _accounts(result: ScoreResult, selection: Selection) -> tuple[pl.DataFrame, list[str]]:
    """The accounts asked for, best first, with `_HIT` of those to leave out."""
    conditions = {"where": selection.where}
    if selection.saved:
        conditions[f"list {selection.saved[0]}"] = selection.saved[1]
    ranked = rank(result, excluded=True).select("account_id", "tier", "stage", "is_excluded")
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
        frame: pl.DataFrame = rank(result, by=by, where=condition, excluded=True)
    except ConditionError as error:
        raise ConditionError(f"{said}: {str(error).removeprefix('where: ')}") from None
    return frame


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
    so_far: tuple[tuple[Dropped, ...], list[str]],
) -> Chosen:
    contacts = result.contact_rows()
    if contacts is None:
        raise TableError(
            "a list of people needs contacts, and the workspace has none. Export accounts, or add contacts."
        )
    everybody = _person_columns(result, contacts, columns)
    asked = _asked_people(result, selection)
    places = accounts.select("account_id").with_row_index(_PLACE)
    best = asked.join(places, on="account_id", how="inner").sort(
        [_PLACE, "score", "engagement", "contact_id"], descending=[False, True, True, False], nulls_last=True
    )
    mine = best.select("contact_id")
    left: list[Dropped] = []
    if not selection.narrows_accounts:
        left += dropped("without_account", asked.filter(pl.col("account_id").is_null())["contact_id"])
    selected = mine.height + sum(each.count for each in left)
    marked = mine.join(_barred(result, selection), on="contact_id", how="left", maintain_order="left")
    out = marked.filter(_OUT)
    left = [*dropped("opted_out", out["contact_id"]), *left]
    marked = marked.filter(~pl.col(_OUT))
    left += dropped("suppressed", marked.filter(_HIT)["contact_id"])
    kept = marked.filter(~pl.col(_HIT)).select("contact_id")
    rows = kept.join(everybody, on="contact_id", how="left", maintain_order="left")
    accounts_left, notes = so_far
    notes = [*notes, *(f"{each.count:,} accounts are {'on the list of those to leave out'}" for each in accounts_left)]
    return Chosen(
        _entity(rows, "contact_id"), _others(everybody, kept, "contact_id"), selected, tuple(left), tuple(notes)
    )


def _asked_people(result: ScoreResult, selection: Selection) -> pl.DataFrame:
    """The people asked for, with their accounts and what ranks them."""
    people = result.polars["leads"].select("contact_id", "account_id", "role", "score", "engagement")
    if selection.people_where is not None:
        met = _ranked(result, "lead", selection.people_where, "people-where").select("contact_id")
        people = people.join(met, on="contact_id", how="semi")
    return people.filter(pl.col("role").is_in(selection.roles)) if selection.roles else people


def _person_columns(result: ScoreResult, contacts: pl.LazyFrame, columns: Sequence[str] | None) -> pl.DataFrame:
    leads = result.polars["leads"]
    names = [name for name in contacts.collect_schema().names() if not name.startswith("_")]
    if columns is None:
        extra: list[Any] = [name for name in names if name not in leads.columns]
        rows = contacts.select("contact_id", *extra).collect()
        return leads.join(rows, on="contact_id", how="left", maintain_order="left")
    asked = [name.removeprefix(CONTACT) for name in columns if name.startswith(CONTACT)]
    own: list[pl.Expr] = [pl.col(name).alias(f"{CONTACT}{name}") for name in asked if name in leads.columns]
    extra = [pl.col(name).alias(f"{CONTACT}{name}") for name in asked if name in names and name not in leads.columns]
    people = leads.select("contact_id", "account_id", *own)
    if extra:
        rows = contacts.select("contact_id", *extra).collect()
        people = people.join(rows, on="contact_id", how="left", maintain_order="left")
    if any(name.startswith(ACCOUNT) for name in columns):
        people = people.join(_account_columns(result, columns), on="account_id", how="left", maintain_order="left")
    return people.drop("account_id")


def _barred(result: ScoreResult, selection: Selection) -> pl.DataFrame:
    """Of every person whether they opted out, or are on the list of those to leave out.

    Who opted out under one contact, or with one address, did so under all of them, also where rows were merged or left
    out as duplicates.
    """
    contacts = result.contact_rows()
    facts = result.scored.facts.contacts
    assert contacts is not None
    assert facts is not None
    rows = contacts.select("contact_id", "email", "opted_out").collect()
    rows = rows.with_columns(_compared(pl.col("email")).alias(_MAIL))
    given: pl.LazyFrame = result.scored.ctx.inputs["contacts"].frame.to_native()
    said = given.filter(pl.col("opted_out")).select("contact_id", "email").collect()
    out = pl.col("opted_out").fill_null(value=False)
    if said.height:
        ids = _standing_for(result, said["contact_id"].drop_nulls())
        mails = said.select(_compared(pl.col("email"))).to_series().drop_nulls()
        out |= pl.col("contact_id").is_in(ids.implode()) | pl.col(_MAIL).is_in(mails.implode()).fill_null(value=False)
    hit = pl.repeat(value=False, n=rows.height, eager=True)
    if selection.suppress is not None:
        hit = selection.suppress.hits(rows["contact_id"], rows[_MAIL], (rows[_MAIL],))
        hit |= rows["contact_id"].is_in(_standing_for(result, selection.suppress.ids).implode())
    return rows.select("contact_id", out.alias(_OUT), hit.alias(_HIT))


def _compared(mail: pl.Expr) -> pl.Expr:
    """An address as addresses are compared; it need not be a valid one."""
    return mail.str.strip_chars().str.to_lowercase().str.replace("@www.", "@", literal=True)


def _standing_for(result: ScoreResult, ids: pl.Series) -> pl.Series:
    """The people that these contact_ids stand for, also ids that were merged into others."""
    facts = result.scored.facts.contacts
    assert facts is not None
    by_id: pl.LazyFrame = facts.by_id.to_native()
    frame: pl.LazyFrame = facts.frame.to_native()
    named = by_id.filter(pl.col("contact_id").is_in(ids.implode())).select("c")
    found = frame.select("c", "contact_id").join(named, on="c", how="semi").collect()
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
