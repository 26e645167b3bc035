"""The plan on DuckDB gives what it gives on Polars, from relations and from files."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl
import pytest

import abm
from abm.engines.duckdb import DuckDBEngine
from abm.errors import SourceError, TableError
from abm.model import model_from
from abm.scoring.explanation.checking import check_sums
from abm.scoring.opted_out import opted_out
from tests.engines import people
from tests.engines.agreeing import agree, check_files, check_frames
from tests.engines.odd import WORLDS, check_odd
from tests.engines.reading import check_reading, heights

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from abm.scoring.result import ScoreResult


def relations(
    tables: Mapping[str, pl.DataFrame], connection: duckdb.DuckDBPyConnection | None = None
) -> dict[str, Any]:
    connection = connection or duckdb.connect()
    for name, frame in tables.items():
        connection.register("given", frame)
        connection.execute(f'create table "{name}" as select * from given')
    return {name: connection.table(name) for name in tables}


def test_relations() -> None:
    check_frames(1, relations)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_many(seed: int) -> None:
    check_frames(seed, relations)
    check_files(seed, "duckdb")


@pytest.mark.slow
@pytest.mark.parametrize("name", WORLDS)
def test_odd_worlds(name: str) -> None:
    check_odd(name, relations)


@pytest.mark.slow
def test_ids_may_be_what_only_the_database_knows() -> None:
    connection = duckdb.connect()
    ours = relations(WORLDS["clean"], connection)
    account = "'3f2504e0-4f89-11d3-9a0c-0305e82c3301'::uuid as account_id"
    given = {**ours, "accounts": ours["accounts"].project(f"* replace ({account})").limit(1)}
    result = abm.score({name: given[name] for name in ("accounts", "contacts", "events")}, model_from(MODEL))
    assert result.accounts.select("account_id").fetchall() == [("3f2504e0-4f89-11d3-9a0c-0305e82c3301",)]


@pytest.mark.slow
def test_columns_may_be_called_as_what_files_have_for_a_moment(tmp_path: Path) -> None:
    world = WORLDS["clean"]
    for name, frame in world.items():
        frame.with_columns(filename=pl.lit("f"), before=pl.lit("b")).write_parquet(tmp_path / f"{name}.parquet")
    workspace = abm.load_workspace(tmp_path)
    there, here = (abm.score(workspace, model_from(MODEL), engine=engine) for engine in ("duckdb", "polars"))
    assert there.leads.pl().equals(here.leads)


def tiny() -> dict[str, pl.DataFrame]:
    return {
        "accounts": pl.DataFrame(
            {"account_id": [1, 2], "domain": ["acme.example", "  "], "employees": [10.0, float("nan")]}
        ),
        "contacts": pl.DataFrame({"contact_id": [7.0, 8.0], "email": ["jo@acme.example", None]}),
        "events": pl.DataFrame(
            {
                "contact_id": [7, 7],
                "type": ["demo", "demo"],
                "occurred_at": [datetime(2026, 6, 1, 23, tzinfo=UTC), datetime(2026, 6, 2, 1, tzinfo=UTC)],
                "count": [1.0, 1.5],
            }
        ),
    }


MODEL = {
    "name": "tiny",
    "version": 1,
    "signals": [{"name": "demo", "event": "demo", "points": 50, "half_life_days": "none"}],
}


@pytest.mark.slow
def test_what_goes_in_comes_out_and_any_zone_will_do() -> None:
    connection = duckdb.connect()
    connection.execute("set timezone = 'America/New_York'")
    result = abm.score(relations(tiny(), connection), model_from(MODEL))
    assert isinstance(result.leads, duckdb.DuckDBPyRelation)
    assert result.as_of == date(2026, 6, 2)
    assert result.leads.select("contact_id, account_id, engagement, last_activity").fetchall() == [
        ("7", "1", 50.0, date(2026, 6, 1)),
        ("8", None, 0.0, None),
    ]
    assert isinstance(result.contributions, duckdb.DuckDBPyRelation)
    assert isinstance(abm.rank(result), duckdb.DuckDBPyRelation)
    assert connection.execute("select count(*) from duckdb_tables() where not temporary").fetchone() == (3,)


def test_what_cannot_be_taken_is_said() -> None:
    frames = tiny()
    frames["events"] = frames["events"].with_columns(pl.col("occurred_at").dt.to_string("iso"))
    frames["contacts"] = frames["contacts"].drop("contact_id")
    with pytest.raises(TableError, match=r"(?s)contacts lacks the column 'contact_id'.*'occurred_at' is String"):
        abm.score(relations(frames), model_from(MODEL))
    with pytest.raises(TableError, match="live in duckdb, and engine 'polars' is asked for"):
        abm.score(relations(tiny()), model_from(MODEL), engine="polars")


@pytest.mark.slow
def test_frames_of_another_kind_may_go_through_duckdb() -> None:
    here = abm.score(tiny(), model_from(MODEL))
    there = abm.score(tiny(), model_from(MODEL), engine="duckdb")
    assert there.leads.equals(here.leads)
    assert there.contributions.equals(here.contributions)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(None, id="no corrections", marks=pytest.mark.slow),
        pytest.param(False, id="of contacts", marks=pytest.mark.slow),
        pytest.param(True, id="of domains as well", marks=pytest.mark.slow),
    ],
)
def test_people_find_their_accounts_in_every_way(said: bool | None, tmp_path: Path) -> None:
    tables = people.world()
    if said is not None:
        tables["corrections"] = people.corrections(wide=said)
    model = model_from(people.MODEL)
    for name, frame in tables.items():
        frame.write_parquet(tmp_path / f"{name}.parquet")
    there, here = abm.score(abm.load_workspace(tmp_path), model, engine="duckdb"), abm.score(tables, model)
    agree(there, here)
    assert not here.matches.filter(pl.col("method") == "ambiguous").is_empty()
    assert set(here.matches["method"]) >= {"account_id", "converted", "domain", "duplicate", "name_country"}
    told = ("unknown_account", "ambiguous_account", "duplicate_person", "no_account")
    assert _told(there, told) == _told(here, told)
    assert len(there.leads) == here.leads.height


@pytest.mark.slow
def test_only_what_is_distinct_comes_to_the_driver() -> None:
    tables, results = relations(people.crowd()), []
    found = heights(DuckDBEngine, lambda: results.append(abm.score(tables, model_from(people.MODEL))))
    assert 0 < max(found) < people.DISTINCT
    assert len(results[0].leads.filter("engagement = 50")) == people.CROWD


@pytest.mark.slow
def test_what_is_asked_of_a_result() -> None:
    workspace = abm.load_workspace(abm.demo_folder())
    tables = {name: table.frame.drop("_row").collect() for name, table in workspace.tables.items()}
    here = abm.score(tables, workspace.model, as_of=workspace.as_of)
    there = abm.score(relations(tables), workspace.model, as_of=workspace.as_of)
    check_reading(there, here)
    assert sorted(opted_out(there)["contact_id"]) == sorted(opted_out(here)["contact_id"]) != []


@pytest.mark.slow
def test_what_is_made_of_a_result(tmp_path: Path) -> None:
    workspace = abm.load_workspace(abm.demo_folder())
    tables = {name: table.frame.drop("_row").collect() for name, table in workspace.tables.items()}
    living = relations(tables)
    how: dict[str, Any] = {"model": workspace.model, "as_of": workspace.as_of}
    here, there = abm.score(tables, **how), abm.score(living, **how)
    assert abm.report(there, details=20).html == abm.report(here, details=20).html
    assert not abm.compare(there, here).differs
    assert str(check_sums(there)) == str(check_sums(here))
    for target in ("hubspot-contacts", "linkedin-companies"):
        ours, theirs = tmp_path / f"{target}-ours.csv", tmp_path / f"{target}-theirs.csv"
        abm.export(there, target, ours, top=10, where="score > 10")
        abm.export(here, target, theirs, top=10, where="score > 10")
        assert ours.read_bytes() == theirs.read_bytes() != b""
    assert abm.sweep(living, {"mqa.threshold": [50, 60]}, **how).rows.equals(
        abm.sweep(tables, {"mqa.threshold": [50, 60]}, **how).rows
    )
    for condition in ("reasons like '%score%'", "1 = 1", "account_id in ('A001', 'A002')"):
        ranked = abm.rank(there, where=condition, excluded=True)
        assert pl.DataFrame(ranked).equals(abm.rank(here, where=condition, excluded=True))


def damaged(folder: Path) -> Path:
    """A workspace whose events can be opened, and not be read to their end."""
    numbers = pl.Series("count", range(200_000), dtype=pl.Int64)
    contacts = numbers.cast(pl.String).alias("contact_id")
    events = pl.DataFrame([contacts, numbers.hash().alias("type").cast(pl.String)])
    events = events.with_columns(occurred_at=pl.lit(date(2026, 6, 1)))
    events.write_parquet(folder / "events.parquet")
    content = bytearray((folder / "events.parquet").read_bytes())
    middle = len(content) // 2
    content[middle : middle + 100_000] = bytes(100_000)
    (folder / "events.parquet").write_bytes(content)
    pl.DataFrame({"account_id": ["A1"]}).write_parquet(folder / "accounts.parquet")
    pl.DataFrame({"contact_id": ["1"]}).write_parquet(folder / "contacts.parquet")
    return folder


def test_a_damaged_file(tmp_path: Path) -> None:
    workspace = abm.load_workspace(damaged(tmp_path))
    with pytest.raises(SourceError, match="Is it whole"):
        abm.score(workspace, model_from(MODEL), as_of="2026-06-30", engine="duckdb")


def _told(result: ScoreResult, codes: tuple[str, ...]) -> list[tuple[object, ...]]:
    assert all(type(each.count) is int for each in result.findings)
    found = [(each.table, each.code, each.column, each.count, each.message, each.samples) for each in result.findings]
    return sorted(each for each in found if each[1] in codes)
