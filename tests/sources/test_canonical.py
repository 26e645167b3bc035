"""From a raw table to a canonical one: names, contract, extra columns, repeated rows."""

import polars as pl
import pytest

from abm.errors import SourceError, TableError
from abm.sources.canonical import Reading, canonical_table
from abm.sources.files import read_files
from abm.sources.tables import Part, RawTable
from abm.tables.contracts import CONTRACTS, Kind
from abm.tables.findings import Level


def raw(name, columns, *, numbered=True):
    frame = pl.DataFrame(columns)
    rows = pl.int_range(1, frame.height + 1, dtype=pl.Int64, eager=True).alias("_row")
    index = rows if numbered else pl.lit(None, pl.Int64).alias("_row")
    return RawTable(name, f"{name}.csv", frame.lazy().with_columns(index), (Part(f"{name}.csv"),) if numbered else ())


EVENTS = {"contact_id": ["c1"], "type": ["visit"], "occurred_at": ["2026-06-30"]}


@pytest.mark.parametrize("name", list(CONTRACTS))
def test_every_canonical_column_is_there_in_order(name):
    contract = CONTRACTS[name]
    given = {*contract.required, *(group[0] for group in contract.needs_one_of)}
    table = canonical_table(raw(name, {column: ["1"] for column in given} | {"extra": ["x"]}))
    assert table.frame.collect_schema().names() == [*contract.columns, "extra", "_row"]
    assert table.kinds == {**contract.columns, "extra": Kind.TEXT}
    assert (table.name, table.file) == (name, f"{name}.csv")


def test_mapping_wins_and_the_rest_keeps_its_names():
    columns = {"Record ID": ["c1"], "email": ["old@x.com"], "Mail": ["a@x.com"], "ARR": ["5"], "note": ["n"]}
    reading = Reading({"contact_id": "Record ID", "email": "Mail", "arr": "ARR"}, {"arr": Kind.NUMBER})
    table = canonical_table(raw("contacts", columns), reading)
    assert table.frame.select("contact_id", "email", "arr", "note").collect().rows() == [("c1", "a@x.com", 5.0, "n")]
    assert set(table.kinds) == {*CONTRACTS["contacts"].columns, "arr", "note"}


def test_one_source_column_may_be_two():
    table = canonical_table(raw("accounts", {"host": ["x.com"]}), Reading({"account_id": "host", "domain": "host"}))
    assert table.frame.select("account_id", "domain").collect().rows() == [("x.com", "x.com")]


def test_extra_columns_keep_what_their_type_says():
    table = canonical_table(raw("accounts", {"account_id": [1], "n": [1.5], "tags": [["a", "b"]], "flag": [True]}))
    assert [table.kinds[name].value for name in ("n", "tags", "flag")] == ["number", "list", "boolean"]
    assert table.frame.select("account_id", "tags").collect().rows() == [("1", "a;b")]


def test_a_mapped_column_that_is_not_there():
    with pytest.raises(SourceError) as caught:
        canonical_table(raw("contacts", {"Record Id": ["c1"]}), Reading({"contact_id": "Record ID"}))
    assert str(caught.value) == (
        "contacts.csv: contacts.contact_id should be read from column 'Record ID', which is not there."
        " Did you mean 'Record Id'? Columns there: Record Id."
    )


def test_missing_columns_are_named_together():
    with pytest.raises(TableError) as caught:
        canonical_table(raw("events", {"Type": ["x"], "when": ["y"]}), Reading(remedy="Map it."))
    assert str(caught.value) == (
        "events.csv: table events lacks the column 'type' (did you mean 'Type'?), the column 'occurred_at'"
        " and one of contact_id, email, account_id, domain."
        " Columns there: Type, when. Map it."
    )


def test_a_column_that_misses_its_name_by_spelling_is_noted():
    table = canonical_table(
        raw("contacts", {"contact_id": ["c1"], "E-mail": ["x"], "Created At": ["x"], "Email": ["x"]})
    )
    notes = [(each.code, each.column, each.level) for each in table.findings]
    assert notes == [("unmapped_column", "Created At", Level.NOTE), ("unmapped_column", "Email", Level.NOTE)]


def test_dedupe_marks_repeats_by_the_values_of_the_source():
    columns = {
        "contact_id": ["c1", "c1", "c1", "c2"],
        "type": ["visit"] * 4,
        "occurred_at": ["2026-06-30T10:00:00Z", "2026-06-30T10:00:00Z", "2026-06-30T11:00:00Z", "2026-06-30T10:00:00Z"],
        "url": ["a", "b", "c", "d"],
        "event_id": ["e1", "e2", "e3", "e4"],
    }
    table = canonical_table(raw("events", columns), Reading(dedupe=("contact_id", "type", "occurred_at")))
    assert table.marked
    marks = table.frame.collect()["_repeat"].to_list()
    assert [marks.index(mark) for mark in marks] == [0, 0, 2, 3]
    assert "_repeat" not in table.kinds


def test_dedupe_names_columns_of_the_result():
    with pytest.raises(
        SourceError, match=r"dedupe of events names contactid, which is not there. Did you mean 'contact_id'"
    ):
        canonical_table(raw("events", EVENTS), Reading(dedupe=("contactid",)))


def test_a_needed_name_twice_is_asked_about(tmp_path):
    (tmp_path / "a.csv").write_text("account_id,name,name,note,note\nA1,x,y,1,2\n")
    raw = read_files("accounts", ["a.csv"], tmp_path)
    with pytest.raises(SourceError) as caught:
        canonical_table(raw)
    assert str(caught.value) == (
        "a.csv: the column name 'name' is there more than once, and accounts.name is one column. Rename the one that is"
        " not meant, or say which is in workspace.yaml: columns: {name: name} is the first, {name: name_2} the next."
    )
    table = canonical_table(raw, Reading({"name": "name_2"}))
    assert table.frame.select("name", "note", "note_2").collect().rows() == [("y", "1", "2")]
    assert [finding.column for finding in table.findings] == ["name", "note"]
