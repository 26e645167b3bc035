"""Files that are not what they should be, through every reader: one message, exit code 2, or read and reported."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from abm import load_workspace, score
from abm.errors import InputError
from abm.scoring.score import newest_day
from tests.cli.running import ROOT
from tests.hardening.workspaces import (
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
def test_another_delimiter(tmp_path: Path, way: str) -> None:
    content = events_as("csv").replace(b",", b";")
    told = refused_with(tmp_path, way, content)
    assert "but 2 semicolons" in told
    assert "delim = ';'" in told


@pytest.mark.parametrize("way", ["sql csv", "sql tsv"])
def test_a_query_finds_the_delimiter_itself(tmp_path: Path, way: str) -> None:
    read_like_the_whole(tmp_path, way, events_as("csv").replace(b",", b";"))


@pytest.mark.parametrize(
    ("way", "encoding"),
    [
        *((way, "utf-16") for way in ("csv", "jsonl", "sql csv")),
        *(("csv", name) for name in ("utf-16-le", "utf-16-be", "utf-32")),
    ],
)
def test_utf_16(tmp_path: Path, way: str, encoding: str) -> None:
    content = events_as(ending_of(way)).decode().encode(encoding)
    assert "Save it as UTF-8" in refused_with(tmp_path, way, content)


@pytest.mark.parametrize("way", each(TEXT_WAYS))
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
        ("csv", "the column name 'type' is there 2 times"),
        ("tsv", "the column name 'type' is there 2 times"),
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


@pytest.mark.parametrize("step", [67, pytest.param(5, marks=pytest.mark.slow)])
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
        (gzip.compress(events_as("csv")), "compressed (gzip). Unpack it first."),
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


@pytest.mark.parametrize("name", ["events.json", "events.xlsx", "events.arrow", "events"])
def test_an_ending_that_nobody_reads(tmp_path: Path, name: str) -> None:
    crm = workspace(tmp_path)
    (crm / name).write_bytes(b"x")
    (crm / "workspace.yaml").write_text(f"tables: {{accounts: accounts.csv, contacts: contacts.csv, events: {name}}}\n")
    assert "is not a format that can be read. Endings known: .csv, .tsv, .jsonl, .ndjson, .parquet." in refused_reading(
        crm
    )


@pytest.mark.parametrize("way", each(WAYS))
def test_a_folder(tmp_path: Path, way: str) -> None:
    crm, file = events_file(tmp_path, way)
    file.mkdir()
    assert f"{file.name}: is a folder. Name a file in it" in refused_reading(crm)


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
