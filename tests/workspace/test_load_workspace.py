"""A folder as a workspace, by its names or by its `workspace.yaml`."""

from datetime import date

import polars as pl
import pytest

from abm.errors import InputError, SourceError, TableError, WorkspaceError
from abm.tables.contracts import Kind
from abm.workspace.loader import load_workspace


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "ws"
    root.mkdir()
    (root / "accounts.csv").write_text("account_id,name,arr\nA1,Acme,10\nA2,Bolt,x\n")
    (root / "contacts.tsv").write_text("contact_id\taccount_id\tEmail\nC1\tA1\tc1@acme.com\n")
    pl.DataFrame(
        {"contact_id": ["C1"] * 2, "type": ["visit"] * 2, "occurred_at": [date(2026, 6, 30)] * 2}
    ).write_parquet(root / "events.parquet")
    return root


def write(root, text):
    (root / "workspace.yaml").write_text(text)
    return root


def test_by_convention(folder):
    (folder / "intent.jsonl").write_text(
        '{"domain": "x.com", "topic": "t", "observed_on": "2026-06-30", "score": 70}\n'
    )
    (folder / "notes.txt").write_text("not a table")
    workspace = load_workspace(folder)
    assert list(workspace.tables) == ["accounts", "contacts", "events", "intent"]
    assert (workspace.root, workspace.model_path, workspace.as_of) == (folder, None, None)
    assert [table.file for table in workspace.tables.values()] == [
        "accounts.csv", "contacts.tsv", "events.parquet", "intent.jsonl",
    ]  # fmt: skip
    assert "Parquet SCAN" in workspace.tables["events"].frame.explain()


def test_by_its_file(folder):
    exports = folder.parent / "exports"
    (exports / "crm").mkdir(parents=True)
    (exports / "acc.csv").write_text("Record ID,Name,ARR,account_id\nA1,Acme,10,old\n")
    for part in ("a", "b"):
        (exports / "crm" / f"{part}.csv").write_text(f"{part},A1\n{part},A1\n")
    (exports / "touches.csv").write_text("who,what,stamp\na,visit,2026-06-30 22:00:00\nb,visit,2026-06-29\n")
    write(
        folder,
        """
model: models/m.yaml
as_of: 2026-06-30
data: ../exports
tables:
  events:
    sql: |
      select who as contact_id, what as type, stamp::timestamp as occurred_at from 'touches.csv'
    timezone: America/New_York
  accounts:
    file: acc.csv
    columns: {account_id: Record ID, name: Name, arr: {from: ARR, type: number}}
  contacts:
    file: [crm/a.csv, crm/b.csv]
    header: false
    names: [contact_id, account_id]
    dedupe: [contact_id]
""",
    )
    (folder / "models").mkdir()
    (folder / "models" / "m.yaml").write_text("name: m\nversion: 1\n")
    workspace = load_workspace(folder)
    assert list(workspace.tables) == ["accounts", "contacts", "events"]
    accounts, contacts, events = workspace.tables.values()
    assert accounts.frame.select("account_id", "name", "arr").collect().rows() == [("A1", "Acme", 10.0)]
    assert accounts.kinds["arr"] is Kind.NUMBER
    marked = contacts.frame.select("contact_id", "_row", "_repeat").collect()
    assert marked.rows() == [("a", 1, "a"), ("a", 2, "a"), ("b", 3, "b"), ("b", 4, "b")]
    assert events.frame.select("contact_id", "occurred_at").sort("contact_id").collect().rows() == [
        ("a", date(2026, 7, 1)),
        ("b", date(2026, 6, 29)),
    ]
    assert (workspace.as_of, workspace.model_path) == (date(2026, 6, 30), folder / "models" / "m.yaml")
    assert workspace.model.name == "m"


def test_short_form_and_convention_within_a_file(folder):
    assert list(load_workspace(write(folder, "as_of: 2026-06-30\n")).tables) == ["accounts", "contacts", "events"]
    text = "tables: {accounts: accounts.csv, contacts: contacts.tsv, events: [events.parquet]}\n"
    assert list(load_workspace(write(folder, text)).tables) == ["accounts", "contacts", "events"]


def test_arguments_win(folder, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    for file in ("accounts.csv", "contacts.tsv", "events.parquet"):
        (folder / file).rename(other / file)
    model = tmp_path / "mine.yaml"
    model.write_text("name: mine\nversion: 2\n")
    write(folder, "model: no.yaml\n")
    with pytest.raises(WorkspaceError, match="there is no model file"):
        load_workspace(folder, data=other)
    workspace = load_workspace(folder, data=other, model=model)
    assert (workspace.model_path, workspace.model.name) == (model, "mine")
    assert workspace.tables["accounts"].frame.collect().height == 2


def test_no_model_is_said_when_it_is_wanted(folder):
    workspace = load_workspace(folder)
    with pytest.raises(WorkspaceError, match=r"there is no model\.yaml"):
        _ = workspace.model
    (folder / "model.yaml").write_text("name: m\nversion: 1\n")
    assert load_workspace(folder).model.version == 1


def test_findings_of_reading_come_with_the_table(folder):
    accounts = "{file: accounts.csv, columns: {arr: {type: number}}}"
    text = f"tables: {{accounts: {accounts}, contacts: contacts.tsv, events: events.parquet}}"
    tables = load_workspace(write(folder, text)).tables
    (finding,) = tables["accounts"].findings
    assert (finding.code, finding.file, finding.column, finding.rows) == ("unparseable", "accounts.csv", "arr", (2,))
    assert [each.code for each in tables["contacts"].findings] == ["unmapped_column"]


def said(error, root, **options):
    with pytest.raises(error) as caught:
        load_workspace(root, **options)
    assert type(caught.value) is error
    return str(caught.value)


def test_not_a_folder(tmp_path):
    assert "there is no such folder" in said(WorkspaceError, tmp_path / "no")
    assert "should be the one that holds the data" in said(WorkspaceError, tmp_path, data=tmp_path / "no")


def test_too_little(folder):
    (folder / "events.parquet").unlink()
    (folder / "event.csv").write_text("x\n")
    message = said(WorkspaceError, folder)
    assert (
        "there is not enough to score: accounts, contacts. Needed are accounts, and contacts with events, or intent."
        in message
    )
    assert "event.csv is not named as a table. Did you mean 'events'?" in message


def test_two_files_for_one_table(folder):
    (folder / "accounts.parquet").write_bytes(b"x")
    assert "accounts.csv and accounts.parquet are both table accounts" in said(WorkspaceError, folder)


def test_the_file_is_called_yaml(folder):
    (folder / "workspace.yml").write_text("as_of: 2026-06-30\n")
    assert "Rename it" in said(WorkspaceError, folder)


def test_errors_of_several_tables_come_together(folder):
    (folder / "accounts.csv").write_text("Id,name\n1,x\n")
    (folder / "contacts.tsv").write_text("x\ty\n1\t2\n")
    lines = said(TableError, folder).splitlines()
    assert [line.split(":")[0] for line in lines] == ["accounts.csv", "contacts.tsv"]
    (folder / "events.parquet").write_bytes(b"PAR1")
    lines = said(WorkspaceError, folder).splitlines()
    assert [line.split(":")[0] for line in lines] == ["accounts.csv", "contacts.tsv", "events.parquet"]


def test_files_stay_below_the_data_folder(folder, tmp_path):
    (tmp_path / "secret.csv").write_text("account_id\nA1\n")
    (folder / "accounts.csv").unlink()
    (folder / "accounts.csv").symlink_to(tmp_path / "secret.csv")
    assert "outside the data folder" in said(SourceError, folder)
    text = "tables: {accounts: ../secret.csv, contacts: contacts.tsv, events: events.parquet}"
    assert "outside the data folder" in said(SourceError, write(folder, text))


def test_queries_say_where_they_stand(folder):
    text = (
        "tables:\n  accounts:\n    sql: select * from 'acounts.csv'\n  contacts: contacts.tsv\n  events: events.parquet"
    )
    message = said(SourceError, write(folder, text))
    assert f"{folder}/workspace.yaml:3: tables.accounts.sql: acounts.csv: there is no such file" in message
    assert "Did you mean 'accounts.csv'?" in message


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (
            "tabels: {}",
            ["1: tabels: unknown key 'tabels'. Keys here: model, as_of, matching, data, tables"],
        ),
        ("as_of: soon", ["1: as_of: expected a day such as 2026-01-31, got text 'soon'."]),
        ("model: no.yaml", ["1: there is no model file"]),
        (
            "tables:\n  acounts: a.csv\n  contacts: {file: a.csv, sql: select 1}\n  events: {}\n  intent: {fil: x}",
            [
                "2: tables.acounts: there is no table 'acounts'. Tables are accounts,",
                "3: tables.contacts: both file and sql are given. Keep one of them.",
                "4: tables.events: neither file nor sql says where the table is. Give one of them.",
                "5: tables.intent.fil: unknown key 'fil'. Keys here: file, database, query,",
            ],
        ),
        (
            """tables:
  accounts:
    file: a.csv
    timezone: Europe/Berln
    header: false
    columns:
      employees: {from: x, type: text}
      x: {form: y}
      z: {type: numbr}
      _row: y
""",
            [
                "4: tables.accounts.timezone: 'Europe/Berln' is no time zone.",
                "7: tables.accounts.columns.employees: accounts.employees is always of type number.",
                "8: tables.accounts.columns.x.form: unknown key 'form'. Keys here: from, value, sql,",
                "9: tables.accounts.columns.z.type: expected one of text, integer,",
                "10: tables.accounts.columns._row: _row is the number of the row",
            ],
        ),
        ("tables: {accounts: {file: a.csv, header: false}}", ["1: tables.accounts: header: false needs names"]),
        ("tables: {accounts: {file: a.csv, names: [x]}}", ["1: tables.accounts: names is for files without header."]),
        (
            "tables: {accounts: {sql: select 1, header: false, names: [x]}}",
            ["1: tables.accounts: header and names are"],
        ),
        ("tables: {accounts: a.csv, accounts: b.csv}", ["1: the key 'accounts' is given twice"]),
        ("- x", [" expected a workspace"]),
        ("", [" the file is empty"]),
    ],
    ids=range(11),
)
def test_mistakes_of_the_file_come_together(folder, text, messages):
    lines = said(WorkspaceError, write(folder, text)).splitlines()
    assert len(lines) == len(messages)
    for line, message in zip(lines, messages, strict=True):
        assert line.startswith(f"{folder}/workspace.yaml:{message}")


def test_every_error_is_the_users(folder):
    for text in (
        "tables: 3",
        "tables: [x]",
        "tables: {accounts: 3}",
        "tables: {accounts: {columns: 3}}",
        "a: [",
        "? [x]\n: 1",
    ):
        with pytest.raises(InputError):
            load_workspace(write(folder, text))


def test_a_workspace_may_name_a_shipped_model(tmp_path):
    (tmp_path / "accounts.csv").write_text("account_id\nA1\n")
    (tmp_path / "intent.csv").write_text("account_id,topic,observed_on,score\nA1,crm,2026-06-01,70\n")
    (tmp_path / "workspace.yaml").write_text("model: starter\n")
    assert load_workspace(tmp_path).model.name == "starter"
    (tmp_path / "workspace.yaml").write_text("model: startr\n")
    with pytest.raises(WorkspaceError, match="Did you mean 'starter'"):
        load_workspace(tmp_path)
