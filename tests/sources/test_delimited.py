"""CSV and TSV: what is read, and one clear message for every way a file can be broken."""

import csv

import polars as pl
import pytest

from abm.errors import SourceError
from abm.sources.delimited import read_delimited
from abm.sources.encodings import Text, as_utf8
from abm.sources.options import FileOptions


def read(tmp_path, content, *, names=None, name="a.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_all(path, name, names=names).frame.collect()


def read_all(path, name="a.csv", **options):
    if options.get("names") is not None:
        options["header"] = False
    given = FileOptions(**{key: value for key, value in options.items() if value is not None})
    return read_delimited(as_utf8(Text(path), name, given.encoding), name, f".{name.rpartition('.')[2]}", given)


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
        ("a,b\n1,2,\n,3,\n", ["a", "b"], [("1", "2", 1), (None, "3", 2)]),
        ("a,b,\n1,2\n3,\n", ["a", "b"], [("1", "2", 1), ("3", None, 2)]),
        (",a\n0,x\n", ["column_1", "a"], [("0", "x", 1)]),
        (" a , b \n1,2\n", ["a", "b"], [("1", "2", 1)]),
        ("a\nx\n\ny\n", ["a"], [("x", 1), ("y", 3)]),
        ("_row,a\n7,x\n", ["a"], [("x", 1)]),
        ("a,b\n", ["a", "b"], []),
        ("a,b", ["a", "b"], []),
    ],
    ids=[
        "plain", "bom-crlf", "quoted", "quoted-name", "no-last-newline", "blank-rows", "trailing-column",
        "trailing-in-rows", "trailing-in-header", "nameless",
        "padded-names", "one-column", "own-row-number", "header-only", "header-only-no-newline",
    ],
)  # fmt: skip
def test_reads(tmp_path, content, columns, rows):
    frame = read(tmp_path, content)
    assert frame.columns == [*columns, "_row"]
    assert frame.schema["_row"] == pl.Int64
    assert frame.rows() == rows


def test_tab_separated_without_header(tmp_path):
    frame = read(tmp_path, "1\tx,y\n2\tz\n", names=("id", "text"), name="a.tsv")
    assert frame.rows() == [("1", "x,y", 1), ("2", "z", 2)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a,b,c\n1,2,3\n1,2\n", "line 3 has 2 field(s), 3 are expected"),
        ("a,b,c\n1,2\n\n", "line 2 has 2 field(s), 3 are expected"),
        ('a,b,c\n"x,y\n",2,3\n1,2\n', "line 4 has 2 field(s), 3 are expected"),
        ("a,b\n1,2\n1,2,3\n", "line 3 has 3 field(s), 2 are expected"),
        (b"a,b\n1,\xc3\xa9\n3,\xe9\n", "line 3 is not UTF-8, but other lines are"),
        (b"a,b\n1,\xe9\x00\n", "its encoding cannot be told"),
        ("a,b\n1,2\n".encode("utf-16")[:-1], "is not utf-16 text"),
        ('a,b\n1,"open\n2,3\n', "Is a quoted field left open"),
        ('a,b\n"x"y,2\n', "text follow a closing quote"),
        ("a,b\r1,2\r", "LF or CRLF"),
        ("\n\n", "is empty"),
    ],
    ids=[
        "short-row", "short-row-and-blank", "short-row-after-quotes", "long-row", "two-encodings", "no-encoding",
        "half-utf-16", "open-quote", "quote-inside", "cr-only", "blank-lines",
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


@pytest.mark.parametrize("separator", [";", "\t", "|", ","])
@pytest.mark.parametrize("ending", ["csv", "tsv", "txt"])
def test_the_separator_is_told_by_the_file(tmp_path, separator, ending):
    content = separator.join(("id", "when")) + "\n" + separator.join(("1", "a b")) + "\n"
    (tmp_path / f"a.{ending}").write_text(content)
    read = read_all(tmp_path / f"a.{ending}", f"a.{ending}")
    assert read.frame.collect().rows() == [("1", "a b", 1)]
    usual = {"csv": ",", "tsv": "\t"}.get(ending)
    assert [note.code for note in read.notes] == ([] if separator == usual else ["delimiter"])


@pytest.mark.parametrize(
    ("content", "separator"),
    [
        ('id,domains\n1,a.com;b.com;c.com\n2,"d.com;e.com"\n', ","),
        ("id;amount;name\n1;2,5;x\n2;3,5;y\n", ";"),
        ("id;amount, total;name\n1;2,5;x\n2;3,5;y\n", ";"),
        ("name|note\nA|x, y, z\nB|x\n", "|"),
        ('id,note\n1,"a;b\n;;c"\n2,;\n', ","),
        ("sep=;\nid;n\n1;2,3\n", ";"),
        ('"sep=|"\r\nid|n\r\n1|2;3\r\n', "|"),
    ],
)
def test_other_signs_in_the_fields_do_not_mislead(tmp_path, content, separator):
    (tmp_path / "a.csv").write_text(content, newline="")
    lines = [line for line in content.splitlines() if "sep=" not in line]
    expected = next(csv.reader(lines, delimiter=separator))
    assert read_all(tmp_path / "a.csv").frame.collect().columns == [*expected, "_row"]


def test_two_signs_that_fit_are_said(tmp_path):
    (tmp_path / "a.csv").write_text("a;b;c,d\n1;2;3,4\n")
    (note,) = read_all(tmp_path / "a.csv").notes
    assert note.message == (
        "a.csv: its fields are taken to be separated by semicolons, though commas would fit too."
        " If not, say delimiter: in workspace.yaml."
    )
    assert read_all(tmp_path / "a.csv", delimiter=",").frame.collect().rows() == [("1;2;3", "4", 1)]


def test_what_is_said_is_believed(tmp_path):
    (tmp_path / "a.csv").write_text("a~b\n1~2\n")
    read = read_all(tmp_path / "a.csv", delimiter="~")
    assert (read.frame.collect().rows(), read.notes) == ([("1", "2", 1)], ())


@pytest.mark.parametrize(
    ("content", "columns"),
    [
        ("# made by a program\n\n# on Monday, by hand\nid,name\n1,x\n", ["id", "name"]),
        ("\ufeff# Report: contacts\r\nid,name\r\n1,x\r\n", ["id", "name"]),
        ("#,name\n1,x\n", ["#", "name"]),
        ("#id;name\n1;x\n", ["#id", "name"]),
    ],
)
def test_comments_before_the_header(tmp_path, content, columns):
    (tmp_path / "a.csv").write_text(content, newline="")
    frame = read_all(tmp_path / "a.csv").frame.collect()
    assert frame.columns == [*columns, "_row"]
    assert frame.rows() == [("1", "x", 1)]


def test_a_comment_with_as_many_fields_is_named_by_a_person(tmp_path):
    (tmp_path / "a.csv").write_text("# made, on Monday\nid,name\n1,x\n")
    assert read_all(tmp_path / "a.csv").frame.collect().columns == ["# made", "on Monday", "_row"]
    assert read_all(tmp_path / "a.csv", comment="#").frame.collect().columns == ["id", "name", "_row"]
    (tmp_path / "b.csv").write_text("// made\nid,name\n1,x\n")
    read = read_all(tmp_path / "b.csv", comment="//")
    assert read.frame.collect().rows() == [("1", "x", 1)]
    assert [note.code for note in read.notes] == ["comment_lines"]


def test_lines_are_counted_with_the_comments(tmp_path):
    (tmp_path / "a.csv").write_text("# made\n# so\nid,name,x\n1,2,3\n1,2\n")
    with pytest.raises(SourceError, match=r"a\.csv: line 5 has 2 field"):
        read_all(tmp_path / "a.csv")


def test_names_that_repeat(tmp_path):
    (tmp_path / "a.csv").write_text("id,x,x,x_2,x,same,same\n1,a,b,c,a,s,s\n2,a,b,c,b,s,s\n")
    read = read_all(tmp_path / "a.csv")
    assert read.frame.collect().columns == ["id", "x", "x_3", "x_2", "x_4", "same", "_row"]
    assert [(note.code, note.column, note.level) for note in read.notes] == [
        ("repeated_column", "x", "problem"),
        ("repeated_column", "x", "problem"),
        ("same_column", "same", "note"),
    ]


def test_a_thousand_columns(tmp_path):
    names = [f"property_number_{at}_of_a_thousand_and_some_more" for at in range(2000)]
    (tmp_path / "a.csv").write_text(f"{','.join(names)}\n{','.join('x' * 2000)}\n" * 1)
    frame = read_all(tmp_path / "a.csv").frame.collect()
    assert (frame.columns[:-1], frame.shape) == (names, (1, 2001))


NAMES = {
    "cp1252": ["Müller GmbH", "Société Générale", "São Paulo", "Telefónica España", "Åkeström AB", "Crème Brûlée"],
    "cp1250": ["Łódź Spółka", "Příbram s.r.o.", "Český Krumlov", "Győr Kft", "Świętokrzyskie", "Škoda Plzeň"],
    "cp1251": ["ООО Ромашка", "Газпром нефть", "Иванов Пётр", "Москва"],  # noqa: RUF001 - Cyrillic it is
    "cp1253": ["Αθήνα", "Παπαδόπουλος", "Θεσσαλονίκη"],
    "cp1254": ["İstanbul Şişli", "Türkiye İş Bankası", "Çağlar Güneş"],  # noqa: RUF001 - Turkish it is
    "cp932": ["株式会社日立製作所", "トヨタ自動車", "田中太郎"],
    "gb18030": ["阿里巴巴集团", "北京大学", "王小明"],
    "cp949": ["삼성전자", "현대자동차", "김철수"],
}


@pytest.mark.parametrize("encoding", NAMES)
@pytest.mark.parametrize("plain", [0, 500])
def test_an_encoding_is_told_and_said(tmp_path, encoding, plain):
    rows = [*(f"P{at},Acme" for at in range(plain)), *(f"A{at},{name}" for at, name in enumerate(NAMES[encoding]))]
    (tmp_path / "a.csv").write_bytes("\n".join(["account_id,name", *rows]).encode(encoding))
    read = read_all(tmp_path / "a.csv")
    assert read.frame.collect()["name"].to_list()[plain:] == NAMES[encoding]
    (note,) = read.notes
    assert note.code == "encoding"
    assert f"is not UTF-8 (line {plain + 2})" in note.message


def test_an_encoding_that_is_said_is_believed(tmp_path):
    (tmp_path / "a.csv").write_bytes("id,name\n1,Łódź\n".encode("cp1250"))
    read = read_all(tmp_path / "a.csv", encoding="cp1250")
    assert (read.frame.collect()["name"].to_list(), read.notes) == (["Łódź"], ())
    with pytest.raises(SourceError, match="is not utf-8 text"):
        read_all(tmp_path / "a.csv", encoding="utf-8")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be", "utf-8-sig"])
def test_wide_letters(tmp_path, encoding):
    (tmp_path / "a.csv").write_bytes("id,name\r\n1,Müller und Söhne\r\n2,\r\n".encode(encoding))
    read = read_all(tmp_path / "a.csv")
    assert (read.frame.collect().rows(), read.notes) == ([("1", "Müller und Söhne", 1), ("2", None, 2)], ())


def test_what_is_not_utf8_far_down_is_told_too(tmp_path):
    rows = "".join(f"{at},plain\n" for at in range(20_000))
    (tmp_path / "a.csv").write_bytes(f"id,name\n{rows}x,Jürgen Groß\n".encode("cp1252"))
    read = read_all(tmp_path / "a.csv")
    assert read.frame.collect().row(-1) == ("x", "Jürgen Groß", 20_001)
    assert "line 20002" in read.notes[0].message
