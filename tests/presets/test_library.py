"""Pages as files: mistakes come together with their lines, a workspace's own pages win."""

import pytest

from abm.errors import SourceError
from abm.sources.presets.library import find_shape, load_preset, presets_for, shipped_presets

PAGE = """\
name: own
title: Ours
nulls: ["-", 0]
timezone: Europe/Berlin
shapes:
  thing:
    title: Thing
    header: [Id, [Mail, E-Mail]]
    tables:
      contacts:
        columns: {contact_id: Id, email: [Mail, E-Mail], opted_out: {value: false}}
  other: {title: Other, timezone: UTC, tables: {accounts: {sql: select 1 as account_id from rows}}}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "presets").mkdir()
    (tmp_path / "presets" / "own.yaml").write_text(PAGE)
    return tmp_path


def test_shapes_know_their_page(folder):
    thing = find_shape("own.thing", root=folder)
    assert (thing.reference, thing.nulls, thing.timezone) == ("own.thing", ("-", "0"), "Europe/Berlin")
    assert thing.header == (("Id",), ("Mail", "E-Mail"))
    assert thing.tables["contacts"].columns["opted_out"].value == "false"
    assert thing.place("tables", "contacts", "columns") == f"{folder}/presets/own.yaml:11"
    assert find_shape("own.other", root=folder).timezone == "UTC"


def test_pages_of_the_workspace_win(folder):
    assert list(presets_for(folder)) == sorted([*shipped_presets(), "own"])
    (folder / "presets" / "marketo.yaml").write_text(PAGE.replace("name: own", "name: marketo"))
    assert list(presets_for(folder)["marketo"].shapes) == ["thing", "other"]
    assert find_shape("marketo.thing", root=folder).title == "Thing"
    assert find_shape("marketo.lead").title == "Leads"


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("salesfroce.lead", "there is no preset 'salesfroce'. Did you mean 'salesforce'?"),
        ("salesforce.laed", "'salesforce' has no shape 'laed'. Did you mean 'lead'?"),
        ("salesforce", "a preset is named with one of its shapes"),
    ],
)
def test_references(reference, message):
    for presets in (None, shipped_presets()):
        with pytest.raises(SourceError) as caught:
            find_shape(reference, presets)
        assert message in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("title: Ours", "titel: Ours", "own.yaml:2: titel: unknown key 'titel'."),
        ("Europe/Berlin", "Berlin", "own.yaml:4: timezone: 'Berlin' is no time zone."),
        ("contacts:", "contact:", "own.yaml:9: shapes.thing.tables: there is no table 'contact'."),
        ("sql: select 1 as account_id from rows", "keep: x", "neither columns nor sql says how the table is made"),
        (
            "{value: false}",
            "{value: 1, from: x}",
            "own.yaml:11: shapes.thing.tables.contacts.columns.opted_out: from and",
        ),
        ("{value: false}", "{}", "nothing says where the column comes from"),
        ("{value: false}", "{value: x, values: {a: b}}", "a constant needs neither values nor id"),
        ("{value: false}", "{from: x, values: {a: b, A: c}}", "'a' is given twice"),
        ("{value: false}", "{from: x, otherwise: empty}", "otherwise is about values that `values` does not list"),
        ("name: own", "name: others", "own.yaml:1: the page is called 'others' and its file own.yaml."),
        ("title: Other,", "title: Other, with: {rows: {}},", "'rows' cannot name a file of `with`"),
    ],
)
def test_mistakes_of_a_page(folder, old, new, message):
    path = folder / "presets" / "own.yaml"
    path.write_text(PAGE.replace(old, new))
    with pytest.raises(SourceError) as caught:
        load_preset(path)
    assert message in str(caught.value)


def test_mistakes_come_together(folder):
    path = folder / "presets" / "own.yaml"
    path.write_text(PAGE.replace("title: Ours", "titel: Ours").replace("value: false", "valeu: false"))
    with pytest.raises(SourceError) as caught:
        presets_for(folder)
    assert [line.split(":")[1] for line in str(caught.value).splitlines()] == ["2", "11"]
