"""Drivers are optional packages: without one a message says what to install; with one it gets the address and query.

Snowflake and BigQuery cannot be asked here. What is tried is that the address and the query reach their driver, in the
form that its own documentation gives; a stand-in takes the place of the driver.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from abm.errors import SourceError
from abm.sources.database import DatabaseSource, read_database
from abm.sources.databases.drivers import DRIVERS

if TYPE_CHECKING:
    import polars as pl

WHERE = "workspace.yaml:7: tables.events"


class Cursor:
    """A stand-in: it remembers what it is asked, and answers with two rows."""

    def __init__(self, asked: list[str]) -> None:
        self.asked = asked

    def execute(self, query: str) -> None:
        self.asked.append(query.strip())

    def fetch_record_batch(self) -> pa.RecordBatchReader:
        return pa.table({"TYPE": ["demo", None], "N": [1, 2]}).to_reader()

    def close(self) -> None:
        self.asked.append("closed")

    cursor = property(lambda self: lambda: self)


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Both drivers replaced; what they were given is kept."""
    seen: dict[str, Any] = {"asked": []}

    def connect(*arguments: Any, **options: Any) -> Cursor:
        seen["connect"] = (arguments, options)
        return Cursor(seen["asked"])

    for name in ("adbc_driver_snowflake", "adbc_driver_bigquery"):
        package, dbapi = ModuleType(name), ModuleType(f"{name}.dbapi")
        dbapi.connect = connect  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, name, package)
        monkeypatch.setitem(sys.modules, f"{name}.dbapi", dbapi)
    return seen


def read(at: str, query: str | None = None, table: str | None = None, **environment: str) -> pl.DataFrame:
    return read_database("events", DatabaseSource(at, query, table), Path(), WHERE, environment).frame.collect()


def test_snowflake_gets_address_and_query(stand_in: dict[str, Any]) -> None:
    at = "snowflake://ann:${PW}@org-account/CRM/PUBLIC?warehouse=WH"
    frame = read(at, "select type, n from events qualify row_number() over (order by n) = 1", PW="h/ush")
    assert frame.rows() == [("demo", 1, None), (None, 2, None)]
    assert stand_in["connect"] == (("ann:h%2Fush@org-account/CRM/PUBLIC?warehouse=WH",), {})
    assert stand_in["asked"][-3:] == [
        "select type, n from events qualify row_number() over (order by n) = 1",
        "closed",
        "closed",
    ]


def test_snowflakes_plain_names_are_upper_case(stand_in: dict[str, Any]) -> None:
    read("snowflake://ann@org-account/CRM", table='public."Odd name".events')
    assert 'select * from "PUBLIC"."Odd name"."EVENTS"' in stand_in["asked"]


def test_bigquery_gets_project_dataset_and_query(stand_in: dict[str, Any]) -> None:
    read("bigquery://my-project/crm?location=EU", table="my-project.crm.events")
    assert stand_in["connect"] == (
        (),
        {
            "db_kwargs": {
                "adbc.bigquery.sql.project_id": "my-project",
                "adbc.bigquery.sql.dataset_id": "crm",
                "adbc.bigquery.sql.location": "EU",
            }
        },
    )
    assert "select * from `my-project`.`crm`.`events`" in stand_in["asked"]
    with pytest.raises(SourceError, match="no option 'dataset'"):
        read("bigquery://my-project/crm?dataset=x", "select 1")


@pytest.mark.parametrize("scheme", ["snowflake", "bigquery"])
@pytest.mark.parametrize("query", ["delete from t", "select 1; select 2", "insert into t values (1)", "drop table t"])
@pytest.mark.usefixtures("stand_in")
def test_only_one_select_is_sent(scheme: str, query: str) -> None:
    with pytest.raises(SourceError, match="exactly one SELECT"):
        read(f"{scheme}://project/crm", query)


@pytest.mark.parametrize("scheme", list(DRIVERS))
@pytest.mark.parametrize("missing", ["driver", "pyarrow"])
def test_without_the_driver_a_message_says_what_to_install(
    scheme: str, missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = DRIVERS[scheme].package if missing == "driver" else "pyarrow"
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(sys.modules, f"{DRIVERS[scheme].package}.dbapi", raising=False)
    (tmp_path / "crm.db").write_bytes(b"SQLite format 3\x00" + bytes(1000))
    at = "crm.db" if scheme == "sqlite" else f"{scheme}://ann:hush-hush@host/crm"
    with pytest.raises(SourceError) as caught:
        read_database("events", DatabaseSource(at, "select 1"), tmp_path, WHERE, {})
    assert f"pip install 'abm[{DRIVERS[scheme].extra}]'" in str(caught.value)
    assert "hush" not in str(caught.value)


def test_the_extras_are_declared() -> None:
    import tomllib

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    for driver in DRIVERS.values():
        assert any(
            each.startswith(driver.package.replace("_", "-")) for each in project["optional-dependencies"][driver.extra]
        )


@pytest.mark.slow
def test_no_driver_is_loaded_by_those_who_have_no_database() -> None:
    code = (
        "import sys, abm.workspace.loader, abm.workspace.reading, abm.sources.database;"
        "print([n for n in sys.modules if n.startswith(('adbc', 'pyarrow', 'duckdb', 'deltalake'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
