"""Names that mean several files: patterns, folders, partitions; nothing outside the data folder."""

import gzip

import polars as pl
import pytest

from abm.errors import SourceError
from abm.sources.files import located_files, read_files
from abm.sources.options import FileOptions


def write(folder, **files):
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_csv", ".csv")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_a_pattern_means_its_files_by_name(tmp_path):
    write(tmp_path, acts__b_csv="x,y\n3,4\n", acts__a_csv="x,y\n1,2\n", acts__c="no", other_csv="x,y\n9,9\n")
    raw = read_files("events", ["acts/*.csv"], tmp_path)
    assert raw.frame.collect().rows() == [("1", "2", 1), ("3", "4", 2)]
    assert [part.file for part in raw.parts] == ["acts/a.csv", "acts/b.csv"]
    assert raw.where == "acts/*.csv"
    assert located_files(["acts/*.csv", "other.csv"], tmp_path) == ("acts/a.csv", "acts/b.csv", "other.csv")


def test_a_pattern_over_folders(tmp_path):
    write(tmp_path, a__b__one_csv="x,y\n1,2\n", a__two_csv="x,y\n3,4\n", a___marks__three_csv="x,y\n5,6\n")
    assert read_files("events", ["**/*.csv"], tmp_path).frame.collect().height == 2
    assert read_files("events", ["a/[ab]/*.csv"], tmp_path).frame.collect().height == 1


def test_a_folder_means_what_can_be_read_in_it(tmp_path):
    write(tmp_path, out__part1_csv="x,y\n1,2\n", out___SUCCESS="", out__more__part2_csv="x,y\n3,4\n")
    (tmp_path / "out" / "part3.csv.gz").write_bytes(gzip.compress(b"x,y\n5,6\n"))
    for name in ("out", "out/"):
        assert [part.file for part in read_files("events", [name], tmp_path).parts] == [
            "out/more/part2.csv",
            "out/part1.csv",
            "out/part3.csv.gz",
        ]


def test_partitions_become_columns(tmp_path):
    frame = pl.DataFrame({"type": ["a", "b", "c"], "year": [2025, 2026, 2026], "region": ["EU", "A/B", None]})
    frame.lazy().sink_parquet(pl.PartitionBy(tmp_path / "acts", key=["year", "region"], include_key=False), mkdir=True)
    raw = read_files("events", ["acts"], tmp_path)
    rows = set(raw.frame.drop("_row").collect().rows())
    assert rows == {("a", "2025", "EU"), ("b", "2026", "A/B"), ("c", "2026", None)}
    assert "Parquet SCAN" in raw.frame.explain()


def test_a_column_of_the_file_wins_over_its_folder(tmp_path):
    write(tmp_path, **{"acts__year=2026__a_csv": "x,year\n1,1999\n"})
    assert read_files("events", ["acts"], tmp_path).frame.collect()["year"].to_list() == ["1999"]
    assert "year" not in read_files("events", ["acts/year=2026/a.csv"], tmp_path).frame.drop("year").collect_schema()


def test_files_of_a_pattern_have_the_same_columns(tmp_path):
    write(tmp_path, a_csv="x,y\n1,2\n", b_csv="x,z\n1,2\n")
    with pytest.raises(SourceError, match=r"^b\.csv: .* against a\.csv it lacks y; has besides z"):
        read_files("events", ["*.csv"], tmp_path)


def test_options_hold_for_all(tmp_path):
    write(tmp_path, a_csv="1;2\n", b_csv="3;4\n")
    raw = read_files("events", ["*.csv"], tmp_path, FileOptions(header=False, names=("x", "y")))
    assert raw.frame.collect().rows() == [("1", "2", 1), ("3", "4", 2)]
    assert [finding.file for finding in raw.findings] == ["a.csv", "b.csv"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("acts/*.tsv", r"acts/\*\.tsv: no file fits this pattern\. Files there: a\.csv\."),
        ("actz/*.csv", r"There is no folder actz\. Did you mean 'acts'\?"),
        ("*/../*.csv", r"does not lead out by `\.\.`"),
        ("../*.csv", r"does not lead out by `\.\.`"),
        ("/etc/*.conf", "lies outside the data folder"),
        ("empty", "is a folder without a file that can be read"),
        ("out/*.csv", "out/secret.csv: lies outside the data folder"),
        ("out", "lies outside the data folder"),
        ("link*.csv", r"link\.csv: lies outside the data folder"),
    ],
)
def test_refuses(tmp_path, name, message):
    data = tmp_path / "data"
    write(tmp_path, data__acts__a_csv="x,y\n1,2\n", far__secret_csv="x,y\n1,2\n")
    (data / "empty").mkdir()
    (data / "out").symlink_to(tmp_path / "far")
    (data / "link.csv").symlink_to(tmp_path / "far" / "secret.csv")
    with pytest.raises(SourceError, match=message):
        read_files("events", [name], data)


def test_a_folder_of_links_to_itself_ends(tmp_path):
    write(tmp_path, acts__a_csv="x,y\n1,2\n")
    (tmp_path / "acts" / "again").symlink_to(tmp_path / "acts")
    assert read_files("events", ["acts"], tmp_path).frame.collect().height == 1


@pytest.mark.parametrize("name", ["table", "table/*.parquet", "**/*.parquet"])
def test_the_files_of_a_delta_table_are_not_its_rows(tmp_path, name):
    (tmp_path / "table" / "_delta_log").mkdir(parents=True)
    pl.DataFrame({"account_id": ["A1"]}).write_parquet(tmp_path / "table" / "part.parquet")
    with pytest.raises(SourceError, match="Say `delta: table`"):
        read_files("accounts", [name], tmp_path)
