"""Files become raw tables: one format per ending, every way a file can be broken one clear message."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

import polars as pl

from abm.errors import SourceError
from abm.sources.coerce import as_text
from abm.sources.delimited import read_delimited
from abm.sources.encodings import Text, as_utf8
from abm.sources.guard import admitted, collected, locate, not_text, reading
from abm.sources.json_lines import read_json, read_json_lines
from abm.sources.notes import Note
from abm.sources.options import FileOptions
from abm.sources.packed import inner_name, is_packed, unpacked
from abm.sources.patterns import found_files
from abm.sources.tables import Part, RawTable, ReadFile
from abm.tables.hygiene import ROW

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from abm.sources.patterns import Found

_HINTS = {
    ".xls": " In the spreadsheet choose 'Save as' and 'Excel Workbook (.xlsx)'.",
    ".xlsb": " In the spreadsheet choose 'Save as' and 'Excel Workbook (.xlsx)'.",
    ".ods": " In the spreadsheet choose 'Save as' and 'Excel Workbook (.xlsx)' or 'CSV UTF-8'.",
    ".zip": " Unpack it first.",
    ".bz2": " Unpack it first.",
    ".xz": " Unpack it first.",
}


@dataclass(frozen=True, slots=True)
class _Input:
    """One file to read: where it lies, what messages call it, how it is written."""

    path: Path
    file: str
    ending: str
    options: FileOptions

    def text(self) -> Text:
        """Its text as UTF-8, as far as its first bytes say what it is."""
        text = Text(unpacked(self.path, self.file) if is_packed(self.file) else self.path)
        if isinstance(text.source, bytes) and not text.source.strip():
            raise SourceError(f"{self.file}: is empty. Even a table without rows has a header.")
        fault = not_text(text.head())
        if fault:
            raise SourceError(f"{self.file}: {fault}")
        return as_utf8(text, self.file, self.options.encoding)


def table_name(file: str) -> str:
    """Return the table that a file is named as, if it is: its name without the endings.

    >>> table_name("contacts.csv.gz"), table_name("contacts.parquet")
    ('contacts', 'contacts')
    """
    return PurePath(inner_name(file)).stem


def is_data_file(file: str) -> bool:
    """Whether a file can be read, by its ending.

    >>> is_data_file("contacts.csv.gz"), is_data_file("contacts.xlsx"), is_data_file("model.yaml")
    (True, True, False)
    """
    ending = PurePath(inner_name(file)).suffix.lower()
    return ending in READERS and (not is_packed(file) or ending in TEXT_READERS)


def located_files(files: Sequence[str], folder: Path) -> tuple[str, ...]:
    """Return the files that names, patterns and folders mean, each made sure of.

    Raises:
        SourceError: nothing is there or fits; one of them cannot be opened or lies outside the data folder.
    """
    return tuple(each.file for file in files for each in found_files(file, folder, READERS))


def read_files(
    name: str, files: Sequence[str], folder: Path, options: FileOptions | None = None, *, only: str | None = None
) -> RawTable:
    """Read the files of one table, one below the other.

    Args:
        name: canonical table name.
        files: paths relative to `folder` (or absolute, but below it), patterns, or folders; see
            `abm.sources.patterns.found_files`. All have one and the same set of columns.
        folder: the data folder; nothing outside it is read, whatever links say.
        options: how the files are written, as far as a person says it.
        only: the one to read of the files that are meant.

    Returns:
        The rows in file order with a running `_row`. Text comes as String columns, sheets and JSON typed, Parquet and
        Arrow typed and lazy. Of files found by a pattern or in a folder, what the folders say (`year=2026/`) is a text
        column, unless the file has one of that name. A column that has several types is text, and a note says so.

    Raises:
        SourceError: a file is missing, lies elsewhere, is not what its ending says, or has other columns than the
            first.
    """
    options = options or FileOptions()
    found = [each for file in files for each in found_files(file, folder, READERS) if only in (None, each.file)]
    read = [_read_one(each, folder, options) for each in found]
    where = only or ", ".join(files)
    plain = not options.nulls and all(each.file.lower().endswith(".parquet") and not each.partition for each in found)
    paths = tuple(str(admitted(each.file, folder)) for each in found) if plain else ()
    findings = [note.finding(name, each.file) for each, one in zip(found, read, strict=True) for note in one.notes]
    if len(read) == 1:
        return RawTable(name, where, read[0].frame, (Part(found[0].file),), tuple(findings), paths)
    columns = [column for column in read[0].frame.collect_schema() if column != ROW]
    parts: list[Part] = []
    shifted: list[pl.LazyFrame] = []
    rows_before = 0
    for each, one in zip(found, read, strict=True):
        _require_same_columns(found[0].file, columns, each.file, one.frame)
        parts.append(Part(each.file, rows_before))
        shifted.append(one.frame.select(*columns, pl.col(ROW) + rows_before))
        # A Parquet file says how many rows it has; rows of text that hold nothing are counted, too.
        rows = pl.len() if each.file.lower().endswith(".parquet") else pl.col(ROW).max().fill_null(0)
        rows_before += collected(one.frame.select(rows), each.file).item()
    mixed = _mixed(columns, shifted)
    if mixed:
        shifted = [_with_text(frame, mixed) for frame in shifted]
        said = f"{where}: {', '.join(mixed)} have other types in some of the files; read as text."
        findings.append(Note("mixed_types", said).finding(name, found[0].file))
    joined = pl.concat(shifted, how="vertical_relaxed")
    return RawTable(name, where, joined, tuple(parts), tuple(findings), () if mixed else paths)


def _mixed(columns: list[str], frames: list[pl.LazyFrame]) -> list[str]:
    """The columns whose types in several files cannot be joined as numbers are."""
    schemas = [frame.collect_schema() for frame in frames]
    mixed: list[str] = []
    for column in columns:
        types = {schema[column] for schema in schemas} - {pl.Null()}
        if len(types) > 1 and not all(each.is_numeric() for each in types):
            mixed.append(column)
    return mixed


def _with_text(frame: pl.LazyFrame, columns: list[str]) -> pl.LazyFrame:
    schema = frame.collect_schema()
    return frame.with_columns(as_text(column, schema[column], strip=False).alias(column) for column in columns)


def _read_one(found: Found, folder: Path, options: FileOptions) -> ReadFile:
    file = found.file
    ending = PurePath(inner_name(file)).suffix.lower()
    reader = READERS.get(ending)
    if reader is None:
        # A file that is not there is the nearer mistake: its ending may be misspelt too.
        locate(file, folder)
        raise SourceError(
            f"{file}: '{ending or PurePath(file).suffix}' is not a format that can be read. Endings known:"
            f" {', '.join(READERS)}.{_HINTS.get(ending, '')}"
        )
    if is_packed(file) and reader not in TEXT_READERS.values():
        raise SourceError(
            f"{file}: {ending} is compressed in itself. Unpack it and take {PurePath(file).suffix} off its name."
        )
    _require_fitting(file, ending, options)
    path = locate(file, folder) if ending in TEXT_READERS or ending == ".xlsx" else admitted(file, folder)
    with reading(path, file, ending[1:]):
        return _with_options(reader(_Input(path, file, ending, options)), found, options)


def _require_fitting(file: str, ending: str, options: FileOptions) -> None:
    """Refuse options that this format has no use for: who gives them expects something of them."""
    delimited = ending in DELIMITED
    for given, fits, said in (
        (
            not options.header,
            delimited or ending == ".xlsx",
            "header and names are options of .csv, .tsv, .txt and .xlsx",
        ),
        (options.delimiter or options.comment, delimited, "delimiter and comment are options of .csv, .tsv and .txt"),
        (options.encoding, ending in TEXT_READERS, "encoding is an option of text"),
        (options.sheet, ending == ".xlsx", "sheet is an option of .xlsx"),
    ):
        if given and not fits:
            raise SourceError(f"{file}: {said} files only. Remove {'it' if ' is ' in said else 'them'}.")


def _with_options(read: ReadFile, found: Found, options: FileOptions) -> ReadFile:
    """Add what the folders say, and empty what means nothing."""
    frame = read.frame
    columns = frame.collect_schema()
    added = {name: value for name, value in found.partition if name not in columns}
    if added:
        values = [pl.lit(value, pl.String).alias(name) for name, value in added.items()]
        frame = frame.select(pl.exclude(ROW), *values, ROW)
    if options.nulls:
        text = pl.col(pl.String)
        words = [word.strip() for word in options.nulls]
        frame = frame.with_columns(pl.when(~text.str.strip_chars().is_in(words)).then(text))
    return ReadFile(frame, read.notes)


def _delimited(source: _Input) -> ReadFile:
    return read_delimited(source.text(), source.file, source.ending, source.options)


def _json(source: _Input) -> ReadFile:
    read = read_json if source.ending == ".json" else read_json_lines
    with source.text().binary() as handle:
        return ReadFile(read(handle.read(), source.file))


def _workbook(source: _Input) -> ReadFile:
    from abm.sources.workbooks import read_workbook  # noqa: PLC0415 - loaded only for such a file

    return read_workbook(source.path, source.file, source.options)


def _parquet(source: _Input) -> ReadFile:
    # `glob=False`: a file named `a[1].parquet` is that file.
    return _numbered(pl.scan_parquet(source.path, glob=False, hive_partitioning=False))


def _arrow(source: _Input) -> ReadFile:
    return _numbered(pl.scan_ipc(source.path, glob=False, hive_partitioning=False))


def _numbered(scan: pl.LazyFrame) -> ReadFile:
    given = scan.collect_schema().names()
    columns = [name for name in given if name != ROW]
    # With nothing in between, the scan numbers rows itself, and to count them it reads no column.
    numbered = (scan if columns == given else scan.select(columns)).with_row_index(ROW, offset=1)
    return ReadFile(numbered.select(*columns, pl.col(ROW).cast(pl.Int64)))


DELIMITED: dict[str, Callable[[_Input], ReadFile]] = {".csv": _delimited, ".tsv": _delimited, ".txt": _delimited}
"""Reader by ending of files with separators."""

TEXT_READERS: dict[str, Callable[[_Input], ReadFile]] = {
    **DELIMITED,
    ".jsonl": _json,
    ".ndjson": _json,
    ".json": _json,
}
"""Reader by ending of text files, which may be compressed (`PACKED_ENDINGS`)."""

READERS: dict[str, Callable[[_Input], ReadFile]] = {
    **TEXT_READERS,
    ".parquet": _parquet,
    ".xlsx": _workbook,
    ".arrow": _arrow,
    ".feather": _arrow,
}
"""Reader by file ending."""


def _require_same_columns(first: str, columns: list[str], file: str, frame: pl.LazyFrame) -> None:
    others = [column for column in frame.collect_schema() if column != ROW]
    if set(others) == set(columns):
        return
    lacks = [column for column in columns if column not in others]
    adds = [column for column in others if column not in columns]
    said = "; ".join(f"{verb} {', '.join(names)}" for verb, names in (("lacks", lacks), ("has besides", adds)) if names)
    raise SourceError(f"{file}: the files of one table have the same columns, but against {first} it {said}.")
