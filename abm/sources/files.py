"""Files become raw tables: one format per ending, every way a file can be broken one clear message."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

import polars as pl

from abm.errors import SourceError
from abm.sources.delimited import read_delimited
from abm.sources.guard import admitted, collected, first_line, locate, reading
from abm.sources.json_lines import read_json_lines
from abm.sources.options import FileOptions
from abm.sources.tables import Part, RawTable
from abm.tables.hygiene import ROW

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

_HINTS = {
    ".json": " A JSON array is read with `sql:` and read_json('{file}').",
    ".xlsx": " In the spreadsheet choose 'Save as' and 'CSV UTF-8'.",
    ".xls": " In the spreadsheet choose 'Save as' and 'CSV UTF-8'.",
    ".txt": " Is it comma-separated? Give it the ending .csv; with tabs, .tsv.",
    ".gz": " Unpack it first.",
    ".zip": " Unpack it first.",
}


def located_files(files: Sequence[str], folder: Path) -> tuple[str, ...]:
    """Return the files that names, patterns and folders mean, each made sure of.

    Raises:
        SourceError: one of them cannot be opened or lies outside the data folder.
    """
    for file in files:
        locate(file, folder)
    return tuple(files)


def read_files(name: str, files: Sequence[str], folder: Path, options: FileOptions | None = None) -> RawTable:
    """Read the files of one table, one below the other.

    Args:
        name: canonical table name.
        files: paths relative to `folder` (or absolute, but below it), with one and the same set of columns.
        folder: the data folder; nothing outside it is read, whatever links say.
        options: header and names of delimited files.

    Returns:
        The rows in file order with a running `_row`. Delimited text comes as String columns, Parquet stays lazy.

    Raises:
        SourceError: a file is missing, lies elsewhere, is not what its ending says, or has other columns than the
            first.
    """
    frames = [_read_one(file, folder, options or FileOptions()) for file in files]
    where = ", ".join(files)
    if len(frames) == 1:
        return RawTable(name, where, frames[0], (Part(files[0]),))
    parts: list[Part] = []
    shifted: list[pl.LazyFrame] = []
    columns = [column for column in frames[0].collect_schema() if column != ROW]
    rows_before = 0
    for file, frame in zip(files, frames, strict=True):
        _require_same_columns(files[0], columns, file, frame)
        parts.append(Part(file, rows_before))
        shifted.append(frame.select(*columns, pl.col(ROW) + rows_before))
        rows_before += collected(frame.select(pl.len()), file).item()
    together = pl.concat(shifted, how="vertical_relaxed")
    try:
        together.collect_schema()
    except pl.exceptions.PolarsError as error:
        raise SourceError(f"{where}: a column has another type in one of the files: {first_line(error)}") from error
    return RawTable(name, where, together, tuple(parts))


def _read_one(file: str, folder: Path, options: FileOptions) -> pl.LazyFrame:
    ending = PurePath(file).suffix.lower()
    reader = READERS.get(ending)
    if reader is None:
        # A file that is not there is the nearer mistake: its ending may be misspelt too.
        locate(file, folder)
        hint = _HINTS.get(ending, "").format(file=file)
        raise SourceError(
            f"{file}: '{ending}' is not a format that can be read. Endings known: {', '.join(READERS)}.{hint}"
        )
    if not options.header and reader not in (_csv, _tsv):
        raise SourceError(f"{file}: header and names are options of .csv and .tsv files only. Remove them.")
    path = admitted(file, folder)
    with reading(path, file, ending[1:]):
        return reader(path, file, options)


def _csv(path: Path, file: str, options: FileOptions) -> pl.LazyFrame:
    return read_delimited(path, file, ",", None if options.header else options.names)


def _tsv(path: Path, file: str, options: FileOptions) -> pl.LazyFrame:
    return read_delimited(path, file, "\t", None if options.header else options.names)


def _json_lines(path: Path, file: str, _options: FileOptions) -> pl.LazyFrame:
    return read_json_lines(path, file)


def _parquet(path: Path, _file: str, _options: FileOptions) -> pl.LazyFrame:
    # `glob=False`: a file named `a[1].parquet` is that file. Hive columns are not the table's own.
    scan = pl.scan_parquet(path, glob=False, hive_partitioning=False)
    columns = [name for name in scan.collect_schema() if name != ROW]
    numbered = scan.select(columns).with_row_index(ROW, offset=1)
    return numbered.select(*columns, pl.col(ROW).cast(pl.Int64))


READERS: dict[str, Callable[[Path, str, FileOptions], pl.LazyFrame]] = {
    ".csv": _csv,
    ".tsv": _tsv,
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
    ".parquet": _parquet,
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
