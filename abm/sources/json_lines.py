"""JSON lines become typed columns: one object a line, keys are columns."""

from __future__ import annotations

import codecs
import json
from typing import TYPE_CHECKING

import polars as pl

from abm.errors import SourceError
from abm.tables.hygiene import ROW

if TYPE_CHECKING:
    from pathlib import Path


def read_json_lines(path: Path, file: str) -> pl.LazyFrame:
    """Read a file of one JSON object a line.

    Args:
        path: where it lies.
        file: what messages call it.

    Returns:
        A column per key that occurs (null where a line lacks it) and `_row`, the 1-based line among those not blank.
        A key whose values are of several types is text.

    Raises:
        SourceError: a line is not a JSON object, or the file is not UTF-8.
    """
    text = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    if not text.strip():
        raise SourceError(f"{file}: is empty. A table without rows cannot be told from a broken export.")
    if text.lstrip().startswith(b"["):
        raise SourceError(f"{file}: holds a JSON array. JSON lines have one object a line, without brackets around.")
    try:
        frame = pl.read_ndjson(text, infer_schema_length=None)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise SourceError(_diagnose(text, file) or f"{file}: cannot be read as JSON lines: {error}") from error
    columns = [name for name in frame.columns if name != ROW]
    return (
        frame.lazy()
        .select(columns)
        .with_row_index("row\x1f", offset=1)
        .select(*columns, pl.col("row\x1f").cast(pl.Int64).alias(ROW))
    )


def _diagnose(text: bytes, file: str) -> str | None:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except UnicodeDecodeError:
            return f"{file}: line {number} is not UTF-8. Save the file as UTF-8."
        except json.JSONDecodeError as error:
            return f"{file}: line {number} is not JSON: {error.msg} at character {error.colno}. One object a line."
        if not isinstance(value, dict):
            return f'{file}: line {number} is not an object. Each line is one object, such as {{"account_id": "A1"}}.'
    return None
