"""JSON becomes typed columns: one object a line, or an array of objects; keys are columns."""

from __future__ import annotations

import codecs
import json
import math

import polars as pl

from abm.errors import SourceError
from abm.sources.guard import BROKEN, first_line
from abm.tables.hygiene import ROW

_LEAST, _MOST, _MOST_DIGITS = -(2**63), 2**63 - 1, 20


def read_json(text: bytes, file: str) -> pl.LazyFrame:
    """Read a file that is an array of JSON objects, or has one object a line.

    Args:
        text: its content.
        file: what messages call it.

    Returns:
        As `read_json_lines`; `_row` is the place in the array.

    Raises:
        SourceError: it is neither.
    """
    if not text.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"["):
        return read_json_lines(text, file)
    try:
        objects = json.loads(text.removeprefix(codecs.BOM_UTF8))
    except UnicodeDecodeError as error:
        raise SourceError(
            f"{file}: is not UTF-8. Save the file as UTF-8, or say encoding: in workspace.yaml."
        ) from error
    except json.JSONDecodeError as error:
        raise SourceError(
            f"{file}: line {error.lineno} is not JSON: {error.msg} (character {error.colno}). Is the file whole?"
        ) from error
    except (RecursionError, ValueError) as error:
        raise SourceError(
            f"{file}: cannot be read as JSON: {first_line(error)}. Expected an array of objects."
        ) from error
    for at, each in enumerate(objects, start=1):
        if not isinstance(each, dict):
            raise SourceError(f"{file}: element {at} of the array is not an object. Each row is one object.")
    if not objects:
        raise SourceError(f"{file}: is an empty array. Even a table without rows has columns: save it as CSV.")
    return read_json_lines("\n".join(json.dumps(each) for each in objects).encode(), file)


def read_json_lines(text: bytes, file: str) -> pl.LazyFrame:
    """Read a file of one JSON object a line.

    Args:
        text: its content.
        file: what messages call it.

    Returns:
        A column per key that occurs (null where a line lacks it) and `_row`, the 1-based line among those not blank.
        A key whose values are of several types is text.

    Raises:
        SourceError: a line is not a JSON object, or the file is not UTF-8.
    """
    text = text.removeprefix(codecs.BOM_UTF8)
    if text.lstrip().startswith(b"["):
        raise SourceError(
            f"{file}: holds a JSON array. JSON lines have one object a line; give an array the ending .json."
        )
    if b"\r" in text and b"\n" not in text:
        raise SourceError(f"{file}: is one long line. Lines must end in LF or CRLF, not in CR alone.")
    try:
        frame = pl.read_ndjson(text, infer_schema_length=None)
    except BROKEN as error:
        found = _diagnose(text, file)
        if found:
            raise SourceError(found) from error
        frame = _with_numbers_as_text(text, file)
    _require_keys_once(text, frame, file)
    columns = [name for name in frame.columns if name != ROW]
    return (
        frame.lazy()
        .select(columns)
        .with_row_index("row\x1f", offset=1)
        .select(*columns, pl.col("row\x1f").cast(pl.Int64).alias(ROW))
    )


def _require_keys_once(text: bytes, frame: pl.DataFrame, file: str) -> None:
    """Refuse an object that gives a key twice: readers differ in which of the two they take."""
    suspects = [name for name in frame.columns if _occurrences(text, name) > frame.height]
    for number, line in enumerate(text.split(b"\n"), start=1) if suspects else ():
        repeated = _repeated_key(line) if line.strip() else None
        if repeated is not None:
            raise SourceError(f"{file}: line {number} has the key '{repeated}' twice. Keep one of them.")


def _occurrences(text: bytes, name: str) -> int:
    key = json.dumps(name, ensure_ascii=False).encode()
    return text.count(key + b":") + text.count(key + b" :")


def _repeated_key(line: bytes) -> str | None:
    pairs: list[tuple[str, object]] = []

    def note(found: list[tuple[str, object]]) -> None:
        # The outermost object is finished last.
        pairs[:] = found

    json.loads(line, object_pairs_hook=note)
    keys = [key for key, _ in pairs]
    return next((key for key in keys if keys.count(key) > 1), None)


def _with_numbers_as_text(text: bytes, file: str) -> pl.DataFrame:
    """Read again what is JSON but for the fast reader: NaN, infinity and integers beyond 64 bits become text.

    As text they are values that no number column can hold, and are reported as such.
    """
    lines = [json.dumps(_loaded(line)) for line in text.split(b"\n") if line.strip()]
    try:
        return pl.read_ndjson("\n".join(lines).encode(), infer_schema_length=None)
    except BROKEN as error:
        raise SourceError(_unreadable(file, error)) from error


def _loaded(line: bytes) -> object:
    return json.loads(line, parse_constant=str, parse_int=_integer, parse_float=_number)


def _integer(digits: str) -> int | str:
    if len(digits) > _MOST_DIGITS:
        return digits
    number = int(digits)
    return number if _LEAST <= number <= _MOST else digits


def _number(digits: str) -> float | str:
    number = float(digits)
    return number if math.isfinite(number) else digits


def _unreadable(file: str, error: BaseException) -> str:
    return f"{file}: cannot be read as JSON lines: {first_line(error)}. One object a line."


def _diagnose(text: bytes, file: str) -> str | None:
    for number, line in enumerate(text.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            value = _loaded(line)
        except UnicodeDecodeError:
            return f"{file}: line {number} is not UTF-8. Save the file as UTF-8."
        except json.JSONDecodeError as error:
            return f"{file}: line {number} is not JSON: {error.msg} (character {error.colno}). One object a line."
        except RecursionError:
            return f"{file}: line {number} is nested too deeply. Each line is one flat object."
        except ValueError as error:
            return f"{file}: line {number} cannot be read: {first_line(error)}."
        if not isinstance(value, dict):
            return f'{file}: line {number} is not an object. Each line is one object, such as {{"account_id": "A1"}}.'
    return None
