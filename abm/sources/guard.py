"""The one guard every reader passes: a file lies where it may, can be opened, and holds what its ending says.

Files of a workspace and files named in a query go through `admitted`; whatever a reader trips over later goes through
`reading`, which looks at the bytes once more to say what is wrong in words of the file and not of the library.
"""

from __future__ import annotations

import codecs
import stat
from contextlib import contextmanager
from os.path import realpath
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import polars as pl

from abm.errors import OutputError, SourceError, did_you_mean, is_full

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT_ENDINGS = frozenset({".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson"})
"""Endings of files that hold UTF-8 text."""

PARQUET_ENDINGS = frozenset({".parquet", ".pq"})
"""Endings of Parquet files."""

ARROW_ENDINGS = frozenset({".arrow", ".feather"})
"""Endings of Arrow files."""

_SHOWN_FILES = 20
_HEAD = 1 << 16
_PARQUET = b"PAR1"
_ARROW = b"ARROW1"
_SHORTEST_PARQUET = 12
_UTF_16_OR_32 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
_AS_CSV = "In the spreadsheet choose 'Save as' and 'CSV UTF-8'."
_WHOLE = "Is it whole? Copy or export it again."
_UNPACK = "Unpack it first."
_NAMED = "Give it the ending {}, behind that of what it holds: such as .csv{}."
# What files begin with that are often found under a wrong name, and what to do about each.
_STRANGERS: tuple[tuple[bytes, str, str], ...] = (
    (
        b"PK\x03\x04",
        "a spreadsheet (.xlsx) or another zip archive",
        "Give a spreadsheet the ending .xlsx; unpack an archive.",
    ),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old spreadsheet (.xls)", _AS_CSV),
    (b"\x1f\x8b", "compressed (gzip)", _NAMED.format(".gz", ".gz")),
    (b"\x28\xb5\x2f\xfd", "compressed (zstd)", _NAMED.format(".zst", ".zst")),
    (b"BZh9", "compressed (bzip2)", _UNPACK),
    (b"\xfd7zXZ\x00", "compressed (xz)", _UNPACK),
    (_PARQUET, "a Parquet file", "Give it the ending .parquet."),
    (_ARROW, "an Arrow file", "Give it the ending .arrow."),
    (b"SQLite format 3\x00", "a database", "Export the table from it as CSV or Parquet."),
    (b"%PDF-", "a PDF document", "Export the table as CSV."),
    (b"<!doctype html", "a web page", "Perhaps a log-in page was saved in place of the export: download it again."),
    (b"<html", "a web page", "Perhaps a log-in page was saved in place of the export: download it again."),
    (b"version https://git-lfs", "a pointer to a file kept by Git LFS", "Fetch the file itself with `git lfs pull`."),
)


def locate(file: str, folder: Path) -> Path:
    """Find a file below the data folder and make sure that it can be opened.

    Raises:
        SourceError: it does not exist, is a folder, a dangling link or no file at all, cannot be opened, is empty, or
            lies outside the data folder once links and `..` are followed.
    """
    if "\0" in file:
        raise SourceError(f"{file!r}: no file can have this name. Remove the NUL character.")
    root = Path(realpath(folder))
    # Not `Path.resolve`: of links that go round in a circle it makes an error of its own.
    path = Path(realpath(root / file))
    if not path.is_relative_to(root):
        raise SourceError(
            f"{file}: lies outside the data folder. Only files below it are read, also through links:"
            " move the file there, or name a wider folder with `data:` or --data."
        )
    try:
        _require_file(path, file)
        with path.open("rb") as handle:
            if not handle.read(_HEAD).strip() and not handle.read(1):
                raise SourceError(f"{file}: is empty. Even a table without rows has a header or a schema.")
    except FileNotFoundError as error:
        raise SourceError(_missing(file, root, path)) from error
    except OSError as error:
        raise SourceError(f"{file}: cannot be opened ({_reason(error)}). {_remedy(error)}") from error
    return path


def admitted(file: str, folder: Path) -> Path:
    """Find a file below the data folder and make sure that its bytes are of the kind its ending says.

    Raises:
        SourceError: as of `locate`; or it is compressed, a spreadsheet, UTF-16, a Parquet file that breaks off ...
    """
    path = locate(file, folder)
    fault = diagnosis(path, file, whole=False)
    if fault:
        raise SourceError(fault)
    return path


@contextmanager
def reading(path: Path, file: str, what: str) -> Iterator[None]:
    """Turn whatever a library says about a file into one SourceError that names it.

    Args:
        path: where it lies.
        file: what messages call it.
        what: what it should be, such as "CSV".
    """
    try:
        yield
    except SourceError:
        raise
    except LIBRARY_ERRORS as error:
        raise SourceError(
            diagnosis(path, file) or f"{file}: cannot be read as {what}: {_said(error)}. {_WHOLE}"
        ) from error


BROKEN = (pl.exceptions.PolarsError, pl.exceptions.PanicException)
"""What Polars raises at broken data; a panic is no plain Exception."""

LIBRARY_ERRORS = (OSError, ValueError, RuntimeError, MemoryError, *BROKEN)
"""What any library may raise at broken data, such as a column's name that is not text."""


def diagnosis(path: Path, file: str, *, whole: bool = True) -> str | None:
    """Say what is wrong with the bytes of a file: all of them, or only the first and the last; None if nothing is."""
    ending = PurePath(file).suffix.lower()
    try:
        fault = _fault(path, ending)
        if fault is None and whole and ending in TEXT_ENDINGS:
            fault = _not_utf8(path)
    except OSError as error:
        fault = f"cannot be read ({_reason(error)}). {_remedy(error)}"
    return f"{file}: {fault}" if fault else None


def collected(frame: pl.LazyFrame, where: str) -> pl.DataFrame:
    """Collect what a source gives; what only now proves unreadable, such as a damaged page, is the source's fault.

    Raises:
        SourceError: as said.
    """
    try:
        return frame.collect(engine="streaming")
    except (OSError, *BROKEN) as error:
        raise SourceError(f"{where}: cannot be read to its end: {_said(error)}. {_WHOLE}") from error


def put_aside(frame: pl.LazyFrame, path: Path, where: str) -> None:
    """Write what a source gives into a Parquet file, of which a part is in memory at a time.

    Raises:
        SourceError: as of `collected`.
        OutputError: there is no room for it.
    """
    try:
        frame.sink_parquet(path, compression="lz4", engine="streaming")
    except (OSError, *BROKEN) as error:
        if is_full(error):
            raise OutputError(f"{path.parent}: no space is left to put {where} aside. Free some.") from error
        raise SourceError(f"{where}: cannot be read to its end: {_said(error)}. {_WHOLE}") from error


def first_line(error: BaseException) -> str:
    """Return the first line of what another library said."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def _said(error: BaseException) -> str:
    return first_line(error).rstrip(". ")


def _require_file(path: Path, file: str) -> None:
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise SourceError(f"{file}: is a folder. Name a file in it, or several as a list.")
    if not stat.S_ISREG(mode):
        raise SourceError(f"{file}: is a pipe or a device, not a file. Save its content to a file and name that.")


def _missing(file: str, root: Path, path: Path) -> str:
    named = root / file
    if named.is_symlink():
        return f"{file}: is a link to {path.name}, which is not there. Restore that file, or link to another."
    folder = named.parent
    try:
        near = sorted(each.name for each in folder.iterdir() if each.is_file()) if folder.is_dir() else []
    except OSError:
        near = []
    more = f" and {len(near) - _SHOWN_FILES} more" if len(near) > _SHOWN_FILES else ""
    return (
        f"{file}: there is no such file in the data folder.{did_you_mean(named.name, near)}"
        f" Files there: {', '.join(near[:_SHOWN_FILES]) or 'none'}{more}."
    )


def _reason(error: OSError) -> str:
    return error.strerror or first_line(error)


def _remedy(error: OSError) -> str:
    return "Ask for the right to read it." if isinstance(error, PermissionError) else "Check the file and its disk."


def _fault(path: Path, ending: str) -> str | None:
    """Look at the first and last bytes of a file."""
    with path.open("rb") as handle:
        head = handle.read(_HEAD)
        size = handle.seek(0, 2)
        handle.seek(max(0, size - len(_PARQUET)))
        tail = handle.read()
    if ending in PARQUET_ENDINGS:
        return _parquet_fault(head, tail, size)
    if ending in ARROW_ENDINGS and not head.startswith(_ARROW):
        stranger = _stranger(head) or "Such a file begins with ARROW1. Check its name, or export it again."
        return f"is not an Arrow file. {stranger}"
    return _text_fault(head) if ending in TEXT_ENDINGS else None


def _parquet_fault(head: bytes, tail: bytes, size: int) -> str | None:
    if not head.startswith(_PARQUET):
        stranger = _stranger(head) or "Such a file begins with PAR1. Check its name, or export it again."
        return f"is not a Parquet file. {stranger}"
    if size < _SHORTEST_PARQUET or tail != _PARQUET:
        return "is a Parquet file that breaks off: its end is missing. Copy, download or export it again."
    return None


def not_text(head: bytes) -> str | None:
    """Say what the first bytes of a file are of, if they are of no text; None if they may be of text.

    >>> not_text(b"%PDF-1.7")
    'is not text. It is a PDF document. Export the table as CSV.'
    """
    stranger = _stranger(head)
    return f"is not text. {stranger}" if stranger else None


def _text_fault(head: bytes) -> str | None:
    stranger = _stranger(head)
    if stranger:
        return f"is not text. {stranger}"
    # Text in two bytes a letter has a NUL in nearly every other place.
    if head.startswith(_UTF_16_OR_32) or head.count(0) * 4 > len(head):
        return "is UTF-16 or UTF-32 text ('Unicode text'). Save it as UTF-8 (spreadsheets: 'CSV UTF-8')."
    return None


def _stranger(head: bytes) -> str | None:
    page = head.removeprefix(codecs.BOM_UTF8).lstrip()[:64].lower()
    found = next((each for each in _STRANGERS if head.startswith(each[0]) or page.startswith(each[0])), None)
    return f"It is {found[1]}. {found[2]}" if found else None


def _not_utf8(path: Path) -> str | None:
    """Find the first line that is not UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    with path.open("rb") as handle:
        while chunk := handle.readline(_HEAD):
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                return f"line {line} is not UTF-8. Save the file as UTF-8 (spreadsheets: 'CSV UTF-8')."
            line += chunk.endswith(b"\n")
    return None
