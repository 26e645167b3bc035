"""Several sources of one table, presets among them, in one workspace."""

from datetime import date

import polars as pl
import pytest

from abm.errors import InputError, SourceError, WorkspaceError
from abm.workspace.loader import load_workspace

HEAD = "tables:\n  accounts: accounts.csv\n  intent: intent.csv\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "accounts.csv").write_text("account_id\nA1\n")
    (tmp_path / "intent.csv").write_text("account_id,topic,observed_on,score\n")
    (tmp_path / "a.csv").write_text("contact_id,Mail,score\n1,a@x.com,5\n2,b@x.com,6\n")
    (tmp_path / "b.csv").write_text("key,created_at,opted_out\n3,soon,true\n4,2026-06-30 23:30,maybe\n")
    pl.DataFrame({"contact_id": ["5"], "score": [7]}).write_parquet(tmp_path / "c.parquet")
    leads = "Id,Company,IsConverted,Email,IsDeleted\n00Q1,Acme,true,d@x.com,false\n00Q2,Bolt,false,,true\n"
    (tmp_path / "leads.csv").write_text(leads)
    return tmp_path


def contacts(folder, text):
    (folder / "workspace.yaml").write_text(f"{HEAD}  contacts:\n{text}")
    return load_workspace(folder).tables["contacts"]


def test_sources_below_each_other(folder):
    table = contacts(
        folder,
        "    - {file: a.csv, columns: {email: Mail}}\n"
        "    - {file: b.csv, columns: {contact_id: key}, timezone: America/New_York}\n"
        "    - {preset: salesforce.lead, file: leads.csv}\n",
    )
    frame = table.frame.select("contact_id", "email", "score", "created_at", "_row").collect()
    assert frame.rows() == [
        ("1", "a@x.com", "5", None, 1),
        ("2", "b@x.com", "6", None, 2),
        ("3", None, None, None, 3),
        ("4", None, None, date(2026, 7, 1), 4),
        ("00Q1", "d@x.com", None, None, 5),
    ]
    assert table.file == "a.csv, b.csv, leads.csv"
    assert [(finding.code, finding.file, finding.rows) for finding in table.findings] == [
        ("unparseable", "b.csv", (1,)),
        ("unparseable", "b.csv", (2,)),
        ("dropped_rows", "leads.csv", (2,)),
    ]
    assert {"email", "created_at", "company"} <= table.given


def test_a_list_of_names_is_one_source(folder):
    (folder / "a2.csv").write_text("contact_id,Mail,score\n9,z@x.com,5\n")
    table = contacts(folder, "    [a.csv, a2.csv]\n")
    assert table.frame.select("contact_id").collect()["contact_id"].to_list() == ["1", "2", "9"]


def test_kinds_that_differ(folder):
    with pytest.raises(WorkspaceError, match=r"column 'score' is text in a.csv and integer in c.parquet. A column has"):
        contacts(folder, "    - {file: a.csv}\n    - c.parquet\n")
    table = contacts(folder, "    - {file: a.csv, columns: {score: {type: integer}}}\n    - c.parquet\n")
    assert table.frame.select("score").collect()["score"].to_list() == [5, 6, 7]


def test_columns_by_values_and_sql(folder):
    table = contacts(
        folder,
        "    file: a.csv\n    columns:\n      email: Mail\n      lead_source: {value: fair}\n"
        "      title: {from: score, values: {5: five}, otherwise: empty}\n"
        "      company: {sql: 'score::int + 1'}\n",
    )
    frame = table.frame.select("lead_source", "title", "company").collect()
    assert frame.rows() == [("fair", "five", "6"), ("fair", None, "7")]
    assert [finding.code for finding in table.findings] == ["unmapped_value"]


def test_values_over_those_of_a_page(folder):
    text = "Id,OpportunityId,ContactId,Role\n1,006,003,Boss\n2,006,004,Other\n"
    (folder / "roles.csv").write_text(text)
    (folder / "workspace.yaml").write_text(
        f"{HEAD}  opportunity_contacts:\n    preset: salesforce.opportunity_contact_role\n    file: roles.csv\n"
        "    columns: {role: {values: {Boss: champion}}}\n"
    )
    frame = load_workspace(folder).tables["opportunity_contacts"].frame.collect()
    assert frame["role"].to_list() == ["champion", "Other"]


def test_pages_of_the_workspace(folder):
    (folder / "presets").mkdir()
    (folder / "presets" / "ours.yaml").write_text(
        "name: ours\ntitle: Ours\nshapes: {person: {title: P, names: [contact_id, email],"
        " tables: {contacts: {columns: {contact_id: contact_id, email: email}}}}}\n"
    )
    (folder / "nohead.csv").write_text("1,a@x.com\n")
    table = contacts(folder, "    {preset: ours.person, file: nohead.csv, header: false}\n")
    assert table.frame.select("contact_id", "email").collect().rows() == [("1", "a@x.com")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "    - {preset: salesforce.laed, file: leads.csv}\n",
            "workspace.yaml:5: preset 'salesforce.laed': 'salesforce' has",
        ),
        ("    {preset: salesforce.lead, file: leads.csv, with: {led: a.csv}}\n", "salesforce.lead uses no file 'led'."),
        ("    - a.csv\n    - {file: nope.csv}\n", "workspace.yaml:6: nope.csv: there is no such file"),
        ("    - a.csv\n    - {fiel: a.csv}\n", "workspace.yaml:6: tables.contacts.1.fiel: unknown key 'fiel'."),
        (
            "    - {file: a.csv, columns: {email: Mial}}\n",
            "should be read from column 'Mial', which is not there. Did you",
        ),
        ("    {file: a.csv, columns: {email: [Mial, Mail]}}\n", "'Mial', which is not there. Did you mean 'Mail'?"),
        (
            "    - {file: a.csv, columns: {_row: Mail}}\n",
            "tables.contacts.0.columns._row: _row is the number of the row",
        ),
        ("    - {file: a.csv, with: {x: a.csv}}\n", "with names files for a preset, and there is none."),
        ("    - {file: a.csv, database: x, table: y}\n", "both file and database are given. Keep one of them."),
        ("    - {preset: salesforce.task, file: leads.csv}\n", "salesforce.task does not say how to make contacts."),
        ("    - {file: a.csv, columns: {email: {sql: 'nope(Mail)'}}}\n", "tables.contacts.columns.email: "),
    ],
)
def test_mistakes(folder, text, message):
    with pytest.raises(InputError) as caught:
        contacts(folder, text)
    assert message in str(caught.value)


def test_mistakes_of_several_sources_come_together(folder):
    with pytest.raises(SourceError) as caught:
        contacts(folder, "    - nope.csv\n    - {preset: x.y, file: a.csv}\n")
    assert len(str(caught.value).splitlines()) == 2
