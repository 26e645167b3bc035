"""The two shapes a table has while it is read: as its source gives it, and as the contract wants it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from abm.sources.notes import Note
    from abm.tables.contracts import Kind
    from abm.tables.findings import Finding


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a source: its name as the workspace gives it, and how many data rows of other files precede it."""

    file: str
    rows_before: int = 0


@dataclass(frozen=True, slots=True)
class ReadFile:
    """One file, read.

    Attributes:
        frame: its columns under its names, and `_row` (Int64): the 1-based data record, in a sheet the sheet's own row.
        notes: what had to be decided or put right.
    """

    frame: pl.LazyFrame
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class RawTable:
    """What a reader hands over: the columns of the source, unconverted, and where each row stands.

    Attributes:
        name: canonical table name.
        where: how messages call the source, such as `crm/contacts.csv`.
        frame: the source's columns under the source's names, and `_row` (Int64, 1-based over all parts; null where the
            source has no row order worth trusting: queries and library frames).
        parts: the files in reading order; empty for queries and library frames.
        findings: what the reader had to put right.
        parquet: the paths of the parts, if all are Parquet files and hold these columns as they are.
    """

    name: str
    where: str
    frame: pl.LazyFrame
    parts: tuple[Part, ...] = ()
    findings: tuple[Finding, ...] = ()
    parquet: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parquet:
    """Parquet files that hold a table: each with how many rows precede it, and the source of each column."""

    files: tuple[tuple[str, int], ...]
    columns: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """One canonical table, ready to be scored.

    Attributes:
        name: canonical table name, a key of `abm.tables.contracts.CONTRACTS`.
        frame: every column of the contract (those the source lacks are typed nulls), then the extra columns, then
            `_row` (Int64; null where the source has no row order). Text and lists are String (blank is null, lists are
            `;`-joined), integers Int64, numbers Float64 (NaN and infinities are null), dates Date (the UTC day),
            booleans Boolean.
        kinds: the kind of every column but `_row`.
        findings: what reading had to change or leave out.
        file: the file or files as the workspace names them, or None.
        given: the columns that the source has; the others of the contract are null throughout.
        parquet: where an engine that reads Parquet itself finds the same, if no value needs a parse.
        marked: whether the frame also has `_repeat` (`abm.tables.hygiene.REPEAT`), because repeats are to be dropped.
    """

    name: str
    frame: pl.LazyFrame
    kinds: dict[str, Kind]
    findings: tuple[Finding, ...] = ()
    file: str | None = None
    given: frozenset[str] = frozenset()
    marked: bool = False
    parquet: Parquet | None = None
