"""The Dagster example, materialised in process for one day and for another, in an environment of its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.homes.environments import HOMES, QUALIFIED, environment, run

if TYPE_CHECKING:
    from pathlib import Path

MATERIALISE = """
import json
import dagster as dg
import definitions

def of(day):
    done = dg.materialize(definitions.assets, partition_key=day, resources=definitions.defs.resources)
    (check,) = done.get_asset_check_evaluations()
    (ranked,) = done.asset_materializations_for_node("ranked_accounts")
    said = {name: ranked.metadata[name].value for name in ("qualified", "as_of", "model")}
    return {"names": done.output_for_node("call_list")["name"].to_list(), "adds_up": check.passed, **said}

print(json.dumps([of("2026-06-30"), of("2026-06-01")]))
"""


@pytest.mark.slow
def test_dagster_ranks_day_by_day(tmp_path: Path) -> None:
    programs = environment("dagster", tmp_path)
    script = tmp_path / "materialise.py"
    script.write_text(MATERIALISE)
    variables = {"PYTHONPATH": str(HOMES / "dagster"), "DAGSTER_HOME": str(tmp_path)}
    printed = run([str(programs / "python"), str(script)], tmp_path, variables)
    last, first = json.loads(printed.splitlines()[-1])
    assert last == {"names": QUALIFIED, "adds_up": True, "qualified": 6, "as_of": "2026-06-30", "model": "starter"}
    assert first["as_of"] == "2026-06-01"
    assert first["adds_up"]
    assert first["names"] != QUALIFIED
