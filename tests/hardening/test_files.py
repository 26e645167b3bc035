"""Files that are not what they should be, through every reader: one message, exit code 2, or read and reported."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from abm import load_workspace, score
from abm.errors import InputError
from abm.scoring.score import newest_day
from abm.sources import packed, workbook_guard
from tests.cli.running import ROOT
from tests.hardening.workspaces import (
    EVENTS,
    TEXT_WAYS,
    WAYS,
    clear,
    each,
    ending_of,
    events_as,
    events_file,
    issue,
    issues,
    refused,
    refused_reading,
    workspace,
)

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Iterator

FLAT_WAYS = tuple(way for way in WAYS if way.endswith("sv"))


def refused_with(folder: Path, way: str, content: bytes) -> str:
    """Write the events' bytes, check, and return the message, which names the file."""
    crm, file = events_file(folder, way)
    file.write_bytes(content)
    told = refused_reading(crm)
    assert file.name in told
    if way.startswith("sql"):
        assert "workspace.yaml:6: tables.events.sql: " in told
    return told


def read_like_the_whole(folder: Path, way: str, content: bytes) -> None:
    """Write the events' bytes and see that they score as the clean ones do."""
    crm, file = events_file(folder, way)
    file.write_bytes(content)
    table = load_workspace(crm).tables["events"]
    assert table.findings == ()
    got = table.frame.collect()
    file.write_bytes(events_as(file.suffix[1:]))
    assert_frame_equal(got, load_workspace(crm).tables["events"].frame.collect())


@pytest.mark.parametrize("way", WAYS)
def test_the_command_line_says_what_the_library_says(tmp_path: Path, way: str) -> None:
    crm, file = events_file(tmp_path, way)
    file.write_bytes(b"")
    assert refused("check", "-w", crm) == refused_reading(crm)


@pytest.mark.parametrize("way", ["csv", "tsv"])
def test_another_delimiter_is_told_and_said(tmp_path: Path, way: str) -> None:
    crm, file = events_file(tmp_path, way)
    file.write_bytes(events_as("csv").replace(b",", b";"))
    assert "taken to be separated by semicolons" in issue(crm, "delimiter")["message"]
    assert "unparseable" not in issues(crm)["code"].to_list()


@pytest.mark.parametrize("way", ["sql csv", "sql tsv"])
def test_a_query_finds_the_delimiter_itself(tmp_path: Path, way: str) -> None:
    read_like_the_whole(tmp_path, way, events_as("csv").replace(b",", b";"))


@pytest.mark.parametrize(
    ("way", "encoding"),
    [
        *((way, "utf-16") for way in ("csv", "jsonl")),
        *(("csv", name) for name in ("utf-16-le", "utf-16-be", "utf-32")),
    ],
)
def test_utf_16(tmp_path: Path, way: str, encoding: str) -> None:
    read_like_the_whole(tmp_path, way, events_as(ending_of(way)).decode().encode(encoding))


def test_a_query_over_utf_16(tmp_path: Path) -> None:
    content = events_as("csv").decode().encode("utf-16")
    assert "Save it as UTF-8" in refused_with(tmp_path, "sql csv", content)


@pytest.mark.parametrize("way", ["csv", "tsv"])
def test_latin_1_is_told_and_said(tmp_path: Path, way: str) -> None:
    crm, file = events_file(tmp_path, way)
    file.write_bytes(events_as(way).replace(b"visit", b"besuch\xfc"))
    assert "is not UTF-8 (line 4) and does not say what it is; read as" in issue(crm, "encoding")["message"]


@pytest.mark.parametrize("way", each(way for way in TEXT_WAYS if way not in ("csv", "tsv")))
def test_latin_1(tmp_path: Path, way: str) -> None:
    content = events_as(ending_of(way)).replace(b"visit", b"besuch\xfc")
    told = refused_with(tmp_path, way, content)
    assert f"line {3 if way.endswith('jsonl') else 4} is not UTF-8" in told


@pytest.mark.parametrize("way", each(TEXT_WAYS))
def test_a_byte_order_mark_is_read_over(tmp_path: Path, way: str) -> None:
    read_like_the_whole(tmp_path, way, b"\xef\xbb\xbf" + events_as(ending_of(way)))


@pytest.mark.parametrize("way", each(TEXT_WAYS))
def test_lines_of_windows(tmp_path: Path, way: str) -> None:
    read_like_the_whole(tmp_path, way, events_as(ending_of(way)).replace(b"\n", b"\r\n"))


@pytest.mark.parametrize("way", ["csv", "tsv", "jsonl"])
def test_lines_of_old_machines(tmp_path: Path, way: str) -> None:
    assert "LF or CRLF, not in CR alone" in refused_with(tmp_path, way, events_as(way).replace(b"\n", b"\r"))


def doubled(ending: str) -> bytes:
    """The events with a second column `type`."""
    lines = events_as(ending).decode().splitlines()
    if ending == "jsonl":
        return "".join(f'{line[:-1]}, "type": "x"}}\n' for line in lines).encode()
    separator = "," if ending == "csv" else "\t"
    return "".join(f"{line}{separator}{'type' if not at else 'x'}\n" for at, line in enumerate(lines)).encode()


@pytest.mark.parametrize(
    ("way", "words"),
    [
        ("csv", "the column name 'type' is there more than once, and events.type is one column"),
        ("tsv", "the column name 'type' is there more than once, and events.type is one column"),
        ("jsonl", "line 1 has the key 'type' twice"),
        ("sql jsonl", 'duplicate key "type"'),
    ],
)
def test_a_name_twice(tmp_path: Path, way: str, words: str) -> None:
    assert words in refused_with(tmp_path, way, doubled(ending_of(way)))


@pytest.mark.parametrize("way", ["sql csv", "sql tsv"])
def test_a_query_over_a_name_twice_is_told_of(tmp_path: Path, way: str) -> None:
    crm, file = events_file(tmp_path, way)
    file.write_bytes(doubled(ending_of(way)))
    found = issue(crm, "repeated_column")
    assert found["level"] == "problem"
    assert "a query calls the second type_1" in found["message"]


@pytest.mark.parametrize("way", each(FLAT_WAYS))
def test_no_header(tmp_path: Path, way: str) -> None:
    crm, file = events_file(tmp_path, way)
    file.write_bytes(events_as(ending_of(way)).split(b"\n", 1)[1])
    told = refused_reading(crm)
    assert "table events lacks the column 'type', the column 'occurred_at'" in told
    if not way.startswith("sql"):
        assert "if the file has no header, say header: false and names: [...] in workspace.yaml" in told


@pytest.mark.parametrize("way", each(FLAT_WAYS))
def test_only_a_header_is_a_table_without_rows(tmp_path: Path, way: str) -> None:
    crm, file = events_file(tmp_path, way)
    file.write_bytes(events_as(ending_of(way)).split(b"\n", 1)[0] + b"\n")
    assert "events" not in issues(crm)["table"].to_list()


@pytest.mark.parametrize(
    ("way", "content"),
    [
        *((way, b"") for way in ("csv", "parquet", "sql csv")),
        ("csv", b"\n"),
        ("jsonl", b" \r\n\t\n"),
        ("parquet", b"\n"),
    ],
)
def test_nothing_at_all(tmp_path: Path, way: str, content: bytes) -> None:
    assert f"{events_file(tmp_path, way)[1].name}: is empty" in refused_with(tmp_path, way, content)


@pytest.mark.parametrize("way", ["parquet", "sql parquet"])
@pytest.mark.parametrize("part", [0.5, 0.01, 0.99])
def test_a_parquet_file_cut_off(tmp_path: Path, way: str, part: float) -> None:
    whole = events_as("parquet")
    told = refused_with(tmp_path, way, whole[: int(len(whole) * part)])
    assert "is a Parquet file that breaks off: its end is missing. Copy, download or export it again." in told


@pytest.mark.parametrize("way", ["parquet", "sql parquet"])
def test_a_parquet_file_with_a_hole(tmp_path: Path, way: str) -> None:
    whole = events_as("parquet")
    told = refused_with(tmp_path, way, whole[:20] + bytes(60) + whole[80:])
    assert "whole?" in told


@pytest.mark.parametrize("way", ["parquet", "sql parquet"])
def test_a_parquet_file_with_names_that_are_no_text(tmp_path: Path, way: str) -> None:
    refused_with(tmp_path, way, events_as("parquet").replace(b"contact_id", b"contact_\xff\xfe"))


@pytest.mark.slow
@pytest.mark.parametrize("step", [67, 5])
def test_a_parquet_file_damaged_anywhere(tmp_path: Path, step: int) -> None:
    crm, file = events_file(tmp_path, "parquet")
    days = [date(2026, 6, 1 + at % 28) for at in range(50)]
    typed = pl.DataFrame({"contact_id": ["C1"] * 50, "type": ["demo"] * 50, "occurred_at": days})
    typed.write_parquet(file, compression="uncompressed", statistics=False)
    whole = file.read_bytes()
    told: list[str] = []
    # Lazily read, a page is looked at only when its column is needed: whoever needs it first says whose fault it is.
    for at in range(0, len(whole) - 8, step):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        try:
            tables = load_workspace(crm)
            score(tables, as_of=newest_day(tables.tables))
        except InputError as error:
            told.append(str(error))
    assert told
    assert [
        each for each in told if "events.parquet" not in each and "a file cannot be read to its end" not in each
    ] == []


@pytest.mark.parametrize("way", ["jsonl", "sql jsonl"])
def test_json_cut_off(tmp_path: Path, way: str) -> None:
    whole = events_as("jsonl")
    told = refused_with(tmp_path, way, whole[: len(whole) - 10])
    assert "line 5" in told or "unexpected end" in told


@pytest.mark.parametrize("way", each(FLAT_WAYS))
def test_rows_cut_off(tmp_path: Path, way: str) -> None:
    crm, file = events_file(tmp_path, way)
    whole = events_as(ending_of(way))
    file.write_bytes(whole[:-5])
    assert issue(crm, "unparseable")["samples"] == ["2026-0"]


@pytest.mark.parametrize("way", each(TEXT_WAYS))
def test_a_spreadsheet_under_this_name(tmp_path: Path, way: str) -> None:
    assert "a spreadsheet (.xlsx)" in refused_with(tmp_path, way, b"PK\x03\x04" + bytes(200))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(200), "an old spreadsheet (.xls)"),
        (gzip.compress(events_as("csv")), "compressed (gzip). Give it the ending .gz"),
        (b"<!DOCTYPE html><html><body>Log in</body></html>\n", "a web page"),
        (events_as("parquet"), "a Parquet file. Give it the ending .parquet."),
    ],
    ids=["xls", "gzip", "html", "parquet"],
)
def test_something_else_under_this_name(tmp_path: Path, content: bytes, words: str) -> None:
    assert words in refused_with(tmp_path, "csv", content)


@pytest.mark.parametrize("way", ["parquet", "sql parquet"])
@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_text_under_the_name_of_parquet(tmp_path: Path, way: str, ending: str) -> None:
    assert "is not a Parquet file" in refused_with(tmp_path, way, events_as(ending))


@pytest.mark.parametrize("name", ["events.doc", "events.xls", "events.ods", "events", "events.csv.bz2"])
def test_an_ending_that_nobody_reads(tmp_path: Path, name: str) -> None:
    crm = workspace(tmp_path)
    (crm / name).write_bytes(b"x")
    (crm / "workspace.yaml").write_text(f"tables: {{accounts: accounts.csv, contacts: contacts.csv, events: {name}}}\n")
    told = "is not a format that can be read. Endings known: .csv, .tsv, .txt, .jsonl, .ndjson, .json, .parquet, .xlsx,"
    assert told in refused_reading(crm)


@pytest.mark.parametrize("way", each(WAYS))
def test_an_empty_folder(tmp_path: Path, way: str) -> None:
    crm, file = events_file(tmp_path, way)
    file.mkdir()
    said = "is a folder. Name a file in it" if way.startswith("sql") else "is a folder without a file that can be read"
    assert f"{file.name}: {said}" in refused_reading(crm)


@pytest.mark.parametrize("way", ["csv", "parquet"])
def test_a_folder_that_another_program_wrote(tmp_path: Path, way: str) -> None:
    crm, file = events_file(tmp_path, way)
    file.mkdir()
    (file / "_SUCCESS").write_bytes(b"")
    (file / f"part-00000.{way}").write_bytes(events_as(way))
    assert load_workspace(crm).tables["events"].frame.collect().height == 5


def named(folder: Path, name: str, content: bytes) -> Path:
    """A workspace whose events are in a file of this name."""
    crm = workspace(folder)
    (crm / "events.csv").unlink()
    (crm / name).write_bytes(content)
    return crm


@pytest.mark.parametrize("ending", ["gz", "zst"])
@pytest.mark.parametrize("inner", ["csv", "jsonl"])
def test_compressed(tmp_path: Path, ending: str, inner: str) -> None:
    pack = gzip.compress if ending == "gz" else zstd.compress
    content = pack(events_as(inner))
    table = load_workspace(named(tmp_path / "whole", f"events.{inner}.{ending}", content)).tables["events"]
    assert (table.frame.collect().height, table.findings) == (5, ())
    cut = refused_reading(named(tmp_path / "cut", f"events.{inner}.{ending}", content[:-6]))
    assert cut.endswith("is compressed and breaks off: its end is missing. Copy, download or export it again.")
    plain = refused_reading(named(tmp_path / "plain", f"events.{inner}.{ending}", events_as(inner)))
    assert "is not compressed with" in plain


def test_a_bomb_of_gzip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "_HARMLESS", 4 << 20)
    content = gzip.compress(b"contact_id,type,occurred_at\n" + b"C1,demo,2026-06-28\n" * 1_000_000)
    assert "as no export does" in refused_reading(named(tmp_path, "events.csv.gz", content))


def book(text: str, *, sheets: int = 1) -> bytes:
    """The events as a workbook of several equal sheets."""
    made = openpyxl.Workbook()
    for at in range(sheets):
        sheet = made.active if at == 0 else made.create_sheet()
        for row in csv.reader(text.splitlines()):
            sheet.append([date.fromisoformat(cell) if cell.startswith("2026") else cell or None for cell in row])
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def test_a_workbook(tmp_path: Path) -> None:
    crm = workspace(tmp_path)
    plain = load_workspace(crm).tables["events"].frame.drop("_row").collect()
    (crm / "events.csv").unlink()
    (crm / "events.xlsx").write_bytes(book(EVENTS))
    table = load_workspace(crm).tables["events"]
    assert_frame_equal(table.frame.drop("_row").collect(), plain)
    assert table.findings == ()


def bomb_of_a_workbook() -> bytes:
    """A workbook whose sheet unpacks to a thousand times its size."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(8 << 20))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (book(EVENTS)[:-40], "is a damaged workbook"),
        (book(EVENTS, sheets=2), "has 2 sheets: 'Sheet', 'Sheet1'. Say which is meant, by sheet: in workspace.yaml."),
        (bomb_of_a_workbook(), "as no workbook does"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
            "is a workbook that asks for a password. Save it without one",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "is an old workbook (.xls)"),
        (b"PK\x03\x04" + bytes(200), "is a damaged workbook"),
        (events_as("csv"), "is not a workbook (.xlsx)"),
    ],
    ids=["cut", "two sheets", "bomb", "password", "xls", "no zip", "text"],
)
def test_a_workbook_that_is_not_to_be_read(
    tmp_path: Path, content: bytes, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook_guard, "_HARMLESS", 4 << 20)
    told = refused_reading(named(tmp_path, "events.xlsx", content))
    assert told.startswith("events.xlsx: ")
    assert words in told


@pytest.mark.parametrize("ending", ["csv", "jsonl", "json", "parquet", "xlsx"])
def test_a_thousand_columns(tmp_path: Path, ending: str) -> None:
    wide = pl.read_csv(EVENTS.encode()).with_columns(pl.lit("x").alias(f"p{at}") for at in range(1000))
    stream = io.BytesIO()
    writers: dict[str, Any] = {
        "csv": wide.write_csv,
        "jsonl": wide.write_ndjson,
        "json": wide.write_json,
        "parquet": wide.write_parquet,
        "xlsx": wide.write_excel,
    }
    writers[ending](stream)
    table = load_workspace(named(tmp_path, f"events.{ending}", stream.getvalue())).tables["events"]
    assert table.frame.collect().height == 5
    assert {f"p{at}" for at in range(1000)} <= set(table.kinds)


@pytest.mark.parametrize("ending", ["jsonl", "json", "xlsx"])
def test_a_column_of_several_types(tmp_path: Path, ending: str) -> None:
    """Numbers, words and days in one column are text; none of them is lost."""
    rows = [dict(zip(("contact_id", "type", "occurred_at"), ("C1", "demo", "2026-06-28"), strict=True)) for _ in "abc"]
    mixed = [row | {"mixed": value} for row, value in zip(rows, (1, "word", True), strict=True)]
    if ending == "xlsx":
        made = openpyxl.Workbook()
        for row in (list(mixed[0]), *(list(row.values()) for row in mixed)):
            made.active.append(row)
        made.save(tmp_path / "made.xlsx")
        content = (tmp_path / "made.xlsx").read_bytes()
    else:
        content = (json.dumps(mixed) if ending == "json" else "\n".join(map(json.dumps, mixed))).encode()
    table = load_workspace(named(tmp_path, f"events.{ending}", content)).tables["events"]
    assert table.frame.collect()["mixed"].to_list() == ["1", "word", "true"]
    assert table.findings == ()


@pytest.mark.parametrize("way", each(WAYS))
def test_a_link_to_nothing(tmp_path: Path, way: str) -> None:
    crm, file = events_file(tmp_path, way)
    file.symlink_to("gone.csv")
    assert f"{file.name}: is a link to gone.csv, which is not there" in refused_reading(crm)


@pytest.mark.parametrize("way", each(WAYS))
def test_a_link_to_itself(tmp_path: Path, way: str) -> None:
    crm, file = events_file(tmp_path, way)
    file.symlink_to(file.name)
    assert f"{file.name}: cannot be opened" in refused_reading(crm)


@pytest.mark.parametrize("way", each(WAYS))
def test_a_link_out_of_the_folder(tmp_path: Path, way: str) -> None:
    crm, file = events_file(tmp_path, way)
    (tmp_path / "secret").write_bytes(events_as(ending_of(way)))
    file.symlink_to(tmp_path / "secret")
    assert f"{file.name}: lies outside the data folder" in refused_reading(crm)


@pytest.mark.parametrize("way", each(WAYS))
def test_a_pipe_is_not_waited_for(tmp_path: Path, way: str) -> None:
    crm, file = events_file(tmp_path, way)
    os.mkfifo(file)
    assert f"{file.name}: is a pipe or a device, not a file" in refused_reading(crm)


def as_nobody(whole: Path, *arguments: object) -> subprocess.CompletedProcess[bytes]:
    """Run the program without the rights of root, which may read everything; its code is loaded before they go."""
    script = (
        "import os, sys\nfrom tests.hardening.workspaces import run\nfrom abm.cli.app import main\n"
        "run('rank', '-w', sys.argv.pop(1))\n"
        "if os.geteuid() == 0:\n    os.setgroups([])\n    os.setgid(65534)\n    os.setuid(65534)\n"
        "sys.argv = ['abm', *sys.argv[1:]]\nmain()\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", script, str(whole), *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, check=False, timeout=60)


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A folder that everybody can enter; the test's own is shut to others."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="permissions as Unix has them")
def test_no_permission(reachable: Path) -> None:
    whole = workspace(reachable / "whole")
    crm, file = events_file(reachable, "csv")
    file.write_bytes(events_as("csv"))
    file.chmod(0)
    done = as_nobody(whole, "check", "-w", crm)
    told = clear(done.stderr.decode())
    assert done.returncode == 2
    assert "events.csv: cannot be opened (Permission denied). Ask for the right to read it." in told


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="permissions as Unix has them")
def test_no_permission_for_other_files(reachable: Path) -> None:
    whole = workspace(reachable / "whole")
    crm, file = events_file(reachable, "parquet")
    file.write_bytes(events_as("parquet"))
    file.chmod(0)
    assert "events.parquet: cannot be opened" in clear(as_nobody(whole, "check", "-w", crm).stderr.decode())
    file.unlink()
    (workspace(reachable) / "model.yaml").chmod(0)
    assert "model.yaml: cannot be read (Permission denied)" in clear(
        as_nobody(whole, "check", "-w", crm).stderr.decode()
    )
    crm.chmod(0)
    done = as_nobody(whole, "check", "-w", crm)
    crm.chmod(0o755)
    assert (done.returncode, b"is not" in done.stderr) == (2, True)


@pytest.mark.skipif(os.name != "posix", reason="permissions as Unix has them")
@pytest.mark.parametrize(("command", "target"), [("rank", "r.csv"), ("score", "out")])
@pytest.mark.slow
def test_no_permission_to_write(reachable: Path, command: str, target: str) -> None:
    crm = workspace(reachable)
    shut = reachable / "shut"
    shut.mkdir(mode=0o555)
    done = as_nobody(crm, command, "-w", crm, "-o", shut / target)
    assert done.returncode == 2
    assert "cannot be written (Permission denied)" in clear(done.stderr.decode())
    assert list(shut.iterdir()) == []
