"""How files without a preset join: which column holds the key of another file, directly or through a third."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from abm.errors import SourceError
from abm.sources.coerce import as_text
from abm.sources.files import read_files
from abm.sources.guard import collected
from abm.sources.presets.header import found_as, plain_name
from abm.workspace.start.words import columns_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from abm.workspace.start.meaning import Meaning
    from abm.workspace.start.sample import Sample

_ENOUGH, _HARDLY = 0.5, 0.1
_MOST_KEYS = 2_000_000


@dataclass(frozen=True)
class Bridge:
    """A third file through which one joins another.

    Attributes:
        file: the file between.
        own: the column of the file that is joined.
        key: the column of the file between that holds the same values.
        gives: the column of the file between that is wanted.
        target: the column of the table that this is.
    """

    file: str
    own: str
    key: str
    gives: str
    target: str


class Links:
    """The keys of the tables found, and who refers to them."""

    def __init__(self, meanings: Sequence[Meaning], folder: Path) -> None:
        """Look at nothing yet; columns are read when they are asked for."""
        self._meanings = [each for each in meanings if each.sample.named]
        self._folder = folder
        self._read: dict[tuple[str, str], frozenset[str]] = {}

    def share(self, sample: Sample, column: str, table: str, key: str) -> float | None:
        """Return the share of a column's values that are keys of a table; None if the table's keys are not known."""
        keys: set[str] = set()
        for meaning in self._meanings:
            source = column_of(meaning, table, key)
            if source is not None:
                keys |= self._values(meaning.sample, source)
        return _within(sample, column, keys) if keys else None

    def bridge(self, meaning: Meaning, table: str, wanted: Sequence[str]) -> Bridge | None:
        """Find a third file that gives one of the wanted columns of a table, or None.

        Its column has the name and holds the values of one of the file's, each once.
        """
        sample = meaning.sample
        for other, own, key in self._shared(sample):
            if _within(sample, own, self._values(other.sample, key)) < _ENOUGH:
                continue
            gives = columns_for("contacts" if table != "opportunities" else "opportunities", other.sample)
            for target in wanted:
                source = gives.get(target)
                if source is not None and source != key and self._leads_on(other.sample, source, target):
                    return Bridge(other.sample.file, own, key, source, target)
        return None

    def by_name(self, sample: Sample, column: str) -> Bridge | None:
        """Find the list of accounts that names its companies as a column does, or None."""
        for meaning in self._meanings:
            key, name = column_of(meaning, "accounts", "account_id"), column_of(meaning, "accounts", "name")
            if key is None or name is None or key == name or not meaning.sample.values(name).unique:
                continue
            if _within(sample, column, self._values(meaning.sample, name)) >= _ENOUGH:
                return Bridge(meaning.sample.file, column, name, key, "account_id")
        return None

    def misses(self, sample: Sample, column: str, table: str, key: str) -> bool:
        """Whether hardly any value of a column is a key of a table that is there."""
        share = self.share(sample, column, table, key)
        return share is not None and share < _HARDLY

    def _leads_on(self, sample: Sample, source: str, target: str) -> bool:
        table = "accounts" if target == "account_id" else "contacts"
        share = self.share(sample, source, table, target)
        return share is None or share >= _ENOUGH

    def _shared(self, sample: Sample) -> Iterator[tuple[Meaning, str, str]]:
        for other in self._meanings:
            if other.sample.label == sample.label or other.sample.sheet is not None:
                continue
            for own in sample.header:
                key = other.sample.plain.get(plain_name(own))
                if key and plain_name(own).endswith("id") and other.sample.values(key).unique:
                    yield other, own, key

    def _values(self, sample: Sample, column: str) -> frozenset[str]:
        at = (sample.label, column)
        if at not in self._read:
            self._read[at] = self._all(sample, column)
        return self._read[at]

    def _all(self, sample: Sample, column: str) -> frozenset[str]:
        if sample.sheet is not None or sample.count is None or sample.count <= sample.rows.height:
            return frozenset(sample.values(column).given)
        try:
            frame = read_files("file", [sample.file], self._folder).frame
            text = as_text(column, frame.collect_schema()[column]).head(_MOST_KEYS)
            found = collected(frame.select(text), sample.file)
        except (SourceError, pl.exceptions.PolarsError, KeyError):
            return frozenset(sample.values(column).given)
        return frozenset(value.strip() for value in found.to_series().drop_nulls().unique().to_list())


def _within(sample: Sample, column: str, keys: frozenset[str] | set[str]) -> float:
    given = sample.values(column).given
    return sum(value in keys for value in given) / len(given) if given else 0.0


def column_of(meaning: Meaning, table: str, column: str) -> str | None:
    """Return the column of the file that becomes a column of a table, or None if it is not simply one."""
    if meaning.guess is not None and meaning.guess.table == table:
        return meaning.guess.columns.get(column)
    rule = meaning.shape.tables.get(table) if meaning.shape is not None else None
    if rule is None or column not in rule.columns:
        return None
    found = found_as(rule.columns[column].from_, meaning.sample.header)
    return next(iter(found.values()), None)
