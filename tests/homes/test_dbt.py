"""The dbt example: `dbt build` of a project with one Python model on DuckDB, in an environment of its own."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import abm
from tests.homes.environments import DEMO, HOMES, QUALIFIED, environment, run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
def test_dbt_builds_the_call_list(tmp_path: Path) -> None:
    dbt = str(environment("dbt", tmp_path) / "dbt")
    project = shutil.copytree(HOMES / "dbt", tmp_path / "project")
    variables = {"ABM_DEMO": str(DEMO), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    said = run([dbt, "build", "--profiles-dir", "."], project, variables)
    assert "PASS=6 WARN=0 ERROR=0" in said
    with duckdb.connect(str(project / "homes.duckdb"), read_only=True) as warehouse:
        names = [name for (name,) in warehouse.sql("select name from call_list order by rank").fetchall()]
        scored = warehouse.sql("from scored_accounts order by account_id").pl()
    assert names == QUALIFIED
    expected = abm.score(abm.load_workspace(DEMO)).accounts
    assert_frame_equal(scored, expected.cast({"rank": pl.Int64}), check_dtypes=True)
