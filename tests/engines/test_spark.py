"""The plan on Spark gives what it gives on Polars, from frames and from files, here and on a cluster of processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import abm
from abm.engines.base import Writer
from abm.engines.polars import on_driver
from abm.errors import SourceError, TableError
from abm.model import model_from
from abm.output.writers import encoded, write_result
from tests.cli.conftest import FILES
from tests.cli.running import abm as command
from tests.cli.running import program
from tests.engines import people
from tests.engines.agreeing import check_frames
from tests.engines.odd import WORLDS, check_odd
from tests.engines.reading import check_reading
from tests.engines.test_duckdb import MODEL, damaged, tiny

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pyspark.sql import SparkSession

NO_JAVA = {"JAVA_HOME": "/nowhere"}

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

ROOT = Path(__file__).resolve().parents[2]

HASTE = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""Java compiles quickly rather than well: plans of small tables take it longer than the tables do."""


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    """One session for all, in New York: days are UTC days all the same."""
    sql = pytest.importorskip("pyspark.sql")
    builder = sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.shuffle.partitions", "2").config("spark.log.level", "ERROR")
    builder = builder.config("spark.driver.extraJavaOptions", HASTE).config("spark.sql.codegen.wholeStage", "false")
    session = builder.config("spark.sql.session.timeZone", "America/New_York").getOrCreate()
    yield session
    session.stop()


def living(spark: SparkSession, tables: Mapping[str, pl.DataFrame]) -> dict[str, Any]:
    from abm.engines.spark import SparkEngine

    engine = SparkEngine(spark.range(1))
    return {name: engine.native(frame) for name, frame in tables.items()}


@pytest.mark.parametrize("name", WORLDS)
def test_odd_worlds(spark: SparkSession, name: str) -> None:
    check_odd(name, lambda tables: living(spark, tables))


def test_what_goes_in_comes_out_and_executors_write(spark: SparkSession, tmp_path: Path) -> None:
    from pyspark.sql import DataFrame

    result = abm.score(living(spark, tiny()), model_from(MODEL))
    assert isinstance(result.leads, DataFrame)
    assert result.as_of == date(2026, 6, 2)
    rows = result.leads.select("contact_id", "account_id", "engagement", "last_activity").collect()
    assert [tuple(row) for row in rows] == [("7", "1", 50.0, date(2026, 6, 1)), ("8", None, 0.0, None)]
    assert isinstance(result.scored.ctx.engine, Writer)
    write_result(result, tmp_path / "out")
    written = pl.read_parquet(tmp_path / "out" / "leads.parquet" / "*.parquet")
    assert written.equals(on_driver(result.leads).collect())
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["files"]["leads"] == {"file": "leads.parquet", "rows": 2}
    assert not list((tmp_path / "out").glob(".*"))


def test_frames(spark: SparkSession) -> None:
    check_frames(1, lambda tables: living(spark, tables))


def small(folder: Path) -> Path:
    """A workspace as the command line has it, two of its tables in Parquet."""
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text)
    for name in ("events", "contacts"):
        pl.read_csv(folder / f"{name}.csv", try_parse_dates=True).write_parquet(folder / f"{name}.parquet")
        (folder / f"{name}.csv").unlink()
    return folder


def test_what_is_asked_of_a_result(spark: SparkSession, tmp_path: Path) -> None:
    workspace = abm.load_workspace(small(tmp_path / "crm"))
    there, here = abm.score(workspace, engine="spark"), abm.score(workspace)
    assert there.scored.ctx.engine.session is spark  # type: ignore[attr-defined]
    check_reading(there, here)
    write_result(there, tmp_path / "out", "csv")
    for name, table in here.tables().items():
        same = pl.read_csv(encoded(table, "csv", {}), infer_schema=False)
        parts = sorted((tmp_path / "out" / f"{name}.csv").glob("*.csv"))
        found = pl.concat([pl.read_csv(part, infer_schema=False) for part in parts])
        numbers = [column for column, dtype in table.schema.items() if dtype.is_float()]
        assert found.drop(numbers).equals(same.drop(numbers)), name
        for column in numbers:
            assert found[column].cast(pl.Float64).equals(same[column].cast(pl.Float64)), (name, column)
    with pytest.raises(TableError, match="Write them as Parquet"):
        abm.Ledger({"accounts": there.accounts, "contacts": there.leads}, workspace.model)


def test_the_program(tmp_path: Path) -> None:
    """In a process of its own, in another zone; it says what it says on Polars, and nothing of Java's."""
    folder = small(tmp_path / "crm")
    variables = {"TZ": "America/New_York", "JDK_JAVA_OPTIONS": HASTE, "ABM_TRACEBACK": ""}
    done = program("score", "-w", folder, "-o", tmp_path / "a", "--engine", "spark", variables=variables, timeout=600)
    said = command("score", "-w", folder, "-o", tmp_path / "b").stderr
    assert done.stdout == b""
    assert done.stderr.decode() == said.replace(str(tmp_path / "b"), str(tmp_path / "a"))
    names = {path.name for path in (tmp_path / "b").iterdir()}
    assert {path.name for path in (tmp_path / "a").iterdir()} == names
    ours, theirs = (json.loads((tmp_path / each / "manifest.json").read_text()) for each in "ab")
    for each in theirs["files"].values():
        del each["sha256"]
    assert ours == theirs
    for name in names - {"manifest.json"}:
        parts = sorted((tmp_path / "a" / name).glob("*.parquet"))
        assert pl.read_parquet(parts).equals(pl.read_parquet(tmp_path / "b" / name)), name


def test_csv_is_what_everybody_reads(spark: SparkSession, tmp_path: Path) -> None:
    from abm.engines.spark import SparkEngine

    texts = ['"quoted", twice ""', " spaces ", "back\\slash", "two\nlines", "a;b", "=1+1", "ünï", "", None]
    lists = [["a", "b"], [], None, ["x"], [], [], [], [], []]
    frame = pl.DataFrame({"t": texts, "l": lists}, schema={"t": pl.String, "l": pl.List(pl.String)})
    engine = SparkEngine(spark.range(1))
    one = engine.native(frame).coalesce(1)
    assert engine.write(one, (tmp_path / "out").as_uri(), "csv") == len(texts)
    (part,) = (tmp_path / "out").glob("*.csv")
    assert part.read_bytes() == encoded(frame, "csv", {})


@pytest.mark.usefixtures("spark")
def test_a_damaged_file(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="Is it whole"):
        abm.score(abm.load_workspace(damaged(tmp_path)), model_from(MODEL), as_of="2026-06-30", engine="spark")


def test_without_java(tmp_path: Path) -> None:
    folder = small(tmp_path / "crm")
    done = program("score", "-w", folder, "-o", tmp_path / "out", "--engine", "spark", code=2, variables=NO_JAVA)
    said = done.stderr.decode()
    assert said.startswith("abm: Spark does not start: ")
    assert "Expected Java 17 or newer" in said
    assert len(said.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_a_cluster_of_processes(tmp_path: Path) -> None:
    """Two executors in processes of their own, in a program of its own: a program has one session.

    Many people, of whom only what is distinct comes to the driver; and a session that casts as Spark 3 did.
    """
    pytest.importorskip("pyspark")
    program = tmp_path / "program.py"
    program.write_text(
        "from pyspark.sql import SparkSession\n"
        "import abm\n"
        "from abm.model import model_from\n"
        "from tests.engines import people, reading, test_spark\n"
        "builder = SparkSession.builder.master('local-cluster[2,1,1024]').config('spark.ui.enabled', 'false')\n"
        "builder = builder.config('spark.sql.shuffle.partitions', '2').config('spark.log.level', 'ERROR')\n"
        "spark = builder.config('spark.sql.ansi.enabled', 'false').getOrCreate()\n"
        "assert spark.sparkContext.master.startswith('local-cluster')\n"
        "from abm.engines.spark import SparkEngine\n"
        "tables, results = test_spark.living(spark, people.crowd()), []\n"
        "work = lambda: results.append(abm.score(tables, model_from(people.MODEL)))\n"
        "print('most rows', max(reading.heights(SparkEngine, work)))\n"
        "print('engaged', results[0].leads.filter('engagement = 50').count())\n"
        "spark.stop()\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(program)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "JDK_JAVA_OPTIONS": HASTE},
        check=False,
        timeout=900,
    )
    assert f"engaged {people.CROWD}" in done.stdout, done.stderr[-2000:]
    assert int(done.stdout.partition("most rows ")[2].split()[0]) < people.DISTINCT
