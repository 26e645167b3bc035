"""The first rows of a file, as text: enough to see what it is, however large it is."""

from __future__ import annotations

import csv
import gzip
import itertools
import tempfile
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from abm.errors import SourceError
from abm.sources.coerce import as_text
from abm.sources.dialect import told_dialect
from abm.sources.encodings import Text, guessed, is_utf8
from abm.sources.files import DELIMITED, read_files
from abm.sources.guard import LIBRARY_ERRORS, collected, first_line, locate
from abm.sources.options import FileOptions
from abm.sources.packed import is_packed, unpacked
from abm.sources.presets.header import plain_name
from abm.sources.workbook_guard import sheets_of
from abm.tables.hygiene import ROW
from abm.workspace.start.listing import ending_of
from abm.workspace.start.values import Values

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_ROWS = 1000
"""Rows that are looked at."""

LARGE = 32 << 20
"""Text files beyond so many bytes are looked at in their first part, and their rows are not counted."""

_HEAD = 4 << 20
_FIRST_LINES = 20
WORKBOOK = ".xlsx"


@dataclass(frozen=True, eq=False)
class Sample:
    """The beginning of one file, or of one sheet of a workbook.

    Attributes:
        file: its path below the folder, `/` between the parts.
        header: its column names; `column_1` and so on where the file has none.
        rows: the first rows, all of them text.
        count: how many rows the file has, or None where they were not counted.
        named: whether the file has a header.
        sheet: the sheet of a workbook, or None.
    """

    file: str
    header: tuple[str, ...]
    rows: pl.DataFrame
    count: int | None
    named: bool = True
    sheet: str | None = None
    _values: dict[str, Values] = field(default_factory=dict, compare=False, repr=False)

    @property
    def label(self) -> str:
        """What to call it: the file, and its sheet if there are several."""
        return self.file if self.sheet is None else f"{self.file} [{self.sheet}]"

    @property
    def stem(self) -> str:
        """The plain name of the file, or of its sheet, without endings."""
        name = Path(self.file).name
        return plain_name(self.sheet or name.removesuffix(Path(name).suffix).split(".")[0])

    @cached_property
    def plain(self) -> Mapping[str, str]:
        """The columns by their plain names; of two that are plainly the same, the first."""
        names: dict[str, str] = {}
        for name in self.header:
            names.setdefault(plain_name(name), name)
        return names

    def values(self, column: str) -> Values:
        """What a column holds in these rows."""
        if column not in self._values:
            self._values[column] = Values.of(self.rows[column].to_list())
        return self._values[column]


def samples(file: str, folder: Path) -> list[Sample]:
    """Read the beginning of a file, or of each sheet of a workbook that holds rows.

    Raises:
        SourceError: it cannot be read.
    """
    if ending_of(file) != WORKBOOK:
        return [_whole_or_head(file, folder)]
    filled = [
        sheet.name for sheet in sheets_of(locate(file, folder), file) if not sheet.is_empty and not sheet.is_hidden
    ]
    if len(filled) <= 1:
        return [_sample(file, file, folder)]
    return [_sample(file, file, folder, sheet=sheet) for sheet in filled]


def fingerprint(file: str, folder: Path) -> str:
    """Return what two files have in common only if they are byte for byte the same.

    Raises:
        SourceError: it cannot be opened.
    """
    path = locate(file, folder)
    digest = sha256(str(path.stat().st_size).encode())
    try:
        with path.open("rb") as stream:
            # The beginning and the size tell exports apart; who has two like these has one.
            digest.update(stream.read(_HEAD))
    except OSError as error:
        raise SourceError(f"{file}: cannot be read ({error.strerror}). Check the file.") from error
    return digest.hexdigest()


def _whole_or_head(file: str, folder: Path) -> Sample:
    path = locate(file, folder)
    if ending_of(file) in DELIMITED and path.stat().st_size > LARGE:
        with tempfile.TemporaryDirectory(prefix="abm-") as place:
            head = _head_of(path, file, Path(place))
            if head is not None:
                return _sample(file, head, Path(place), counted=False)
    return _sample(file, file, folder)


def _sample(file: str, read: str, folder: Path, *, sheet: str | None = None, counted: bool = True) -> Sample:
    width = _width_without_header(read, folder) if ending_of(file) in DELIMITED else 0
    if width:
        names = tuple(f"column_{position}" for position in range(1, width + 1))
        options = FileOptions(header=False, names=names)
        return _made(file, read_files("file", [read], folder, options).frame, sheet, named=False, counted=counted)
    frame = read_files("file", [read], folder, FileOptions(sheet=sheet)).frame
    return _made(file, frame, sheet, named=True, counted=counted)


def _made(file: str, frame: pl.LazyFrame, sheet: str | None, *, named: bool, counted: bool) -> Sample:
    schema = {name: dtype for name, dtype in frame.collect_schema().items() if name != ROW}
    rows = collected(frame.select(as_text(name, dtype) for name, dtype in schema.items()).head(MOST_ROWS), file)
    count = collected(frame.select(pl.len()), file).item() if counted else None
    return Sample(file, tuple(schema), rows, count, named, sheet)


def _head_of(path: Path, file: str, place: Path) -> str | None:
    """Copy the first part of a large text file, up to the end of a line; None where that cannot be told."""
    if path.suffix.lower() == ".zst":
        return None
    opened = gzip.open if path.suffix.lower() == ".gz" else open
    try:
        with opened(path, "rb") as stream:
            head = stream.read(_HEAD)
    except LIBRARY_ERRORS as error:
        raise SourceError(f"{file}: cannot be read: {first_line(error)}. Is it whole?") from error
    if b"\0" in head:
        return None
    whole = head[: head.rfind(b"\n") + 1] or head
    # A quoted cell may hold line breaks: the part ends where no quote is open.
    while whole.count(b'"') % 2 and b"\n" in whole[:-1]:
        whole = whole[: whole[:-1].rfind(b"\n") + 1]
    (place / "head").mkdir()
    name = f"head/part{ending_of(file)}"
    (place / name).write_bytes(whole)
    return name


def _width_without_header(file: str, folder: Path) -> int:
    """Return how many columns a delimited file has, if its first line is a row like all others; else 0."""
    path = locate(file, folder)
    text = Text(unpacked(path, file) if is_packed(file) else path)
    try:
        if not is_utf8(text.head()):
            text = guessed(text, file)[0]
        dialect = told_dialect(text, file, ending_of(file), FileOptions())
        with text.opened() as stream:
            lines = list(itertools.islice(stream, dialect.skipped_lines, dialect.skipped_lines + _FIRST_LINES))
        records = [record for record in csv.reader(lines, delimiter=dialect.separator) if record]
    except (SourceError, *LIBRARY_ERRORS, csv.Error):
        # What is wrong with it is said by the reader.
        return 0
    return len(records[0]) if records and _is_a_row(records[0], records[1:]) else 0


def _is_a_row(first: list[str], others: list[list[str]]) -> bool:
    """Whether the first record looks like values and not like names of columns."""
    given = [cell.strip() for cell in first if cell.strip()]
    # Names differ, and are no addresses, days or numbers.
    telling = [cell for cell in given if _tells_value(cell)]
    if not telling:
        return False
    below = [cell.strip() for record in others for cell in record if cell.strip()]
    return not others or any(_tells_value(cell) for cell in below)


def _tells_value(cell: str) -> bool:
    one = Values((cell,))
    return one.mails or one.dates or (one.numbers and cell.strip("-+.,0123456789 ") == "") or _is_site(cell, one)


def _is_site(cell: str, one: Values) -> bool:
    # `companies.name` is a column of a query, `acme.com` a value.
    return one.domains and cell.rsplit(".", 1)[-1].lower() in {"com", "net", "org", "de", "io", "co", "uk", "fr", "edu"}
