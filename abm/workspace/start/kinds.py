"""Which table a file is, if nothing but the names and the values of its columns tell."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from abm.sources.presets.header import plain_name
from abm.tables.contracts import CONTRACTS
from abm.workspace.start.words import column_words, columns_for

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from abm.workspace.start.sample import Sample

_HINTS = {
    "accounts": "account compan organi firm customer client target kunde unternehmen",
    "contacts": "contact people person lead prospect member kontakt",
    "events": "event activit touch engag interact visit click webinar form session email signup registr attend log",
    "intent": "intent surge topic keyword bombora",
    "opportunities": "opportun deal pipeline",
    "opportunity_contacts": "opportunitycontact contactrole dealcontact oppcontact",
    "lead_stages": "stage history",
    "corrections": "correction",
}
"""Parts of the names of files."""

_ONLY_NAMED = frozenset({"corrections"})
"""Tables that a person makes on purpose, and calls by their name."""

_NAMED, _UNIQUE, _REPEATED = 3.0, 2.0, 3.0
_CLOSE = 1.0
_ONE_KIND = "no column says what each row is; if all of them are '{}', say so with a type that the model counts"
_WORDS = re.compile(r"[^\W\d_]+")
_FEW_ROWS = 3


@dataclass(frozen=True)
class Guess:
    """A table that a file could be.

    Attributes:
        table: its name.
        columns: column of the table: column of the file.
        weight: how much speaks for it; comparable among the guesses of one file.
        lacks: what it must have and has not, in words; it cannot be read without.
        exact: whether the file uses abm's own names for all that the table must have.
        constants: column of the table: a value that the file does not say, proposed for every row.
        doubt: what a person must confirm before it is read, or None.
    """

    table: str
    columns: Mapping[str, str]
    weight: float
    lacks: tuple[str, ...] = ()
    exact: bool = False
    constants: Mapping[str, str] = field(default_factory=dict)
    doubt: str | None = None


@dataclass(frozen=True)
class Guesses:
    """What a file could be.

    Attributes:
        best: the most likely, or None.
        rivals: others that are nearly as likely.
        near: what it nearly is: something is lacking.
    """

    best: Guess | None = None
    rivals: tuple[Guess, ...] = ()
    near: Guess | None = field(default=None)


def guesses(sample: Sample) -> Guesses:
    """Return which tables a file could be by its columns.

    A file that is named as a table and has all columns which that needs is that table.
    """
    every = [_guess(table, sample) for table in column_words() if table not in _ONLY_NAMED or _is_hinted(table, sample)]
    whole = [guess for guess in every if guess is not None and not guess.lacks]
    named = next((guess for guess in whole if guess.exact and guess.table == _table_name(sample)), None)
    if named is not None:
        return Guesses(named)
    whole.sort(key=lambda guess: -guess.weight)
    if not whole:
        broken = [guess for guess in every if guess is not None and guess.weight > _NAMED and _is_near(guess, sample)]
        return Guesses(near=max(broken, key=lambda guess: guess.weight, default=None))
    rivals = tuple(guess for guess in whole[1:] if whole[0].weight - guess.weight < _CLOSE)
    return Guesses(whole[0], rivals)


def _is_near(guess: Guess, sample: Sample) -> bool:
    """Whether it is worth saying what a file lacks: only one thing, and its name or most of its columns say so."""
    return len(guess.lacks) == 1 and (_is_hinted(guess.table, sample) or 2 * len(guess.columns) > len(sample.header))


def _table_name(sample: Sample) -> str | None:
    return next((table for table in CONTRACTS if table.replace("_", "") == sample.stem), None)


def _guess(table: str, sample: Sample) -> Guess | None:
    found = columns_for(table, sample)
    if table in _KEYS:
        found = _KEYS[table](found, sample)
    weight = float(len(set(found.values())))
    if _is_hinted(table, sample):
        weight += _NAMED
    if table in _PECULIAR:
        weight += _PECULIAR[table](found, sample)
    if weight <= 0 or not found:
        return None
    lacks = _lacking(table, found, sample)
    if lacks == ("type",) and table == "events" and {"contact_id", "email"} & set(found):
        kind = _kind_of_all(sample)
        return Guess(table, found, weight - 1, constants={"type": kind}, doubt=_ONE_KIND.format(kind))
    return Guess(table, found, weight, lacks, _is_exact(table, found))


def _kind_of_all(sample: Sample) -> str:
    """What a file of events is about, by its name: `webinar_attendees.csv` are `webinar attendees`."""
    name = sample.sheet or PurePosixPath(sample.file).name.split(".")[0]
    words = [word for word in _WORDS.findall(name.lower()) if word not in {"data", "export", "list", "all", "csv"}]
    return " ".join(words) or "event"


def _is_hinted(table: str, sample: Sample) -> bool:
    return any(hint in sample.stem for hint in _HINTS[table].split())


def _lacking(table: str, found: Mapping[str, str], sample: Sample) -> tuple[str, ...]:
    contract = CONTRACTS[table]
    filled = {name for name, source in found.items() if sample.values(source).given or not sample.rows.height}
    lacks = [name for name in contract.required if name not in filled]
    lacks += [" or ".join(names) for names in contract.needs_one_of if not set(names) & filled]
    lacks += [" or ".join(names) for names in _TELLING.get(table, ()) if not set(names) & filled]
    if not lacks and not _is_hinted(table, sample) and not _is_typical(table, found, filled):
        lacks.append(_TYPICAL[table])
    return tuple(lacks)


def _is_typical(table: str, found: Mapping[str, str], filled: set[str]) -> bool:
    """Whether the columns say what the name of the file does not: many things have an id, a name and a day."""
    if table == "accounts":
        told = {"domain", "industry", "employees", "annual_revenue"} & filled
        return bool(told) or plain_name(found.get("name", "name")) not in {"name", "customer", "client"}
    if table == "events":
        return bool({"contact_id", "email"} & filled)
    if table == "opportunities":
        return any(word in plain_name(each) for each in found.values() for word in ("deal", "opp"))
    return True


_TYPICAL = {
    "accounts": "anything that says that these are companies (domain, industry, employees)",
    "events": "a person (contact_id or email)",
    "opportunities": "anything that says that these are deals",
}

_TELLING: dict[str, tuple[tuple[str, ...], ...]] = {
    "accounts": (("name", "domain", "industry", "employees"),),
    "contacts": (("email", "last_name", "first_name", "account_id", "company"), ("email", "title", "last_name")),
    "opportunities": (("amount", "stage", "closed_on", "is_won"),),
    "lead_stages": (("stage",),),
    "opportunity_contacts": (("role", "is_primary"),),
}
"""Columns of which one is wanted before a file is taken for a table that demands little."""


def _is_exact(table: str, found: Mapping[str, str]) -> bool:
    contract = CONTRACTS[table]
    own = {name for name, source in found.items() if name == source}
    return own.issuperset(contract.required) and all(own & set(names) for names in contract.needs_one_of)


def _account_key(found: dict[str, str], sample: Sample) -> dict[str, str]:
    """A list of companies without ids: its domains, else its names, are as good."""
    given = found.get("account_id")
    if given and (sample.values(given).unique or not ({"name", "domain"} & set(found))):
        return found
    rest = {column: source for column, source in found.items() if column != "account_id"}
    for column in ("domain", "name"):
        source = rest.get(column)
        if source and sample.values(source).unique and len(sample.values(source).given) == sample.rows.height:
            return {"account_id": source, **rest}
    if given:
        return found
    source = rest.get("name") or rest.get("domain")
    return {"account_id": source, **rest} if source else rest


def _contact_key(found: dict[str, str], sample: Sample) -> dict[str, str]:
    given = found.get("contact_id")
    if (given and sample.values(given).unique) or "email" not in found:
        return found
    return {**found, "contact_id": found["email"]}


_KEYS: dict[str, Callable[[dict[str, str], Sample], dict[str, str]]] = {
    "accounts": _account_key,
    "contacts": _contact_key,
}


def _peculiar_accounts(found: Mapping[str, str], sample: Sample) -> float:
    people = {"email", "firstname", "lastname", "jobtitle", "title", "vorname", "nachname"} & set(sample.plain)
    events = {"topic", "dealstage", "stage", "eventtype", "activitytype"} & set(sample.plain)
    return -_REPEATED * (len(people) + len(events)) + _repeats(found.get("account_id"), sample)


def _peculiar_contacts(found: Mapping[str, str], sample: Sample) -> float:
    pages = {"pageurl", "formid", "timestamp", "mergedon"} & set(sample.plain)
    personal = {"title", "first_name", "last_name", "company", "department", "buying_role"} & set(found)
    # An address and a day say what somebody did as well as who they are: in a thousand rows nobody may be there twice.
    bare = 0 if personal or _is_hinted("contacts", sample) else _REPEATED
    known = _UNIQUE if "title" in found or "last_name" in found else 0
    return _repeats(found.get("contact_id"), sample) + known - bare - _REPEATED * len(pages)


def _peculiar_events(found: Mapping[str, str], sample: Sample) -> float:
    who = found.get("contact_id") or found.get("email")
    several = who is not None and not sample.values(who).unique
    person = {"jobtitle", "title", "lastname", "nachname"} & set(sample.plain)
    return (_UNIQUE if several else 0) - (0 if several else _REPEATED * bool(person))


def _repeats(key: str | None, sample: Sample) -> float:
    if key is None:
        return 0
    values = sample.values(key)
    if values.unique:
        return _UNIQUE
    distinct = len(set(values.given))
    # A key that is there twice now and then is a flaw; one that is always there is none.
    return 0 if len(values.given) <= _FEW_ROWS or distinct >= 0.9 * len(values.given) else -2 * _REPEATED


_PECULIAR: dict[str, Callable[[Mapping[str, str], Sample], float]] = {
    "accounts": _peculiar_accounts,
    "contacts": _peculiar_contacts,
    "events": _peculiar_events,
}
"""What speaks for or against a table besides the columns it has."""
