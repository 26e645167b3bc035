"""What a page may say of a file, and what becomes of its rows."""

import polars as pl
import pytest

from abm.errors import SourceError
from abm.sources.presets.apply import Recipe, made_by
from abm.sources.presets.schema import ColumnRule, Preset
from abm.sources.tables import Part, RawTable
from abm.tables.findings import Level

FILE = {
    "Id": ["1", "2", "3"],
    "is_deleted": ["FALSE", "true", None],
    "Company Name": ["-", " ", "Acme"],
    "company": ["Bolt", None, "x"],
    "Role": ["A b; c", "q", None],
    "fax": ["7", "8", "9"],
}


def shape(tables, **more):
    page = {"name": "x", "title": "X", "shapes": {"s": {"title": "S", "tables": tables, **more}}}
    return Preset.model_validate(page).shapes["s"]


PARTS = (Part("f_20260630.csv"),)


def raw(columns=None, table="contacts", parts=PARTS):
    frame = pl.LazyFrame(FILE if columns is None else columns).with_row_index("_row", 1)
    return RawTable(table, "f.csv", frame.cast({"_row": pl.Int64}), parts)


def made(tables, *, own=None, others=None, **more):
    name = next(iter(tables))
    recipe = Recipe(shape(tables, **more), own or {}, "w.yaml:3", {}, others or {})
    result = made_by(recipe, raw(table=name))
    return result.frame.collect(), result.findings


def column(name, rule, **more):
    frame, findings = made({"contacts": {"columns": {"contact_id": "Id", name: rule}}}, **more)
    return frame[name].to_list(), findings


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FAX", ["7", "8", "9"]),
        (["companyName", "Company"], ["-", None, "Acme"]),
        ({"value": 5}, ["5", "5", "5"]),
        ({"from": "role", "values": {"A B; C": "both"}}, ["both", "q", None]),
        ({"from": "role", "values": {"q": None}}, ["A b; c", None, None]),
        ({"sql": "coalesce(Nope, id) || fax"}, ["17", "28", "39"]),
        ({"sql": "fax", "values": {7: "seven"}}, ["seven", "8", "9"]),
        ("_file", ["f_20260630.csv"] * 3),
        ("_file_day", ["2026-06-30"] * 3),
    ],
    ids=str,
)
def test_columns(rule, expected):
    assert column("title", rule)[0] == expected


def test_values_of_lists_one_by_one():
    rule = {"from": "Role", "values": {"a B": "champion", "c": "champion", "q": None}}
    assert column("buying_role", rule)[0] == ["champion", None, None]


def test_values_left_out_are_counted():
    values, (found,) = column("buying_role", {"from": "Role", "values": {"c": "user"}, "otherwise": "empty"})
    assert values == ["user", None, None]
    assert (found.code, found.count, found.samples, found.rows) == ("unmapped_value", 2, ("A b", "q"), (1, 2))


def test_words_that_mean_nothing():
    assert column("company", ["Company Name", "Company"], nulls=["-"])[0] == ["Bolt", None, "Acme"]
    assert column("company", {"sql": '"Company Name"'}, nulls=["-"])[0] == [None, None, "Acme"]


def test_columns_nobody_names_stay_beside():
    frame, _ = made({"contacts": {"columns": {"contact_id": "Id", "company": ["company", "Company Name"]}}})
    assert frame.columns == ["contact_id", "company", "is_deleted", "Role", "fax", "_row"]


def test_what_a_file_lacks_is_left_to_the_contract():
    frame, _ = made({"contacts": {"columns": {"contact_id": "Id", "email": ["Mail", "E-mail"]}}})
    assert "email" not in frame.columns


def test_dropped_rows_are_counted_by_the_first_rule_they_meet():
    tables = {"contacts": {"columns": {"contact_id": "Id"}}}
    frame, (first, second) = made(tables, drop={"deleted": "IsDeleted", "late": "Id >= '2'"})
    assert frame["contact_id"].to_list() == ["1"]
    assert frame["_row"].to_list() == [1]
    assert (first.code, first.count, first.samples, first.rows) == ("dropped_rows", 1, ("deleted",), (2,))
    assert (second.count, second.samples, second.rows, second.level) == (1, ("late",), (3,), Level.NOTE)


def test_dropped_rows_can_be_asked_for():
    rule = {"sql": "(select string_agg(d.Id, ';') from dropped d where d.fax > rows.fax)"}
    assert column("merged_ids", rule, drop={"deleted": "is_deleted"})[0] == ["2", None]


def test_rows_of_another_table_are_not_counted():
    frame, findings = made({"contacts": {"columns": {"contact_id": "Id"}, "keep": "company is not null"}})
    assert (frame["contact_id"].to_list(), findings) == (["1", "3"], ())


def test_one_select_with_another_file():
    other = RawTable("contacts", "o.csv", pl.LazyFrame({"ID": ["1", "3"], "City": ["Ulm", None], "_row": [1, 2]}))
    sql = "select r.Id as contact_id, o.city as country, o.zip as title, _row from rows r join o on o.id = r.Id"
    tables = {"contacts": {"sql": sql.replace(" _row", " r._row")}}
    frame, _ = made(tables, others={"o": other}, **{"with": {"o": {"header": ["id"]}}})
    assert sorted(frame.rows()) == [("1", "Ulm", None, 1), ("3", None, None, 3)]
    frame, _ = made(tables, **{"with": {"o": {"header": ["id"]}}})
    assert frame.height == 0


def test_a_select_without_rows_of_the_file():
    frame, _ = made({"contacts": {"sql": "select max(Id) as contact_id from rows"}})
    assert frame.rows() == [("3", None)]


def test_the_workspace_wins():
    own = {"title": ColumnRule.model_validate({"from": "fax"}), "company": ColumnRule(value="ours")}
    tables = {"contacts": {"columns": {"contact_id": "Id", "company": "company", "title": "role"}}}
    frame, _ = made(tables, own=own)
    assert frame.select("title", "company").rows()[0] == ("7", "ours")
    frame, _ = made({"contacts": {"sql": "select Id as contact_id, fax, _row from rows"}}, own=own)
    assert min(frame.select("contact_id", "title", "company").rows()) == ("1", "7", "ours")


def test_files_below_each_other_keep_their_names():
    rule = {"columns": {"contact_id": "Id", "title": "_file", "department": "_file_day"}}
    parts = (Part("2026-06-22.csv"), Part("b.csv", 2))
    result = made_by(Recipe(shape({"contacts": rule})), raw(parts=parts))
    frame = result.frame.collect()
    assert frame["title"].to_list() == ["2026-06-22.csv"] * 2 + ["b.csv"]
    assert frame["department"].to_list() == ["2026-06-22"] * 2 + [None]


def test_values_of_other_types_are_text_for_sql():
    columns = {"Id": [1, 2], "ok": [True, None], "day": [None, None]}
    rules = {"contact_id": {"sql": "Id || '!'"}, "opted_out": {"sql": "truth(ok)"}, "title": {"sql": "day"}}
    frame = made_by(Recipe(shape({"contacts": {"columns": rules}})), raw(columns)).frame.collect()
    assert frame.select("contact_id", "opted_out", "title").rows() == [("1!", True, None), ("2!", None, None)]


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://www.Acme.com/en?a=b", "acme.com"),
        ("acme.co.uk", "acme.co.uk"),
        ("http://user@shop.acme.com:8080", "shop.acme.com"),
        (" WWW.acme.com/ ", "acme.com"),
        ("https://", None),
    ],
)
def test_hosts(address, host):
    frame = made_by(
        Recipe(shape({"accounts": {"columns": {"account_id": "Id", "domain": {"sql": "host(Site)"}}}})),
        raw({"Id": ["1"], "Site": [address]}, "accounts"),
    ).frame.collect()
    assert frame["domain"].to_list() == [host]


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("coalesce(Id", "syntax error"),
        ("nope(Id)", "nope does not exist"),
        (
            "(select 1 from 'secret.csv')",
            "there is no file 'secret.csv'. The SQL of a preset reads the file it is given",
        ),
        ("(select 1 from read_csv('secret.csv'))", "read_csv() may not be read from"),
        ("cast(company as int)", "Could not convert string"),
        ("max(Id)", "GROUP BY"),
        ("unnest([1, 2])", ""),
    ],
)
def test_sql_that_cannot_be_run(sql, message):
    with pytest.raises(SourceError) as caught:
        column("title", {"sql": sql})
    assert "x.s.contacts.title" in str(caught.value)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_preset_that_makes_another_table():
    with pytest.raises(SourceError, match=r"w.yaml:3: x.s does not say how to make events. It makes contacts."):
        made_by(Recipe(shape({"contacts": {"columns": {"contact_id": "Id"}}}), where="w.yaml:3"), raw(table="events"))


def test_a_file_that_is_needed():
    with pytest.raises(
        SourceError, match=r"w.yaml:3: x.s needs another file, o. Who was there. Add with: \{o: FILE\}."
    ):
        made(
            {"contacts": {"columns": {"contact_id": "Id"}}},
            **{"with": {"o": {"required": True, "about": "Who was there."}}},
        )
