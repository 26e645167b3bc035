"""Files of every format, lists of files, and the wall around the data folder."""

import os

import polars as pl
import pytest

from abm.errors import SourceError
from abm.sources.files import read_files
from abm.sources.options import FileOptions
from abm.sources.tables import Part


def test_parquet_stays_lazy_and_numbers_its_rows(tmp_path):
    pl.DataFrame({"a": [1, 2], "_row": [9, 9]}).write_parquet(tmp_path / "events.parquet")
    raw = read_files("events", ["events.parquet"], tmp_path)
    assert "Parquet SCAN" in raw.frame.explain()
    assert raw.frame.collect().rows() == [(1, 1), (2, 2)]


@pytest.mark.parametrize("ending", ["jsonl", "ndjson"])
def test_json_lines(tmp_path, ending):
    text = '\ufeff{"id": 1, "tags": ["a", "b"]}\n\n{"id": 2.5, "more": {"x": 1}}\n'
    (tmp_path / f"a.{ending}").write_text(text)
    frame = read_files("accounts", [f"a.{ending}"], tmp_path).frame.collect()
    assert frame.rows() == [(1.0, ["a", "b"], None, 1), (2.5, None, {"x": 1}, 2)]


def test_several_files_count_on(tmp_path):
    (tmp_path / "a.csv").write_text("x,y\n1,2\n3,4\n")
    (tmp_path / "b.csv").write_text("y,x\n6,5\n")
    raw = read_files("events", ["a.csv", "b.csv"], tmp_path)
    assert raw.frame.collect().rows() == [("1", "2", 1), ("3", "4", 2), ("5", "6", 3)]
    assert raw.parts == (Part("a.csv", 0), Part("b.csv", 2))


def test_several_files_have_the_same_columns(tmp_path):
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    (tmp_path / "b.csv").write_text("x,z\n1,2\n")
    with pytest.raises(SourceError, match=r"b\.csv: .* against a\.csv it lacks y; has besides z"):
        read_files("events", ["a.csv", "b.csv"], tmp_path)


def broken(folder):
    whole = folder / "whole.parquet"
    pl.DataFrame({"a": range(1000)}).write_parquet(whole)
    (folder / "half.parquet").write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    (folder / "text.parquet").write_text("account_id,name\n")
    (folder / "nothing.csv").write_bytes(b"")
    (folder / "folder.csv").mkdir()
    (folder / "book.xlsx").write_text("x")
    (folder / "book.xls").write_text("x")
    (folder / "array.jsonl").write_text('[{"a": 1}]\n')
    (folder / "cut.jsonl").write_text('{"a": 1}\n{"a": ')
    (folder / "list.jsonl").write_text('{"a": 1}\n[1]\n')
    (folder / "latin.jsonl").write_bytes(b'{"a": 1}\n{"a": "\xe9"}\n')


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("half.parquet", "breaks off: its end is missing"),
        ("text.parquet", "is not a Parquet file"),
        ("nothing.csv", "is empty"),
        ("folder.csv", "is a folder"),
        ("accounts.csv", "there is no such file"),
        ("whole.parquets", "Did you mean 'whole.parquet'?"),
        ("no/such/folder.csv", "there is no such file"),
        ("book.xlsx", "is not a workbook"),
        ("book.xls", "'.xls' is not a format that can be read"),
        ("array.jsonl", "holds a JSON array"),
        ("cut.jsonl", "line 2 is not JSON"),
        ("list.jsonl", "line 2 is not an object"),
        ("latin.jsonl", "line 2 is not UTF-8"),
        ("../secret.csv", "lies outside the data folder"),
        ("/etc/passwd", "lies outside the data folder"),
        ("link.csv", "lies outside the data folder"),
        ("up/secret.csv", "lies outside the data folder"),
    ],
)
def test_refuses(tmp_path, file, message):
    data = tmp_path / "data"
    data.mkdir()
    broken(data)
    (tmp_path / "secret.csv").write_text("a\n1\n")
    (data / "link.csv").symlink_to(tmp_path / "secret.csv")
    (data / "up").symlink_to(tmp_path)
    with pytest.raises(SourceError) as caught:
        read_files("accounts", [file], data)
    assert message in str(caught.value)
    assert str(caught.value).startswith(f"{file}: ")


def test_links_within_the_folder_are_followed(tmp_path):
    (tmp_path / "a.csv").write_text("a\n1\n")
    (tmp_path / "b.csv").symlink_to("a.csv")
    assert read_files("accounts", ["b.csv"], tmp_path).frame.collect().height == 1


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_no_permission(tmp_path):
    (tmp_path / "a.csv").write_text("a\n1\n")
    (tmp_path / "a.csv").chmod(0)
    with pytest.raises(SourceError, match="Check its permissions"):
        read_files("accounts", ["a.csv"], tmp_path)


def test_a_name_with_pattern_signs_is_a_name(tmp_path):
    folder = tmp_path / "x[1]*"
    folder.mkdir()
    (folder / "a[1].csv").write_text("a\n1\n")
    pl.DataFrame({"a": [1]}).write_parquet(folder / "b[1].parquet")
    assert read_files("accounts", ["a[1].csv"], folder).frame.collect().height == 1
    assert read_files("accounts", ["b[1].parquet"], folder).frame.collect().height == 1


def test_header_is_an_option_of_delimited_files(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"a": 1}\n')
    with pytest.raises(SourceError, match=r"options of \.csv, \.tsv, \.txt and \.xlsx files only"):
        read_files("accounts", ["a.jsonl"], tmp_path, FileOptions(header=False, names=("a",)))


@pytest.mark.parametrize("options", [{"sheet": "A"}, {"delimiter": ";"}, {"comment": "#"}, {"encoding": "utf-16"}])
def test_options_that_a_format_has_no_use_for(tmp_path, options):
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "a.parquet")
    with pytest.raises(SourceError, match=r"a\.parquet: .* Remove"):
        read_files("accounts", ["a.parquet"], tmp_path, FileOptions(**options))


def test_words_that_mean_nothing(tmp_path):
    (tmp_path / "a.csv").write_text("a,b\n-, Select \nselect,-1\n")
    raw = read_files("accounts", ["a.csv"], tmp_path, FileOptions(nulls=("-", "Select")))
    assert raw.frame.collect().rows() == [(None, None, 1), ("select", "-1", 2)]


def test_rows_count_on_over_blank_ones(tmp_path):
    (tmp_path / "a.csv").write_text("x,y\n1,2\n\n3,4\n")
    (tmp_path / "b.csv").write_text("x,y\n5,6\n")
    raw = read_files("events", ["a.csv", "b.csv"], tmp_path)
    assert raw.frame.collect()["_row"].to_list() == [1, 3, 4]
    assert raw.parts == (Part("a.csv", 0), Part("b.csv", 3))


def test_types_that_differ_between_files(tmp_path):
    pl.DataFrame({"a": [1], "b": [1], "c": [None]}).write_parquet(tmp_path / "1.parquet")
    pl.DataFrame({"a": [2.5], "b": ["x"], "c": ["y"]}).write_parquet(tmp_path / "2.parquet")
    raw = read_files("accounts", ["1.parquet", "2.parquet"], tmp_path)
    assert raw.frame.collect().rows() == [(1.0, "1", None, 1), (2.5, "x", "y", 2)]
    (finding,) = raw.findings
    assert (finding.code, finding.level, finding.file) == ("mixed_types", "note", "1.parquet")
    assert "b have other types in some of the files; read as text" in finding.message


@pytest.mark.parametrize("ending", ["arrow", "feather"])
def test_arrow(tmp_path, ending):
    pl.DataFrame({"a": [1, 2]}).write_ipc(tmp_path / f"a.{ending}")
    raw = read_files("events", [f"a.{ending}"], tmp_path)
    assert raw.frame.collect().rows() == [(1, 1), (2, 2)]
    (tmp_path / f"b.{ending}").write_text("a,b\n")
    with pytest.raises(SourceError, match="is not an Arrow file"):
        read_files("events", [f"b.{ending}"], tmp_path)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('[{"a": 1}, {"a": 2.5, "b": ["x"]}]', [(1.0, None, 1), (2.5, ["x"], 2)]),
        ('\ufeff[\n  {"a": 1.0, "b": ["\u00e9"]}\n]\n', [(1.0, ["\u00e9"], 1)]),
        ('{"a": 1.5, "b": []}\n{"a": null, "b": ["x"]}\n', [(1.5, [], 1), (None, ["x"], 2)]),
    ],
)
def test_json_arrays(tmp_path, text, rows):
    (tmp_path / "a.json").write_text(text)
    assert read_files("events", ["a.json"], tmp_path).frame.collect().rows() == rows


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"a": 1}, 2]', "element 2 of the array is not an object"),
        ('[{"a": 1},\n {"a": ', "line 2 is not JSON"),
        ("[]", "is an empty array"),
        ('{"a": [1,\n2]}', "line 1 is not JSON"),
    ],
)
def test_json_that_is_no_table(tmp_path, text, message):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(SourceError, match=f"^a.json: {message}"):
        read_files("events", ["a.json"], tmp_path)
