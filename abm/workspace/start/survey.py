"""What the tables hold, counted: the words that a first model should know."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import polars as pl

from abm.model.fields import role_key
from abm.sources.guard import collected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from abm.sources.tables import Table

_MOST_TITLES = 200_000
_MOST_WORDS = 5_000


class Title(Protocol):
    """What a title says."""

    @property
    def seniority(self) -> str | None:
        """A level of seniority."""

    @property
    def department(self) -> str | None:
        """A department."""


@dataclass(frozen=True)
class Survey:
    """Counts of what the tables hold; the most frequent first.

    Attributes:
        given: the tables that there are.
        types: events by type.
        pages: events by type, of those that name a page.
        departments: contacts by department, as their titles say it.
        seniorities: contacts by seniority, as their titles say it.
        untitled: contacts whose title is missing or says nothing.
        roles: contacts and deals by the CRM's word for the role, as words are compared.
        topics: accounts and domains by topic.
        industries: accounts by industry.
        lifecycles: accounts by lifecycle.
        employees: whether accounts tell how many people they employ.
        targets: whether accounts tell which of them are targets.
    """

    given: frozenset[str] = frozenset()
    types: Mapping[str, int] = field(default_factory=dict)
    pages: Mapping[str, int] = field(default_factory=dict)
    departments: Mapping[str, int] = field(default_factory=dict)
    seniorities: Mapping[str, int] = field(default_factory=dict)
    untitled: int = 0
    roles: Mapping[str, int] = field(default_factory=dict)
    topics: Mapping[str, int] = field(default_factory=dict)
    industries: Mapping[str, int] = field(default_factory=dict)
    lifecycles: Mapping[str, int] = field(default_factory=dict)
    employees: bool = False
    targets: bool = False


def survey(tables: Mapping[str, Table], read_titles: Callable[[Iterable[str]], Mapping[str, Title]]) -> Survey:
    """Count what the tables hold.

    Args:
        tables: canonical tables by name.
        read_titles: what titles say, such as `abm.identity.titles.read_titles`.
    """
    departments, seniorities, untitled = _titles(tables, read_titles)
    return Survey(
        frozenset(tables),
        _counted(tables, "events", "type"),
        _counted(tables, "events", "type", pl.col("url").is_not_null()),
        departments,
        seniorities,
        untitled,
        _roles(tables),
        _topics(tables),
        _counted(tables, "accounts", "industry"),
        _counted(tables, "accounts", "lifecycle"),
        bool(_counted(tables, "accounts", "employees")),
        bool(_counted(tables, "accounts", "is_target")),
    )


def _counted(
    tables: Mapping[str, Table], table: str, column: str, only: pl.Expr | None = None, most: int = _MOST_WORDS
) -> dict[str, int]:
    if table not in tables or column not in tables[table].given:
        return {}
    frame = tables[table].frame
    if only is not None:
        if "url" not in tables[table].given:
            return {}
        frame = frame.filter(only)
    words = frame.select(pl.col(column).cast(pl.String).str.strip_chars().alias("word")).drop_nulls()
    # Equal counts stand by the word, so that two looks at a folder give the same page.
    counted = words.group_by("word").len().sort(["len", "word"], descending=[True, False]).head(most)
    return dict(collected(counted, table).rows())


def _titles(
    tables: Mapping[str, Table], read_titles: Callable[[Iterable[str]], Mapping[str, Title]]
) -> tuple[dict[str, int], dict[str, int], int]:
    if "contacts" not in tables:
        return {}, {}, 0
    counted = _counted(tables, "contacts", "title", most=_MOST_TITLES)
    departments: Counter[str] = Counter()
    seniorities: Counter[str] = Counter()
    people = int(collected(tables["contacts"].frame.select(pl.len()), "contacts").item())
    said = 0
    for title, meant in read_titles(counted).items():
        count = counted[title]
        departments[meant.department or ""] += count
        seniorities[meant.seniority or ""] += count
        said += count if meant.department or meant.seniority else 0
    for counter in (departments, seniorities):
        counter.pop("", None)
    return dict(departments.most_common()), dict(seniorities.most_common()), people - said


def _roles(tables: Mapping[str, Table]) -> dict[str, int]:
    words: Counter[str] = Counter()
    for table, column in (("contacts", "buying_role"), ("opportunity_contacts", "role")):
        for text, count in _counted(tables, table, column).items():
            for word in text.split(";"):
                if word.strip():
                    words[role_key(word)] += count
    return dict(words.most_common())


def _topics(tables: Mapping[str, Table]) -> dict[str, int]:
    if "intent" not in tables:
        return {}
    who = pl.coalesce("account_id", "domain")
    counted = (
        tables["intent"]
        .frame.select(pl.col("topic").str.strip_chars().str.to_lowercase().alias("word"), who.alias("who"))
        .drop_nulls("word")
        .group_by("word")
        .agg(pl.col("who").n_unique())
        .sort(["who", "word"], descending=[True, False])
        .head(_MOST_WORDS)
    )
    return dict(collected(counted, "intent").rows())
