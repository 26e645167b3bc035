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
from abm.model import model_from
from abm.output.writers import write_result
from tests.engines.agreeing import check_frames
from tests.engines.test_duckdb import MODEL, tiny

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pyspark.sql import SparkSession

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    """One session for all, in New York: days are UTC days all the same."""
    sql = pytest.importorskip("pyspark.sql")
    builder = sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.shuffle.partitions", "2").config("spark.log.level", "ERROR")
    session = builder.config("spark.sql.session.timeZone", "America/New_York").getOrCreate()
    yield session
    session.stop()


def living(spark: SparkSession, tables: Mapping[str, pl.DataFrame]) -> dict[str, Any]:
    from abm.engines.spark import SparkEngine

    engine = SparkEngine(spark.range(1))
    return {name: engine.native(frame) for name, frame in tables.items()}


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


def test_a_cluster_of_processes(tmp_path: Path) -> None:
    """Two executors in processes of their own, in a program of its own: a program has one session."""
    pytest.importorskip("pyspark")
    program = tmp_path / "program.py"
    program.write_text(
        "from pyspark.sql import SparkSession\n"
        "builder = SparkSession.builder.master('local-cluster[2,1,1024]').config('spark.ui.enabled', 'false')\n"
        "spark = builder.config('spark.sql.shuffle.partitions', '2').config('spark.log.level', 'ERROR').getOrCreate()\n"
        "import abm\n"
        "from abm.engines.polars import on_driver\n"
        "from abm.model import model_from\n"
        "from tests.engines.test_duckdb import MODEL, tiny\n"
        "from tests.engines.test_spark import living\n"
        "result = abm.score(living(spark, tiny()), model_from(MODEL))\n"
        "assert spark.sparkContext.master.startswith('local-cluster')\n"
        "print('engagement', sorted(on_driver(result.leads).collect()['engagement']))\n"
        "spark.stop()\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(program)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
        timeout=900,
    )
    assert "engagement [0.0, 50.0]" in done.stdout, done.stderr[-2000:]
