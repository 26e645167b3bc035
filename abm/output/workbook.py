"""Workbooks: tables as sheets of one XLSX file, made for reading, in which text of the data can do nothing."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from importlib.util import find_spec
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import polars as pl

from abm.engines.polars import on_driver
from abm.errors import OutputError
from abm.output.files import draft, folder
from abm.output.meanings import meaning
from abm.output.sheets import Sheet, require_rows, sheet
from abm.output.writers import MANIFEST, manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from abm.scoring.result import ScoreResult

WORKBOOK = "results.xlsx"
"""The name of the workbook that holds a whole result."""
ABOUT = "about"

_HEADER = {"bold": True, "bg_color": "#DDE6EF", "bottom": 1, "valign": "vcenter"}
_NOTE = {"author": "abm", "x_scale": 1.6, "y_scale": 0.6}
_ABOUT_WIDTH = 24, 72
_NO_DAY = "2000-01-01"


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook.

    Attributes:
        content: the bytes of the file.
        notes: what had to be cut, in sentences.
    """

    content: bytes
    notes: tuple[str, ...]


def require_xlsxwriter() -> None:
    """Make sure that workbooks can be written; asked early, it saves the work that would come to nothing.

    Raises:
        OutputError: the optional package is missing.
    """
    if find_spec("xlsxwriter") is None:
        raise OutputError(
            "xlsx: workbooks are written by the package xlsxwriter, which is not installed."
            " Install it with: pip install 'abm[xlsx]'. Or choose --format csv."
        )


def workbook(
    tables: Mapping[str, pl.DataFrame],
    stamp: Mapping[str, str],
    about: Mapping[str, object] | None = None,
    *,
    alone: bool = False,
) -> Book:
    """Put tables into one workbook; equal tables give equal bytes.

    Every table is a sheet of its name, in the order given, header and keys frozen, with a filter, and a note on every
    heading that says what the column means; the last sheet, `about`, says what made them. Texts are written as text,
    never as formulas or links; days as days, numbers as numbers, lists joined with `;`. A null is an empty cell.

    Args:
        tables: the tables by name.
        stamp: what made them: model, version, hash, as_of, abm version. `as_of` is the day the file says it was made;
            what no model made has neither.
        about: more to say on the last sheet.
        alone: leave the last sheet out, for a workbook that will be read back as a table.

    Raises:
        OutputError: XlsxWriter is missing, or a table has more rows than a sheet holds.
    """
    require_xlsxwriter()
    require_rows(tables)
    sheets = {name: sheet(name, frame) for name, frame in tables.items()}
    notes = tuple(note for each in sheets.values() for note in each.notes)
    said = {**stamp, **(about or {}), **{f"rows of {name}": frame.height for name, frame in tables.items()}}
    facts = [*said.items(), *(("cut", note) for note in notes)]
    stream = io.BytesIO()
    try:
        with TemporaryDirectory(prefix="abm-") as scratch:
            _write(stream, sheets, stamp, None if alone else sheet(ABOUT, _about(facts)), scratch)
    except OSError as error:
        raise OutputError(
            f"the workbook cannot be put together ({error.strerror or error}). Nothing was written."
            " It needs scratch space: free some, or set TMPDIR to a folder that has it."
        ) from error
    return Book(stream.getvalue(), notes)


def write_workbook(result: ScoreResult, path: Path) -> tuple[list[Path], tuple[str, ...]]:
    """Write every table of a result into one workbook, `results.xlsx`, with `manifest.json` beside it.

    Args:
        result: what `score` gave.
        path: the folder; made if need be. Files of the same names are replaced, others stay.

    Returns:
        The two files, and what had to be cut.

    Raises:
        OutputError: XlsxWriter is missing, a table has more rows than a sheet holds, or a file cannot be written. No
            file has changed, and none is left half-written.
    """
    tables = {name: on_driver(table).collect() for name, table in result.tables().items()}
    book = workbook(tables, result.stamp)
    digest = hashlib.sha256(book.content).hexdigest()
    listed = {name: {"file": WORKBOOK, "sheet": name, "rows": tables[name].height, "sha256": digest} for name in tables}
    with folder(path), draft() as files:
        with files.open(path / WORKBOOK) as stream:
            stream.write(book.content)
        with files.open(path / MANIFEST) as stream:
            stream.write(manifest({**result.stamp, "files": listed}))
    return [path / WORKBOOK, path / MANIFEST], book.notes


def _about(facts: Sequence[tuple[str, object]]) -> pl.DataFrame:
    rows = [(name.replace("_", " "), "" if value is None else str(value)) for name, value in facts]
    return pl.DataFrame(rows, schema={"what": pl.String, "value": pl.String}, orient="row")


def _write(
    stream: io.BytesIO, sheets: Mapping[str, Sheet], stamp: Mapping[str, str], about: Sheet | None, scratch: str
) -> None:
    from xlsxwriter import Workbook  # noqa: PLC0415 - an optional package
    from xlsxwriter.exceptions import FileCreateError  # noqa: PLC0415

    never = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
    # Row by row to a scratch file: a million rows need no more memory than a hundred.
    book = Workbook(stream, {**never, "constant_memory": True, "tmpdir": scratch})
    # Without a day of its own the file says a fixed one, so that equal tables give equal bytes.
    day = stamp.get("as_of", _NO_DAY)
    made = datetime.combine(date.fromisoformat(day), time(), UTC).replace(tzinfo=None)
    title = f"{stamp['model']}, {day}" if "model" in stamp else ", ".join(sheets)
    book.set_properties({"title": title, "author": "abm", "created": made})
    header = book.add_format(_HEADER)
    used = sorted({each for ready in sheets.values() for each in ready.formats})
    formats = {each: book.add_format({"num_format": each}) for each in used}
    for name, ready in sheets.items():
        notes = [meaning(name, column) for column in ready.frame.columns]
        _fill(book.add_worksheet(name), ready, header, [formats[each] for each in ready.formats], notes)
    if about is not None:
        _fill_about(book, about, header)
    try:
        book.close()
    except FileCreateError as error:
        raise OSError(str(error)) from error


def _fill_about(book: Any, about: Sheet, header: Any) -> None:
    """Write the last sheet; `book` is a workbook of XlsxWriter."""
    page = book.add_worksheet(ABOUT)
    page.set_column(0, 0, _ABOUT_WIDTH[0])
    page.set_column(1, 1, _ABOUT_WIDTH[1])
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    for row, values in enumerate(about.frame.iter_rows()):
        page.write_string(row, 0, values[0], header)
        page.write_string(row, 1, values[1], plain)


def _fill(page: Any, ready: Sheet, header: Any, formats: Sequence[Any], notes: Sequence[str | None]) -> None:
    """Write one table; `page` is a worksheet of XlsxWriter."""
    frame = ready.frame
    page.freeze_panes(1, ready.keys)
    page.autofilter(0, 0, frame.height, frame.width - 1)
    for column, (name, width) in enumerate(zip(frame.columns, ready.widths, strict=True)):
        page.set_column(column, column, width)
        page.write_string(0, column, name, header)
        note = notes[column]
        if note is not None:
            page.write_comment(0, column, note, _NOTE)
    writers = [_writer(page, dtype) for dtype in frame.dtypes]
    for row, values in enumerate(frame.iter_rows(), start=1):
        for column, value in enumerate(values):
            if value is not None:
                writers[column](row, column, value, formats[column])


def _writer(page: Any, dtype: pl.DataType) -> Callable[..., object]:
    if dtype == pl.String:
        found = page.write_string
    elif dtype == pl.Boolean:
        found = page.write_boolean
    else:
        found = page.write_datetime if dtype == pl.Date else page.write_number
    writer: Callable[..., object] = found
    return writer
