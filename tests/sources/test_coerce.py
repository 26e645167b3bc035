# ruff: noqa: DTZ001 - times without zone are what is tested
"""From what sources hold to the seven kinds: what is read, what is null, what is counted."""

from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal

import polars as pl
import pytest

from abm.errors import SourceError
from abm.sources.calendar import Calendar
from abm.sources.coerce import DTYPES, coerce, kind_of
from abm.sources.tables import Part, RawTable
from abm.tables.contracts import Kind

INFINITE_DAY = pl.Series([2**31 - 1], dtype=pl.Int32).cast(pl.Date)
INFINITE_TIME = pl.Series([2**63 - 1]).cast(pl.Datetime("us"))


def read(values, kind, *, zone=None):
    """Return the values read as `kind`, and the findings."""
    series = values if isinstance(values, pl.Series) else pl.Series(values, strict=False)
    rows = pl.int_range(1, len(series) + 1, dtype=pl.Int64, eager=True)
    raw = RawTable("events", "events.csv", pl.LazyFrame({"x": series, "_row": rows}), (Part("events.csv"),))
    frame, findings = coerce(raw, {"x": kind}, Calendar(zone))
    result = frame.collect()
    assert result.schema == {"x": DTYPES[kind](), "_row": pl.Int64()}
    return result["x"].to_list(), findings


def test_text_is_kept_as_it_is_unless_it_is_blank():
    """Of any character, alone, before and after a word: white space is what Polars strips."""
    signs = [chr(code) for code in (*range(0x3100), *range(0xD7F0, 0xD800), *range(0xFE00, 0x10010))]
    signs = [sign for sign in signs if not 0xD800 <= ord(sign) < 0xE000]
    texts = [text for sign in signs for text in (sign, f"{sign}a", f"a{sign}", sign * 20, f"\u3000{sign}", f" {sign}")]
    given = pl.Series([*texts, None])
    blank = given.str.strip_chars() == ""
    found, findings = read(given, Kind.TEXT)
    assert found == given.set(blank, None).to_list()
    assert 25 < blank.sum() < 400
    assert findings == ()


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (Kind.TEXT, [" a ", "", "  ", None], [" a ", None, None, None]),
        (Kind.LIST, ["a;b", "", '["x, y", "z"]', "[a, b]", "[]"], ["a;b", None, "x, y;z", "a;b", None]),
        (Kind.NUMBER, ["1", " -2.5 ", "1e3", ".5", "nan", "NaN", ""], [1.0, -2.5, 1000.0, 0.5, None, None, None]),
        (Kind.INTEGER, ["3", "3.0", "-4", "9223372036854775807", "NaN"], [3, 3, -4, 2**63 - 1, None]),
        (Kind.BOOLEAN, ["true", "F", "YES", "n", "1", " 0 "], [True, False, True, False, True, False]),
    ],
)  # fmt: skip
def test_text_is_read(kind, text, expected):
    assert read(text, kind) == (expected, ())


@pytest.mark.parametrize(
    ("kind", "bad"),
    [
        (Kind.NUMBER, ["1,234.5", "$5", "inf", "-Infinity", "0x10", "many"]),
        (Kind.INTEGER, ["3.5", "1e400", "inf", "9223372036854775808", "three"]),
        (Kind.BOOLEAN, ["maybe", "2", "-"]),
        (
            Kind.DATE,
            ["soon", "06/31/2026", "30.13.2026", "26-06-30", "2026-02-30", "2026-06-30T25:00:00", "1782777600"],
        ),
    ],
)
def test_unreadable_text_is_null_and_counted(kind, bad):
    values, findings = read([None, *bad], kind)
    assert values == [None] * (len(bad) + 1)
    (finding,) = findings
    assert (finding.table, finding.code, finding.column, finding.file) == ("events", "unparseable", "x", "events.csv")
    assert finding.count == len(bad)
    assert finding.rows == tuple(range(2, len(bad) + 2))[:5]
    assert finding.samples == tuple(sorted(bad[:5]))


JUNE, JULY = date(2026, 6, 30), date(2026, 7, 1)


@pytest.mark.parametrize(
    ("text", "utc", "new_york"),
    [
        ("2026-06-30", JUNE, JUNE),
        ("2026/06/30", JUNE, JUNE),
        (" 2026-06-30 ", JUNE, JUNE),
        ("2026-06-30 22:15", JUNE, JULY),
        ("2026-06-30 22:15:01", JUNE, JULY),
        ("2026-06-30T22:15:01", JUNE, JULY),
        ("2026-06-30T22:15", JUNE, JULY),
        ("2026-06-30T22:15:01.123456", JUNE, JULY),
        ("2026-06-30 9:05", JUNE, JUNE),
        ("2026-06-30T22:15:01Z", JUNE, JUNE),
        ("2026-06-30T22:15:01.123Z", JUNE, JUNE),
        ("2026-06-30T22:15:01+0000", JUNE, JUNE),
        ("2026-06-30 22:15:01+00", JUNE, JUNE),
        ("2026-06-30 22:15:01 UTC", JUNE, JUNE),
        ("2026-06-30T22:15:01-05:00", JULY, JULY),
        ("2026-06-30 22:15:01 -0500", JULY, JULY),
        ("2026-06-30T22:15-05:00", JULY, JULY),
        ("2026-07-01T01:00:00+02:00", JUNE, JUNE),
    ],
)
def test_days_of_text(text, utc, new_york):
    assert read([text, None], Kind.DATE) == ([utc, None], ())
    assert read([text, None], Kind.DATE, zone="America/New_York") == ([new_york, None], ())


def test_a_column_may_mix_formats():
    text = ["2026-06-30", "soon", "2026-06-30T23:00:00-05:00", None, "2026-06-30 10:00"]
    values, findings = read(text, Kind.DATE)
    assert values == [JUNE, None, JULY, None, JUNE]
    assert findings[0].rows == (2,)


def test_times_that_a_change_of_clocks_skips_or_repeats():
    text = ["2026-03-08 02:30:00", "2026-11-01 01:30:00"]
    assert read(text, Kind.DATE, zone="America/New_York")[0] == [date(2026, 3, 8), date(2026, 11, 1)]
    naive = [datetime(2026, 3, 8, 2, 30), datetime(2026, 11, 1, 1, 30)]
    assert read(naive, Kind.DATE, zone="America/New_York") == ([date(2026, 3, 8), date(2026, 11, 1)], ())


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ([12, None], Kind.TEXT, ["12", None]),
        ([12.0, 2.5, None, float("nan")], Kind.TEXT, ["12", "2.5", None, None]),
        ([Decimal("12.00"), Decimal("12.50")], Kind.TEXT, ["12", "12.50"]),
        ([True, False], Kind.TEXT, ["true", "false"]),
        ([date(2026, 6, 30)], Kind.TEXT, ["2026-06-30"]),
        ([{"a": 1}, None], Kind.TEXT, ['{"a":1}', None]),
        (pl.Series(["a", "b"], dtype=pl.Categorical), Kind.TEXT, ["a", "b"]),
        ([["a", "b"], [], None, ["c", None], [" "]], Kind.LIST, ["a;b", None, None, "c", None]),
        ([[1.0, 2.5]], Kind.LIST, ["1;2.5"]),
        (["a"], Kind.LIST, ["a"]),
        ([["a", "b"]], Kind.TEXT, ["a;b"]),
        ([1, 2], Kind.NUMBER, [1.0, 2.0]),
        ([Decimal("1.25")], Kind.NUMBER, [1.25]),
        (pl.Series([1, 2], dtype=pl.UInt8), Kind.INTEGER, [1, 2]),
        ([True, None], Kind.BOOLEAN, [True, None]),
        ([None, None], Kind.INTEGER, [None, None]),
    ],
)
def test_typed_values_that_cannot_fail_stay_lazy(values, kind, expected):
    series = values if isinstance(values, pl.Series) else pl.Series(values, strict=False)

    def never(_frame: pl.DataFrame) -> pl.DataFrame:
        raise AssertionError("collected")

    rows = pl.lit(None, pl.Int64).alias("_row")
    lazy = pl.LazyFrame({"x": series}).with_columns(rows)
    raw = RawTable("events", "events", lazy.map_batches(never, schema=lazy.collect_schema()))
    coerce(raw, {"x": kind})
    assert read(series, kind) == (expected, ())


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ([1.5, float("nan"), None], Kind.NUMBER, [1.5, None, None]),
        ([date(2026, 6, 30), None], Kind.DATE, [JUNE, None]),
        ([datetime(2026, 6, 30, 23), datetime(1969, 12, 31, 23)], Kind.DATE, [JUNE, date(1969, 12, 31)]),
        (pl.Series([datetime(2026, 6, 30, 23)]).dt.replace_time_zone("America/New_York"), Kind.DATE, [JULY]),
    ],
)
def test_typed_values_that_may_be_none_are_read(values, kind, expected):
    assert read(values, kind) == (expected, ())


@pytest.mark.parametrize(
    ("values", "kind", "sample"),
    [
        (pl.Series([float("inf")]), Kind.NUMBER, "infinity"),
        (INFINITE_DAY, Kind.DATE, "a day outside the calendar"),
        (INFINITE_TIME, Kind.DATE, "a day outside the calendar"),
        (INFINITE_TIME.dt.replace_time_zone("UTC"), Kind.DATE, "a day outside the calendar"),
    ],
)
def test_values_that_no_kind_can_hold_are_null_and_counted(values, kind, sample):
    got, (finding,) = read(values, kind)
    assert got == [None]
    assert (finding.code, finding.count, finding.rows, finding.samples) == ("unparseable", 1, (1,), (sample,))


def test_a_required_day_is_not_counted_twice():
    rows = pl.DataFrame({"occurred_at": INFINITE_DAY, "_row": [1]}).lazy()
    _frame, findings = coerce(RawTable("events", "events", rows), {"occurred_at": Kind.DATE})
    assert findings == ()


def test_a_declared_zone_is_for_times_without_zone():
    naive = pl.Series([datetime(2026, 6, 30, 23), None])
    assert read(naive, Kind.DATE, zone="America/New_York") == ([JULY, None], ())
    assert read(naive.dt.replace_time_zone("UTC"), Kind.DATE, zone="America/New_York") == ([JUNE, None], ())
    assert read(INFINITE_TIME, Kind.DATE, zone="America/New_York")[0] == [None]


@pytest.mark.parametrize(
    ("values", "kind", "expected", "count"),
    [
        ([3.0, 3.5, None, float("nan")], Kind.INTEGER, [3, None, None, None], 1),
        ([1, 0, 2], Kind.BOOLEAN, [True, False, None], 1),
        ([1782777600, None], Kind.DATE, [None, None], 1),
        ([time(10), None], Kind.DATE, [None, None], 1),
        ([True], Kind.NUMBER, [None], 1),
        ([[1, 2]], Kind.NUMBER, [None], 1),
        ([b"x", None], Kind.TEXT, [None, None], 1),
        ([timedelta(days=1)], Kind.INTEGER, [None], 1),
        (pl.Series([2**63], dtype=pl.UInt64), Kind.INTEGER, [None], 1),
        (pl.Series([7], dtype=pl.Int128), Kind.INTEGER, [7], 0),
    ],
)
def test_typed_values_of_another_kind_are_counted(values, kind, expected, count):
    read_values, findings = read(values, kind)
    assert read_values == expected
    assert sum(finding.count for finding in findings) == count


def test_missing_columns_are_typed_nulls():
    raw = RawTable("events", "events", pl.LazyFrame({"_row": [1, 2]}, schema={"_row": pl.Int64}))
    frame, findings = coerce(raw, {kind.value: kind for kind in Kind})
    assert frame.collect_schema() == {**{kind.value: DTYPES[kind]() for kind in Kind}, "_row": pl.Int64()}
    assert frame.collect().null_count().row(0) == (2, 2, 2, 2, 2, 2, 0)
    assert findings == ()


def test_findings_name_the_file_and_the_row_in_it():
    frame = pl.LazyFrame({"x": ["1", "a", "b", "2", "c"], "_row": [1, 2, 3, 4, 5]})
    raw = RawTable("events", "a.csv, b.csv", frame, (Part("a.csv", 0), Part("b.csv", 2)))
    found = [(each.file, each.count, each.rows, each.samples) for each in coerce(raw, {"x": Kind.NUMBER})[1]]
    assert found == [("a.csv", 1, (2,), ("a",)), ("b.csv", 2, (1, 3), ("b", "c"))]


def test_what_cannot_be_collected_is_the_sources_fault():
    lazy = pl.LazyFrame({"x": ["a"], "_row": [1]}).with_columns(pl.col("x").cast(pl.Int64).cast(pl.String))
    with pytest.raises(SourceError, match="events: cannot be read"):
        coerce(RawTable("events", "events", lazy), {"x": Kind.NUMBER})


@pytest.mark.parametrize(
    ("dtype", "kind"),
    [
        (pl.String(), Kind.TEXT),
        (pl.UInt64(), Kind.INTEGER),
        (pl.Float32(), Kind.NUMBER),
        (pl.Decimal(38, 0), Kind.NUMBER),
        (pl.Date(), Kind.DATE),
        (pl.Datetime("ns", "UTC"), Kind.DATE),
        (pl.Boolean(), Kind.BOOLEAN),
        (pl.Array(pl.Int8(), 2), Kind.LIST),
        (pl.Struct({"a": pl.Int8()}), Kind.TEXT),
        (pl.Null(), Kind.TEXT),
    ],
)
def test_kind_of_extra_columns(dtype, kind):
    assert kind_of(dtype) is kind


def test_moments_with_zone_of_any_unit():
    moment = datetime(2026, 6, 30, 23, tzinfo=timezone(timedelta(hours=-5)))
    for unit in ("ms", "us", "ns"):
        assert read(pl.Series([moment], dtype=pl.Datetime(unit, "UTC")), Kind.DATE)[0] == [JULY]
