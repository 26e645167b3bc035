"""Files become raw tables: one format per ending, every way a file can be broken one clear message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from abm.errors import SourceError, did_you_mean
from abm.sources.delimited import read_delimited
from abm.sources.json_lines import read_json_lines
from abm.sources.tables import Part, RawTable
from abm.tables.hygiene import ROW

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

_SHOWN_FILES = 20


@dataclass(frozen=True, slots=True)
class FileOptions:
    """How the files of one table are written.

    Attributes:
        header: whether delimited files begin with column names.
        names: the column names of delimited files without header.
    """

    header: bool = True
    names: tuple[str, ...] = ()


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
        rows_before += frame.select(pl.len()).collect().item()
    together = pl.concat(shifted, how="vertical_relaxed")
    try:
        together.collect_schema()
    except pl.exceptions.PolarsError as error:
        raise SourceError(f"{where}: a column has another type in one of the files: {first_line(error)}") from error
    return RawTable(name, where, together, tuple(parts))


def locate(file: str, folder: Path) -> Path:
    """Find a file below the data folder.

    Raises:
        SourceError: it does not exist, is a folder, cannot be opened, or lies outside the data folder once links and
            `..` are followed.
    """
    root = folder.resolve()
    path = (root / file).resolve()
    if not path.is_relative_to(root):
        raise SourceError(
            f"{file}: lies outside the data folder. Only files below it are read, also through links:"
            " move the file there, or name a wider folder with `data:` or --data."
        )
    try:
        if path.is_dir():
            raise SourceError(f"{file}: is a folder. Name a file in it, or several as a list.")
        with path.open("rb") as handle:
            if not handle.read(1):
                raise SourceError(f"{file}: is empty. Even a table without rows has a header or a schema.")
    except FileNotFoundError as error:
        near = sorted(each.name for each in path.parent.iterdir() if each.is_file()) if path.parent.is_dir() else []
        raise SourceError(
            f"{file}: there is no such file in the data folder.{did_you_mean(path.name, near)}"
            f" Files there: {', '.join(near[:_SHOWN_FILES]) or 'none'}."
        ) from error
    except OSError as error:
        raise SourceError(f"{file}: cannot be opened ({error.strerror}). Check its permissions.") from error
    return path


def first_line(error: BaseException) -> str:
    """Return the first line of what another library said."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def _read_one(file: str, folder: Path, options: FileOptions) -> pl.LazyFrame:
    path = locate(file, folder)
    ending = path.suffix.lower()
    reader = READERS.get(ending)
    if reader is None:
        raise SourceError(f"{file}: '{ending}' is not a format that can be read. Endings known: {', '.join(READERS)}.")
    if not options.header and reader not in (_csv, _tsv):
        raise SourceError(f"{file}: header and names are options of .csv and .tsv files only.")
    try:
        return reader(path, file, options)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise SourceError(f"{file}: cannot be read as {ending[1:]}: {first_line(error)}") from error


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
