"""The cells of a list as the bytes of one or several files that keep to the platform's limits."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from abm.errors import OutputError
from abm.output.lists.target import filled_in
from abm.output.spreadsheet import for_spreadsheet
from abm.output.workbook import workbook
from abm.output.writers import joined

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import IO

    from abm.output.lists.target import Target

_BOM = b"\xef\xbb\xbf"
_PIECE = 50_000
"""Rows turned into bytes at once, so that a file never lies in memory as a whole."""
_SHEET = "list"


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file of a list.

    Attributes:
        path: where it lies.
        rows: of the list, without header and rows of constants.
        size: in bytes.
        sha256: of its bytes, in hexadecimal digits.
        holds: `all`, `added` or `removed`.
    """

    path: Path
    rows: int
    size: int
    sha256: str
    holds: str = "all"


def parts(
    target: Target, frame: pl.DataFrame, words: Mapping[str, str], stamp: Mapping[str, str]
) -> list[pl.DataFrame]:
    """Divide the rows among as few files as the platform's limits allow, equal in size to a row; at least one."""
    limits = target.limits
    count = 1 if limits.most is None else max(1, -(-frame.height // limits.most))
    while True:
        rows = max(1, -(-frame.height // count))
        pieces = [frame.slice(start, rows) for start in range(0, max(frame.height, 1), rows)]
        if limits.most_bytes is None:
            return pieces
        largest = max(sum(map(len, content(target, each, words, stamp))) for each in pieces)
        if largest <= limits.most_bytes:
            return pieces
        if rows == 1:
            raise OutputError(
                f"{target.name}: a single row has more than the {limits.most_bytes:,} bytes that a file may have."
                " Shorten its texts."
            )
        count = max(count + 1, -(-count * largest // limits.most_bytes))


def written(stream: IO[bytes], pieces: Iterator[bytes]) -> tuple[int, str]:
    """Write bytes and return how many they are, and their SHA-256."""
    digest, size = hashlib.sha256(), 0
    for each in pieces:
        stream.write(each)
        digest.update(each)
        size += len(each)
    return size, digest.hexdigest()


def content(target: Target, frame: pl.DataFrame, words: Mapping[str, str], stamp: Mapping[str, str]) -> Iterator[bytes]:
    """Give the bytes of one file, piece by piece; equal tables give equal bytes."""
    form = target.file
    if form.format == "parquet":
        stream = io.BytesIO()
        frame.write_parquet(stream, metadata=dict(stamp))
        yield stream.getvalue()
        return
    if form.format == "xlsx":
        yield workbook({_SHEET: frame}, stamp).content
        return
    if form.encoding == "utf-8-bom":
        yield _BOM
    yield _csv(_constants(target, frame.columns, words), form.separator, header=True)
    for piece in frame.iter_slices(_PIECE):
        shown = for_spreadsheet(piece) if form.read_by == "spreadsheet" else joined(piece)
        yield _csv(shown, form.separator, header=False)


def _constants(target: Target, columns: Sequence[str], words: Mapping[str, str]) -> pl.DataFrame:
    """The rows that stand before the others; none for most."""
    rows = [{key: filled_in(text, dict(words)) for key, text in row.items()} for row in target.before]
    listed = [[row.get(name) or None for name in columns] for row in rows]
    return pl.DataFrame(listed, schema=dict.fromkeys(columns, pl.String), orient="row")


def _csv(frame: pl.DataFrame, separator: str, *, header: bool) -> bytes:
    stream = io.BytesIO()
    frame.write_csv(stream, separator=separator, include_header=header)
    return stream.getvalue()
