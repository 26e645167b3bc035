"""Frames that live in an engine become canonical there: columns typed, blank texts null, moments made days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw

from abm.errors import TableError, did_you_mean
from abm.tables.contracts import BLANKS, CONTRACTS, Contract, Kind
from abm.tables.hygiene import ROW

if TYPE_CHECKING:
    from abm.engines.base import Engine, Step

_DTYPES: dict[Kind, Any] = {
    Kind.TEXT: nw.String,
    Kind.LIST: nw.String,
    Kind.INTEGER: nw.Int64,
    Kind.NUMBER: nw.Float64,
    Kind.DATE: nw.Date,
    Kind.BOOLEAN: nw.Boolean,
}
_SAID = {
    Kind.INTEGER: "whole numbers",
    Kind.NUMBER: "numbers",
    Kind.DATE: "days or times",
    Kind.BOOLEAN: "true or false",
    Kind.TEXT: "text",
    Kind.LIST: "text, joined with ;",
}


@dataclass(frozen=True)
class Given:
    """One canonical table in an engine.

    Attributes:
        step: every column of the contract (those that were not given are typed nulls), other columns that conditions
            can read, and `_row`.
        kinds: the kind of every column but `_row`.
        given: the columns that were given.
    """

    step: Step
    kinds: dict[str, Kind]
    given: frozenset[str]


def canonical(engine: Engine, name: str, step: Step, where: str) -> Given:
    """Give every column of a table its physical type, in the engine.

    Nothing is parsed: engines fail on the first text that is no number, or read it each in its own way. Text stands for
    text, numbers for numbers; whole numbers may come as floats, identifiers as whole numbers, and days as times: the
    UTC day of a time that knows its zone, else the day it says. Columns that are not in the contract and hold neither
    of these (lists, structs, bytes) are left out.

    Args:
        engine: where the frame lives.
        name: canonical table name.
        step: the frame; `_row` in it is the order of its rows, null without it.
        where: how messages call it.

    Raises:
        TableError: a column is missing, or holds what cannot be taken for its kind.
    """
    contract = CONTRACTS[name]
    schema = dict(step.collect_schema())
    _require(contract, [column for column in schema if column != ROW], where)
    kinds = dict(contract.columns)
    for column, dtype in schema.items():
        kind = _kind_of(dtype)
        if column not in kinds and column != ROW and kind is not None:
            kinds[column] = kind
    for column, dtype in schema.items():
        if kinds.get(column) is Kind.DATE and isinstance(dtype, nw.Datetime) and dtype.time_zone is not None:
            step = engine.utc_day(step, column)
            schema[column] = nw.Date()
    values = [_typed(contract, column, schema.get(column), kind, where) for column, kind in kinds.items()]
    row = nw.col(ROW).cast(nw.Int64) if ROW in schema else nw.lit(None, dtype=nw.Int64)
    given = frozenset(column for column in kinds if column in schema)
    return Given(step.select(*values, row.alias(ROW)), kinds, given)


def _require(contract: Contract, columns: list[str], where: str) -> None:
    lacks = [f"the column '{name}'{did_you_mean(name, columns)}" for name in contract.required if name not in columns]
    lacks += [f"one of {', '.join(names)}" for names in contract.needs_one_of if not set(names) & set(columns)]
    if lacks:
        raise TableError(
            f"{where}: table {contract.name} lacks {' and '.join(lacks)}. Columns there: {', '.join(columns)}."
            " Rename the column before the call."
        )


def _kind_of(dtype: nw.dtypes.DType) -> Kind | None:
    if dtype.is_integer():
        return Kind.INTEGER
    if dtype.is_numeric():
        return Kind.NUMBER
    if isinstance(dtype, nw.Date | nw.Datetime):
        return Kind.DATE
    if isinstance(dtype, nw.Boolean):
        return Kind.BOOLEAN
    return Kind.TEXT if isinstance(dtype, nw.String | nw.Categorical | nw.Enum) else None


def _typed(contract: Contract, name: str, dtype: nw.dtypes.DType | None, kind: Kind, where: str) -> nw.Expr:
    unknown = isinstance(dtype, nw.Unknown)
    if unknown and kind is Kind.TEXT:
        # Of ids that are no text engines know how they are written: UUIDs, for one.
        return _text(nw.col(name), nw.String()).alias(name)
    if dtype is None or unknown:
        return nw.lit(None, dtype=_DTYPES[kind]).alias(name)
    found = _kind_of(dtype)
    if found is None or (kind not in (Kind.TEXT, Kind.LIST, found) and not _are_numbers(kind, found)):
        raise TableError(
            f"{where}: column '{name}' is {dtype}. Expected {_SAID[kind]}. Cast it before the call; files are read as"
            " they are by abm.load_workspace."
        )
    return _converted(nw.col(name), dtype, kind, contract.unreadable.get(name)).alias(name)


def _are_numbers(kind: Kind, found: Kind) -> bool:
    return {kind, found} <= {Kind.INTEGER, Kind.NUMBER}


def _converted(column: nw.Expr, dtype: nw.dtypes.DType, kind: Kind, unreadable: int | None) -> nw.Expr:
    match kind:
        case Kind.TEXT | Kind.LIST:
            return _text(column, dtype)
        case Kind.NUMBER:
            number = column.cast(nw.Float64)
            return nw.when(number.is_finite()).then(number)
        case Kind.INTEGER:
            return column.cast(nw.Int64) if dtype.is_integer() else _whole(column.cast(nw.Float64), unreadable)
        case Kind.DATE:
            return column if isinstance(dtype, nw.Date) else column.dt.date()
        case Kind.BOOLEAN:
            return column


def _text(column: nw.Expr, dtype: nw.dtypes.DType) -> nw.Expr:
    """Blank is null; 12.0 is "12", because identifiers lose their nulls' integer type."""
    if dtype.is_decimal():
        # Not by way of floats: ids have more digits than these hold.
        return column.cast(nw.String).str.replace_all(r"\.0*$", "")
    if dtype.is_float():
        number = column.cast(nw.Float64)
        whole = _whole(number, None)
        text = nw.when(whole.is_null()).then(number.cast(nw.String)).otherwise(whole.cast(nw.String))
        return nw.when(~number.is_nan()).then(text)
    text = column.cast(nw.String)
    return nw.when(text.str.strip_chars(BLANKS) != "").then(text)


_EXACT_FLOAT = 2.0**53


def _whole(number: nw.Expr, otherwise: int | None) -> nw.Expr:
    """A whole number that came as a float; one that is not whole is null, or what stands for it."""
    known = number.is_finite() & (number == number.floor()) & (number.abs() <= _EXACT_FLOAT)
    stand_in = nw.lit(otherwise, dtype=nw.Int64)
    safe = nw.when(known).then(number).cast(nw.Int64)
    return nw.when(known).then(safe).otherwise(nw.when(~number.is_null() & ~number.is_nan()).then(stand_in))
