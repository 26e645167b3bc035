"""The Airflow example, run by `airflow dags test` in Airflow's environment; its tasks run in that of these tests."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import polars as pl
import pytest

from tests.homes.environments import DEMO, HOMES, QUALIFIED, environment, run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
def test_airflow_ranks_as_of_the_day_of_the_run(tmp_path: Path) -> None:
    airflow = str(environment("airflow", tmp_path) / "airflow")
    variables = {
        "AIRFLOW_HOME": str(tmp_path / "airflow"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(HOMES / "airflow"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "ABM_PYTHON": sys.executable,
        "ABM_WORKSPACE": str(DEMO),
        "ABM_RANKINGS": str(tmp_path),
    }
    run([airflow, "db", "migrate"], tmp_path, variables)
    said = run([airflow, "dags", "test", "rank_accounts", "2026-06-30"], tmp_path, variables)
    assert "state=success" in said
    ranking = pl.read_parquet(tmp_path / "ranking-2026-06-30.parquet")
    assert ranking.height == 56
    assert ranking.filter("is_mqa")["name"].to_list() == QUALIFIED
    assert str(QUALIFIED) in said
