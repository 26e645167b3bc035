"""CSV and TSV: what is read, and one clear message for every way a file can be broken."""

import polars as pl
import pytest

from abm.errors import SourceError
from abm.sources.delimited import read_delimited


def read(tmp_path, content, *, separator=",", names=None, name="a.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_delimited(path, name, separator, names).collect()


@pytest.mark.parametrize(
    ("content", "columns", "rows"),
    [
        ("a,b\n1,2\n", ["a", "b"], [("1", "2", 1)]),
        ("\ufeffa,b\r\n1,2\r\n", ["a", "b"], [("1", "2", 1)]),
        ('a,b\n1,"x\n, y"\n2,"say ""z"""\n', ["a", "b"], [("1", "x\n, y", 1), ("2", 'say "z"', 2)]),
        ('"a, or\nb",c\n1,\n', ["a, or\nb", "c"], [("1", None, 1)]),
        ("a,b\n1,2", ["a", "b"], [("1", "2", 1)]),
        ("a,b\n1,2\n\n,\n3,\n\n", ["a", "b"], [("1", "2", 1), ("3", None, 4)]),
        ("a,b,\n1,2,\n", ["a", "b"], [("1", "2", 1)]),
        (",a\n0,x\n", ["column_1", "a"], [("0", "x", 1)]),
        (" a , b \n1,2\n", ["a", "b"], [("1", "2", 1)]),
        ("a\nx\n\ny\n", ["a"], [("x", 1), ("y", 3)]),
        ("_row,a\n7,x\n", ["a"], [("x", 1)]),
        ("a,b\n", ["a", "b"], []),
        ("a,b", ["a", "b"], []),
    ],
    ids=[
        "plain", "bom-crlf", "quoted", "quoted-name", "no-last-newline", "blank-rows", "trailing-column", "nameless",
        "padded-names", "one-column", "own-row-number", "header-only", "header-only-no-newline",
    ],
)  # fmt: skip
def test_reads(tmp_path, content, columns, rows):
    frame = read(tmp_path, content)
    assert frame.columns == [*columns, "_row"]
    assert frame.schema["_row"] == pl.Int64
    assert frame.rows() == rows


def test_tab_separated_without_header(tmp_path):
    frame = read(tmp_path, "1\tx,y\n2\tz\n", separator="\t", names=("id", "text"), name="a.tsv")
    assert frame.rows() == [("1", "x,y", 1), ("2", "z", 2)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a,b,c\n1,2,3\n1,2\n", "line 3 has 2 field(s), 3 are expected"),
        ("a,b,c\n1,2\n\n", "line 2 has 2 field(s), 3 are expected"),
        ('a,b,c\n"x,y\n",2,3\n1,2\n', "line 4 has 2 field(s), 3 are expected"),
        ("a,b\n1,2\n1,2,3\n", "line 3 has 3 field(s), 2 are expected"),
        ("a,b\n1,2,\n", "line 2 has 3 field(s), 2 are expected"),
        ("a;b;c\n1;2;3\n", "no commas but 2 semicolons"),
        ("a\tb\n1\t2\n", "no commas but 1 tabs"),
        ("a,b,a\n1,2,3\n", "the column name 'a' is there 2 times"),
        ("a,b\n1,2\n3,\u00e9\n".encode("latin-1"), "line 3 is not UTF-8"),
        ("\u00e9,b\n1,2\n".encode("latin-1"), "line 1 is not UTF-8"),
        ("a,b\n1,2\n".encode("utf-16"), "is UTF-16"),
        ('a,b\n1,"open\n2,3\n', "Is a quoted field left open"),
        ('a,b\n"x"y,2\n', "text follow a closing quote"),
        ("a,b\r1,2\r", "LF or CRLF"),
        ("\n\n", "is empty"),
    ],
    ids=[
        "short-row", "short-row-and-blank", "short-row-after-quotes", "long-row", "extra-separator", "semicolons",
        "tabs", "repeated-name", "latin-1", "latin-1-header", "utf-16", "open-quote", "quote-inside", "cr-only",
        "blank-lines",
    ],
)  # fmt: skip
def test_refuses(tmp_path, content, message):
    with pytest.raises(SourceError) as caught:
        read(tmp_path, content)
    assert message in str(caught.value)
    assert str(caught.value).startswith("a.csv: ")


def test_separators_inside_quotes_are_not_missing_fields(tmp_path):
    rows = "".join(f'{i},"a,b,{i}",\n' for i in range(100))
    assert read(tmp_path, 'id,"t,x",last\n' + rows).height == 100


def test_names_must_fit_the_first_row(tmp_path):
    with pytest.raises(SourceError, match=r"names lists 3 column\(s\), but the first row has 2"):
        read(tmp_path, "1,2\n", names=("a", "b", "c"))
