"""SQLite files: what Python's own client wrote comes back, whatever kinds of values a column mixes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from abm.errors import SourceError
from abm.sources.canonical import Reading, canonical_table
from abm.sources.database import DatabaseSource, read_database
from abm.tables.contracts import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from abm.sources.tables import RawTable

WHERE = "workspace.yaml:7: tables.contacts"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "the 'data' 100% & more?#"
    folder.mkdir()
    return folder


def written(folder: Path, *statements: str, rows: Iterable[Any] = (), file: str = "crm.db") -> None:
    """A database as its own client writes it; the rows go into table t."""
    with closing(sqlite3.connect(folder / file)) as client, client:
        for statement in statements:
            client.execute(statement)
        for row in rows:
            client.execute(f"insert into t values ({', '.join('?' * len(row))})", row)


def raw(folder: Path, query: str | None = None, table: str | None = None, at: str = "sqlite:///crm.db") -> RawTable:
    return read_database("contacts", DatabaseSource(at, query, table), folder, WHERE, {})


def read(
    folder: Path, query: str | None = None, table: str | None = None, at: str = "sqlite:///crm.db"
) -> pl.DataFrame:
    return raw(folder, query, table, at).frame.collect().drop("_row")


def failing(folder: Path, query: str | None = None, table: str | None = None, at: str = "sqlite:///crm.db") -> str:
    with pytest.raises(SourceError) as caught:
        read(folder, query, table, at)
    said = str(caught.value)
    assert said.startswith(WHERE)
    assert "\n" not in said
    assert said.endswith((".", "?"))
    return said


@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [
        ([1, 2, None], pl.Int64(), [1, 2, None]),
        ([2**63 - 1, -(2**63)], pl.Int64(), [2**63 - 1, -(2**63)]),
        ([1, 2.5, None], pl.Float64(), [1.0, 2.5, None]),
        (["a", None, "Ünï 株 🏢"], pl.String(), ["a", None, "Ünï 株 🏢"]),
        ([1, "two", None], pl.String(), ["1", "two", None]),
        ([1234567.891, "two", 3], pl.String(), ["1234567.891", "two", "3"]),
        ([0.1, "x", -1.5e-300, float("inf")], pl.String(), ["0.1", "x", "-1.5e-300", "Inf"]),
        (["1.2000000e+00", "x"], pl.String(), ["1.2000000e+00", "x"]),
        ([None, None], pl.String(), [None, None]),
        ([None] * 20000 + ["late"], pl.String(), [None] * 20000 + ["late"]),
        ([1] * 20000 + ["late", 2.5], pl.String(), ["1"] * 20000 + ["late", "2.5"]),
        ([1] * 20000 + [2.5], pl.Float64(), [1.0] * 20000 + [2.5]),
        ([True, False, None], pl.Int64(), [1, 0, None]),
        (["a\x00b"], pl.String(), ["a\x00b"]),
        (["", " "], pl.String(), ["", " "]),
    ],
)  # fmt: skip
def test_values_come_back(data: Path, values: list[Any], dtype: pl.DataType, expected: list[Any]) -> None:
    written(data, "create table t (x)", rows=[(value,) for value in values])
    for frame in (read(data, table="t"), read(data, "select x from t order by rowid")):
        assert frame.schema == {"x": dtype}
        assert frame["x"].to_list() == expected


def test_mixed_columns_among_others_keep_their_rows(data: Path) -> None:
    rows = [(i, i / 7 if i % 2 else f"n{i}", f"w{i}", None) for i in range(3000)]
    written(data, 'create table t (i, "odd ""name""", w, absent)', rows=rows)
    frame = read(data, "select * from t order by i desc -- newest first")
    with closing(sqlite3.connect(data / "crm.db")) as client:
        truth = client.execute("select * from t order by i desc").fetchall()
    # How many digits a cast to text writes is a matter of SQLite's version; at least fifteen count.
    kept = [(i, float(v) if i % 2 else v, *rest) for i, v, *rest in frame.rows()]
    assert kept == [(i, pytest.approx(v, rel=1e-14) if i % 2 else v, *rest) for i, v, *rest in truth]


def test_what_cannot_be_read_is_counted(data: Path) -> None:
    written(
        data,
        "create table t (contact_id, created_at, opted_out, score)",
        rows=[(1, "2026-06-30", 1, 5), (2, "soon", 0, "high"), ("C3", 20260101.5, "maybe", 1.5)],
    )
    table = canonical_table(raw(data, table="t"), Reading(types={"score": Kind.NUMBER}))
    frame = table.frame.collect()
    assert frame["contact_id"].to_list() == ["1", "2", "C3"]
    assert frame["created_at"].to_list() == [date(2026, 6, 30), None, None]
    assert frame["opted_out"].to_list() == [True, False, None]
    assert frame["score"].to_list() == [5.0, None, 1.5]
    assert {(each.code, each.column): each.count for each in table.findings} == {
        ("unparseable", "created_at"): 2,
        ("unparseable", "opted_out"): 1,
        ("unparseable", "score"): 1,
    }


def test_a_result_without_rows_keeps_its_columns(data: Path) -> None:
    written(data, "create table t (contact_id integer, email text, score real)")
    assert read(data, table="t").schema == {"contact_id": pl.String(), "email": pl.String(), "score": pl.String()}
    assert read(data, "select email from t where 0").height == 0


def test_a_thousand_columns(data: Path) -> None:
    written(
        data, f"create table t ({', '.join(f'c{i}' for i in range(1000))})", rows=[tuple(range(1000)), ("x",) * 1000]
    )
    frame = read(data, table="t")
    assert frame.width == 1000
    assert frame["c999"].to_list() == ["999", "x"]


@pytest.mark.parametrize("at", ["sqlite:///crm.db", "sqlite://crm.db", "crm.db", "sqlite:///sub/../crm.db", "./crm.db"])
def test_ways_to_say_where(data: Path, at: str) -> None:
    written(data, "create table t (x)", rows=[(1,)])
    assert read(data, table="t", at=at)["x"].to_list() == [1]


def test_a_path_from_the_root_lies_below_the_folder_too(data: Path) -> None:
    written(data, "create table t (x)", rows=[(1,)])
    written(data.parent, "create table t (x)", rows=[(2,)])
    assert read(data, table="t", at=f"sqlite:///{data}/crm.db")["x"].to_list() == [1]
    for outside in ("sqlite:///../crm.db", f"sqlite:///{data.parent}/crm.db", "../crm.db"):
        assert "outside the data folder" in failing(data, table="t", at=outside)
    (data / "link.db").symlink_to("../crm.db")
    assert "outside the data folder" in failing(data, table="t", at="link.db")


@pytest.mark.parametrize("name", ["My Table", 'with "quotes"', "a;b", "t; drop table t; --", "select", "ünï", "t'"])
def test_names_that_need_quotes(data: Path, name: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    written(data, f"create table {quoted} (x)", f"insert into {quoted} values (7)")
    assert read(data, table=quoted if '"' in name else name)["x"].to_list() == [7]


@pytest.mark.parametrize(
    "query",
    [
        "delete from t",
        "select 1; delete from t",
        "insert into t values (2)",
        "replace into t values (2)",
        "with a as (select 1) delete from t",
        "drop table t",
        "create table u as select 1",
        "attach 'other.db' as other",
        "pragma writable_schema = on",
        "vacuum into 'copy.db'",
        "select load_extension('x')",
        "select writefile('x', 'y')",
        "select readfile('/etc/passwd')",
        "select 1) union select (2",
        "",
    ],
)
def test_only_one_select_is_sent(data: Path, query: str) -> None:
    written(data, "create table t (x)", rows=[(1,)])
    before = (data / "crm.db").read_bytes()
    failing(data, query)
    assert (data / "crm.db").read_bytes() == before
    assert [each.name for each in data.iterdir()] == ["crm.db"]


def test_the_file_itself_is_opened_to_read_only(data: Path) -> None:
    """Behind the check of the words: the driver's connection cannot write."""
    from urllib.parse import quote

    import adbc_driver_sqlite.dbapi

    written(data, "create table t (x)")
    address = f"file:{quote(str(data / 'crm.db'))}?mode=ro"
    with (
        adbc_driver_sqlite.dbapi.connect(address) as client,
        client.cursor() as cursor,
        pytest.raises(Exception, match="readonly"),
    ):
        cursor.execute("insert into t values (1)")


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("select * from nowhere", "no such table: nowhere"),
        ("select absent from t", "no such column: absent"),
        ("select nofunction(x) from t", "no such function: nofunction"),
        ("select x'00ff' as b", "column 'b' is of type bytes"),
        ("select cast(x'ff41' as text) as a", "column 'a' holds text that is not UTF-8"),
        ("select abs(-9223372036854775808) as a", "integer overflow"),
        ("select json('{') as a", "malformed JSON"),
    ],
)
def test_a_query_that_fails(data: Path, query: str, says: str) -> None:
    written(data, "create table t (x)", rows=[(1,)])
    assert says in failing(data, query)


def test_a_file_that_is_none(data: Path) -> None:
    (data / "text.db").write_text("contact_id,email\n1,a@b.c\n")
    (data / "empty.db").touch()
    (data / "folder.db").mkdir()
    written(data, "create table t (x)", rows=[("x" * 100,)] * 500)
    whole = (data / "crm.db").read_bytes()
    (data / "half.db").write_bytes(whole[: len(whole) // 2])
    (data / "rubbish.db").write_bytes(whole[:100] + b"\xff" * 8000)
    assert "is not a database of SQLite or DuckDB" in failing(data, table="t", at="text.db")
    assert "is empty" in failing(data, table="t", at="empty.db")
    assert "is a folder" in failing(data, table="t", at="folder.db")
    assert "Did you mean 'crm.db'?" in failing(data, table="t", at="cmr.db")
    for broken in ("half.db", "rubbish.db"):
        assert "Is the file whole?" in failing(data, table="t", at=broken)


def test_a_file_with_a_write_ahead_log(data: Path) -> None:
    """What is committed but still in the log beside the file counts."""
    with closing(sqlite3.connect(data / "crm.db")) as writer:
        writer.execute("pragma journal_mode = wal")
        writer.execute("create table t (x)")
        writer.execute("insert into t values (1)")
        writer.commit()
        assert (data / "crm.db-wal").stat().st_size > 0
        assert read(data, table="t")["x"].to_list() == [1]
