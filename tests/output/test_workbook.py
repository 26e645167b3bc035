from __future__ import annotations

import hashlib
import io
import json
import sys
import time
import zipfile
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import openpyxl
import polars as pl
import pytest

from abm.errors import OutputError
from abm.output import sheets, workbook
from abm.output.meanings import meaning
from abm.output.sheets import CUT, MOST_TEXT
from abm.output.workbook import write_workbook
from abm.scoring.columns import CONTRIBUTIONS, TABLES
from tests.output.results import demo_result, hostile_result

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from abm.scoring.result import ScoreResult

STAMP = {"model": "m", "as_of": "2026-06-30"}


def read(content: bytes) -> dict[str, list[list[Any]]]:
    """Every sheet as rows of cells, read by another library."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {page.title: [list(row) for row in page.iter_rows()] for page in book.worksheets}


def made(frame: pl.DataFrame, name: str = "t") -> list[list[Any]]:
    return read(workbook.workbook({name: frame}, STAMP).content)[name]


def expected(value: Any) -> Any:
    if isinstance(value, list):
        value = ";".join(map(str, value))
    return midnight(value) if isinstance(value, date) else value


def midnight(day: date) -> datetime:
    """Days as cells have them: a time without a zone."""
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001


@pytest.mark.slow
@pytest.mark.parametrize("world", [demo_result, hostile_result])
def test_every_table_comes_back(tmp_path: Path, world: Callable[[], ScoreResult]) -> None:
    result = world()
    write_workbook(result, tmp_path)
    pages = read((tmp_path / "results.xlsx").read_bytes())
    assert list(pages) == [*result.tables(), "about"]
    for name, table in result.tables().items():
        header, *rows = [[cell.value for cell in row] for row in pages[name]]
        assert header == table.columns
        wanted = [list(map(expected, row)) for row in table.iter_rows()]
        if world is hostile_result:
            wanted = [[printable(value) for value in row] for row in wanted]
        assert rows == wanted, name


def printable(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    return "".join("\ufffd" if ord(each) < 32 and each not in "\n\t" else each for each in text)


HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "=HYPERLINK(1)",
    "http://example.com",
    "mailto:x@example.com",
    "internal:Sheet1!A1",
    "12",
    "1e5",
    "TRUE",
    "{=A1}",
    "#REF!",
    "<r><t>x</t></r>",
    "<b>&amp;\"'",
    "  spaces  ",
    "\u202eevil",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_stays_text(text: str) -> None:
    (_, (cell,)) = made(pl.DataFrame({"name": [text]}))
    assert cell.data_type in {"s", "inlineStr"}
    assert cell.value.lstrip() == text.lstrip()
    assert cell.hyperlink is None


def test_markup_of_the_library_is_text() -> None:
    """XlsxWriter writes `<r>...</r>` as it is; unclosed, that would break the file."""
    assert made(pl.DataFrame({"name": ["<r><broken</r>"]}))[1][0].value == " <r><broken</r>"


def test_what_xml_forbids_is_replaced() -> None:
    text = "a\x00b\x07c\x1bd\x0be\ufffef\uffffg\rh\r\ni\tj\x7f\x85"
    assert (
        made(pl.DataFrame({"name": [text]}))[1][0].value
        == "a\ufffdb\ufffdc\ufffdd\ufffde\ufffdf\ufffdg\nh\ni\tj\x7f\x85"
    )


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("x" * MOST_TEXT, "x" * MOST_TEXT),
        ("x" * (MOST_TEXT + 1), "x" * (MOST_TEXT - len(CUT)) + CUT),
        ("é" * MOST_TEXT, "é" * MOST_TEXT),
        ("😀" * 16_383, "😀" * 16_383),
        ("😀" * 16_384, "😀" * (16_383 - len(CUT)) + CUT),
    ],
)
def test_long_text_is_cut_with_a_mark_and_reported(text: str, kept: str) -> None:
    book = workbook.workbook({"t": pl.DataFrame({"name": ["a", text]})}, STAMP)
    pages = read(book.content)
    assert pages["t"][2][0].value == kept
    cut = [row[1].value for row in pages["about"] if row[0].value == "cut"]
    assert cut == list(book.notes)
    assert len(cut) == (text != kept)
    assert all("t.name: 1 text was longer than the 32,767 characters of a cell" in note for note in cut)


def test_numbers_days_and_truths_are_what_they_are() -> None:
    frame = pl.DataFrame(
        {
            "score": [59.960001, None, float("nan"), float("inf")],
            "top_contact_share": [0.25, 1.0, 0.0, None],
            "rank": [1, 2_000_000, None, -5],
            "is_mqa": [True, False, None, True],
            "last_activity": [date(2026, 6, 30), None, date(2000, 1, 1), date(2100, 12, 31)],
            "score_change": [-1.5, 0.0, 2.0, None],
            "name": ["a", None, "", "b"],
        }
    )
    rows = made(frame)
    assert [[cell.value for cell in row] for row in rows[1:]] == [
        [59.960001, 0.25, 1, True, midnight(date(2026, 6, 30)), -1.5, "a"],
        [None, 1.0, 2_000_000, False, None, 0.0, None],
        [None, 0.0, None, None, midnight(date(2000, 1, 1)), 2.0, ""],
        [None, None, -5, True, midnight(date(2100, 12, 31)), None, "b"],
    ]
    formats = ["0.0", "0%", "#,##0", "General", "yyyy-mm-dd", "+0.0;-0.0;0.0", "General"]
    assert [cell.number_format for cell in rows[1]] == formats


def test_header_and_keys_stay_in_sight() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook.workbook(demo_result().polars, STAMP).content))
    assert {page.title: page.freeze_panes for page in book.worksheets} == {
        "accounts": "C2",
        "leads": "C2",
        "groups": "B2",
        "committee": "B2",
        "intent": "B2",
        "matches": "C2",
        "issues": "A2",
        "about": None,
    }
    page = book["accounts"]
    assert page.auto_filter.ref == "A1:AL61"
    assert page["A1"].font.bold
    assert page.column_dimensions["B"].width > page.column_dimensions["C"].width > 8
    assert max(each.width for each in page.column_dimensions.values()) < 60


def test_headings_say_what_they_mean() -> None:
    page = openpyxl.load_workbook(io.BytesIO(workbook.workbook(demo_result().polars, STAMP).content))["accounts"]
    assert "weighted mean" in page.cell(1, demo_result().accounts.columns.index("score") + 1).comment.text
    tables = {**TABLES, "contributions": CONTRIBUTIONS}
    columns = {name: list(kinds) for name, kinds in tables.items()} | {"issues": demo_result().issues.columns}
    unsaid = [(name, column) for name, listed in columns.items() for column in listed if not meaning(name, column)]
    assert unsaid == []


def test_the_last_sheet_says_what_made_it() -> None:
    result = demo_result()
    pages = read(
        workbook.workbook({"accounts": result.accounts}, result.stamp, {"by": "account", "where": None}).content
    )
    about = {row[0].value: row[1].value for row in pages["about"]}
    assert {about["model hash"], about["as of"]} == {result.stamp["model_hash"], "2026-06-30"}
    assert (about["by"], about["where"], about["rows of accounts"]) == ("account", "", "60")


@pytest.mark.slow
def test_equal_results_give_equal_bytes(tmp_path: Path) -> None:
    written = []
    for run in ("a", "b"):
        write_workbook(hostile_result(), tmp_path / run)
        written.append((tmp_path / run / "results.xlsx").read_bytes())
        time.sleep(2.1 if run == "a" else 0)  # archives count time by two seconds
    assert written[0] == written[1]
    core = zipfile.ZipFile(io.BytesIO(written[0])).read("docProps/core.xml").decode()
    assert "2026-06-30T00:00:00Z" in core
    assert str(datetime.now(UTC).year) + "-" not in core.replace("2026-06-30", "")


def test_the_manifest_tells_the_sheets(tmp_path: Path) -> None:
    result = demo_result()
    paths, notes = write_workbook(result, tmp_path)
    assert [path.name for path in paths] == ["results.xlsx", "manifest.json"]
    assert notes == ()
    told = json.loads(paths[1].read_text())
    digest = hashlib.sha256(paths[0].read_bytes()).hexdigest()
    assert {name: (entry["sheet"], entry["rows"], entry["sha256"]) for name, entry in told["files"].items()} == {
        name: (name, table.height, digest) for name, table in result.tables().items()
    }


def test_too_many_rows_are_refused_before_anything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OutputError, match=r"^leads: 1,048,576 rows do not fit .* 1,048,575 .*--format parquet or csv"):
        sheets.require_rows({"leads": pl.DataFrame({"a": range(1_048_576)})})
    sheets.require_rows({"leads": pl.DataFrame({"a": range(1_048_575)})})
    monkeypatch.setattr(sheets, "MOST_ROWS", 100)
    with pytest.raises(OutputError, match="leads"):
        write_workbook(demo_result(), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_table_without_rows() -> None:
    (header,) = made(hostile_result().accounts.head(0), "accounts")
    assert [cell.value for cell in header] == hostile_result().accounts.columns


def test_without_the_package_the_message_teaches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "find_spec", lambda _name: None)
    with pytest.raises(OutputError, match=r"pip install 'abm\[xlsx\]'"):
        workbook.workbook({"t": pl.DataFrame({"a": [1]})}, STAMP)


@pytest.mark.slow
def test_the_package_is_loaded_only_when_used() -> None:
    import subprocess

    script = "import sys, abm.cli.rank, abm.cli.score; print('xlsxwriter' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "False\n"
    )
