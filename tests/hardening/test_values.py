"""Values that are not what they should be, through every reader: read as null, counted and reported, or taken as is."""

from __future__ import annotations

import io
import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from abm import load_workspace, score
from abm.scoring.score import newest_day
from tests.hardening.workspaces import (
    HOSTILE,
    WAYS,
    each,
    ending_of,
    events_file,
    issue,
    issues,
    refused,
    run,
    workspace,
)

if TYPE_CHECKING:
    from pathlib import Path

TYPED_WAYS = ("jsonl", "sql jsonl", "parquet", "sql parquet")
FLAT_WAYS = tuple(way for way in WAYS if way not in TYPED_WAYS)
HEADER = "account_id,name,employees,lifecycle,parent_account_id\n"


def broken_events(folder: Path, way: str, **values: Any) -> Path:
    """A workspace whose first event has some values instead of its own."""
    crm, file = events_file(folder, way)
    whole = {"contact_id": "C3", "type": "visit", "occurred_at": "2026-06-29", "count": 1}
    rows = [{**whole, **values}, whole]
    file.write_bytes(_as(ending_of(way), rows))
    return crm


def _as(ending: str, rows: list[dict[str, Any]]) -> bytes:
    if ending == "jsonl":
        # Written by hand: NaN, infinity and long integers are what people's exports hold.
        return "".join(json.dumps(row, default=str) + "\n" for row in rows).encode()
    if ending == "parquet":
        stream = io.BytesIO()
        columns = {name: pl.Series([row[name] for row in rows], strict=False) for name in rows[0]}
        pl.DataFrame(columns).write_parquet(stream)
        return stream.getvalue()
    separator = "\t" if ending == "tsv" else ","
    lines = [list(rows[0]), *(list(row.values()) for row in rows)]
    return "".join(separator.join(map(str, line)) + "\n" for line in lines).encode()


@pytest.mark.parametrize("way", each(WAYS))
def test_a_day_that_does_not_exist(tmp_path: Path, way: str) -> None:
    crm = broken_events(tmp_path, way, occurred_at="31/02/2026")
    found = issue(crm, "unparseable")
    assert (found["column"], found["count"], found["samples"]) == ("occurred_at", 1, ["31/02/2026"])
    assert "not a day or time such as 2026-06-30" in found["message"]


@pytest.mark.parametrize("way", ["csv", "sql csv", "jsonl"])
def test_the_year_1(tmp_path: Path, way: str) -> None:
    crm = broken_events(tmp_path, way, occurred_at="0001-01-01")
    assert {"unparseable", "too_early"} & set(issues(crm)["code"])


@pytest.mark.parametrize("way", ["parquet", "sql parquet"])
@pytest.mark.parametrize("day", [date(1, 1, 1), datetime(1, 1, 1)])  # noqa: DTZ001 - as files have them
def test_the_year_1_as_a_date(tmp_path: Path, way: str, day: date) -> None:
    crm, file = events_file(tmp_path, way)
    pl.DataFrame(
        {"contact_id": ["C1", "C1"], "type": ["demo", "demo"], "occurred_at": [day, day.replace(2026)]}
    ).write_parquet(file)
    assert issue(crm, "too_early")["count"] == 1


@pytest.mark.parametrize("way", each(WAYS))
def test_the_year_9999_has_not_come(tmp_path: Path, way: str) -> None:
    crm = broken_events(tmp_path, way, occurred_at="9999-12-31")
    workspace = load_workspace(crm)
    result = score(workspace, as_of=newest_day(workspace.tables, date(2026, 12, 31)))
    assert result.as_of == date(2026, 6, 29)
    # A database has a last day of its own; a day as late as the last of all is not read from it.
    assert {"after_as_of", "no_time"} & set(result.polars["issues"]["code"])


@pytest.mark.parametrize("way", each(WAYS))
def test_a_count_that_counts_nothing(tmp_path: Path, way: str) -> None:
    assert issue(broken_events(tmp_path, way, count=-3), "bad_count")["count"] == 1


@pytest.mark.parametrize(
    ("way", "count"),
    [
        *((way, "99999999999999999999") for way in ("csv", "sql csv")),
        *(("csv", count) for count in ("inf", "1e400", "many")),
    ],
)
def test_a_count_that_is_no_whole_number(tmp_path: Path, way: str, count: str) -> None:
    crm = broken_events(tmp_path, way, count=count)
    assert issue(crm, "unparseable")["column"] == "count"


@pytest.mark.parametrize(
    ("way", "count"),
    [
        ("jsonl", 10**25),
        ("jsonl", float("inf")),
        ("parquet", 2**64 - 1),
        ("parquet", float("inf")),
        ("sql jsonl", 10**25),
        ("sql parquet", 2**64 - 1),
        ("sql parquet", float("inf")),
    ],
)
def test_a_typed_count_that_is_no_whole_number(tmp_path: Path, way: str, count: float) -> None:
    crm = broken_events(tmp_path, way, count=count)
    assert issue(crm, "unparseable")["column"] == "count"


@pytest.mark.parametrize("way", ["csv", "jsonl", "parquet", "sql csv", "sql parquet"])
def test_nan_is_nothing(tmp_path: Path, way: str) -> None:
    crm = broken_events(tmp_path, way, count=float("nan"))
    assert "unparseable" not in issues(crm)["code"].to_list()


def test_a_long_integer_among_people_stays_an_id(tmp_path: Path) -> None:
    crm, file = events_file(tmp_path, "jsonl")
    file.write_text(f'{{"contact_id": {10**25}, "type": "demo", "occurred_at": "2026-06-30"}}\n')
    assert issue(crm, "orphan")["count"] == 1
    assert load_workspace(crm).tables["events"].frame.collect()["contact_id"].to_list() == [str(10**25)]


def accounts(folder: Path, *rows: str) -> Path:
    return workspace(folder, accounts_csv=HEADER + "".join(f"{row}\n" for row in rows))


def test_fewer_employees_than_none(tmp_path: Path) -> None:
    crm = accounts(tmp_path, "A1,Acme,-500,,", "A2,Globex,5,,")
    assert issue(crm, "negative", "accounts")["message"] == "taken as it is: less than 0 employees"


@pytest.mark.parametrize("way", ["csv", "parquet"])
def test_endless_employees(tmp_path: Path, way: str) -> None:
    crm = accounts(tmp_path, "A1,Acme,inf,,", "A2,Globex,nan,,", "A3,Initech,1e308,,")
    if way == "parquet":
        pl.read_csv(crm / "accounts.csv", schema_overrides={"employees": pl.Float64}).write_parquet(
            crm / "accounts.parquet"
        )
        (crm / "accounts.csv").unlink()
    found = issue(crm, "unparseable", "accounts")
    assert (found["column"], found["count"], found["rows"]) == ("employees", 1, [1])


def test_a_title_of_ten_thousand_characters(tmp_path: Path) -> None:
    title = "Vice President " + "of Everything " * 714
    crm = workspace(tmp_path, contacts_csv=f"contact_id,account_id,title\nC1,A1,{title}\nC3,A2,VP Sales\n")
    shown = run("rank", "-w", crm, "--by", "lead").stdout
    assert max(map(len, shown.splitlines())) <= 120
    told = run("explain", "-w", crm, "C1")
    assert told.exit_code == 0, told.stderr
    assert max(map(len, told.stdout.splitlines())) <= 120


@pytest.mark.slow
def test_signs_that_a_terminal_obeys_are_never_shown_raw(tmp_path: Path) -> None:
    odd = f"Evil{HOSTILE.replace(chr(0x85), '')}[31m Inc"
    name = "שלום"
    crm = accounts(tmp_path, f"A1,{odd},500,{odd},", f"A2,{name},5,,", f"{odd},x,-1,,")
    (crm / "contacts.csv").write_text(f"contact_id,account_id,title\nC1,A1,{odd}\nC1,{odd},{odd}\nC3,A2,x\n")
    (crm / "events.csv").write_text(f"contact_id,type,occurred_at\nC1,{odd},2026-06-30\n{odd},demo,{odd}\n")
    (crm / "intent.csv").write_text(f"account_id,topic,observed_on,score\nA1,{odd},2026-06-29,90\n")
    commands = (
        *(
            ("rank", "--all"),
            ("rank", "--by", "lead"),
            ("check",),
            ("explain", "A1"),
            ("explain", "C1"),
            ("explain", odd),
        ),
        *(("rank", "--where", f"name = '{odd}'"), ("rank", "--where", f"{odd} = 1"), ("explain", f"{odd}{odd}")),
    )
    for command, *rest in commands:
        done = run(command, "-w", crm, *rest)
        assert done.exit_code in (0, 1, 2), (command, rest, done.stderr)
        assert done.stdout + done.stderr, (command, rest)
        assert not set(HOSTILE) & set(done.stdout + done.stderr), (command, rest, done.stdout, done.stderr)
    assert name in run("rank", "-w", crm).stdout


def test_parents_that_go_round_in_a_circle(tmp_path: Path) -> None:
    crm = accounts(tmp_path, "A1,a,1,,A2", "A2,b,1,,A3", "A3,c,1,,A1", "A4,d,1,,")
    (crm / "model.yaml").write_text((crm / "model.yaml").read_text() + "family: rollup\n")
    told = refused("check", "-w", crm)
    assert "parent_account_id goes round in a circle: A1 -> A2 -> A3 -> A1" in told
    assert "Clear parent_account_id on the account that is really on top" in told


def test_an_account_that_is_its_own_parent(tmp_path: Path) -> None:
    crm = accounts(tmp_path, "A1,a,1,,A1", "A2,b,1,,")
    (crm / "model.yaml").write_text((crm / "model.yaml").read_text() + "family: rollup\n")
    done = run("check", "-w", crm)
    assert done.exit_code == 2 or "A1" in done.stdout, done.stdout
