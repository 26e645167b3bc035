"""PostgreSQL: what its ordinary client wrote comes back, nothing else is read or changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from abm.errors import SourceError
from abm.sources.canonical import canonical_table
from abm.sources.database import DatabaseSource, read_database
from tests.sources.postgres import OWNER, OWNERS_PASSWORD

if TYPE_CHECKING:
    from tests.sources.postgres import Server

NOWHERE = Path("/nowhere")
WHERE = "workspace.yaml:7: tables.events"


def read(server: Server, query: str | None = None, table: str | None = None, uri: str | None = None) -> pl.DataFrame:
    source = DatabaseSource(uri or server.uri(), query, table)
    return read_database("events", source, NOWHERE, WHERE, {}).frame.collect()


def failing(server: Server, query: str | None = None, table: str | None = None, uri: str | None = None) -> str:
    with pytest.raises(SourceError) as caught:
        read(server, query, table, uri)
    said = str(caught.value)
    assert said.startswith(WHERE)
    assert "\n" not in said
    assert said.endswith((".", "?"))
    return said


# The type, values as the client takes them, and values as they come back where they differ.
COLUMNS: dict[str, tuple[str, list[Any], list[Any] | None]] = {
    "big": ("bigint", [2**63 - 1, -(2**63), 0], None),
    "small": ("smallint", [32767, -1, 0], None),
    "real": ("double precision", [1.5, -1e300, 0.1], None),
    "exact": ("numeric", [Decimal("12345678901234567890.123456789"), Decimal("-0.5"), Decimal(7)], None),
    "money_like": ("numeric(12,2)", [Decimal("1234.50"), Decimal("-0.01"), Decimal("0.00")], None),
    "flag": ("boolean", [True, False, True], None),
    "words": ("text", ["Ünïcödé 株式会社 🏢", "a;b\n'c'", ""], None),
    "short": ("varchar(10)", ["x", "y", "z"], None),
    "day": ("date", [date(2026, 6, 30), date(1, 1, 1), date(9999, 12, 31)], None),
    "wall": ("timestamp", [datetime(2026, 6, 30, 23, 59, 59, 999999)] * 3, None),  # noqa: DTZ001 - it has none
    "moment": ("timestamptz", [datetime(2026, 6, 30, 23, 30, tzinfo=UTC)] * 3, None),
    "clock": ("time", [time(12, 30)] * 3, None),
    "tags": ("text[]", [["a", "b;c"], [], ["Ü"]], None),
    "numbers": ("int[]", [[1, 2], [], [3]], None),
    "exacts": ("numeric[]", [[Decimal("1.5"), Decimal(2)], [], [Decimal(3)]], [["1.5", "2"], [], ["3"]]),
    "doc": ("json", ['{"a": [1, "é"]}'] * 3, None),
    "id": ("uuid", ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"] * 3, None),
}


@pytest.fixture(scope="module")
def typed(postgres: Server) -> Server:
    """A table of every type, with a row of nulls between."""
    with postgres.connect() as owner:
        owner.execute(f"create table typed ({', '.join(f'{name} {kind}' for name, (kind, _, _) in COLUMNS.items())})")
        rows = list(zip(*(values for _, values, _ in COLUMNS.values()), strict=True))
        rows.insert(1, (None,) * len(COLUMNS))
        marks = ", ".join(f"%s::{kind}" for kind, _, _ in COLUMNS.values())
        for row in rows:
            owner.execute(f"insert into typed values ({marks})", row)
    return postgres


@pytest.mark.parametrize("column", list(COLUMNS))
def test_values_come_back(typed: Server, column: str) -> None:
    frame = read(typed, f"select {column} from typed")
    _, values, other = COLUMNS[column]
    expected = list(other or values)
    expected.insert(1, None)
    assert frame[column].to_list() == expected
    assert frame["_row"].to_list() == [None] * 4


def test_types_of_columns(typed: Server) -> None:
    schema = read(typed, table="typed").schema
    assert {name: schema[name] for name in ("big", "real", "flag", "words", "day", "wall", "moment", "tags")} == {
        "big": pl.Int64(),
        "real": pl.Float64(),
        "flag": pl.Boolean(),
        "words": pl.String(),
        "day": pl.Date(),
        "wall": pl.Datetime("us"),
        "moment": pl.Datetime("us", "UTC"),
        "tags": pl.List(pl.String),
    }
    assert isinstance(schema["exact"], pl.Decimal)


def test_a_result_without_rows_keeps_its_schema(typed: Server) -> None:
    full, empty = read(typed, table="typed"), read(typed, "select * from typed where false")
    assert empty.height == 0
    assert empty.columns == full.columns
    assert [each for each in full.schema if full.schema[each].base_type() != empty.schema[each].base_type()] == []


def test_numbers_that_are_none_and_too_many_digits(typed: Server) -> None:
    frame = read(
        typed, f"select 'NaN'::numeric as a, 'infinity'::numeric as b, {'9' * 50}::numeric as c, -0.10::numeric as d"
    )
    assert frame["a"].is_nan().all()
    assert frame["b"].to_list() == [float("inf")]
    assert frame["c"].to_list() == [1e50]
    assert frame["d"].to_list() == [Decimal("-0.10")]


def test_times_are_utc_whatever_the_servers_zone(typed: Server) -> None:
    """The server lives in New York: half past eight there is the next day in UTC."""
    frame = read(
        typed, "select timestamptz '2026-06-30 20:30:00-04' as at, (timestamptz '2026-06-30 20:30:00-04')::date d"
    )
    assert frame["at"].to_list() == [datetime(2026, 7, 1, 0, 30, tzinfo=UTC)]
    assert frame["d"].to_list() == [date(2026, 7, 1)]


def test_days_that_no_calendar_has_are_counted(typed: Server) -> None:
    raw = read_database(
        "contacts",
        DatabaseSource(typed.uri(), "select 'C1' as contact_id, 'infinity'::timestamptz as created_at"),
        NOWHERE,
        WHERE,
        {},
    )
    table = canonical_table(raw)
    assert table.frame.collect()["created_at"].to_list() == [None]
    assert [finding.code for finding in table.findings] == ["unparseable"]


def test_numeric_keys_are_text_without_decimals(typed: Server) -> None:
    raw = read_database(
        "contacts",
        DatabaseSource(
            typed.uri(), "select 12345678901234567890::numeric(20,0) as contact_id, 5::numeric as account_id"
        ),
        NOWHERE,
        WHERE,
        {},
    )
    row = canonical_table(raw).frame.collect().row(0, named=True)
    assert (row["contact_id"], row["account_id"]) == ("12345678901234567890", "5")


@pytest.mark.parametrize("count", [1000, 1600])
def test_very_many_columns(typed: Server, count: int) -> None:
    frame = read(typed, f"select {', '.join(f'{i} as c{i}' for i in range(count))}")
    assert frame.width == count + 1
    assert frame["c999"].to_list() == [999]


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        ("'1 day'::interval", "interval"),
        ("'1.50'::money", "money"),
        ("'10.0.0.1'::inet", "inet"),
        ("'\\x00ff'::bytea", "bytea"),
        ("'(1,2)'::point", "point"),
        ("'12:00+01'::timetz", "timetz"),
        ("'[1,3)'::int4range", "int4range"),
        ("row(1, 'a')", "record"),
        ("array['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid]", "uuid"),
        ("b'101'", "bit"),
    ],
)
def test_types_without_counterpart(typed: Server, expression: str, kind: str) -> None:
    said = failing(typed, f"select 1 as fine, {expression} as odd")
    assert "column 'odd' is of type" in said
    assert "Cast it" in said
    assert kind in said or kind == "int4range"


@pytest.mark.parametrize("name", ["Odd Name", 'with "quotes"', "semi;colon", "drop table typed; --", "select", "ünï"])
def test_names_that_need_quotes(typed: Server, name: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    with typed.connect() as owner:
        owner.execute(f"create table {quoted} (a int)".replace("%", "%%"))
        owner.execute(f"insert into {quoted} values (7)")
        owner.execute(f'create schema if not exists "My.Schema"; create table "My.Schema".{quoted} (a int)')
    written = name if '"' not in name else quoted
    assert read(typed, table=written)["a"].to_list() == [7]
    assert read(typed, table=f"public.{written}")["a"].to_list() == [7]
    assert read(typed, table=f'"My.Schema".{written}').height == 0


@pytest.mark.parametrize(
    "table",
    [
        "typed; drop table typed",
        'typed"; drop table typed; --',
        "typed where 1=1",
        "(select 1)",
        "typed, pg_shadow",
        "a.b.c.d",
        "typed.",
        ".typed",
        '"typed',
        "",
        "generate_series(1, 3)",
    ],
)
def test_a_table_is_a_name_and_nothing_else(typed: Server, table: str) -> None:
    said = failing(typed, table=table)
    assert "does not exist" in said or "is no name of a table" in said or "not implemented" in said, said
    assert read(typed, "select count(*) as n from typed")["n"].to_list() == [4]


@pytest.mark.parametrize(
    "query",
    [
        "select 1; select 2",
        "delete from typed",
        "update typed set big = 1",
        "insert into typed (big) values (1)",
        "with gone as (delete from typed returning *) select * from gone",
        "select * into copied from typed",
        "create table x as select 1",
        "drop table typed",
        "truncate typed",
        "copy typed to stdout",
        "copy (select 1) to program 'touch x'",
        "vacuum",
        "set transaction read write",
        "begin",
        "explain analyze delete from typed",
        "do $$ begin delete from typed; end $$",
        "call x()",
        "select * from typed for update",
        "select 1) to program 'touch x' --",
        "select set_config('transaction_read_only', 'off', false)",
        "select pg_read_file('/etc/passwd')",
        "select pg_catalog.pg_read_file('/etc/passwd')",
        "select \"pg_read_file\"('/etc/passwd')",
        "select * from pg_ls_dir('/')",
        "select lo_import('/etc/passwd')",
        "select * from dblink('dbname=crm', 'select 1') as t(a int)",
        "",
        ";",
        "-- nothing",
        "select",
        "nonsense",
    ],
)
def test_only_one_select_is_sent(typed: Server, query: str) -> None:
    owner = typed.uri(OWNERS_PASSWORD, OWNER)
    failing(typed, query, uri=owner)
    assert read(typed, "select count(*) as n from typed")["n"].to_list() == [4]


def test_the_server_itself_is_asked_to_read_only(typed: Server) -> None:
    with typed.connect() as owner:
        owner.execute("create sequence if not exists counted")
        owner.execute("create or replace function sneaky() returns int language sql as 'delete from typed; select 1'")
        owner.execute(
            "create or replace function opened() returns int language plpgsql as"
            " $$ begin perform set_config('transaction_read_only', 'off', true); delete from typed; return 1; end $$"
        )
    for query in ("select nextval('counted')", "select sneaky()", "select opened()"):
        said = failing(typed, query, uri=typed.uri(OWNERS_PASSWORD, OWNER))
        assert "read-only" in said or "read-write" in said, said
    assert read(typed, "select count(*) as n from typed")["n"].to_list() == [4]


def test_a_query_ends_as_it_likes(typed: Server) -> None:
    for query in (
        "select 1 as a;",
        "select 1 as a -- done",
        "(select 1 as a)",
        "values (1)",
        "/* ; */ select ';' as a;\n",
    ):
        assert read(typed, query).height == 1
    assert read(typed, "with t as (select 1 as a) select * from t union all select 2 order by a")["a"].to_list() == [
        1,
        2,
    ]
    assert read(typed, "select '50%' as a where 'x' like '%'")["a"].to_list() == ["50%"]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("select * from nowhere", 'relation "nowhere" does not exist'),
        ("select nothing from typed", 'column "nothing" does not exist'),
        ("select 1/0 as a", "division by zero"),
        ("select 1 / (150000 - i) as a from generate_series(1, 200000) i", "division by zero"),
        ("select 'x'::int as a", "invalid input syntax for type integer"),
        ("select nofunction(1)", "function nofunction(integer) does not exist"),
        ("select 1 as a, 2 as a", "the column 'a' twice"),
        ("select from typed", "no columns"),
    ],
)
def test_a_query_that_fails(typed: Server, query: str, says: str) -> None:
    said = failing(typed, query)
    assert says in said
    assert f"postgresql://127.0.0.1:{typed.port}/crm" in said


def test_a_database_that_is_not_there(typed: Server) -> None:
    said = failing(typed, "select 1", uri=typed.uri(database="nodb"))
    assert 'database "nodb" does not exist' in said


def test_a_table_that_may_not_be_read(typed: Server) -> None:
    with typed.connect() as owner:
        owner.execute("drop role if exists guest")
        owner.execute("create role guest login password 'guest-secret'")
    said = failing(typed, table="typed", uri=typed.uri("guest-secret", "guest"))
    assert "permission denied" in said
    assert "Ask for the right" in said
