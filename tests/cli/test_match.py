"""`abm match`, from the folder to the file that a person fills in and back."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import polars as pl
import pytest

import abm as library
from tests.cli.running import abm, program

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ACCOUNTS = """\
account_id,name,domain,country
A1,Acme Inc.,acme.example,US
A2,=Globex,globex.example,DE
A3,Umbrella North,umbrella.example,US
A4,Umbrella South,umbrella.example,CA
A5,Initech Systems,initech.example,US
007,Bond Trading,bond.example,GB
"""
CONTACTS = """\
contact_id,account_id,converted_account_id,email,company,country,merged_ids
C01,A1,,ann@acme.example,,,
C02,,A2,bob@nowhere.example,,,
C03,,,cy@eu.acme.example,,,
C04,,,dee@gmail.com,Initech Systems Ltd,US,
C05,,,eve@gmail.com,Initech Sistems,US,
C06,,,flo@umbrella.example,,,
C07,,,gus@umbrella.example,,,
C08,,,hal@umbrella.example,Umbrella North,,
C09,,,ida@holding.example,Pendant Publishing,US,
C10,,,jon@mail.holding.example,Pendant Publishing,US,
C11,,,kim@holding.example,,US,
C12,,,leo@gmail.com,=Hooli,US,
C13,,,mia@gmail.com,=Hooli,US,
C14,,,noe@gmail.com,,,
C15,,,ann@acme.example,,,C99
C16,,,pia@gmail.com,n/a,,
"""


@pytest.fixture
def crm(tmp_path: Path) -> Path:
    folder = tmp_path / "crm"
    folder.mkdir()
    (folder / "accounts.csv").write_text(ACCOUNTS)
    (folder / "contacts.csv").write_text(CONTACTS)
    return folder


def matches(folder: Path) -> dict[str, tuple[str | None, str]]:
    path = folder.parent / "matches.parquet"
    abm("match", "-w", folder, "-o", path)
    return {row[0]: row[1:] for row in pl.read_parquet(path).select("contact_id", "account_id", "method").rows()}


def questions(path: Path, separator: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig")), delimiter=separator))


def answer(path: Path, answers: dict[str, str], how: Callable[[str], bytes] = str.encode) -> None:
    """Fill account_id in for rows by their key, as a person does, and save them as `how` has it."""
    rows = questions(path)
    for row in rows:
        row["account_id"] = answers.get(row["domain"] or row["company"] or row["contact_id"], row["account_id"])
    sink = io.StringIO()
    writer = csv.DictWriter(sink, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(how(sink.getvalue()))


def test_it_works_without_events_and_without_a_model(crm: Path) -> None:
    done = abm("match", "-w", crm)
    assert done.stdout.startswith("crm · 16 contacts: 15 people · 6 accounts\n")
    assert done.stderr == ""
    rates = {
        row["method"]: row["contacts"]
        for row in json.loads(abm("match", "-w", crm, "--format", "json").stdout)["methods"]
    }
    assert rates == {
        "correction": 0,
        "account_id": 1,
        "converted": 1,
        "domain": 2,
        "name_country": 1,
        "fuzzy": 1,
        "ambiguous": 2,
        "unmatched": 7,
    }


@pytest.mark.slow
def test_no_mail_address_is_on_the_screen(crm: Path) -> None:
    assert "@" not in abm("match", "-w", crm).output
    for contact in ("C01", "C03", "C06", "C09", "C15"):
        assert "@" not in abm("match", "-w", crm, contact).output.replace("...@acme.example", "")


def test_one_row_stands_for_many_contacts_most_first(crm: Path, tmp_path: Path) -> None:
    abm("match", "-w", crm, "--corrections", tmp_path / "c.csv")
    rows = [
        (row["domain"], row["company"], row["contact_id"], row["contacts"]) for row in questions(tmp_path / "c.csv")
    ]
    # C05 resembles an account and is asked about; who says neither domain nor company is not: C14, C16.
    assert rows == [
        ("holding.example", "", "", "3"),
        ("", "'=Hooli", "", "2"),
        ("", "Initech Sistems", "", "1"),
        ("", "", "C06", "1"),
        ("", "", "C07", "1"),
    ]
    assert {row["account_id"] for row in questions(tmp_path / "c.csv")} == {""}
    assert (tmp_path / "c.csv").read_bytes().startswith(b"\xef\xbb\xbfcontacts,")


def as_excel_does(text: str) -> bytes:
    return b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()


def with_semicolons(text: str) -> bytes:
    rows = csv.reader(io.StringIO(text))
    sink = io.StringIO()
    csv.writer(sink, delimiter=";", lineterminator="\r\n").writerows(rows)
    return b"\xef\xbb\xbf" + sink.getvalue().encode()


@pytest.mark.parametrize("how", [str.encode, as_excel_does, with_semicolons])
def test_answers_are_the_highest_authority_and_change_nothing_else(crm: Path, how: Callable[[str], bytes]) -> None:
    before, file = matches(crm), crm / "corrections.csv"
    told = abm("match", "-w", crm, "--corrections", file).stderr
    assert "5 rows to decide about 8 people" in told
    answer(file, {"holding.example": "A1", "'=Hooli": "none", "C06": "A4"}, how)
    after = matches(crm)
    settled: dict[str, tuple[str | None, str]] = dict.fromkeys(("C09", "C10", "C11"), ("A1", "correction"))
    settled |= {"C12": (None, "correction"), "C13": (None, "correction"), "C06": ("A4", "correction")}
    assert after == {**before, **settled}


def test_writing_again_keeps_answers_notes_and_rows_added_by_hand(crm: Path) -> None:
    file = crm / "corrections.csv"
    abm("match", "-w", crm, "--corrections", file)
    answer(file, {"holding.example": "A1", "C06": "A9"})
    rows = questions(file)
    for row in rows:
        row["note"] = {"'=Hooli": "ask Gavin"}.get(row["company"], "")
    extra = {**dict.fromkeys(rows[0], ""), "email": "CY@eu.acme.example", "account_id": "A3"}
    sink = io.StringIO()
    writer = csv.DictWriter(sink, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows([*rows, extra])
    file.write_text(sink.getvalue())
    with (crm / "contacts.csv").open("a") as stream:
        stream.write("C17,,,new@vandelay.example,,,\n")
    told = abm("match", "-w", crm, "--corrections", file).stderr
    assert "4 rows to decide about 5 people, 3 answers kept" in told
    again = questions(file)
    found = {row["domain"] or row["company"] or row["contact_id"] or row["email"]: row for row in again}
    assert list(found) == [
        "'=Hooli",
        "vandelay.example",
        "Initech Sistems",
        "C07",
        "holding.example",
        "C06",
        "CY@eu.acme.example",
    ]
    assert found["'=Hooli"]["note"] == "ask Gavin"
    assert (found["holding.example"]["account_id"], found["holding.example"]["contacts"]) == ("A1", "3")
    assert found["C06"]["evidence"] == "not applied: there is no account 'A9'"
    assert (found["CY@eu.acme.example"]["account_id"], found["CY@eu.acme.example"]["contacts"]) == ("A3", "1")
    before = file.read_bytes()
    abm("match", "-w", crm, "--corrections", file)
    assert file.read_bytes() == before


def test_another_file_takes_the_answers_of_the_workspace_along(crm: Path, tmp_path: Path) -> None:
    (crm / "corrections.csv").write_text("domain,account_id\nholding.example,A1\n")
    abm("match", "-w", crm, "--corrections", tmp_path / "next.csv")
    kept = [row for row in questions(tmp_path / "next.csv") if row["account_id"]]
    assert [(row["domain"], row["account_id"], row["contacts"]) for row in kept] == [("holding.example", "A1", "3")]


def test_semicolons_stay_semicolons(crm: Path) -> None:
    file = crm / "corrections.csv"
    abm("match", "-w", crm, "--corrections", file)
    answer(file, {"holding.example": "A1"}, with_semicolons)
    abm("match", "-w", crm, "--corrections", file)
    assert [row["account_id"] for row in questions(file, ";")].count("A1") == 1


@pytest.mark.slow
def test_a_workbook_goes_round_as_well(crm: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    file = crm / "corrections.xlsx"
    told = abm("match", "-w", crm, "--corrections", file).stderr
    assert "changes ids" not in told
    book = openpyxl.load_workbook(file)
    page = book["corrections"]
    columns = {cell.value: cell.column for cell in page[1]}
    for row in page.iter_rows(min_row=2):
        if row[columns["company"] - 1].value == "=Hooli":
            page.cell(row[0].row, columns["account_id"]).value = "007"
    book.save(file)
    after = matches(crm)
    assert after["C12"] == after["C13"] == ("007", "correction")
    abm("match", "-w", crm, "--corrections", file)
    again = openpyxl.load_workbook(file)["corrections"]
    assert "007" in [row[columns["account_id"] - 1].value for row in again.iter_rows(min_row=2)]


def test_it_is_said_when_a_spreadsheet_would_change_ids(crm: Path) -> None:
    (crm / "corrections.csv").write_text("domain,account_id\nholding.example,007\n")
    told = abm("match", "-w", crm, "--corrections", crm / "corrections.csv").stderr
    assert "a spreadsheet changes ids such as 007" in told


def test_a_name_that_a_spreadsheet_would_calculate_comes_back_as_it_was(crm: Path) -> None:
    companies = (
        "=1+2",
        "+Plus",
        "-Minus",
        "@At",
        "\uff1dWide",
        "Two\nLines",
        'Quo"ted, Inc',
        "<r>x</r>",
        "\x1b[31mRed",
    )
    with (crm / "contacts.csv").open("w", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerows([("contact_id", "company", "email"), ("Y", "Other", "y@gmail.com")])
        writer.writerows((f"X{i}", company, f"x{i}@gmail.com") for i, company in enumerate(companies))
    file = crm / "corrections.csv"
    abm("match", "-w", crm, "--corrections", file)
    mine = [row["company"] for row in questions(file) if row["examples"].startswith("X")]
    assert len(mine) == len(companies)
    answer(file, dict.fromkeys(mine, "A5"), as_excel_does)
    placed = {f"X{i}": ("A5", "correction") for i in range(len(companies))}
    assert matches(crm) == {**placed, "Y": (None, "unmatched")}
    assert "\x1b" not in abm("match", "-w", crm).output


def test_every_match_is_in_the_file_duplicates_too(crm: Path) -> None:
    found = matches(crm)
    assert found["C15"] == ("A1", "account_id")
    assert found["C01"] == found["C99"] == ("A1", "duplicate")
    assert found["C03"] == ("A1", "domain")
    assert found["C08"] == ("A3", "domain")
    assert len(found) == 17


@pytest.mark.parametrize("ending", ["csv", "jsonl", "xlsx"])
def test_formats_of_the_file(crm: Path, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"matches.{ending}"
    told = abm("match", "-w", crm, "-o", path).stderr
    assert "wrote 17 rows" in told
    if ending == "csv":
        assert "C12" in path.read_text()
        assert [row["candidates"] for row in questions(path) if row["contact_id"] == "C06"] == ["A3;A4"]


def test_one_contact_in_words(crm: Path) -> None:
    said = abm("match", "-w", crm, "C06").stdout
    assert said.startswith("C06 · ambiguous\n")
    assert "Umbrella North (A3)" in said
    assert "Umbrella South (A4)" in said
    assert json.loads(abm("match", "-w", crm, "C06", "--format", "json").stdout)["candidates"] == ["A3", "A4"]
    assert "Did you mean 'C06'?" in abm("match", "-w", crm, "c06", code=2).stderr


def test_giants_unknown_ids_and_bad_corrections_are_told(crm: Path) -> None:
    with (crm / "accounts.csv").open("a") as stream:
        stream.write("A8,Fan of Mail,gmail.com,US\n")
    with (crm / "contacts.csv").open("a") as stream:
        stream.write("C18,A77,,,,,\n")
    (crm / "corrections.csv").write_text("domain,account_id\nholding.example,A404\n")
    said = abm("match", "-w", crm).stdout
    assert "gmail.com" in said
    assert "names no account" in said
    assert "A404" in said


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--corrections", "answers.txt"], "corrections are written as .csv or .xlsx"),
        (["--corrections", "no/such/answers.csv"], "there is no folder"),
        (["-o", "matches.doc"], "the ending .doc tells no format"),
        (["C01", "--corrections", "answers.csv"], "--corrections is about all contacts"),
        (["C01", "--format", "csv"], "one contact is shown as table or json"),
        (["--top", "0"], "--top"),
    ],
)
def test_what_cannot_be_is_said_at_once(
    crm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert message in abm("match", "-w", crm, *options, code=2).stderr


def test_facts_are_never_written_over(crm: Path) -> None:
    for name in ("accounts.csv", "contacts.csv"):
        before = (crm / name).read_bytes()
        abm("match", "-w", crm, "--corrections", crm / name, code=2)
        abm("match", "-w", crm, "-o", crm / name, code=2)
        assert (crm / name).read_bytes() == before
    abm("match", "-w", crm, "-o", crm / "corrections.csv", code=2)
    other = crm / "list.csv"
    other.write_text("a,b\n1,2\n")
    assert "is no file of corrections" in abm("match", "-w", crm, "--corrections", other, code=2).stderr
    assert other.read_text() == "a,b\n1,2\n"


def test_scoring_reads_the_same_answers(workspace: Path) -> None:
    (workspace / "contacts.csv").write_text("contact_id,email\nC1,a@holding.example\nC2,b@holding.example\n")
    assert library.score(library.load_workspace(workspace)).leads["account_id"].to_list() == [None, None]
    file = workspace / "corrections.csv"
    abm("match", "-w", workspace, "--corrections", file)
    answer(file, {"holding.example": "A1"}, as_excel_does)
    assert library.score(library.load_workspace(workspace)).leads["account_id"].to_list() == ["A1", "A1"]


@pytest.mark.slow
def test_corrections_beside_a_declared_workspace_count_and_are_guarded(crm: Path) -> None:
    data = crm / "exports"
    data.mkdir()
    for name in ("accounts.csv", "contacts.csv"):
        (crm / name).rename(data / f"my_{name}")
    tables = "tables: {accounts: my_accounts.csv, contacts: my_contacts.csv}\n"
    (crm / "workspace.yaml").write_text(f"data: exports\n{tables}")
    (crm / "corrections.csv").write_text("domain,account_id\nholding.example,A1\n")
    assert matches(crm)["C09"] == ("A1", "correction")
    abm("match", "-w", crm, "--corrections", crm / "corrections.csv")
    assert "would next be read" in abm("match", "-w", crm, "-o", crm / "corrections.csv", code=2).stderr
    # Under another name, where workspace.yaml says so.
    (crm / "corrections.csv").rename(data / "fixes.csv")
    (crm / "workspace.yaml").write_text(f"data: exports\n{tables.replace('}', ', corrections: fixes.csv}')}")
    abm("match", "-w", crm, "--corrections", data / "fixes.csv")
    assert [row["contacts"] for row in questions(data / "fixes.csv") if row["account_id"]] == ["3"]
    assert matches(crm)["C09"] == ("A1", "correction")


def test_the_page_says_how_to_write_the_file(crm: Path) -> None:
    said = " ".join(abm("match", "-w", crm).stdout.split())
    assert f"abm match -w {crm} --corrections {crm / 'corrections.csv'} writes 5 rows that settle 8 people" in said


def test_no_people_or_no_accounts(crm: Path) -> None:
    (crm / "contacts.csv").unlink()
    assert "there is no table contacts" in abm("match", "-w", crm, code=2).stderr
    (crm / "contacts.csv").write_text("contact_id,email\n")
    assert "crm · 0 contacts · 6 accounts" in abm("match", "-w", crm).stdout


@pytest.mark.slow
def test_the_program_itself_has_data_on_stdout(crm: Path) -> None:
    done = program("match", "-w", crm, "--format", "csv")
    assert len(list(csv.DictReader(io.StringIO(done.stdout.decode())))) == 17
    assert done.stderr == b""


def test_one_row_settles_everybody_of_a_domain(tmp_path: Path) -> None:
    count, firms = 100_000, 2_000
    number = pl.int_range(count, eager=True)
    firm = number % firms
    pl.DataFrame(
        {
            "account_id": [f"A{i}" for i in range(0, firms, 2)],
            "name": [f"Firm {i} Works" for i in range(0, firms, 2)],
            "domain": [f"firm{i}.example" for i in range(0, firms, 2)],
        }
    ).write_csv(tmp_path / "accounts.csv")
    people = pl.DataFrame({"n": number, "firm": firm}).select(
        pl.format("C{}", "n").alias("contact_id"), pl.format("p{}@firm{}.example", "n", "firm").alias("email")
    )
    people.write_csv(tmp_path / "contacts.csv")
    told = abm("match", "-w", tmp_path, "--corrections", tmp_path / "corrections.csv").stderr
    assert "1,000 rows to decide about 50,000 people" in told
