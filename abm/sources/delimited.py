"""CSV and TSV become text columns; what the fast reader would swallow (short rows, a wrong separator) is refused."""

from __future__ import annotations

import csv
from collections import Counter
from typing import TYPE_CHECKING

import polars as pl

from abm.errors import SourceError
from abm.sources.guard import BROKEN, diagnosis, first_line
from abm.tables.hygiene import ROW

if TYPE_CHECKING:
    from pathlib import Path

_CHUNK = 1 << 24
_LONGEST_HEADER = 1 << 16
_WORDS = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars"}
# No header holds a unit separator, so the index cannot clash with a column of the file.
_INDEX = "row\x1f"


def read_delimited(path: Path, file: str, separator: str, names: tuple[str, ...] | None) -> pl.LazyFrame:
    """Read a delimited UTF-8 file, all columns as text.

    Args:
        path: where it lies.
        file: what messages call it.
        separator: one character between fields; quotes are `"`, doubled inside a quoted field.
        names: column names of a file without header; None: the first record holds them.

    Returns:
        The columns of the file and `_row`, the 1-based data record (a quoted field may span lines). Empty records are
        left out but counted. Columns without a name are `column_N` if they hold anything, and dropped if not.

    Raises:
        SourceError: not UTF-8, another separator, names that repeat, rows with too few or too many fields, open quotes.
    """
    first = _first_record(path, file, separator)
    _require_separator(first, file, separator)
    if names is not None and len(names) != len(first):
        raise SourceError(f"{file}: names lists {len(names)} column(s), but the first row has {len(first)} field(s).")
    header = first if names is None else list(names)
    columns = _column_names(header, file)
    try:
        frame = pl.read_csv(
            path,
            has_header=names is None,
            separator=separator,
            infer_schema=False,
            row_index_name=_INDEX,
            row_index_offset=1,
            glob=False,
        )
    except BROKEN as error:
        raise SourceError(_diagnose(path, file, separator, len(columns)) or _unreadable(path, file, error)) from error
    if frame.width - 1 != len(columns):
        raise SourceError(f"{file}: its header breaks off oddly. Lines must end in LF or CRLF, not in CR alone.")
    frame.columns = [_INDEX, *columns]
    empty = frame.select(pl.all_horizontal(pl.col(columns).is_null())).to_series()
    if not _is_rectangular(frame, path, separator, header if names is None else [], int(empty.sum())):
        found = _diagnose(path, file, separator, len(columns))
        if found:
            raise SourceError(found)
    whole = frame.filter(~empty) if empty.any() else frame
    nameless = [name for name, given in zip(columns, header, strict=True) if not given.strip()]
    unused = {name for name in nameless if whole[name].null_count() == whole.height}
    kept = [name for name in columns if name not in unused and name != ROW]
    return whole.lazy().select(*kept, pl.col(_INDEX).cast(pl.Int64).alias(ROW))


def repeated_names(path: Path) -> list[str]:
    """Return the names that stand more than once in the first line, whatever separates them."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            line = handle.readline(_LONGEST_HEADER)
            separator = max(_WORDS, key=line.count)
            record = next(csv.reader([line], delimiter=separator), [])
    except (UnicodeDecodeError, csv.Error, OSError):
        return []
    names = [name.strip() for name in record if name.strip()]
    return [name for name, times in Counter(names).items() if times > 1]


def _first_record(path: Path, file: str, separator: str) -> list[str]:
    """Read the names (or the first row) with every separator tried on it later."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            record = next((row for row in csv.reader(handle, delimiter=separator) if row), None)
    except (UnicodeDecodeError, csv.Error) as error:
        raise SourceError(_unreadable(path, file, error)) from error
    if record is None:
        raise SourceError(f"{file}: is empty. Even a table without rows has a header.")
    return record


def _require_separator(first: list[str], file: str, separator: str) -> None:
    if len(first) > 1:
        return
    other, count = max(((each, first[0].count(each)) for each in _WORDS if each != separator), key=lambda pair: pair[1])
    if count:
        raise SourceError(
            f"{file}: its first line has no {_WORDS[separator]} but {count} {_WORDS[other]}. A .csv has commas, a .tsv"
            f" tabs: save it so, or read it with `sql:` and read_csv('{file}', delim = '{other}')."
        )


def _column_names(header: list[str], file: str) -> list[str]:
    names = [name.strip() or f"column_{position}" for position, name in enumerate(header, start=1)]
    repeated = [name for name, times in Counter(names).items() if times > 1]
    if repeated:
        raise SourceError(
            f"{file}: the column name '{repeated[0]}' is there {names.count(repeated[0])} times."
            " Names must differ: rename or remove one of them."
        )
    return names


def _is_rectangular(frame: pl.DataFrame, path: Path, separator: str, header: list[str], empty: int) -> bool:
    """Whether the separators in the file are as many as whole rows have: the fast reader fills short rows with null."""
    within_rows = frame.width - 2
    if not within_rows or (not empty and not frame[:, -1].null_count()):
        return True
    separators = quotes = 0
    with path.open("rb") as handle:
        while chunk := handle.read(_CHUNK):
            separators += chunk.count(separator.encode())
            quotes += chunk.count(b'"')
    if quotes:
        inside = frame.select(pl.col(pl.String).str.count_matches(separator, literal=True).sum()).sum_horizontal()
        separators -= int(inside.item()) + sum(name.count(separator) for name in header)
    return separators == within_rows * (frame.height + bool(header))


def _diagnose(path: Path, file: str, separator: str, width: int) -> str | None:
    """Look for the first row that is not as wide as it should be; None if every row is."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.reader(handle, delimiter=separator)
            start = 1
            for row in reader:
                is_blank = not "".join(row).strip() and len(row) <= 1
                if len(row) != width and not is_blank:
                    return (
                        f"{file}: line {start} has {len(row)} field(s), {width} are expected. Fields that hold"
                        f" {_WORDS[separator]} or line breaks stand in double quotes; no field is left away."
                    )
                start = reader.line_num + 1
    except (UnicodeDecodeError, csv.Error) as error:
        return _unreadable(path, file, error)
    return None


def _unreadable(path: Path, file: str, error: Exception) -> str:
    found = diagnosis(path, file)
    said = f"{file}: cannot be read: {first_line(error)}."
    return found or f"{said} Is a quoted field left open, or does text follow a closing quote?"
