"""Workbooks: what their cells hold, which sheet is meant, and one message for each that cannot be trusted."""

import datetime as dt
import io
import struct
import zipfile
import zlib

import openpyxl
import polars as pl
import pytest

from abm.errors import SourceError
from abm.sources import workbook_guard
from abm.sources.files import read_files
from abm.sources.options import FileOptions

DAY = dt.datetime(2026, 6, 30)  # noqa: DTZ001 - cells have no zone
NOON = DAY.replace(hour=12, minute=5)
HEADER = ("id", "when", "n")
ROW = ("A1", DAY, 1.5)


def book(path, **sheets):
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(path)


def read(folder, name="a.xlsx", **options):
    return read_files("accounts", [name], folder, FileOptions(**options))


def test_cells_keep_their_types(tmp_path):
    rows = [
        ("text", "number", "day", "moment", "flag", "mixed", "late", "id", "lead"),
        ("é", 1, DAY, NOON, True, 5, None, 12345, "007"),
        ("x", 2.5, None, DAY, False, DAY, None, 7, "8"),
        *([("y", 3, DAY, None, None, "word", None, 8, "9")] * 1500),
        ("z", 4, DAY, DAY, True, True, "far down", 9, "1"),
    ]
    book(tmp_path / "a.xlsx", Accounts=rows)
    frame = read(tmp_path).frame.collect()
    assert frame.columns == [*rows[0], "_row"]
    assert frame.row(0) == ("é", 1.0, DAY, NOON, True, "5", None, 12345.0, "007", 2)
    assert frame["mixed"].unique().sort().to_list() == ["2026-06-30 00:00:00", "5", "true", "word"]
    assert frame["late"].drop_nulls().to_list() == ["far down"]
    assert frame.height == len(rows) - 1


def test_rows_have_the_numbers_of_the_sheet(tmp_path):
    book(tmp_path / "a.xlsx", A=[(), (), (None, *HEADER), (None, *ROW), (), (None, "A2", "soon", 2), (None, " ")])
    frame = read(tmp_path).frame.collect()
    assert frame.columns == [*HEADER, "_row"]
    assert frame.rows() == [("A1", "2026-06-30 00:00:00", 1.5, 4), ("A2", "soon", 2.0, 6)]


def test_errors_in_cells_are_counted(tmp_path):
    book(tmp_path / "a.xlsx", A=[HEADER, ("A1", "#N/A", 1), ("A2", DAY, "#REF!")])
    raw = read(tmp_path)
    assert raw.frame.collect()["when"].to_list() == [None, DAY]
    (finding,) = raw.findings
    assert (finding.code, finding.level, finding.count, finding.samples) == ("cell_errors", "problem", 2, ("B2", "C3"))


def test_names_repeat_or_lack(tmp_path):
    book(tmp_path / "a.xlsx", A=[("id", "x", "x", None, None), (1, 2, 3, "kept", None)])
    raw = read(tmp_path)
    assert raw.frame.collect().columns == ["id", "x", "x_2", "column_4", "_row"]
    assert [finding.code for finding in raw.findings] == ["repeated_column"]


def test_without_header(tmp_path):
    book(tmp_path / "a.xlsx", A=[ROW, ("A2", DAY, 2)])
    frame = read(tmp_path, header=False, names=HEADER).frame.collect()
    assert frame.rows() == [("A1", DAY, 1.5, 1), ("A2", DAY, 2.0, 2)]
    with pytest.raises(SourceError, match=r"names lists 1 column\(s\), but the sheet has 3"):
        read(tmp_path, header=False, names=("id",))


def test_only_a_header(tmp_path):
    book(tmp_path / "a.xlsx", A=[HEADER])
    frame = read(tmp_path).frame.collect()
    assert (frame.columns, frame.height) == ([*HEADER, "_row"], 0)


def test_which_sheet(tmp_path):
    book(tmp_path / "a.xlsx", Accounts=[HEADER, ROW], Contacts=[HEADER, ("C1", DAY, 2)], Empty=[])
    assert read(tmp_path, sheet="contacts ").frame.collect()["id"].to_list() == ["C1"]
    with pytest.raises(SourceError, match=r"has 2 sheets: 'Accounts', 'Contacts'\. Say which is meant, by sheet:"):
        read(tmp_path)
    with pytest.raises(SourceError, match=r"no sheet 'Acounts'\. Did you mean 'Accounts'\? Sheets there: 'Accounts', "):
        read(tmp_path, sheet="Acounts")


def test_hidden_and_empty_sheets_are_not_meant(tmp_path):
    book(tmp_path / "a.xlsx", Notes=[("x", "y")], Accounts=[HEADER, ROW], Sheet3=[])
    made = openpyxl.load_workbook(tmp_path / "a.xlsx")
    made["Notes"].sheet_state = "hidden"
    made.save(tmp_path / "a.xlsx")
    assert read(tmp_path).frame.collect()["id"].to_list() == ["A1"]
    assert read(tmp_path, sheet="Notes").frame.collect().columns == ["x", "y", "_row"]


def test_what_other_programs_write(tmp_path):
    frame = pl.DataFrame({"id": ["A1", "A2"], "when": [DAY, DAY.replace(day=1)], "n": [1, 2], "flag": [True, None]})
    frame.write_excel(tmp_path / "a.xlsx")
    assert read(tmp_path).frame.drop("_row").collect().equals(frame.cast({"when": pl.Datetime("ms"), "n": pl.Float64}))


def test_a_thousand_columns(tmp_path):
    book(tmp_path / "a.xlsx", A=[[f"p{at}" for at in range(1000)], list(range(1000)), ["x"] * 1000])
    assert read(tmp_path).frame.collect().shape == (2, 1001)


def refused(folder, content, **options):
    (folder / "a.xlsx").write_bytes(content)
    with pytest.raises(SourceError) as caught:
        read(folder, **options)
    assert str(caught.value).startswith("a.xlsx: ")
    assert "\n" not in str(caught.value)
    return str(caught.value)


def whole(tmp_path):
    book(tmp_path / "whole.xlsx", A=[HEADER, *[ROW] * 50])
    return (tmp_path / "whole.xlsx").read_bytes()


def rewritten(content, **parts):
    """The same workbook with other contents of some parts; `{name}` stands for what was there."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            change = parts.get(name.rpartition("/")[2].partition(".")[0], lambda text: text)
            new.writestr(name, change(old.read(name)))
    return target.getvalue()


def test_a_password(tmp_path):
    """What a spreadsheet writes then: a container of streams, one of which is named EncryptedPackage."""
    container = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(70_000) + "EncryptedPackage".encode("utf-16-le") + bytes(500)
    )
    assert "is a workbook that asks for a password. Save it without one" in refused(tmp_path, container)


def test_an_old_workbook(tmp_path):
    container = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(9000) + "Workbook".encode("utf-16-le") + bytes(500)
    assert "is an old workbook (.xls)" in refused(tmp_path, container)


@pytest.mark.parametrize("part", [0.2, 0.5, 0.98])
def test_cut_off(tmp_path, part):
    content = whole(tmp_path)
    assert "is a damaged workbook" in refused(tmp_path, content[: int(len(content) * part)])


def test_not_a_workbook(tmp_path):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("letter.txt", "hello")
    assert "is a zip archive, but no workbook" in refused(tmp_path, target.getvalue())
    assert "is not a workbook (.xlsx)" in refused(tmp_path, b"id,name\n1,x\n")


def test_a_bomb_that_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook_guard, "_HARMLESS", 4 << 20)
    content = rewritten(whole(tmp_path), sheet1=lambda text: text + b" " * (20 << 20))
    assert len(content) < 1 << 16
    assert "as no workbook does" in refused(tmp_path, content)


def test_a_bomb_that_lies_about_its_size(tmp_path):
    """The sheet unpacks to 20 MB, and the archive says that it is as small as the plain one."""
    swollen = b"<worksheet>" + b" " * (20 << 20)
    content = bytearray(rewritten(whole(tmp_path), sheet1=lambda _text: swollen))
    true, false = struct.pack("<L", len(swollen)), struct.pack("<L", 600)
    assert content.count(true) == 2
    assert "is a damaged workbook" in refused(tmp_path, bytes(content.replace(true, false)))


def test_bombs_within_each_other(tmp_path):
    """Archives whose entries all lie on the same bytes declare more than they are."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = deflate.compress(bytes(1 << 20)) + deflate.flush()
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("xl/one.xml", "x")
        info = archive.infolist()[0]
        info.file_size, info.compress_size, info.compress_type = 5 << 30, len(packed), zipfile.ZIP_DEFLATED
    assert "as no workbook does" in refused(tmp_path, target.getvalue())


def test_a_cell_far_away(tmp_path):
    """The library would hold all 17 thousand million cells up to it."""
    far = b'</row><row r="1048576"><c r="XFD1048576" t="n"><v>1</v></c></row></sheetData>'
    content = rewritten(whole(tmp_path), sheet1=lambda text: text.replace(b"</row></sheetData>", far))
    assert "sheet 'A' reaches to row 1,048,576 and column 16,384" in refused(tmp_path, content)


def test_a_cell_far_away_in_a_row_without_number(tmp_path):
    far = b'</row><row><c r="A90000"><v>1</v></c></row><row><c r="XFD2"><v>1</v></c></row></sheetData>'
    content = rewritten(whole(tmp_path), sheet1=lambda text: text.replace(b"</row></sheetData>", far))
    assert "as no table does" in refused(tmp_path, content)


def test_entities_that_swell(tmp_path):
    lines = ['<!DOCTYPE x [<!ENTITY a0 "ha">']
    lines += [f'<!ENTITY a{at} "{f"&a{at - 1};" * 100}">' for at in range(1, 9)]
    text = ("\n".join(lines) + "]><workbook>&a8;</workbook>").encode()
    assert "is a damaged workbook" in refused(tmp_path, rewritten(whole(tmp_path), workbook=lambda _text: text))


def test_damaged_anywhere(tmp_path):
    """Whatever byte is wrong, there is one message, or the rows are those of the whole one."""
    content = whole(tmp_path)
    (tmp_path / "a.xlsx").write_bytes(content)
    rows = read(tmp_path).frame.collect()
    for at in range(0, len(content), 97):
        (tmp_path / "a.xlsx").write_bytes(content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :])
        try:
            got = read(tmp_path).frame.collect()
        except SourceError as error:
            assert str(error).startswith("a.xlsx: ")  # noqa: PT017 - both ends are right
        else:
            assert got.rows() == rows.rows()


def test_sheets_are_looked_at_to_their_end(tmp_path):
    content = rewritten(whole(tmp_path), sheet1=lambda text: b"x" * (workbook_guard._CHUNK - 100) + text)
    (tmp_path / "a.xlsx").write_bytes(content)
    assert not workbook_guard.sheets_of(tmp_path / "a.xlsx", "a.xlsx")[0].is_empty
