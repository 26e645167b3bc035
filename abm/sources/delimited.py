"""Delimited text becomes text columns; what the fast reader would swallow, such as short rows, is refused."""

from __future__ import annotations

import csv
from collections import Counter
from typing import TYPE_CHECKING

import polars as pl

from abm.errors import SourceError
from abm.sources.dialect import WORDS, told_dialect
from abm.sources.encodings import Text, guessed, is_utf8
from abm.sources.guard import BROKEN, first_line
from abm.sources.names import column_names
from abm.sources.tables import ReadFile
from abm.tables.hygiene import ROW

if TYPE_CHECKING:
    from pathlib import Path

    from abm.sources.dialect import Dialect
    from abm.sources.options import FileOptions

_CHUNK = 1 << 24
_LONGEST_HEADER = 1 << 16
# No header holds a unit separator, so the index cannot clash with a column of the file.
_INDEX = "row\x1f"


def read_delimited(text: Text, file: str, ending: str, options: FileOptions) -> ReadFile:
    """Read a delimited file, all columns as text.

    Args:
        text: the file; if it is not UTF-8, its encoding is told by its bytes.
        file: what messages call it.
        ending: `.csv`, `.tsv` or `.txt`.
        options: header, names, delimiter and comment; quotes are `"`, doubled inside a quoted field.

    Returns:
        The columns of the file and `_row`, the 1-based data record (a quoted field may span lines). Empty records are
        left out but counted. Columns without a name are `column_N` if they hold anything, and dropped if not; of names
        that repeat the second is `name_2`, or dropped if it holds the same. Notes say what had to be decided.

    Raises:
        SourceError: an encoding that cannot be told, rows with too few or too many fields, open quotes.
    """
    guess = None
    if not is_utf8(text.head()):
        text, guess = guessed(text, file, options.encoding)
    try:
        read = _File(text, file, told_dialect(text, file, ending, options), options).read()
    except _NotUtf8Error:
        text, guess = guessed(text, file, options.encoding)
        read = _File(text, file, told_dialect(text, file, ending, options), options).read()
    return ReadFile(read.frame, (*([guess] if guess else []), *read.notes))


def repeated_names(path: Path) -> list[str]:
    """Return the names that stand more than once in the first line, whatever separates them."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            line = handle.readline(_LONGEST_HEADER)
            separator = max(WORDS, key=line.count)
            record = next(csv.reader([line], delimiter=separator), [])
    except (UnicodeDecodeError, csv.Error, OSError):
        return []
    names = [name.strip() for name in record if name.strip()]
    return [name for name, times in Counter(names).items() if times > 1]


class _NotUtf8Error(Exception):
    """The file that was taken for UTF-8 is not."""


class _File:
    """One file of a known dialect."""

    def __init__(self, text: Text, file: str, dialect: Dialect, options: FileOptions) -> None:
        self.text = text
        self.file = file
        self.separator = dialect.separator
        self.dialect = dialect
        self.names = None if options.header else options.names

    def read(self) -> ReadFile:
        first, lines = self._first_record()
        if self.names is not None and len(self.names) != len(first):
            raise SourceError(
                f"{self.file}: names lists {len(self.names)} column(s), but the first row has {len(first)} field(s)."
            )
        header = first if self.names is None else list(self.names)
        frame = self._rows(header, lines)
        empty = frame.select(pl.all_horizontal(pl.exclude(_INDEX).is_null())).to_series()
        whole = frame.filter(~empty) if empty.any() else frame
        columns, notes = column_names(self.file, header, whole.drop(_INDEX))
        kept = [pl.col(str(at)).alias(name) for at, name in columns if name != ROW]
        rows = whole.lazy().select(*kept, pl.col(_INDEX).cast(pl.Int64).alias(ROW))
        return ReadFile(rows, (*self.dialect.notes, *notes))

    def _first_record(self) -> tuple[list[str], int]:
        """Read the names (or the first row), and how many lines they take."""
        try:
            with self.text.opened() as handle:
                for _ in range(self.dialect.skipped_lines):
                    handle.readline()
                reader = csv.reader(handle, delimiter=self.separator)
                record = next((row for row in reader if row), None)
        except UnicodeDecodeError as error:
            raise _NotUtf8Error from error
        except csv.Error as error:
            raise SourceError(self._unreadable(error)) from error
        if record is None:
            raise SourceError(f"{self.file}: is empty. Even a table without rows has a header.")
        return record, reader.line_num

    def _rows(self, header: list[str], lines: int) -> pl.DataFrame:
        """Read all rows, their columns named by position."""
        fault: str | None = None
        try:
            frame = self._parsed(self.dialect.skipped_lines, has_header=self.names is None)
            if frame.width - 1 != len(header):
                raise SourceError(
                    f"{self.file}: its header breaks off oddly. Lines must end in LF or CRLF, not in CR alone."
                )
            frame.columns = [_INDEX, *(str(at) for at in range(len(header)))]
            if self._is_rectangular(frame, header if self.names is None else []):
                return frame
            fault = self._diagnosis(len(header))
            if fault is None or (not header[-1].strip() and self._diagnosis(len(header) - 1, 1) is None):
                return frame
        except BROKEN as error:
            if not self.text.is_utf8():
                raise _NotUtf8Error from error
            fault = self._diagnosis(len(header))
            wider = self._with_empty_last(header, lines)
            if wider is not None:
                return wider
            raise SourceError(fault or self._unreadable(error)) from error
        raise SourceError(fault)

    def _parsed(self, skipped: int, *, has_header: bool) -> pl.DataFrame:
        return pl.read_csv(
            self.text.source,
            has_header=has_header,
            separator=self.separator,
            infer_schema=False,
            skip_lines=skipped,
            row_index_name=_INDEX,
            row_index_offset=1,
            glob=False,
        )

    def _with_empty_last(self, header: list[str], lines: int) -> pl.DataFrame | None:
        """Read a file whose rows, and not its header, end in one more separator; None if it is not such a file."""
        if self.names is not None or self._diagnosis(len(header) + 1, 1) is not None:
            return None
        try:
            frame = self._parsed(self.dialect.skipped_lines + lines, has_header=False)
        except BROKEN:
            return None
        if frame.width - 2 != len(header) or frame[:, -1].null_count() < frame.height:
            return None
        frame = frame[:, :-1]
        frame.columns = [_INDEX, *(str(at) for at in range(len(header)))]
        return frame

    def _is_rectangular(self, frame: pl.DataFrame, header: list[str]) -> bool:
        """Whether the separators are as many as whole rows have: the fast reader fills short rows with null."""
        within_rows = frame.width - 2
        # An empty record is null in every column, the last one too.
        if not within_rows or not frame[:, -1].null_count():
            return True
        separators = quotes = 0
        with self.text.binary() as handle:
            handle.seek(self.dialect.skipped_bytes)
            while chunk := handle.read(_CHUNK):
                separators += chunk.count(self.separator.encode())
                quotes += chunk.count(b'"')
        if quotes:
            inside = frame.select(pl.col(pl.String).str.count_matches(self.separator, literal=True).sum())
            separators -= int(inside.sum_horizontal().item()) + sum(name.count(self.separator) for name in header)
        return separators == within_rows * (frame.height + bool(header))

    def _diagnosis(self, width: int, after: int = 0) -> str | None:
        """Look for the first row, `after` so many, that is not as wide as it should be; None if every row is."""
        try:
            with self.text.opened() as handle:
                for _ in range(self.dialect.skipped_lines):
                    handle.readline()
                reader = csv.reader(handle, delimiter=self.separator)
                start = 1
                for row in reader:
                    is_blank = not "".join(row).strip() and len(row) <= 1
                    if len(row) != width and not is_blank and after <= 0:
                        return (
                            f"{self.file}: line {start + self.dialect.skipped_lines} has {len(row)} field(s), {width}"
                            f" are expected. Fields that hold {self._words()} or line breaks stand in double quotes; no"
                            " field is left away."
                        )
                    after -= not is_blank
                    start = reader.line_num + 1
        except UnicodeDecodeError as error:
            raise _NotUtf8Error from error
        except csv.Error as error:
            return self._unreadable(error)
        return None

    def _words(self) -> str:
        return WORDS.get(self.separator, f"'{self.separator}'")

    def _unreadable(self, error: BaseException) -> str:
        said = f"{self.file}: cannot be read: {first_line(error)}."
        return f"{said} Is a quoted field left open, or does text follow a closing quote?"
