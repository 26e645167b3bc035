"""Cells: the facts of a case, each with its table, key and column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abm.model.units import MICRO
from abm.output.brief.facts import Fact, Phrase, phrase
from abm.output.brief.words import capital, countable, day, plain
from abm.scoring.explanation.lines import ANONYMOUS
from abm.scoring.explanation.numbers import tenths

if TYPE_CHECKING:
    from collections.abc import Callable

    from abm.output.brief.facts import Value
    from abm.output.brief.gathering import Case, Row


def whole(value: int) -> str:
    """A count.

    >>> whole(40000)
    '40,000'
    """
    return f"{value:,}"


def percent(value: float) -> str:
    """A share of 1, cut to whole percent.

    >>> percent(0.879)
    '87 %'
    """
    return f"{int(round(value * MICRO) * 100 // MICRO)} %"


def cut(value: float) -> str:
    """Percent, cut to whole ones.

    >>> cut(99.9)
    '99 %'
    """
    return f"{int(value)} %"


def text(value: object) -> str:
    """Text of the data on one line."""
    return " ".join(str(value).split())


def of_account(case: Case, column: str, show: Callable[[Any], str]) -> Fact:
    """A cell of the account's row."""
    return Fact(show(case.row[column]), _cell(case.row[column]), "accounts", {"account_id": case.account_id}, column)


def of_other(row: Row, column: str, show: Callable[[Any], str]) -> Fact:
    """A cell of another account's row."""
    return Fact(show(row[column]), _cell(row[column]), "accounts", {"account_id": row["account_id"]}, column)


def as_given(case: Case, column: str, show: Callable[[Any], str]) -> Fact:
    """A cell of the account as it was given."""
    return Fact(show(case.own[column]), case.own[column], "given accounts", {"account_id": case.account_id}, column)


def own_name(row: Row) -> Fact:
    """The name of an account, else its id."""
    column = "account_id" if row["name"] is None else "name"
    return of_other(row, column, text)


def of_group(case: Case, row: Row, column: str, show: Callable[[Any], str]) -> Fact:
    """A cell of a buying group's row."""
    return Fact(
        show(row[column]), row[column], "groups", {"account_id": case.account_id, "group": row["group"]}, column
    )


def of_seat(case: Case, row: Row, column: str, show: Callable[[Any], str]) -> Fact:
    """A cell of a role of the committee."""
    key = {"account_id": case.account_id, "group": case.group, "role": row["role"]}
    return Fact(show(row[column]), row[column], "committee", key, column)


def of_topic(case: Case, row: Row, column: str, show: Callable[[Any], str]) -> Fact:
    """A cell of a topic."""
    return Fact(
        show(row[column]), row[column], "intent", {"account_id": case.account_id, "topic": row["topic"]}, column
    )


def of_line(row: Row, column: str, show: Callable[[Any], str]) -> Fact:
    """A cell of a contribution line."""
    key = {"level": row["level"], "entity_id": row["entity_id"], "line": row["line"]}
    return Fact(show(row[column]), row[column], "contributions", key, column)


def points_of(row: Row, column: str = "points") -> Fact:
    """The points of a line, as points."""
    return of_line(row, column, lambda value: tenths(value / MICRO))


def component_points(case: Case, component: str) -> Fact:
    """The points of all lines of a component."""
    total = sum(row["points"] or 0 for row in case.lines if row["component"] == component)
    key = {"level": "account", "entity_id": case.account_id, "component": component}
    return Fact(tenths(total / MICRO), total, "contributions", key, "points", "sum")


def on_day(case: Case, fact: Callable[[Callable[[Any], str]], Fact]) -> Fact:
    """A day, in words."""
    return fact(lambda value: day(value, case.as_of))


def days_since(case: Case, known: Fact) -> Fact:
    """How many days before as_of the day of a fact lies."""
    value: Any = known.value
    days = (case.as_of - value).days
    shown = f"{days:,} day{'' if days == 1 else 's'} ago" if days else "on the day of this brief"
    return Fact(shown, days, known.table, known.key, known.column, "days")


def person_name(row: Row) -> Fact:
    """First and last name, else the id; never the address, which may be one not to be used."""
    key = {"contact_id": row["contact_id"]}
    name = " ".join(text(each) for each in (row["first_name"], row["last_name"]) if each)
    if name:
        return Fact(name, name, "given contacts", key, "first_name, last_name", "name")
    # Some systems use the address as the id.
    hidden = row["opted_out"] and "@" in row["contact_id"]
    shown = "somebody without a name" if hidden else text(row["contact_id"])
    return Fact(shown, None if hidden else row["contact_id"], "given contacts", key, "contact_id")


def contact(row: Row, column: str) -> Fact:
    """Something that was given of a person."""
    return Fact(text(row[column]), row[column], "given contacts", {"contact_id": row["contact_id"]}, column)


def of_person(case: Case, row: Row, column: str, show: Callable[[Any], str]) -> Fact:
    """How the buying group sees a person."""
    key = {"account_id": case.account_id, "group": case.group, "contact_id": row["contact_id"]}
    return Fact(show(row[column]), row[column], "people", key, column)


def of_lead(row: Row, column: str, show: Callable[[Any], str]) -> Fact:
    """A cell of a lead's row."""
    return Fact(show(row[column]), row[column], "leads", {"contact_id": row["contact_id"]}, column)


def sureness(case: Case, row: Row) -> Fact:
    """How sure it is that the person has this role."""
    key = {"account_id": case.account_id, "group": case.group, "contact_id": row["contact_id"], "role": row["role"]}
    return Fact(percent(row["confidence"]), row["confidence"], "members", key, "confidence")


def titled(row: Row) -> Phrase:
    """Name and title."""
    name = person_name(row)
    return (
        phrase("{name} ({title})", name=name, title=contact(row, "title"))
        if row["title"]
        else Phrase(name.shown, (name,))
    )


def doing(row: Row) -> Phrase:
    """What a line that lists an activity counts, in words."""
    count, many = row["count"], countable(row["item"])
    signal = of_line(row, "item", plain)
    if count is None or (count == 1 and many is None):
        return Phrase(signal.shown, (signal,))
    times = of_line(row, "count", whole)
    if many is not None:
        things = signal if count == 1 else Fact(many, *_rest(signal))
        return phrase("{count} {signals}", count=times, signals=things)
    return phrase("{signal} {count} times", count=times, signal=signal)


def _rest(fact: Fact) -> tuple[Value, str, Any, str]:
    return fact.value, fact.table, fact.key, fact.column


def first(fact: Fact) -> Fact:
    """A fact at the beginning of a sentence."""
    return Fact(capital(fact.shown), *_rest(fact), fact.how)


def of_model(value: Value, path: str, show: Callable[[Any], str] = str) -> Fact:
    """Something that the model says."""
    return Fact(show(value), value, "model", {}, path)


def constant(value: Value, name: str) -> Fact:
    """Something that is the same in every run."""
    return Fact(str(value), value, "constants", {}, name)


def of_run(case: Case, column: str, show: Callable[[Any], str] = text) -> Fact:
    """Something of the run."""
    value: Value = case.workspace if column == "workspace" else case.as_of if column == "as_of" else case.stamp[column]
    return Fact(show(value), value, "run", {}, column)


def is_stream(row: Row) -> bool:
    """Whether a line is that of visitors without a name."""
    return bool(row["item"] == row["note"] == ANONYMOUS)


def _cell(value: Any) -> Value:
    return ";".join(value) if isinstance(value, list) else value
