"""How a table stands on a sheet: text that fits a cell, number formats, widths of columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from abm.errors import OutputError
from abm.output.writers import joined

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_ROWS = 1_048_576
"""Rows that a sheet of Excel holds, its header among them."""
MOST_TEXT = 32_767
"""Characters that a cell holds; what lies outside the Basic Multilingual Plane counts twice."""
CUT = "… [cut]"

POINTS, CHANGE, SHARE, WHOLE, DAY, PLAIN = "0.0", "+0.0;-0.0;0.0", "0%", "#,##0", "yyyy-mm-dd", "General"

_SHARES = {"fit_known", "top_contact_share", "topic_share", "strength", "decay", "warmth"}
_AS_GIVEN = {"weight", "value"}
_KEYS = {"account_id", "contact_id", "name", "level", "entity_id"}

_NARROWEST, _WIDEST = 8, 48
_FILTER_BUTTON = 4
_FORBIDDEN = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x{FFFE}\x{FFFF}]"
"""What XML cannot say."""
_MARKUP = r"^<r>(?s:.)*</r>$"
"""What XlsxWriter takes for markup of its own and would write as it is."""
_ASTRAL = r"[\x{10000}-\x{10FFFF}]"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table made ready for a sheet.

    Attributes:
        frame: its rows; only text, numbers, days and booleans, and all text fits a cell.
        formats: the number format of each column.
        widths: the width of each column, in characters.
        keys: how many columns at the left say whose row it is.
        notes: what had to be changed, in sentences.
    """

    frame: pl.DataFrame
    formats: tuple[str, ...]
    widths: tuple[int, ...]
    keys: int
    notes: tuple[str, ...]


def require_rows(tables: Mapping[str, pl.DataFrame]) -> None:
    """Make sure that every table fits on a sheet.

    Raises:
        OutputError: one has more rows than a sheet holds.
    """
    for name, frame in tables.items():
        if frame.height >= MOST_ROWS:
            raise OutputError(
                f"{name}: {frame.height:,} rows do not fit on a sheet of a workbook, which holds {MOST_ROWS - 1:,} and"
                " a header. Nothing was written. Choose --format parquet or csv, which hold any number."
            )


def sheet(name: str, frame: pl.DataFrame) -> Sheet:
    r"""Make a table ready for a sheet.

    Lists are joined with `;`. A carriage return becomes a line feed, what XML forbids U+FFFD. Text longer than a cell
    holds is cut, ends in a mark, and is reported. A number that is none (NaN, infinity) becomes an empty cell.

    >>> ready = sheet("leads", pl.DataFrame({"contact_id": ["C\x071"], "score": [61.5], "reasons": [["a", "b"]]}))
    >>> ready.frame.rows(), ready.formats, ready.keys
    ([('C�1', 61.5, 'a;b')], ('General', '0.0', 'General'), 1)
    """
    flat = joined(frame)
    flat = flat.with_columns(_fitting(column, dtype) for column, dtype in flat.schema.items())
    columns = [column for column, dtype in flat.schema.items() if dtype == pl.String]
    long = flat.select(_too_long(column).sum() for column in columns).rows(named=True)[0] if columns else {}
    notes = tuple(
        f"{name}.{column}: {count:,} {'text was' if count == 1 else 'texts were'} longer than the {MOST_TEXT:,}"
        f" characters of a cell and cut; --format parquet or csv keeps the whole."
        for column, count in long.items()
        if count
    )
    ready = flat.with_columns(_cut(column) for column, count in long.items() if count)
    return Sheet(
        ready,
        tuple(_format(column, dtype) for column, dtype in ready.schema.items()),
        tuple(_width(ready[column]) for column in ready.columns),
        _leading_keys(ready.columns),
        notes,
    )


def _fitting(column: str, dtype: pl.DataType) -> pl.Expr:
    value = pl.col(column)
    if dtype.is_float():
        return pl.when(value.is_finite()).then(value)
    if dtype.is_integer() or dtype in (pl.Boolean, pl.Date):
        return value
    text = (
        value.cast(pl.String).str.replace_all(r"\r\n?", "\n").str.replace_all(_FORBIDDEN, "\N{REPLACEMENT CHARACTER}")
    )
    # A space in front, and it is text again: a company that calls itself <r>...</r> cannot break the file.
    return pl.when(text.str.contains(_MARKUP)).then(pl.concat_str(pl.lit(" "), text)).otherwise(text).alias(column)


def _too_long(column: str) -> pl.Expr:
    text = pl.col(column)
    return (text.str.len_bytes() > MOST_TEXT) & (text.str.len_chars() + text.str.count_matches(_ASTRAL) > MOST_TEXT)


def _cut(column: str) -> pl.Expr:
    text = pl.col(column)
    most = pl.when(text.str.contains(_ASTRAL)).then(MOST_TEXT // 2).otherwise(MOST_TEXT) - len(CUT)
    return (
        pl.when(_too_long(column)).then(pl.concat_str(text.str.head(most), pl.lit(CUT))).otherwise(text).alias(column)
    )


def _format(column: str, dtype: pl.DataType) -> str:
    if dtype.is_integer():
        return CHANGE.replace(".0", "") if column.endswith("_change") else WHOLE
    if dtype == pl.Date:
        return DAY
    if not dtype.is_float() or column in _AS_GIVEN:
        return PLAIN
    return SHARE if column in _SHARES else CHANGE if column.endswith("_change") else POINTS


def _width(values: pl.Series) -> int:
    longest: int = values.cast(pl.String).str.len_chars().max() or 0  # type: ignore[assignment]
    if values.dtype.is_integer():
        longest += longest // 3  # the separators of thousands
    if values.dtype.is_float():
        longest = 0  # its format leaves at most as many digits as its heading has letters
    return min(max(len(values.name) + _FILTER_BUTTON, longest + 2, _NARROWEST), _WIDEST)


def _leading_keys(columns: list[str]) -> int:
    return next((i for i, column in enumerate(columns) if column not in _KEYS), len(columns))
