"""What a database gives as Arrow becomes a frame: types that have a counterpart, the others named before they hurt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa

from abm.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

_NUMERIC, _UUID = "numeric", "uuid"
# PostgreSQL's money comes as a count of cents (or of whatever the server's locale has), which nothing says.
_MISLEADING = frozenset({"money"})
_MOST_DIGITS = 38
_PLAIN_DECIMAL = r"^-?\d+(\.\d+)?$"
_ADVICE = "Cast it in the query to text, a number or a time (`cast(x as text)`), or leave it out."


def frame_of(reader: pa.RecordBatchReader, where: str) -> pl.DataFrame:
    """Read a stream of Arrow to its end.

    Args:
        reader: the stream.
        where: how messages call the source.

    Returns:
        The columns under their names. Decimals of any precision are Decimal where 38 digits hold them all, else
        Float64; UUIDs and JSON are text.

    Raises:
        SourceError: two columns of one name, a type without counterpart, or text that is not UTF-8.
    """
    schema = reader.schema
    if not schema.names:
        raise SourceError(f"{where}: the query gives no columns. Name some behind `select`.")
    _require_names(schema.names, where)
    for field in schema:
        _require_readable(field, where)
    plain = pa.schema([pa.field(field.name, _storage(field.type)) for field in schema])
    table = pa.Table.from_batches(list(_batches(reader, plain, where)), plain)
    frame = pl.DataFrame(pl.from_arrow(table, rechunk=False))
    return frame.with_columns(
        _decimal(frame[field.name]) if _meaning(field.type) == _NUMERIC else _uuid_text(field.name)
        for field in schema
        if _meaning(field.type) in (_NUMERIC, _UUID)
    )


def _require_names(names: list[str], where: str) -> None:
    repeated = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if repeated:
        raise SourceError(f"{where}: the query gives the column '{repeated[0]}' twice. Give one of them another name.")


def _require_readable(field: pa.Field, where: str) -> None:
    metadata = {key: value.decode(errors="replace") for key, value in (field.metadata or {}).items()}
    own = metadata.get(b"POSTGRESQL:type", "")
    if own in _MISLEADING or not _is_readable(field.type):
        raise SourceError(f"{where}: column '{field.name}' is of type {own or _called(field.type)}. {_ADVICE}")


def _is_readable(kind: pa.DataType) -> bool:
    if isinstance(kind, pa.BaseExtensionType):
        return _meaning(kind) in (_NUMERIC, _UUID) or pa.types.is_string(kind.storage_type)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        inner = kind.value_type
        return _is_readable(inner) and not pa.types.is_nested(inner) and _meaning(inner) != _UUID
    if pa.types.is_decimal(kind):
        return bool(pa.types.is_decimal128(kind))
    return any(
        check(kind)
        for check in (
            pa.types.is_boolean,
            pa.types.is_integer,
            pa.types.is_floating,
            pa.types.is_string,
            pa.types.is_large_string,
            pa.types.is_string_view,
            pa.types.is_date,
            pa.types.is_time,
            pa.types.is_timestamp,
            pa.types.is_null,
        )
    )


def _called(kind: pa.DataType) -> str:
    if isinstance(kind, pa.OpaqueType):
        return str(kind.type_name)
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return "bytes"
    return str(kind)


def _meaning(kind: pa.DataType) -> str | None:
    """What a type of the database is that Arrow has no word for."""
    if isinstance(kind, pa.OpaqueType) and kind.type_name == _NUMERIC and pa.types.is_string(kind.storage_type):
        return _NUMERIC
    return _UUID if isinstance(kind, pa.UuidType) else None


def _storage(kind: pa.DataType) -> pa.DataType:
    if isinstance(kind, pa.BaseExtensionType):
        return kind.storage_type
    if pa.types.is_list(kind):
        return pa.list_(_storage(kind.value_type))
    return kind


def _batches(reader: pa.RecordBatchReader, plain: pa.Schema, where: str) -> Iterator[pa.RecordBatch]:
    for batch in reader:
        columns = [_stored(column, kind) for column, kind in zip(batch.columns, plain.types, strict=True)]
        whole = pa.RecordBatch.from_arrays(columns, schema=plain)
        for name, column in zip(plain.names, whole.columns, strict=True):
            try:
                # SQLite and old servers keep whatever bytes they were given as text; Polars would not look.
                column.validate(full=True)
            except pa.ArrowInvalid:
                message = f"{where}: column '{name}' holds text that is not UTF-8. Convert it in the database."
                raise SourceError(message) from None
        yield whole


def _stored(column: pa.Array, kind: pa.DataType) -> pa.Array:
    if isinstance(column, pa.ExtensionArray):
        return column.storage
    if column.type == kind:
        return column
    values = _stored(column.values, kind.value_type)
    return pa.Array.from_buffers(
        kind, len(column), column.buffers()[:2], column.null_count, column.offset, children=[values]
    )


def _decimal(text: pl.Series) -> pl.Series:
    """Text of numbers as exact decimals if they are, and if 38 digits will do; else as floating point numbers."""
    length, point = pl.col("it").str.len_bytes().cast(pl.Int64), pl.col("it").str.find(".", literal=True).cast(pl.Int64)
    digits = text.to_frame("it").select(
        plain=pl.col("it").str.contains(_PLAIN_DECIMAL).all(),
        whole=pl.coalesce(point, length).max().fill_null(0),
        scale=(length - point - 1).max().fill_null(0),
    )
    plain, whole, scale = digits.row(0)
    if plain and whole + scale <= _MOST_DIGITS:
        return text.cast(pl.Decimal(_MOST_DIGITS, scale))
    return text.cast(pl.Float64, strict=False)


def _uuid_text(name: str) -> pl.Expr:
    digits = pl.col(name).bin.encode("hex")
    parts = [digits.str.slice(start, length) for start, length in ((0, 8), (8, 4), (12, 4), (16, 4), (20, 12))]
    return pl.concat_str(parts, separator="-").alias(name)
