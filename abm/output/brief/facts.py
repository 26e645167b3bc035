"""What a brief consists of: statements, each with the facts that fill it and where every one of them stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Value = str | float | int | bool | date | None
"""What a cell of a table may hold."""

How = Literal["value", "name", "days", "sum", "count", "max"]
"""How a fact follows from the rows that its key names.

value: the cell of the one row. name: first and last name of the one row, joined. days: from the day in the cell to
as_of. sum, max: of the column over the rows. count: how many rows there are.
"""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a statement says, and where it stands.

    Attributes:
        shown: as it stands in the text.
        value: as it stands in the table; points of `contributions` are millionths of a point.
        table: a table of the result by name; or one of
            `given accounts`, `given contacts`: as they were given, one row per key;
            `people`: what `ScoreResult.people` says of a person for the buying group shown;
            `members`: what `ScoreResult.members` says of a person's role;
            `steps`: the smallest sets of people that qualify (`abm.scoring.what_next.smallest_sets`);
            `lapses`: the days on which nothing new ends it (`abm.scoring.what_next.lapse_days`);
            `requirements`: what a condition of the model finds in the account;
            `model`: the model, the column being the path in it;
            `constants`: what is the same in every run: `full_fit`, `horizon_days`;
            `run`: model, version, hash, day and workspace of the run.
        key: which row; of `contributions`, `line` is the place among the lines of the account, from 1.
        column: which column.
        how: how the value follows from the rows.
    """

    shown: str
    value: Value
    table: str
    key: Mapping[str, Value]
    column: str
    how: How = "value"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A piece of text with the facts in it."""

    text: str
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence or two, of one kind.

    Attributes:
        kind: what it says, the same for every account: `score`, `person`, `next_step` ...
        text: the words.
        facts: everything in the text that comes from data, in order.
        below: statements that belong to it, such as the people of a role.
    """

    kind: str
    text: str
    facts: tuple[Fact, ...] = ()
    below: tuple[Statement, ...] = ()

    def every(self) -> Iterator[Statement]:
        """It and what is below it."""
        yield self
        for each in self.below:
            yield from each.every()


@dataclass(frozen=True, slots=True)
class Section:
    """Statements under one heading.

    Attributes:
        kind: `why`, `who`, `research`, `timeline`, `fit` or `next`.
        title: the heading.
        statements: in order; there is at least one.
    """

    kind: str
    title: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """What there is to say of one account.

    Attributes:
        account_id: the account.
        name: what to call it.
        headline: whether it is qualified, in a sentence.
        about: what kind of company it is, its stage, deals, family and owner.
        sections: the body; sections of which there is nothing to say are left out.
        source: what this was made of: workspace, model, day.
        account: single facts for templates that word things in their own way: `score`, `rank`, `owner` ...
        stamp: model, version, hash, day.
    """

    account_id: str
    name: Fact
    headline: Statement
    about: tuple[Statement, ...]
    sections: tuple[Section, ...]
    source: Statement
    account: Mapping[str, Fact]
    stamp: Mapping[str, str] = field(repr=False)

    def statements(self) -> Iterator[Statement]:
        """Every statement, from the top to the bottom."""
        tops = [self.headline, *self.about, *(each for part in self.sections for each in part.statements), self.source]
        for each in tops:
            yield from each.every()

    def facts(self) -> Iterator[Fact]:
        """Everything that comes from data: of the statements, the name, and the single facts."""
        yield self.name
        for each in self.statements():
            yield from each.facts
        yield from self.account.values()

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain values, days as ISO text: what templates see, and what JSON holds."""
        return {
            "account_id": self.account_id,
            "name": self.name.shown,
            "headline": _statement(self.headline),
            "about": [_statement(each) for each in self.about],
            "sections": [
                {"kind": each.kind, "title": each.title, "statements": [_statement(one) for one in each.statements]}
                for each in self.sections
            ],
            "source": _statement(self.source),
            "account": {"name": _fact(self.name)} | {name: _fact(each) for name, each in self.account.items()},
            "stamp": dict(self.stamp),
        }

    def __str__(self) -> str:
        parts = [f"{part.title}: {' '.join(each.text for each in part.statements)}" for part in self.sections]
        return "\n".join([self.name.shown, self.headline.text, *parts])


def phrase(pattern: str, **slots: Fact | Phrase) -> Phrase:
    """Fill a pattern; its own words hold nothing of the data.

    >>> phrase("{n} points", n=Fact("3.0", 3.0, "accounts", {}, "score")).text
    '3.0 points'
    """
    words = {name: each.shown if isinstance(each, Fact) else each.text for name, each in slots.items()}
    # Facts in the order of the text.
    order = sorted(slots, key=lambda name: pattern.index(f"{{{name}}}"))
    facts = [fact for name in order for fact in _facts(slots[name])]
    return Phrase(pattern.format(**words), tuple(facts))


def say(kind: str, pattern: str, *, below: Sequence[Statement] = (), **slots: Fact | Phrase) -> Statement:
    """Make a statement of a pattern."""
    filled = phrase(pattern, **slots)
    return Statement(kind, filled.text, filled.facts, tuple(below))


def listed(parts: Sequence[Fact | Phrase], last: str = "and") -> Phrase:
    """Several with commas, and a last word between the last two.

    >>> listed([Phrase("a"), Phrase("b"), Phrase("c")], "or").text
    'a, b or c'
    """
    texts = [each.shown if isinstance(each, Fact) else each.text for each in parts]
    text = f"{', '.join(texts[:-1])} {last} {texts[-1]}" if len(texts) > 1 else "".join(texts)
    return Phrase(text, tuple(fact for each in parts for fact in _facts(each)))


def joined(parts: Sequence[Fact | Phrase | None], between: str) -> Phrase:
    """Those that there are, with the same sign between them."""
    there = [each for each in parts if each is not None]
    text = between.join(each.shown if isinstance(each, Fact) else each.text for each in there)
    return Phrase(text, tuple(fact for each in there for fact in _facts(each)))


def _facts(part: Fact | Phrase) -> tuple[Fact, ...]:
    return (part,) if isinstance(part, Fact) else part.facts


def _statement(said: Statement) -> dict[str, Any]:
    return {
        "kind": said.kind,
        "text": said.text,
        "facts": [_fact(each) for each in said.facts],
        "below": [_statement(each) for each in said.below],
    }


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        "shown": fact.shown,
        "value": _plain(fact.value),
        "table": fact.table,
        "key": {name: _plain(each) for name, each in fact.key.items()},
        "column": fact.column,
        "how": fact.how,
    }


def _plain(value: Value) -> Value:
    return value.isoformat() if isinstance(value, date) else value
