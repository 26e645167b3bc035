"""Which column of a table a column of a file could be: by the names people give, and by what the values look like."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from abm.sources.presets.header import plain_name
from abm.tables.contracts import CONTRACTS, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from abm.workspace.start.sample import Sample
    from abm.workspace.start.values import Values

_WORD = re.compile(r"[A-Za-z]+")
_SHORTEST_ROOT = 4

_IDS = frozenset({"account_id", "contact_id", "opportunity_id", "event_id", "parent_account_id"})
_TESTS: dict[str, Callable[[Values], bool]] = {
    "email": lambda values: values.mails,
    "domain": lambda values: values.domains,
    "score": lambda values: values.scores,
    "count": lambda values: values.numbers,
    "type": lambda values: not (values.numbers or values.dates or values.mails),
    "title": lambda values: not (values.numbers or values.dates or values.mails),
    "topic": lambda values: not (values.numbers or values.dates or values.mails),
    "name": lambda values: not (values.numbers or values.dates or values.mails),
}
_FROM_CONTENT: dict[str, dict[str, Callable[[Values], bool]]] = {
    "accounts": {"domain": lambda values: values.domains and not values.mails},
    "contacts": {"email": lambda values: values.mails},
    "events": {"email": lambda values: values.mails, "occurred_at": lambda values: values.dates},
    "intent": {
        "domain": lambda values: values.domains and not values.mails,
        "observed_on": lambda values: values.dates,
    },
}
"""Columns that are known by what they hold, if exactly one column of the file holds such things."""


@cache
def column_words() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Return, by table and column, the plain names that mean it, the canonical name first."""
    with (Path(__file__).parent / "columns.toml").open("rb") as stream:
        pages = tomllib.load(stream)
    return {
        table: {
            column: tuple(dict.fromkeys(plain_name(word) for word in (column, *pages[table].get(column, ()))))
            for column in CONTRACTS[table].columns
        }
        for table in pages
    }


def columns_for(table: str, sample: Sample) -> dict[str, str]:
    """Return which column of the file is which column of a table, as far as names and values tell.

    >>> import polars as pl
    >>> from abm.workspace.start.sample import Sample
    >>> rows = pl.DataFrame({"Firma": ["Acme"], "Webseite": ["acme.com"], "Notes": ["x"]})
    >>> columns_for("accounts", Sample("a.csv", tuple(rows.columns), rows, 1))
    {'name': 'Firma', 'domain': 'Webseite'}
    """
    found: dict[str, str] = {}
    for column, words in column_words()[table].items():
        candidates = [each for each in _named(words, sample) if each not in found.values()]
        source = next((each for each in candidates if is_possible(table, column, sample.values(each))), None)
        if source is not None:
            found[column] = source
    for column, holds in _FROM_CONTENT.get(table, {}).items():
        if column not in found:
            free = [each for each in sample.header if each not in found.values() and not each.startswith("_")]
            left = [each for each in free if holds(sample.values(each))]
            if len(left) == 1:
                found[column] = left[0]
    return found


def is_possible(table: str, column: str, values: Values) -> bool:
    """Whether values do not contradict being this column of a table; nothing contradicts an empty column.

    An empty column is no domain, though: many things are called site or web.
    """
    if not values.given:
        return column != "domain"
    kind = CONTRACTS[table].columns[column]
    if kind is Kind.DATE:
        return values.dates
    if kind is Kind.BOOLEAN:
        return values.truths
    if kind is Kind.NUMBER and column in {"employees", "annual_revenue", "amount"}:
        return values.numbers
    if column in _IDS:
        return not values.dates or values.numbers
    test = _TESTS.get(column)
    return test is None or test(values)


def _named(words: tuple[str, ...], sample: Sample) -> Iterator[str]:
    """Columns of the file with one of these names, in the order of the words; full names before shortened ones."""
    prefix = _own_prefix(sample)
    short: dict[str, str] = {}
    for name in sample.header if prefix else ():
        plain = plain_name(name)
        if plain.startswith(prefix) and plain != prefix:
            short.setdefault(plain.removeprefix(prefix), name)
    for names in (sample.plain, short):
        yield from (names[word] for word in words if word in names)


def _own_prefix(sample: Sample) -> str:
    """What the file puts before its own columns, as in `touch_type` of touches.csv; empty if nothing."""
    firsts = [match[0].lower() for name in sample.header if (match := _WORD.match(name)) and match.end() < len(name)]
    stem = plain_name(PurePosixPath(sample.file).name)
    for first in dict.fromkeys(firsts):
        # `activity` of activities.csv, `touch` of touches.csv
        root = first[: max(_SHORTEST_ROOT, len(first) - 1)]
        if len(first) >= _SHORTEST_ROOT and firsts.count(first) > 1 and root in stem:
            return first
    return ""
