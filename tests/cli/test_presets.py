"""`abm presets`: what there is, the page itself when it is piped, and one shape column by column."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from ruamel.yaml import YAML

from tests.cli.running import ROOT, abm, program

if TYPE_CHECKING:
    from pathlib import Path

PAGES = sorted(path.stem for path in (ROOT / "config" / "sources").glob("*.yaml"))

OWN = """\
name: fairs
title: "Badges scanned at fairs"
shapes:
  badge:
    title: Badges, a row per scan
    header: [Badge, [Mail, E-Mail]]
    names: [Badge, Mail, Stand]
    nulls: ["?"]
    dates: day_first
    drop: {staff: "Mail ilike '%@ours.example'"}
    with: {stands: {header: [Stand, Title], about: What a stand is called.}}
    tables:
      events:
        columns:
          email: [Mail, E-Mail]
          type: {value: event_attended}
          occurred_at: {sql: "coalesce(Scanned, _file_day)"}
          product: {from: Stand, values: {"1": Robots}, otherwise: empty}
        keep: Badge is not null
      contacts:
        sql: select lower(Mail) as contact_id, Mail as email from rows
"""


@pytest.fixture
def crm(tmp_path: Path) -> Path:
    (tmp_path / "presets").mkdir()
    (tmp_path / "presets" / "fairs.yaml").write_text(OWN)
    (tmp_path / "workspace.yaml").write_text("tables: {}\n")
    return tmp_path


def test_pages_and_models_are_listed_in_two_groups() -> None:
    sources, models = abm("presets").stdout.split("Models · ")
    assert [name for name in PAGES if name not in sources] == []
    assert "bombora.surge · bombora.master" in sources
    assert "Counts an account by its keenest person and by the others" in models
    assert "bombora" not in models


def test_the_list_for_programs() -> None:
    listed = json.loads(abm("presets", "--format", "json").stdout)
    assert [page["name"] for page in listed["sources"]] == PAGES
    bombora = next(page for page in listed["sources"] if page["name"] == "bombora")
    assert bombora["tables"] == ["accounts", "intent"]
    assert list(bombora["shapes"]) == ["bombora.surge", "bombora.master"]
    assert [model["name"] for model in listed["models"]][:2] == ["starter", "enterprise"]
    assert YAML(typ="safe").load(abm("presets", "--format", "yaml").stdout) == listed


@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_is_piped_is_an_editable_copy(name: str) -> None:
    page = (ROOT / "config" / "sources" / f"{name}.yaml").read_bytes()
    assert abm("presets", name).stdout_bytes == page


def test_a_copy_wins_and_is_marked(tmp_path: Path) -> None:
    (tmp_path / "presets").mkdir()
    copy = abm("presets", "bombora").stdout_bytes.replace(b"Company Surge files", b"as we buy it")
    (tmp_path / "presets" / "bombora.yaml").write_bytes(copy)
    listed = abm("presets", "-w", tmp_path).stdout
    assert "Bombora: as we buy it · yours, in presets/" in listed
    assert abm("presets", "bombora", "-w", tmp_path).stdout_bytes == copy
    assert "as we buy it" not in abm("presets").stdout


@pytest.mark.slow
def test_a_copy_may_be_written_from_within_the_workspace(crm: Path) -> None:
    # A shell makes the file before the program runs, so that the page finds itself empty.
    (crm / "presets" / "bombora.yaml").write_bytes(b"")
    assert program("presets", "bombora", folder=crm).stdout == abm("presets", "bombora").stdout_bytes


def test_a_page_reads_well_at_any_width() -> None:
    page = (ROOT / "config" / "sources" / "bombora.yaml").read_text("utf-8")
    shown = abm("presets", "bombora", "--format", "table").stdout
    assert "".join(shown.split()) == "".join(page.split())
    assert max(map(len, shown.splitlines())) <= 120


def test_a_shape_is_shown_column_by_column(crm: Path) -> None:
    shown = abm("presets", "fairs.badge", "-w", crm).stdout
    for line in (
        "fairs.badge · Badges, a row per scan",
        "recognised by       Badge · Mail (or E-Mail)",
        "without header      3 columns · Badge · Mail · Stand",
        "means nothing       ?",
        "days like 3/4/2026  day first",
        "with stands         optional · What a stand is called. · its columns: Stand, Title",
        "left out            staff where Mail ilike '%@ours.example'",
        "  email        Mail, else E-Mail",
        "  type         always event_attended",
        "  occurred_at  coalesce(Scanned, _file_day)",
        "  product      Stand · 1 → Robots · other values: empty, and reported",
        "  rows where Badge is not null",
        "contacts by one SELECT",
        "  contact_id  LOWER(Mail)",
        "  events: {preset: fairs.badge, file: YOUR FILE}",
    ):
        assert line in shown.splitlines(), (line, shown)


@pytest.mark.parametrize("width", [30, 60, 200])
def test_nothing_is_wider_than_the_screen(crm: Path, width: int) -> None:
    for name in ([], ["fairs.badge"], ["sixsense.scores"]):
        done = abm("presets", *name, "-w", crm, width=width)
        assert max(map(len, done.stdout.splitlines())) <= width


def test_a_shape_for_programs(crm: Path) -> None:
    shape = json.loads(abm("presets", "fairs.badge", "-w", crm, "--format", "json").stdout)
    assert shape["header"] == [["Badge"], ["Mail", "E-Mail"]]
    assert shape["tables"]["events"]["columns"]["type"] == {"value": "event_attended"}
    again = YAML(typ="safe").load(abm("presets", "fairs.badge", "-w", crm, "--format", "yaml").stdout)
    assert again == shape


def test_models_are_shown_too() -> None:
    for name, file in (
        ("starter", "starter.yaml"),
        ("adobe", "presets/adobe.yaml"),
        ("model.demandbase", "presets/demandbase.yaml"),
    ):
        assert abm("presets", name).stdout_bytes == (ROOT / "config" / file).read_bytes()
    assert json.loads(abm("presets", "model.demandbase", "--format", "json").stdout)["name"] == "demandbase"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("bomborra", "there is no preset 'bomborra'. Did you mean 'bombora'?"),
        ("startr", "Did you mean 'starter'?"),
        ("bombora.surg", "Did you mean 'surge'? Shapes are bombora.surge, bombora.master."),
        ("bomborra.surge", "Did you mean 'bombora'?"),
        ("model.hubspott", "Did you mean 'hubspot'?"),
    ],
)
def test_a_wrong_name(name: str, said: str) -> None:
    done = abm("presets", name, code=2)
    assert said in done.stderr
    assert done.stdout == ""


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert "there is no such folder" in abm("presets", "-w", tmp_path / "nowhere", code=2).stderr


def test_a_broken_page_of_the_workspace_is_named_with_its_line(crm: Path) -> None:
    (crm / "presets" / "fairs.yaml").write_text(OWN.replace("header:", "heeder:"))
    said = abm("presets", "-w", crm, code=2).stderr
    assert "fairs.yaml:6:" in said
    assert "Did you mean 'header'?" in said
