"""Many ways to write a day, in one column; which number is the day is told by the column or asked."""
# ruff: noqa: DTZ001 - times without zone are what is tested

from datetime import UTC, date, datetime, timedelta, timezone

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abm.errors import SourceError
from abm.sources.canonical import Reading, canonical_table
from abm.sources.orders import DayOrder, UndecidedDaysError
from abm.sources.tables import Part, RawTable
from abm.sources.times import parse_days

JUNE, JULY = date(2026, 6, 30), date(2026, 7, 1)


def days(*text, zone=None, order=None):
    return parse_days(pl.Series(list(text), dtype=pl.String), zone, order).to_list()


@pytest.mark.parametrize(
    "text",
    [
        "2026-06-30",
        "2026/06/30",
        "2026/6/30 14:05",
        "2026-6-30",
        "20260630",
        "30.06.2026",
        "30.6.2026 14:05",
        "30-06-2026",
        "30/06/2026",
        "6/30/2026",
        "06/30/2026 9:05",
        "6/30/2026 9:05:07",
        "6/30/2026 9:05 AM",
        "6/30/2026, 9:05:07 pm",
        "06-30-2026",
        "2026-06-30 9:05:07",
        "2026-06-30 2:05 PM",
        "2026-06-30T14:05:07Z",
        "2026-06-30T14:05:07+0000",
        "2026-06-30T14:05:07.123+00:00",
        "2026-06-30 14:05:07 UTC",
        "2026-06-30 14:05 GMT",
        "06/30/2026 14:05:07 +0000",
        "30 Jun 2026",
        "30-JUN-2026",
        "Jun 30, 2026",
    ],
)
def test_one_day_in_many_ways(text):
    assert days(text) == [JUNE]


@pytest.mark.parametrize(
    "text",
    [
        "31/31/2026", "2026-02-30", "30.13.2026", "6/30/26", "20261330", "12345678", "2026", "1782835507", "June",
        "1/2/3/2026", "2026-06-30 25:00", "00/00/2026", "6/30/2026 14:05 PM",
    ],
)  # fmt: skip
def test_no_day(text):
    assert days(text) == [None]


def test_eight_ways_in_one_column():
    written = ["2026-06-30", "6/30/2026", "30.06.2026", "30-06-2026", "20260630", "2026-06-30T9:05:00", None, "soon"]
    assert days(*written, "6/30/2026 9:05 PM", "2026-06-30 23:00:00-02:00") == [*[JUNE] * 6, None, None, JUNE, JULY]


def test_one_unambiguous_value_tells_for_all():
    assert days("3/4/2026", "2026-01-01", "3/13/2026")[0] == date(2026, 3, 4)
    assert days("3/4/2026", None, "13/3/2026")[0] == date(2026, 4, 3)


def test_slashes_and_dashes_are_told_apart():
    assert days("3/4/2026", "3/13/2026", "3-4-2026", "13-3-2026")[::2] == [date(2026, 3, 4), date(2026, 4, 3)]


def test_dots_are_day_first_whatever_is_said():
    assert days("3.4.2026", "13.4.2026", order=DayOrder.MONTH_FIRST) == [date(2026, 4, 3), date(2026, 4, 13)]


def test_the_same_number_twice_is_no_question():
    assert days("5/5/2026", "6/6/2026") == [date(2026, 5, 5), date(2026, 6, 6)]


def test_what_is_said_needs_no_evidence_and_refuses_the_other():
    text = ("3/4/2026", "3/13/2026")
    assert days(*text, order=DayOrder.MONTH_FIRST) == [date(2026, 3, 4), date(2026, 3, 13)]
    assert days(*text, order=DayOrder.DAY_FIRST) == [date(2026, 4, 3), None]


@pytest.mark.parametrize(
    ("text", "at"),
    [(("2026-01-01", None, "3/4/2026", "5/6/2026"), (2,)), (("3/4/2026", "1/13/2026", "13/1/2026"), (2, 1))],
    ids=["no evidence", "evidence of both"],
)
def test_an_open_question_names_its_values(text, at):
    with pytest.raises(UndecidedDaysError) as caught:
        days(*text)
    assert caught.value.doubt.at == at
    assert caught.value.doubt.values == tuple(text[each] for each in at)


def test_moments_of_a_zone():
    assert days("6/30/2026 11:30 PM", zone="America/New_York") == [JULY]


PATTERNS = ["%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y%m%d", "%d.%m.%Y", "%Y-%m-%d %H:%M:%S%z"]


@settings(max_examples=30)
@given(
    st.sampled_from(["%d/%m/%Y %H:%M", "%m/%d/%Y %I:%M %p", "%m-%d-%Y", "%d-%m-%Y"]),
    st.lists(st.tuples(st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31)), st.sampled_from(PATTERNS))),
)
def test_whatever_strftime_writes_is_read(first, moments):
    """Truth from the standard library; the 31st of a month tells which number is the day."""
    written = [moment.replace(tzinfo=UTC).strftime(pattern) for moment, pattern in moments]
    plain = [moment.strftime(first) for moment, _ in moments]
    read = days(datetime(2001, 1, 31, 10).strftime(first), *plain, *written)
    assert read[1:] == 2 * [moment.date() for moment, _ in moments]


@settings(max_examples=30)
@given(st.datetimes(datetime(1990, 1, 1), datetime(2099, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_offsets(moment, minutes):
    local = moment.replace(tzinfo=UTC).astimezone(timezone(timedelta(minutes=minutes)))
    assert days(local.strftime("1/31/2026 10:00"), local.strftime("%m/%d/%Y %H:%M:%S %z"))[1] == moment.date()


def asked(*text, reading=None, files=("e.csv",), split=99):
    frame = pl.DataFrame({"contact_id": ["C"] * len(text), "type": ["t"] * len(text), "occurred_at": text})
    parts = tuple(Part(file, split * at) for at, file in enumerate(files))
    raw = RawTable("events", ", ".join(files), frame.lazy().with_columns(_row=pl.int_range(1, len(text) + 1)), parts)
    with pytest.raises(SourceError) as caught:
        canonical_table(raw, reading or Reading(dates_remedy="Say which."))
    return str(caught.value)


def test_the_question():
    assert asked("2026-01-01", "03/04/2026 10:00") == (
        "e.csv: events.occurred_at: is 03/04/2026 10:00 (row 2) the 3rd of April or the 4th of March?"
        " No value of the column tells. Say which."
    )


def test_the_question_about_a_contradiction_over_two_files():
    assert asked("13/01/2026", "01/13/2026", files=("a.csv", "b.csv"), split=1) == (
        "a.csv: events.occurred_at: 13/01/2026 (a.csv, row 1) has the day first, 01/13/2026 (b.csv, row 1) the month."
        " A column is written one way, so values of the other are wrong. Say which."
    )


def test_a_column_of_its_own_wins():
    frame = pl.DataFrame({"contact_id": ["C"], "type": ["t"], "occurred_at": ["3/4/2026"], "_row": [1]}).lazy()
    reading = Reading(dates=DayOrder.DAY_FIRST, dates_of={"occurred_at": DayOrder.MONTH_FIRST})
    table = canonical_table(RawTable("events", "e.csv", frame, (Part("e.csv"),)), reading)
    assert table.frame.collect()["occurred_at"].to_list() == [date(2026, 3, 4)]
    assert table.findings == ()


def test_text_that_is_no_date_column_is_left_alone():
    frame = pl.DataFrame({"contact_id": ["C"], "type": ["t"], "occurred_at": ["2026-01-01"], "note": ["3/4/2026"]})
    raw = RawTable("events", "e.csv", frame.lazy().with_columns(_row=pl.int_range(1, 2)), (Part("e.csv"),))
    assert canonical_table(raw).frame.collect()["note"].to_list() == ["3/4/2026"]
