"""What is inside a workbook, looked at before it is read: its sheets, how large they are, and which cells are errors.

A workbook is a zip archive of XML. The library that reads it trusts what it finds, and holds a sheet as a full table
from its first used cell to its last: so sizes, declared and actual, and the farthest cell are looked at here.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from abm.errors import SourceError
from abm.sources.guard import first_line

if TYPE_CHECKING:
    from pathlib import Path

MOST_CELLS = 100_000_000
"""Cells of the table that spans all used cells of a sheet; the largest real exports have a tenth."""

LARGEST = 4 << 30
"""Bytes of a workbook once it is unpacked."""

_HARMLESS, _LARGEST_RATIO = 256 << 20, 250
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_CHUNK, _OVERLAP = 1 << 20, 256
_LARGEST_INDEX = 4 << 20
_WHOLE = "Save it anew in the spreadsheet, or export it again."
# Cells in the first 26 columns are looked at only from row 100,000 on; below that the numbers of rows tell enough.
_ROW = re.compile(rb"""<row\b(?:[^>]*?\br=["'](\d{1,7})["'])?""")
_FAR_CELL = re.compile(rb"""\br=["'](?:([A-Z]{2,3})(\d{1,7})|([A-Z])(\d{6,7}))["']""")
_ERROR_CELL = re.compile(rb"""<c\b[^>]*?\br=["']([A-Z]{1,3}\d{1,7})["'][^>]*?\bt=["']e["']""")
_NEAR_COLUMNS, _NEAR_ROWS = 26, 99_999
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook.

    Attributes:
        name: as its tab says.
        part: where it lies in the archive.
        is_hidden: whether people do not see it.
        is_empty: whether it has no cell at all.
        errors: the cells that hold an error, such as #N/A.
    """

    name: str
    part: str
    is_hidden: bool = False
    is_empty: bool = False
    errors: tuple[str, ...] = field(default=(), repr=False)


def sheets_of(path: Path, file: str) -> tuple[Sheet, ...]:
    """Look through a workbook.

    Args:
        path: where it lies.
        file: what messages call it.

    Returns:
        Its sheets, in the order of their tabs.

    Raises:
        SourceError: it is no workbook, asks for a password, is damaged, or would swell beyond all measure.
    """
    _require_zip(path, file)
    try:
        with zipfile.ZipFile(path) as archive:
            _require_bounded(archive, path, file)
            sheets = _listed(archive, file)
            return tuple(_looked_at(archive, sheet, file) for sheet in sheets)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
        ET.ParseError,
    ) as error:
        raise SourceError(f"{file}: is a damaged workbook ({first_line(error)}). {_WHOLE}") from error
    except (KeyError, ValueError) as error:
        raise SourceError(
            f"{file}: is a zip archive, but no workbook. Unpack it, or save it as .xlsx or .csv."
        ) from error


def _require_zip(path: Path, file: str) -> None:
    with path.open("rb") as handle:
        head = handle.read(1 << 16)
        if head.startswith(_ZIP):
            return
        if not head.startswith(_OLE):
            raise SourceError(f"{file}: is not a workbook (.xlsx). If it is text, give it the ending .csv or .txt.")
        # The directory of such a container may stand anywhere in it.
        while head:
            if _ENCRYPTED in head:
                raise SourceError(
                    f"{file}: is a workbook that asks for a password. Save it without one: in the spreadsheet choose"
                    " 'Protect Workbook', 'Encrypt with Password', and empty the field."
                )
            rest = handle.read(_CHUNK)
            head = head[-_OVERLAP:] + rest if rest else b""
    raise SourceError(
        f"{file}: is an old workbook (.xls). In the spreadsheet choose 'Save as' and 'Excel Workbook (.xlsx)'."
    )


def _require_bounded(archive: zipfile.ZipFile, path: Path, file: str) -> None:
    declared = sum(info.file_size for info in archive.infolist())
    if declared > min(LARGEST, max(_HARMLESS, path.stat().st_size * _LARGEST_RATIO)):
        raise SourceError(
            f"{file}: {path.stat().st_size:,} bytes unpack to {declared:,}, as no workbook does. If it is what it"
            " should be, save the sheet as 'CSV UTF-8'."
        )
    if any(info.flag_bits & 1 for info in archive.infolist()):
        raise SourceError(f"{file}: is encrypted. Save it without a password.")


def _listed(archive: zipfile.ZipFile, file: str) -> list[Sheet]:
    """The sheets that the index of the workbook names."""
    relations = {each.get("Id"): each.get("Target", "") for each in _index(archive, "xl/_rels/workbook.xml.rels", file)}
    sheets: list[Sheet] = []
    for each in _index(archive, "xl/workbook.xml", file).iter():
        if not each.tag.endswith("}sheet"):
            continue
        target = relations.get(each.get(_RELATION), "")
        part = target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
        if "worksheets/" in part:
            sheets.append(Sheet(each.get("name", ""), part, each.get("state", "visible") != "visible"))
    return sheets


def _index(archive: zipfile.ZipFile, part: str, file: str) -> ET.Element:
    if archive.getinfo(part).file_size > _LARGEST_INDEX:
        raise SourceError(f"{file}: the index of the workbook is larger than any real one. {_WHOLE}")
    # What it may say is bounded, and the parser refuses entities that swell.
    return ET.fromstring(archive.read(part))  # noqa: S314


def _looked_at(archive: zipfile.ZipFile, sheet: Sheet, file: str) -> Sheet:
    """Read a sheet to its end, which also proves that it is as large as declared, and note what is in it."""
    columns, rows = _NEAR_COLUMNS, 0
    errors: list[str] = []
    is_empty = True
    tail = b""
    with archive.open(sheet.part) as handle:
        while (chunk := handle.read(_CHUNK)) or tail:
            text = tail + chunk
            # A cell is looked at once its beginning is there whole; the end waits for the next piece.
            end = len(text) if not chunk else max(text.rfind(b"<c "), text.rfind(b"<row"), len(text) - _OVERLAP)
            here, tail = text[:end], text[end:]
            is_empty &= b"<c " not in here
            # A row that does not say its number may hold a cell that does.
            numbers = [int(number or _NEAR_ROWS) for number in _ROW.findall(here)]
            rows = max(rows, *numbers) if numbers else rows
            for far in _FAR_CELL.findall(here):
                columns = max(columns, _column(far[0] or far[2]))
                rows = max(rows, int(far[1] or far[3]))
            if b't="e"' in here or b"t='e'" in here:
                errors += [cell.decode() for cell in _ERROR_CELL.findall(here)]
            if columns * rows > MOST_CELLS:
                raise SourceError(
                    f"{file}: sheet '{sheet.name}' reaches to row {rows:,} and column {columns:,}, as no table does."
                    " Delete the rows and columns beyond it, or save the sheet as 'CSV UTF-8'."
                )
    return Sheet(sheet.name, sheet.part, sheet.is_hidden, is_empty, tuple(errors))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number
