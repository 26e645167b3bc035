"""Columns as a source gives them become columns of the seven kinds; what cannot be read is counted, never guessed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from abm.sources.calendar import Calendar
from abm.sources.guard import collected
from abm.sources.times import utc_day
from abm.tables.contracts import CONTRACTS, Kind
from abm.tables.findings import SAMPLE_SIZE, Finding
from abm.tables.hygiene import ROW

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from polars.datatypes import DataTypeClass

    from abm.sources.tables import Part, RawTable

DTYPES: dict[Kind, type[pl.DataType]] = {
    Kind.TEXT: pl.String,
    Kind.LIST: pl.String,
    Kind.INTEGER: pl.Int64,
    Kind.NUMBER: pl.Float64,
    Kind.DATE: pl.Date,
    Kind.BOOLEAN: pl.Boolean,
}
"""The physical type of each kind."""

TRUE_WORDS = ("true", "t", "yes", "y", "1")
FALSE_WORDS = ("false", "f", "no", "n", "0")

_EXPECTED: dict[Kind, str] = {
    Kind.INTEGER: "a whole number",
    Kind.NUMBER: "a number such as 1234.5 (no thousands separators, no currency)",
    Kind.DATE: "a day or time such as 2026-06-30 or 2026-06-30T14:05:00Z",
    Kind.BOOLEAN: "true or false (also yes/no, t/f, y/n, 1/0)",
}
_LOST = {Kind.NUMBER: "infinity", Kind.DATE: "a day outside the calendar"}
_EXACT_FLOAT = 2.0**53
_TICKS_A_DAY = {"ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}
_FIRST_DAY = (date.min - date(1970, 1, 1)).days
_LAST_DAY = (date.max - date(1970, 1, 1)).days - 1
_SHORT_INTEGERS = (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32)


def kind_of(dtype: pl.DataType) -> Kind:
    """Return the kind that an extra column of this type is read as.

    >>> kind_of(pl.Int16()), kind_of(pl.List(pl.String)), kind_of(pl.Datetime("us", "UTC"))
    (<Kind.INTEGER: 'integer'>, <Kind.LIST: 'list'>, <Kind.DATE: 'date'>)
    """
    if dtype.is_integer():
        return Kind.INTEGER
    if dtype.is_float() or dtype.is_decimal():
        return Kind.NUMBER
    if isinstance(dtype, pl.Date | pl.Datetime):
        return Kind.DATE
    if isinstance(dtype, pl.Boolean):
        return Kind.BOOLEAN
    return Kind.LIST if isinstance(dtype, pl.List | pl.Array) else Kind.TEXT


def coerce(
    raw: RawTable,
    kinds: Mapping[str, Kind],
    calendar: Calendar | None = None,
) -> tuple[pl.LazyFrame, tuple[Finding, ...]]:
    """Give every column of `kinds` its physical type.

    Columns whose conversion cannot fail stay lazy; infinite numbers and days among them are counted. If one needs a
    lenient parse (text that should be a date, a float that should be a whole number), the frame is collected once and
    parsed and counted in that pass.

    Args:
        raw: the columns of the source, already under canonical names.
        kinds: every column of the result, in order; those that `raw` lacks become typed nulls.
        calendar: how the source writes its days; None: times without zone are UTC, and the rest is told by each column.

    Returns:
        The frame with the columns of `kinds` and `_row`, rows and order unchanged, and one `unparseable` finding per
        column and file. Null, NaN and blank text are nothing, hence null without a finding.

    Raises:
        SourceError: the frame had to be collected and could not be; a column of days does not tell whether the day or
            the month comes first.
    """
    calendar = calendar or Calendar()
    schema = raw.frame.collect_schema()
    lenient = [name for name, kind in kinds.items() if name in schema and not _is_safe(schema[name], kind)]
    frame = raw.frame.select(
        *(
            _typed(name, schema.get(name), kind, calendar.zone) if name not in lenient else as_text(name, schema[name])
            for name, kind in kinds.items()
        ),
        ROW,
    )
    findings = _lost(raw, kinds, [name for name in kinds if name in schema and name not in lenient])
    if not lenient:
        return frame, tuple(findings)
    texts = collected(frame, raw.where)
    parsed = texts.with_columns(
        calendar.days(raw, texts[name], texts[ROW])
        if kinds[name] is Kind.DATE
        else _PARSERS[kinds[name]](pl.col(name)).alias(name)
        for name in lenient
    )
    unread = parsed.select(pl.col(name).is_null() & _said(texts[name], kinds[name]) for name in lenient)
    for name, some in zip(lenient, unread.select(pl.all().any()).row(0), strict=True):
        if not some:
            continue
        bad = unread[name]
        findings.extend(_findings(raw, name, kinds[name], texts.filter(bad).select(ROW, text=name)))
        stand_in = CONTRACTS[raw.name].unreadable.get(name)
        if stand_in is not None:
            parsed = parsed.with_columns(pl.when(bad).then(stand_in).otherwise(pl.col(name)).alias(name))
    return parsed.lazy(), tuple(findings)


def _said(text: pl.Series, kind: Kind) -> pl.Expr:
    """Whether there is a text that means something."""
    said = pl.lit(text)
    return said.str.to_lowercase() != "nan" if kind in (Kind.NUMBER, Kind.INTEGER) else said.is_not_null()


def _lost(raw: RawTable, kinds: Mapping[str, Kind], names: list[str]) -> list[Finding]:
    """Find what becomes null without a parse: infinite numbers, and days outside the calendar.

    Rows without a required day are reported when they are left out; looking twice through all events is not worth it.
    """
    schema = raw.frame.collect_schema()
    names = [name for name in names if name not in CONTRACTS[raw.name].required]
    looked_for = {name: lost for name in names if (lost := _is_lost(name, schema[name], kinds[name])) is not None}
    if not looked_for:
        return []
    counts = collected(raw.frame.select(lost.sum().alias(name) for name, lost in looked_for.items()), raw.where)
    found: list[Finding] = []
    for name, lost in looked_for.items():
        if counts[name].item():
            bad = raw.frame.filter(lost).select(ROW, text=pl.lit(_LOST[kinds[name]]))
            found.extend(_findings(raw, name, kinds[name], collected(bad, raw.where)))
    return found


def _is_lost(name: str, dtype: pl.DataType, kind: Kind) -> pl.Expr | None:
    if kind is Kind.NUMBER and dtype.is_float():
        return pl.col(name).is_infinite()
    if kind is Kind.DATE and isinstance(dtype, pl.Date | pl.Datetime):
        return ~_exists(pl.col(name), dtype)
    return None


def _is_safe(dtype: pl.DataType, kind: Kind) -> bool:
    """Whether every value of this type has a counterpart in the kind, so that the plan may stay lazy."""
    match kind:
        case Kind.TEXT | Kind.LIST:
            return _is_textual(dtype)
        case Kind.NUMBER:
            return dtype.is_numeric() or isinstance(dtype, pl.Null)
        case Kind.INTEGER:
            return isinstance(dtype, (*_SHORT_INTEGERS, pl.Null))
        case Kind.DATE:
            return isinstance(dtype, pl.Date | pl.Datetime | pl.Null)
        case Kind.BOOLEAN:
            return isinstance(dtype, pl.Boolean | pl.Null)


def _typed(name: str, dtype: pl.DataType | None, kind: Kind, zone: str | None) -> pl.Expr:
    column = pl.col(name)
    if dtype is None or isinstance(dtype, pl.Null):
        return pl.lit(None, dtype=DTYPES[kind]).alias(name)
    if kind is Kind.LIST:
        return _as_list(name, dtype)
    if kind is Kind.TEXT:
        return as_text(name, dtype, strip=False)
    if kind is Kind.NUMBER:
        number = column.cast(pl.Float64)
        return pl.when(number.is_finite()).then(number).alias(name) if dtype.is_float() else number
    if isinstance(dtype, pl.Date | pl.Datetime):
        return _as_day(column, dtype, zone).alias(name)
    return column.cast(DTYPES[kind])


def _as_day(column: pl.Expr, dtype: pl.Date | pl.Datetime, zone: str | None) -> pl.Expr:
    """The UTC day; a column with zone is a moment, one without is what the clock on the wall said.

    Days outside the calendar (databases write infinity so) are null: date arithmetic on them panics.
    """
    day, exists = _day_number(column, dtype), _exists(column, dtype)
    if isinstance(dtype, pl.Datetime) and dtype.time_zone is None and zone is not None:
        return utc_day(pl.when(exists).then(column), zone)
    return pl.when(exists).then(day).cast(pl.Int32).cast(pl.Date)


def _day_number(column: pl.Expr, dtype: pl.Date | pl.Datetime) -> pl.Expr:
    physical = column.to_physical()
    return physical if isinstance(dtype, pl.Date) else physical // _TICKS_A_DAY[dtype.time_unit]


def _exists(column: pl.Expr, dtype: pl.Date | pl.Datetime) -> pl.Expr:
    return _day_number(column, dtype).is_between(_FIRST_DAY, _LAST_DAY)


def _says(text: pl.Expr) -> pl.Expr:
    """Whether a text is more than white space; null of null.

    Hardly any text begins with what may be white space, a sign before `!` or after the letters of ASCII: only these
    are looked at closely, in half the time it takes to strip every one.
    """
    plain = (text >= "!") & (text < "\x7f")
    return plain | (pl.when(~plain).then(text).str.strip_chars_start() != "")


def as_text(name: str, dtype: pl.DataType, *, strip: bool = True) -> pl.Expr:
    """Values as people write them: blank is null, 12.0 is "12" because identifiers lose their nulls' integer type."""
    column = pl.col(name)
    if isinstance(dtype, pl.List | pl.Array):
        return _as_list(name, dtype)
    match dtype:
        case pl.String():
            words = pl.when(_says(column)).then(column.str.strip_chars() if strip else column)
        case pl.Float32() | pl.Float64():
            words = pl.when(column.is_not_nan()).then(_float_text(column))
        case pl.Struct():
            words = pl.when(column.is_not_null()).then(column.struct.json_encode())
        case pl.Decimal():
            return column.cast(pl.String).str.replace(r"\.0*$", "")
        case pl.Datetime() | pl.Duration():
            return column.dt.to_string("iso")
        case _ if _is_textual(dtype):
            return column.cast(pl.String)
        case _:
            words = pl.when(column.is_not_null()).then(pl.lit(f"({dtype.base_type().__name__.lower()})"))
    return words.alias(name)


def _is_textual(dtype: pl.DataType) -> bool:
    """Whether values have a text that people would write; bytes, maps and objects of other libraries have none."""
    if isinstance(dtype, pl.List | pl.Array):
        return _is_textual(_data_type(dtype.inner))
    written = pl.String | pl.Categorical | pl.Enum | pl.Boolean | pl.Struct | pl.Null
    return dtype.is_numeric() or dtype.is_temporal() or isinstance(dtype, written)


def _float_text(column: pl.Expr) -> pl.Expr:
    whole = column.cast(pl.Int64, strict=False)
    is_whole = (column == whole.cast(pl.Float64)) & (column.abs() <= _EXACT_FLOAT)
    return pl.when(is_whole).then(whole.cast(pl.String)).otherwise(column.cast(pl.String))


def _as_list(name: str, dtype: pl.DataType) -> pl.Expr:
    """Lists travel as `;`-joined text; text that is a bracketed list, as exports write it, is taken for one."""
    column = pl.col(name)
    if isinstance(dtype, pl.Array):
        column, dtype = column.arr.to_list(), pl.List(dtype.inner)
    if isinstance(dtype, pl.List):
        element = as_text("", _data_type(dtype.inner))
        joined = column.list.eval(element).list.drop_nulls().list.join(";")
        return pl.when(joined != "").then(joined).alias(name)
    if not isinstance(dtype, pl.String):
        return as_text(name, dtype)
    inner = column.str.strip_chars().str.strip_chars("[]").str.strip_chars()
    quoted = inner.str.strip_chars('"').str.replace_all(r'"\s*,\s*"', ";")
    listed = pl.when(inner.str.starts_with('"')).then(quoted).otherwise(inner.str.replace_all(r"\s*,\s*", ";"))
    is_bracketed = column.str.contains(r"^\s*\[.*\]\s*$")
    words = pl.when(is_bracketed).then(listed).otherwise(column)
    return pl.when(words.str.strip_chars() != "").then(words).alias(name)


def _data_type(dtype: pl.DataType | DataTypeClass) -> pl.DataType:
    return dtype() if isinstance(dtype, type) else dtype


def _parse_number(text: pl.Expr) -> pl.Expr:
    number = text.cast(pl.Float64, strict=False)
    return pl.when(number.is_finite()).then(number)


def _parse_integer(text: pl.Expr) -> pl.Expr:
    number = text.cast(pl.Float64, strict=False)
    is_whole = (number == number.floor()) & (number.abs() <= _EXACT_FLOAT)
    written = pl.when(is_whole).then(number).cast(pl.Int64, strict=False)
    return pl.coalesce(text.cast(pl.Int64, strict=False), written)


def _parse_boolean(text: pl.Expr) -> pl.Expr:
    word = text.str.to_lowercase()
    return pl.when(word.is_in(TRUE_WORDS)).then(True).when(word.is_in(FALSE_WORDS)).then(False)


_PARSERS: dict[Kind, Callable[[pl.Expr], pl.Expr]] = {
    Kind.NUMBER: _parse_number,
    Kind.INTEGER: _parse_integer,
    Kind.BOOLEAN: _parse_boolean,
    # Bytes and objects are the only things that are not text in some way.
    Kind.TEXT: lambda _text: pl.lit(None, dtype=pl.String),
    Kind.LIST: lambda _text: pl.lit(None, dtype=pl.String),
}


def _findings(raw: RawTable, column: str, kind: Kind, bad: pl.DataFrame) -> list[Finding]:
    """One finding per file that holds unreadable values of the column."""
    if bad.is_empty():
        return []
    if not raw.parts:
        return [_finding(raw, column, kind, bad, None)]
    ends = [part.rows_before for part in raw.parts[1:]]
    of_part = [
        (part, bad.filter(pl.col(ROW) > part.rows_before, pl.lit(end is None) | (pl.col(ROW) <= (end or 0))))
        for part, end in zip(raw.parts, [*ends, None], strict=True)
    ]
    return [_finding(raw, column, kind, rows, part) for part, rows in of_part if not rows.is_empty()]


def _finding(raw: RawTable, column: str, kind: Kind, bad: pl.DataFrame, part: Part | None) -> Finding:
    first = bad.head(SAMPLE_SIZE)
    expected = _EXPECTED.get(kind, "text")
    return Finding(
        table=raw.name,
        code="unparseable",
        count=bad.height,
        message=f"{raw.name}.{column}: {bad.height} value(s) not {expected}; read as empty.",
        column=column,
        file=part.file if part else None,
        rows=tuple(first[ROW] - part.rows_before) if part else (),
        samples=tuple(sorted(set(first["text"].str.head(80).to_list()))),
    )
