"""Queries: what they may read, what they give, and that they reach nothing else."""

import subprocess
import sys
import threading

import polars as pl
import pytest

from abm.errors import SourceError
from abm.sources.sql import read_query

WHERE = "workspace.yaml:7: tables.events.sql"


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "the 'data'"
    (folder / "crm").mkdir(parents=True)
    (folder / "a.csv").write_text("x,y\n1,one\n2,two\n")
    (folder / "crm" / "b.csv").write_text("x,y\n3,three\n")
    (folder / "crm" / "c.csv").write_text("x,y\n4,four\n")
    pl.DataFrame({"x": [1, 9]}).write_parquet(folder / "p.parquet")
    (folder / "j.jsonl").write_text('{"x": 5}\n')
    (tmp_path / "secret.csv").write_text("x\nsecret\n")
    return folder


def run(query, folder):
    return read_query("events", query, folder, WHERE).frame.collect()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("select x from 'a.csv'", [1, 2]),
        ('select x from "a.csv";', [1, 2]),
        ("from 'a.csv' select x", [1, 2]),
        ("select a.x from 'a.csv' a join 'p.parquet' p using (x)", [1]),
        ("select x from 'crm/*.csv'", [3, 4]),
        ("select x from '**/*.csv'", [1, 2, 3, 4]),
        ("select x from 'crm/../a.csv'", [1, 2]),
        ("select x from read_csv('a.csv', header = true, columns = {'x': 'BIGINT', 'y': 'VARCHAR'})", [1, 2]),
        ("select x from READ_CSV(['a.csv', 'crm/b.csv'])", [1, 2, 3]),
        ("select x from read_parquet('p.parquet')", [1, 9]),
        ("select x from read_json_auto('j.jsonl') union all select x from 'p.parquet'", [1, 5, 9]),
        ("with t as (select x from 'a.csv'), u as (from t) select x from U -- 'z.csv'", [1, 2]),
        ("with recursive t(x) as (select 1::bigint union all select x + 1 from t where x < 2) select x from t", [1, 2]),
        ("select x from 'p.parquet' where x in (select x from 'a.csv')", [1]),
        ("select (select max(x) from 'a.csv') as x", [2]),
        ("select t.x from (values (7::bigint)) t(x), range(2)", [7, 7]),
        ("select count(*) over () as x from 'a.csv' where y <> 'from ''b.csv'''", [2, 2]),
    ],
)  # fmt: skip
def test_reads(data, query, expected):
    assert sorted(run(query, data)["x"].to_list()) == expected


def test_rows_of_a_query_have_no_number_and_times_are_utc(data):
    frame = run("select timestamptz '2026-06-30 23:00:00-05' as at, 1 as _row from 'a.csv' limit 1", data)
    assert frame.schema == {"at": pl.Datetime("us", "UTC"), "_row": pl.Int64()}
    assert frame.select(pl.col("at").dt.date().cast(pl.String), "_row").rows() == [("2026-07-01", None)]


@pytest.mark.parametrize(
    "query",
    [
        "select * from '/etc/passwd'",
        "select * from read_csv('/etc/passwd', header = false)",
        "select * from read_csv('/etc/' || 'passwd', header = false)",
        "select * from read_csv(['a.csv', '/etc/passwd'])",
        "select * from read_text('/etc/passwd')",
        "select * from read_blob('/etc/passwd')",
        "select * from glob('/etc/*')",
        "select * from '/etc/*'",
        "select * from '../secret.csv'",
        "select * from '../*.csv'",
        "select * from 'crm/../../secret.csv'",
        "select * from read_csv('../' || 'secret.csv')",
        "select * from 'link.csv'",
        "select * from 'link*.csv'",
        "select * from 'up/secret.csv'",
        "select * from 'up/*.csv'",
        "select * from 'https://example.com/a.csv'",
        "select * from read_parquet('s3://bucket/a.parquet')",
        "select * from 'file:///etc/passwd'",
        "select getenv('HOME')",
        "select * from duckdb_settings()",
        "select * from duckdb_settings",
        "select * from information_schema.tables",
        "select * from sqlite_master",
        "select * from query('select 1')",
        "select * from query_table('a.csv')",
        "select * from json_execute_serialized_sql('{}')",
        "select * from enable_logging('QueryLog', storage = 'file', storage_path = 'log')",
        "select * from arrow_scan(1, 2, 3)",
        "select * from (select * from (select * from pandas_scan(1)))",
        "with t as (select * from read_text('a.csv')) select 1",
        "select * from sniff_csv('a.csv')",
    ],
)
def test_reaches_nothing_else(data, query):
    (data / "link.csv").symlink_to("../secret.csv")
    (data / "up").symlink_to("..")
    with pytest.raises(SourceError) as caught:
        run(query, data)
    assert str(caught.value).startswith(WHERE)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "query",
    [
        "copy (select 1) to 'out.csv'",
        "copy (select 1) to '{data}/out.csv'",
        "copy (select * from 'a.csv') to '{data}/out.parquet'",
        "attach '{data}/x.db'",
        "attach '{data}/x.db' as x; select 1",
        "export database '{data}/out'",
        "select 1; copy (select 1) to '{data}/out.csv'",
        "with t as (copy (select 1) to '{data}/out.csv') select 1",
        "with t as (copy (select 1) to 'out.csv') select * from t",
        "with t as (insert into a values (1) returning *) select * from t",
        "select (with t as (copy (select 1) to '{data}/out.csv') select count(*) from t)",
        "select * from (with recursive t as (copy (select 1) to '{data}/out.csv') from t)",
        "create table t as select 1",
        "create view v as select 1",
        "insert into t values (1)",
        "install httpfs",
        "load httpfs",
        "pragma database_list",
        "set enable_external_access = true",
        "set lock_configuration = false",
        "call enable_logging()",
        "describe 'a.csv'",
        "show tables",
        "summarize 'a.csv'",
        "select * from (describe select 1)",
        "select * from (show tables)",
        "explain select 1",
        "explain analyze select 1",
        "pivot 'a.csv' on x",
        "prepare q as select 1",
        "select 1; select 2",
        "",
        "-- nothing",
        ";",
    ],
)
def test_is_exactly_one_select(data, query):
    before = sorted(data.rglob("*"))
    with pytest.raises(SourceError, match=r"workspace\.yaml:7: tables\.events\.sql: .*SELECT"):
        run(query.format(data=str(data).replace("'", "''")), data)
    assert sorted(data.rglob("*")) == before


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("selec 1", 'syntax error at or near "selec". The query is one SELECT'),
        ("select z from 'a.csv'", "Compare the names with the header"),
        ("select * from 'b.csv'", "there is no such file in the data folder"),
        ("select * from 'aa.csv'", "Did you mean 'a.csv'?"),
        ("select * from accounts", "there is no table 'accounts'"),
        ("select * from a.csv", "Put file names in quotes: 'a.csv'"),
        ("select * from 'no/*.csv'", "No files found"),
        ("select x, x from 'a.csv'", "gives the column 'x' twice"),
        ("select interval 1 day as i", "column 'i' is of type INTERVAL"),
        ("select [interval 1 day] as i", "column 'i' is of type INTERVAL[]"),
        ("select y::int from 'a.csv'", 'a.csv: line 2: Error when converting column "y"'),
        ("select " + "(" * 2000 + "1" + ")" * 2000, "workspace.yaml:7"),
        ("select " + "||".join(["'a'"] * 900), "nested too deeply"),
        ("select $1", "workspace.yaml:7"),
    ],
    ids=range(14),
)
def test_says_what_is_wrong(data, query, message):
    with pytest.raises(SourceError) as caught:
        run(query, data)
    assert message in str(caught.value)
    assert str(data) not in str(caught.value)


def test_a_folder_with_pattern_signs(tmp_path):
    folder = tmp_path / "x[1]"
    folder.mkdir()
    (folder / "a.csv").write_text("x\n1\n")
    assert run("select x from 'a.csv'", folder)["x"].to_list() == [1]
    with pytest.raises(SourceError, match="List the files"):
        run("select x from '*.csv'", folder)


def test_every_way_to_write_a_select_is_admitted(data):
    query = """
        with t as materialized (select distinct on (x) * from 'a.csv' order by x desc nulls last),
             u as (select * from 'a.csv' unpivot (v for k in (x)) limit 50%)
        select t.x, sum(t.x) over w as s, [e + 1 for e in [1]] as l, {'k': 1}.k as k, exists(from u) as e,
               count(*) filter (where t.x > 0) over () as n, try_cast(t.y as int) as i, case when true then 1 end as c
        from t cross join lateral (select 1 as one) left join 'crm/*.csv' b on b.x = t.x
        window w as (partition by t.y order by t.x rows between 1 preceding and current row)
        qualify row_number() over () <= 5
        union all by name (select x, x as s from 'p.parquet' tablesample 100% order by all limit 1 offset 1)
        except select null, null, null, null, null, null, null, null from range(1)
    """
    assert sorted(run(query, data)["x"].to_list()) == [1, 2, 9]


def test_leaves_no_complaint_of_the_database(data):
    code = """
import pathlib, sys
from abm.sources.sql import read_query
print(read_query("events", "from 'a.csv'", pathlib.Path(sys.argv[1]), "w").frame.collect().height)
"""
    done = subprocess.run([sys.executable, "-c", code, str(data)], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("2\n", "")


def test_variables_of_the_program_are_not_tables(data):
    secret = pl.DataFrame({"x": [1]})
    with pytest.raises(SourceError, match="there is no table 'secret'"):
        run("select * from secret", data)
    assert secret.height == 1


def test_threads_do_not_meet(data):
    found = []
    threads = [threading.Thread(target=lambda: found.append(run("from 'a.csv'", data).height)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [2, 2, 2, 2]
