"""Facts as they are written become rows of the canonical tables, nested ones under their account or contact."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from abm.evaluation.cases.days import When
from abm.tables.contracts import CONTRACTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from abm.evaluation.cases.rows import Facts, Row
    from abm.model.places import Path

Values = dict[str, Any]

_ALWAYS = ("accounts", "contacts", "events")
"""Tables that every case has, if empty: a case about people need not say that nothing happened."""

_DAY = {"events": "occurred_at", "intent": "observed_on", "opportunities": "created_on"}
"""The day that a row must have; a row that names none is of the as-of day."""

_NESTED = ("contacts", "events", "intent", "opportunities", "roles", "copies", "days_ago")
"""Keys of a row that are no columns."""


@dataclass(frozen=True)
class Fact:
    """One row, as it is written.

    Attributes:
        table: the canonical table.
        path: where it is written.
        values: the columns that it names, with the keys of what it is nested under.
        twice: columns that it names, but what it is nested under gives already.
        ages: days before the as-of day, a row for each.
    """

    table: str
    path: Path
    values: Values
    twice: tuple[str, ...] = ()
    ages: tuple[int, ...] = ()

    @property
    def key(self) -> str | None:
        """Its id, in a table that has one row per id."""
        keys = CONTRACTS[self.table].key
        return self.values[keys[0]] if keys else None


@dataclass(frozen=True)
class Tables:
    """The tables of a case: by id or in the order of the file, and which of them were given at all.

    Attributes:
        keyed: table -> id -> columns.
        listed: table -> rows.
        given: names of the tables, in the order of the contracts.
    """

    keyed: Mapping[str, Mapping[str, Values]]
    listed: Mapping[str, tuple[Values, ...]]
    given: tuple[str, ...]

    def rows(self, table: str) -> list[Values]:
        """The rows of a table; empty if it was not given."""
        return [*self.keyed.get(table, {}).values(), *self.listed.get(table, ())]

    def ids(self, table: str) -> Mapping[str, Values]:
        """The rows of a table that has one row per id, by id."""
        return self.keyed.get(table, {})


def written(facts: Facts, path: Path) -> Iterator[Fact]:
    """Return every row of some facts, people who are alike as one."""
    for name, account in facts.accounts.items():
        own = {"account_id": name}
        here = (*path, "accounts", name)
        yield _fact("accounts", here, account, own)
        yield from _people(account.contacts, here, own)
        yield from _list("events", account.events, here, own)
        yield from _list("intent", account.intent, here, own)
        yield from _deals(account.opportunities, here, own)
    yield from _people(facts.contacts, path, {})
    yield from _list("events", facts.events, path, {})
    yield from _list("intent", facts.intent, path, {})
    yield from _deals(facts.opportunities, path, {})


def given_tables(facts: Facts) -> set[str]:
    """Return the tables that some facts speak of, be it as an empty list."""
    named = {name for part in (facts, *facts.accounts.values()) for name in part.model_fields_set}
    deals = [
        *facts.opportunities.values(),
        *(deal for each in facts.accounts.values() for deal in each.opportunities.values()),
    ]
    roles = {"opportunity_contacts"} if any(deal.roles for deal in deals) else set()
    return {*_ALWAYS, *(named & {"intent", "opportunities"}), *roles}


def rows_meant(facts: Iterable[Fact]) -> int:
    """Return how many rows some facts stand for, before any of them is made."""
    known = list(facts)
    copies = {fact.key: fact.values["copies"] for fact in known if "copies" in fact.values}
    return sum(copies.get(fact.values.get("contact_id"), 1) * max(len(fact.ages), 1) for fact in known)


def tables(shared: Iterable[Fact], own: Iterable[Fact], given: set[str], as_of: date) -> Tables:
    """Put the facts of a case together: its own add to the shared ones, and go over them where they have the same id.

    Args:
        shared: the facts of the file.
        own: the facts of the case.
        given: names of the tables that were given.
        as_of: the day on which the case plays.
    """
    keyed: dict[str, dict[str, Values]] = {name: {} for name in given if CONTRACTS[name].key}
    listed: dict[str, list[Values]] = {name: [] for name in given if not CONTRACTS[name].key}
    for fact in _merged([*shared, *own]):
        rows = [_on_days(values, as_of) for values in _by_day(fact)]
        if fact.key is None:
            listed[fact.table] += rows
        else:
            keyed[fact.table][fact.key] = rows[0]
    order = tuple(name for name in CONTRACTS if name in given)
    return Tables(keyed, {name: tuple(rows) for name, rows in listed.items()}, order)


def _merged(facts: list[Fact]) -> Iterator[Fact]:
    """Lay rows of one id over each other, then make as many people as there are copies, each with all events."""
    by_key: dict[tuple[str, str | None], Fact] = {}
    rest: list[Fact] = []
    for fact in facts:
        if fact.key is None:
            rest.append(fact)
        else:
            before = by_key.get((fact.table, fact.key))
            values = {**before.values, **fact.values} if before else fact.values
            by_key[fact.table, fact.key] = replace(fact, values=values)
    copies = {fact.key: fact.values["copies"] for fact in by_key.values() if fact.values.get("copies", 1) > 1}
    for fact in (*by_key.values(), *rest):
        person = fact.values.get("contact_id")
        values = {name: value for name, value in fact.values.items() if name != "copies"}
        for number in range(copies.get(person, 0)):
            yield replace(fact, values={**values, "contact_id": f"{person}-{number + 1}"})
        if person not in copies:
            yield replace(fact, values=values)


def _fact(table: str, path: Path, row: Row, under: Values, ages: tuple[int, ...] = ()) -> Fact:
    named = {name: value for name, value in row if name in row.model_fields_set and name not in _NESTED}
    return Fact(table, path, {**named, **under}, tuple(name for name in named if name in under), ages)


def _people(people: Mapping[str, Any], path: Path, under: Values) -> Iterator[Fact]:
    for name, person in people.items():
        here = (*path, "contacts", name)
        own = {"contact_id": name}
        fact = _fact("contacts", here, person, {**under, **own})
        copies = {"copies": person.copies} if "copies" in person.model_fields_set else {}
        yield replace(fact, values={**fact.values, **copies})
        yield from _list("events", person.events, here, own)


def _deals(deals: Mapping[str, Any], path: Path, under: Values) -> Iterator[Fact]:
    for name, deal in deals.items():
        here = (*path, "opportunities", name)
        own = {"opportunity_id": name}
        yield _fact("opportunities", here, deal, {**under, **own})
        for person, role in deal.roles.items():
            values = {**own, "contact_id": person, "role": role}
            yield Fact("opportunity_contacts", (*here, "roles", person), values)


def _list(table: str, rows: Iterable[Any], path: Path, under: Values) -> Iterator[Fact]:
    for number, row in enumerate(rows):
        yield _fact(table, (*path, table, number), row, under, row.days_ago or ())


def _by_day(fact: Fact) -> list[Values]:
    column = _DAY.get(fact.table)
    if column is None or fact.values.get(column) is not None:
        return [fact.values]
    return [{**fact.values, column: When(ago=age)} for age in fact.ages or (0,)]


def _on_days(values: Values, as_of: date) -> Values:
    return {name: value.on(as_of) if isinstance(value, When) else value for name, value in values.items()}
