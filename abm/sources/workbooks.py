"""A sheet of a workbook becomes typed columns: numbers, days and text as its cells hold them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import polars as pl

from abm.errors import SourceError, did_you_mean
from abm.sources.guard import LIBRARY_ERRORS, first_line
from abm.sources.names import column_names
from abm.sources.notes import Note
from abm.sources.tables import ReadFile
from abm.sources.workbook_guard import Sheet, sheets_of
from abm.tables.findings import SAMPLE_SIZE, Level
from abm.tables.hygiene import ROW

if TYPE_CHECKING:
    from pathlib import Path

    from fastexcel import ExcelReader

    from abm.sources.options import FileOptions

_SHOWN = 20
_UNNAMED = "__UNNAMED__"
_ODD_COLUMN = re.compile(rf"{_UNNAMED}\d+")


def read_workbook(path: Path, file: str, options: FileOptions) -> ReadFile:
    """Read one sheet of a workbook.

    Args:
        path: where it lies.
        file: what messages call it.
        options: sheet, header and names; the sheet may be left open if only one is not empty.

    Returns:
        The columns of the sheet and `_row`, the row's number in the sheet. Columns of numbers, days and booleans are
        such; a column whose cells are of several types is text, its days ISO. Empty rows are left out. The header is
        the first row that is not empty. A cell that holds an error is empty and counted.

    Raises:
        SourceError: it is no workbook, asks for a password, would swell beyond all measure, or has several sheets and
            none is named.
    """
    sheets = sheets_of(path, file)
    sheet = _chosen(sheets, file, options.sheet)
    try:
        return _read(path, file, sheet, options)
    except SourceError:
        raise
    except (Exception, *LIBRARY_ERRORS) as error:
        # The library's errors have no common class below Exception.
        said = first_line(error)
        raise SourceError(
            f"{file}: sheet '{sheet.name}' cannot be read: {said}. Save the workbook anew, or the sheet as 'CSV UTF-8'."
        ) from error


def _chosen(sheets: tuple[Sheet, ...], file: str, wanted: str | None) -> Sheet:
    names = [sheet.name for sheet in sheets]
    if wanted is not None:
        for sheet in sheets:
            if sheet.name.strip().lower() == wanted.strip().lower():
                return sheet
        raise SourceError(
            f"{file}: there is no sheet '{wanted}'.{did_you_mean(wanted, names)} Sheets there: {_listed(names)}."
        )
    filled = [sheet for sheet in sheets if not sheet.is_empty and not sheet.is_hidden]
    if len(filled) == 1:
        return filled[0]
    if not filled:
        raise SourceError(f"{file}: its sheets are empty. Even a table without rows has a header.")
    raise SourceError(
        f"{file}: has {len(filled)} sheets: {_listed([sheet.name for sheet in filled])}. Say which is meant, by sheet:"
        " in workspace.yaml."
    )


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return (", ".join(f"'{name}'" for name in names[:_SHOWN]) or "none") + more


def _read(path: Path, file: str, sheet: Sheet, options: FileOptions) -> ReadFile:
    from fastexcel import read_excel  # noqa: PLC0415 - loaded only for workbooks

    reader = read_excel(path)
    # By the text of all cells it is known where the header is, and what a column of several types holds.
    words = reader.load_sheet(sheet.name, header_row=None, skip_rows=0, dtypes="string").to_polars()
    if not words.width or not words.height:
        raise SourceError(f"{file}: sheet '{sheet.name}' is empty. Even a table without rows has a header.")
    words.columns = [str(at) for at in range(words.width)]
    blank = words.select(pl.all_horizontal(pl.all().str.strip_chars().fill_null("") == "")).to_series()
    first = (~blank).arg_max()
    at = 0 if first is None else first
    header = [value or "" for value in words.row(at)]
    skipped = at + 1
    if not options.header:
        if len(options.names) != words.width:
            raise SourceError(f"{file}: names lists {len(options.names)} column(s), but the sheet has {words.width}.")
        header, skipped = list(options.names), at
    rows = words.with_row_index("row", offset=1)[skipped:]
    typed = _typed(reader, sheet, words[skipped:], skipped).with_columns(rows["row"].cast(pl.Int64).alias(ROW))
    typed = typed.filter(~blank[skipped:])
    columns, notes = column_names(file, header, typed.drop(ROW))
    notes += _errors(file, sheet)
    kept = [pl.col(str(at)).alias(name) for at, name in columns if name != ROW]
    return ReadFile(typed.lazy().select(*kept, ROW), tuple(notes))


def _typed(reader: ExcelReader, sheet: Sheet, words: pl.DataFrame, skipped: int) -> pl.DataFrame:
    """The columns with the types of their cells; those of several types, and empty ones, stay text."""
    as_text = {f"{_UNNAMED}{name}" for name in words.columns if words[name].null_count() == words.height}
    while len(as_text) < words.width:
        texts: Any = dict.fromkeys(as_text, "string")
        try:
            typed = reader.load_sheet(
                sheet.name, header_row=None, skip_rows=skipped, schema_sample_rows=None, dtypes=texts
            ).to_polars()
        except Exception as error:
            # Days and numbers in one column, say: the library names the column and gives up.
            odd = _ODD_COLUMN.search(str(error))
            if odd is None or odd.group() in as_text:
                raise
            as_text.add(odd.group())
            continue
        if typed.shape != words.shape:
            break
        typed.columns = words.columns
        return typed
    return words


def _errors(file: str, sheet: Sheet) -> list[Note]:
    if not sheet.errors:
        return []
    shown = sheet.errors[:SAMPLE_SIZE]
    message = (
        f"{file}: {len(sheet.errors)} cell(s) of sheet '{sheet.name}' hold an error such as #N/A; read as empty."
        f" The first: {', '.join(shown)}."
    )
    return [Note("cell_errors", message, level=Level.PROBLEM, count=len(sheet.errors), samples=shown)]
