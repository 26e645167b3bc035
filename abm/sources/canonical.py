"""A raw table becomes a canonical one: columns renamed, contract checked, kinds given, repeats marked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import polars as pl

from abm.errors import SourceError, TableError, did_you_mean
from abm.sources.calendar import Calendar
from abm.sources.coerce import as_text, coerce, kind_of
from abm.sources.names import REPEATED
from abm.sources.tables import Parquet, Table
from abm.tables.contracts import CONTRACTS, Kind
from abm.tables.findings import Finding, Level
from abm.tables.hygiene import REPEAT, ROW

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from abm.sources.orders import DayOrder
    from abm.sources.tables import RawTable
    from abm.tables.contracts import Contract


_PLAIN = (pl.String, pl.Date, pl.Datetime, pl.Boolean, pl.Null)
"""Types that every engine reads alike, besides numbers."""

_SHOWN, _LONGEST_SHOWN = 30, 60
_SEPARATOR, _NOTHING = "\x1f", "\x00"
_VALUE = re.compile(r"\d{4}-\d\d-\d\d.*|\d{1,2}[./]\d{1,2}[./]\d{2,4}.*|[-+]?\d[\d.,]*|[^@\s]+@[^@\s]+\.[^@\s]+")
_NO_HEADER = "These look like values: if the file has no header, say header: false and names: [...] in workspace.yaml."


@dataclass(frozen=True, slots=True)
class Reading:
    """What a workspace says about reading one table, beyond where it lies.

    Attributes:
        columns: result column -> source column; source columns it does not mention keep their names.
        types: declared kinds of extra columns.
        zone: zone of times that do not name their own; None is UTC.
        dedupe: result columns; of rows equal in all of them, as the source writes them, the first stays.
        remedy: how a message says to map a column, for sources that can.
        dates: how days like 03/04/2026 are meant in all columns; None: told by each column as a whole.
        dates_of: the same for single result columns, before `dates`.
        dates_remedy: how a message says to tell it.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, Kind] = field(default_factory=dict)
    zone: str | None = None
    dedupe: tuple[str, ...] = ()
    remedy: str = "Rename the column in the source."
    dates: DayOrder | None = None
    dates_of: Mapping[str, DayOrder] = field(default_factory=dict)
    dates_remedy: str = "Write days as year-month-day."


def canonical_table(raw: RawTable, reading: Reading | None = None) -> Table:
    """Make the canonical table of what a reader handed over.

    Args:
        raw: the source's columns.
        reading: mapping, declared types, zone and dedupe; None for none of them.

    Returns:
        The table; see `abm.sources.tables.Table` for its columns. Findings: `unparseable`,
        `unmapped_column` (a column that is a canonical one but for its spelling).

    Raises:
        SourceError: a mapped source column does not exist, `dedupe` names a column that does not, or the name of a
            canonical column stands twice in the file.
        TableError: a column the contract requires is missing.
    """
    reading = reading or Reading()
    contract = CONTRACTS[raw.name]
    _require_once(raw, contract, reading)
    present = _rename(raw, reading)
    columns = present.frame.collect_schema()
    findings = _check(contract, present, reading)
    kinds = dict(contract.columns) | {
        name: reading.types.get(name) or kind_of(dtype)
        for name, dtype in columns.items()
        if name not in contract.columns and name != ROW
    }
    compared: dict[str, Kind] = {}
    if reading.dedupe:
        present = replace(present, frame=present.frame.with_columns(_repeat_key(present, reading.dedupe)))
        compared = {REPEAT: Kind.TEXT}
    orders = {name: order for name in kinds if (order := reading.dates_of.get(name) or reading.dates)}
    frame, found = coerce(present, {**kinds, **compared}, Calendar(reading.zone, orders, reading.dates_remedy))
    file = ", ".join(part.file for part in raw.parts) or None
    given = frozenset(name for name, dtype in columns.items() if not isinstance(dtype, pl.Null))
    parquet = _parquet(raw, present, reading, kinds)
    return Table(raw.name, frame, kinds, (*raw.findings, *findings, *found), file, given, bool(reading.dedupe), parquet)


def _parquet(raw: RawTable, present: RawTable, reading: Reading, kinds: Mapping[str, Kind]) -> Parquet | None:
    """Where other engines find the columns as they are, if nothing has to be done to them but a cast."""
    if not raw.parquet or reading.dedupe or reading.zone is not None:
        return None
    schema = present.frame.collect_schema()
    columns = {name: name for name in schema if name != ROW} | dict(reading.columns)
    if not all(_only_cast(schema[name], kinds[name]) for name in columns):
        return None
    return Parquet(tuple((path, part.rows_before) for path, part in zip(raw.parquet, raw.parts, strict=True)), columns)


def _only_cast(dtype: pl.DataType, kind: Kind) -> bool:
    if kind is Kind.LIST or not (dtype.is_numeric() or isinstance(dtype, _PLAIN)):
        return False
    written = kind_of(dtype)
    return isinstance(dtype, pl.Null) or kind in (written, Kind.TEXT) or (kind, written) == (Kind.NUMBER, Kind.INTEGER)


def _require_once(raw: RawTable, contract: Contract, reading: Reading) -> None:
    """Refuse a file in which the name of a canonical column stands twice: which one is meant, a person says."""
    for finding in raw.findings:
        name = finding.column or ""
        if finding.code == REPEATED and raw.parts and name in contract.columns and name not in reading.columns:
            raise SourceError(
                f"{finding.file}: the column name '{name}' is there more than once, and {contract.name}.{name} is one"
                f" column. Rename the one that is not meant, or say which is in workspace.yaml: columns: {{{name}:"
                f" {name}}} is the first, {{{name}: {name}_2}} the next."
            )


def _rename(raw: RawTable, reading: Reading) -> RawTable:
    """Give the source's columns their result names; a mapping wins over a source column that already has the name."""
    columns = [name for name in raw.frame.collect_schema() if name not in (ROW, REPEAT)]
    for target, source in reading.columns.items():
        if source not in columns:
            raise SourceError(
                f"{raw.where}: {raw.name}.{target} should be read from column '{source}', which is not there."
                f"{did_you_mean(source, columns)} Columns there: {_listed(columns)}."
            )
    mapped = set(reading.columns.values())
    kept = [name for name in columns if name not in mapped and name not in reading.columns]
    chosen = [pl.col(source).alias(target) for target, source in reading.columns.items()]
    return replace(raw, frame=raw.frame.select(*chosen, *(pl.col(name) for name in kept), ROW))


def _check(contract: Contract, raw: RawTable, reading: Reading) -> list[Finding]:
    """Raise if the contract's columns are not there; note columns that miss a canonical name only by spelling."""
    columns = [name for name in raw.frame.collect_schema() if name != ROW]
    lacks = [_lacking(name, columns) for name in contract.required if name not in columns]
    lacks += [f"one of {_listed(names)}" for names in contract.needs_one_of if not set(names) & set(columns)]
    if lacks:
        lacking = " and ".join(filter(None, (", ".join(lacks[:-1]), lacks[-1])))
        # Of names that are not names, the way to map them helps nobody.
        remedy = _NO_HEADER if raw.parts and _look_like_values(columns) else reading.remedy
        first = next((name for name in contract.required if name not in columns), contract.name)
        remedy = remedy.replace("NAME HERE", first)
        raise TableError(
            f"{raw.where}: table {contract.name} lacks {lacking}. Columns there: {_listed(columns)}. {remedy}"
        )
    unknown = [name for name in reading.dedupe if name not in columns]
    if unknown:
        raise SourceError(
            f"{raw.where}: dedupe of {contract.name} names {_listed(unknown)}, which is not there."
            f"{did_you_mean(unknown[0], columns)} Columns there: {_listed(columns)}."
        )
    missing = {_plain(name): name for name in contract.columns if name not in columns}
    return [
        Finding(
            table=contract.name,
            code="unmapped_column",
            count=1,
            message=f"{raw.where}: column '{name}' looks like {contract.name}.{missing[_plain(name)]} but is spelled"
            f" otherwise, so it is an extra column. {reading.remedy.replace('NAME HERE', missing[_plain(name)])}",
            level=Level.NOTE,
            column=name,
            file=raw.parts[0].file if raw.parts else None,
        )
        for name in columns
        if name not in contract.columns and _plain(name) in missing
    ]


def _repeat_key(raw: RawTable, columns: tuple[str, ...]) -> pl.Expr:
    """The values to compare as one text, as the source writes them: two times of one day are two events.

    Which rows repeat is decided when scoring: a row after as_of, or one that cannot count, must not oust one that does.
    """
    schema = raw.frame.collect_schema()
    texts = [as_text(name, schema[name]).fill_null(_NOTHING) for name in columns]
    return pl.concat_str(texts, separator=_SEPARATOR).alias(REPEAT)


def _lacking(name: str, columns: list[str]) -> str:
    near = did_you_mean(name, columns)
    return f"the column '{name}'" + (f" ({near.strip().replace('Did', 'did')})" if near else "")


def _look_like_values(columns: list[str]) -> bool:
    """Whether a header has the first row's values in it: days, numbers, addresses."""
    return any(_VALUE.fullmatch(name.strip()) for name in columns)


def _plain(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def _listed(names: Iterable[str]) -> str:
    every = [name if len(name) <= _LONGEST_SHOWN else f"{name[:_LONGEST_SHOWN]}..." for name in names]
    more = f" and {len(every) - _SHOWN} more" if len(every) > _SHOWN else ""
    return (", ".join(every[:_SHOWN]) or "none") + more
