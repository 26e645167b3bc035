"""Folders that nobody on this project wrote: what init makes of them can be checked and ranked."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from abm.cli.app import app
from abm.model.loader import load_model
from abm.workspace.loader import load_workspace
from tests.cli.running import abm
from tests.start.folders import SHARED

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def copied(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    source = SHARED / request.param
    if not source.is_dir():
        pytest.skip(f"{request.param} is not there")
    return shutil.copytree(source, tmp_path / "crm")


def ranked(folder: Path) -> list[dict[str, Any]]:
    assert load_model(folder / "model.yaml").warnings == ()
    done = CliRunner().invoke(app, ["check", "-w", str(folder)])
    assert done.exit_code in (0, 1), done.stderr
    rows: list[dict[str, Any]] = json.loads(abm("rank", "-w", folder, "--format", "json").stdout)
    return rows


@pytest.mark.slow
@pytest.mark.parametrize("copied", ["bombora"], indirect=True)
def test_bombora_alone(copied: Path) -> None:
    abm("init", copied)
    rows = ranked(copied)
    tables = load_workspace(copied).tables
    assert len(rows) == 952, "one account per domain of either file"
    assert str(tables["intent"].frame.collect()["observed_on"].max()) == "2015-07-19"
    assert sum(row["score"] > 0 for row in rows) > 100


@pytest.mark.slow
@pytest.mark.parametrize("copied", ["leadforge/tables"], indirect=True)
def test_leadforge_joins_through_leads(copied: Path) -> None:
    abm("init", copied)
    rows = ranked(copied)
    events = load_workspace(copied).tables["events"].frame.collect()
    assert len(rows) == 1500
    assert events.height == 53_354 + 14_339 + 56_643
    assert events["contact_id"].null_count() == 0


@pytest.mark.parametrize("copied", ["maven_crm"], indirect=True)
def test_maven_lacks_people(copied: Path) -> None:
    done = abm("init", copied, code=1)
    assert "there is no list of people" in done.stdout
    tables = load_workspace(copied, only=["accounts", "opportunities"]).tables
    assert tables["accounts"].frame.collect().height == 85
    deals = tables["opportunities"].frame.collect()
    assert deals.height == 8800
    assert deals["closed_on"].null_count() == 2089, "open deals have no day"
    assert deals["is_won"].sum() == 4238
    assert (~deals["is_closed"]).sum() == 2089


@pytest.mark.slow
@pytest.mark.parametrize("copied", ["hubspot_fivetran"], indirect=True)
def test_a_connectors_hubspot(copied: Path) -> None:
    done = abm("init", copied)
    assert "hubspot.contact" in done.stdout
    assert {"accounts", "contacts", "events", "opportunities"} <= set(load_workspace(copied).tables)
    assert len(ranked(copied)) == 24


@pytest.mark.slow
@pytest.mark.parametrize("copied", ["salesforce_fivetran"], indirect=True)
def test_a_connectors_salesforce(copied: Path) -> None:
    done = abm("init", copied)
    for shape in ("account", "contact", "lead", "task", "opportunity"):
        assert f"salesforce.{shape}" in done.stdout
    assert "older versions" in done.stdout
    assert ranked(copied)
