"""DuckDB files: what DuckDB wrote comes back; the query reads the file's tables and nothing else."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import duckdb
import polars as pl
import pytest

from abm.errors import SourceError
from abm.sources.database import DatabaseSource, read_database

if TYPE_CHECKING:
    from pathlib import Path

WHERE = "workspace.yaml:7: tables.events"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "the 'data'"
    folder.mkdir()
    (folder / "a.csv").write_text("x\n1\n")
    with duckdb.connect(str(folder / "crm.duckdb")) as client:
        client.execute("create table t (x integer, y varchar)")
        client.execute("insert into t values (1, 'one'), (2, null), (3, 'Ünï')")
        client.execute("create view v as select x * 2 as x from t")
        client.execute('create schema "My.Schema"; create table "My.Schema"."Odd ""name""; --" as select 7 as x')
    return folder


def read(folder: Path, query: str | None = None, table: str | None = None, at: str = "crm.duckdb") -> pl.DataFrame:
    return read_database("events", DatabaseSource(at, query, table), folder, WHERE, {}).frame.collect()


def failing(folder: Path, query: str | None = None, table: str | None = None, at: str = "crm.duckdb") -> str:
    with pytest.raises(SourceError) as caught:
        read(folder, query, table, at)
    said = str(caught.value)
    assert said.startswith(WHERE)
    assert "\n" not in said
    assert said.endswith((".", "?"))
    assert str(folder) not in said
    return said


def test_reads(data: Path) -> None:
    assert read(data, table="t").rows() == [(1, "one", None), (2, None, None), (3, "Ünï", None)]
    assert read(data, table="v")["x"].to_list() == [2, 4, 6]
    assert read(data, table='"My.Schema"."Odd ""name""; --"')["x"].to_list() == [7]
    assert read(data, table="main.t", at="duckdb:///crm.duckdb").height == 3
    assert read(data, "with a as (select x from t) select x from a, range(2) order by x")["x"].to_list() == [
        1,
        1,
        2,
        2,
        3,
        3,
    ]
    assert read(data, "select * from t where false").schema == {"x": pl.Int32(), "y": pl.String(), "_row": pl.Int64()}


def test_types(data: Path) -> None:
    frame = read(
        data,
        "select timestamptz '2026-06-30 20:30:00-04' as at, 1.50::decimal(9,2) as amount, [1, null] as l, true as b,"
        " date '2026-01-02' as d, 9223372036854775807::bigint as big, '{\"a\": 1}'::json as j,"
        " 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid as u",
    )
    assert frame.row(0)[:8] == (
        datetime(2026, 7, 1, 0, 30, tzinfo=UTC),
        Decimal("1.50"),
        [1, None],
        True,
        date(2026, 1, 2),
        2**63 - 1,
        '{"a": 1}',
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
    )


def test_a_thousand_columns(data: Path) -> None:
    assert read(data, f"select {', '.join(f'{i} as c{i}' for i in range(1000))}").width == 1001


@pytest.mark.parametrize(
    "query",
    [
        "select * from 'a.csv'",
        "select * from read_csv('a.csv')",
        "select * from read_csv('/etc/passwd')",
        "select * from '/etc/passwd'",
        "select * from read_text('a.csv')",
        "select * from glob('*')",
        "select * from read_parquet('https://example.com/a.parquet')",
        "select * from query('select 1')",
        "select * from duckdb_settings()",
        "select * from enable_logging('QueryLog', storage = 'file', storage_path = 'log')",
        "select * from arrow_scan(1, 2, 3)",
        "select * from sqlite_scan('a.db', 't')",
        "select * from postgres_scan('host=x', 'a', 'b')",
        "select getenv('HOME')",
        "copy (select 1) to 'out.csv'",
        "with t as (copy (select 1) to 'out.csv') select * from t",
        "attach 'other.duckdb'",
        "insert into t values (9, 'x')",
        "delete from t",
        "create table u as select 1",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "select 1; select 2",
        "show tables",
        "",
    ],
)
def test_reaches_nothing_else(data: Path, query: str) -> None:
    before = (data / "crm.duckdb").read_bytes()
    failing(data, query)
    assert (data / "crm.duckdb").read_bytes() == before
    assert sorted(each.name for each in data.iterdir()) == ["a.csv", "crm.duckdb"]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("select * from nowhere", "Table with name nowhere does not exist"),
        ("select nothing from t", "nothing"),
        ("select y::int from t", "Could not convert string"),
        ("select x as a, x as a from t", "twice"),
        ("select interval 1 day as i", "column 'i' is of type INTERVAL"),
        ("selec", "syntax error"),
    ],
)
def test_a_query_that_fails(data: Path, query: str, says: str) -> None:
    assert says in failing(data, query)


def test_a_file_that_another_program_writes(data: Path) -> None:
    import subprocess
    import sys

    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", code, str(data / "crm.duckdb")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdin is not None
        writer.stdout.readline()
        said = failing(data, table="t")
        writer.stdin.close()
    assert "Another program" in said


def test_a_file_that_breaks_off(data: Path) -> None:
    whole = (data / "crm.duckdb").read_bytes()
    (data / "half.duckdb").write_bytes(whole[:5000])
    failing(data, table="t", at="half.duckdb")
