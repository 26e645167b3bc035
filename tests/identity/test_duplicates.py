"""Duplicate people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abm.identity.matching import duplicates

if TYPE_CHECKING:
    from collections.abc import Sequence


def survivors(rows: Sequence[tuple[str, str | None, str | None]]) -> dict[str, str]:
    frame = pl.LazyFrame(
        rows, schema={"contact_id": pl.String, "email": pl.String, "merged_ids": pl.String}, orient="row"
    )
    return dict(duplicates(frame).select("contact_id", "survivor").rows())


def test_one_mail_is_one_person_the_smallest_id_stays() -> None:
    rows = [
        ("3", "Ada@acme.com ", None),
        ("1", "ada@www.acme.com", None),
        ("2", "ada+x@acme.com", None),
        ("4", None, None),
        ("5", None, None),
    ]
    assert survivors(rows) == {"3": "1"}


def test_a_merge_says_otherwise_and_follows_chains() -> None:
    assert survivors([("1", "a@x.com", None), ("9", "a@x.com", "1")]) == {"1": "9"}
    assert survivors([("2", None, "1; 3;"), ("5", None, "2")]) == {"1": "5", "2": "5", "3": "5"}


def test_merged_ids_that_are_no_contacts_any_more_follow_their_survivor() -> None:
    assert survivors([("78971951", None, "76340251;46897301")]) == {"76340251": "78971951", "46897301": "78971951"}


def test_merges_in_a_circle_end_at_the_smallest() -> None:
    assert survivors([("2", None, "1"), ("1", None, "2")]) == {"2": "1"}


def test_nobody_is_twice() -> None:
    assert survivors([("1", "a@x.com", None), ("2", "b@x.com", "")]) == {}
    assert survivors([]) == {}


IDS = [str(number) for number in range(8)]


ROWS = st.tuples(
    st.sampled_from(IDS), st.sampled_from(["a@x.com", "b@x.com", None]), st.sampled_from([None, *IDS, "1;2"])
)


@pytest.mark.slow
@settings(max_examples=40)
@given(st.lists(ROWS, unique_by=lambda row: row[0]))
def test_survivors_survive_in_any_order(rows: list[tuple[str, str | None, str | None]]) -> None:
    found = survivors(rows)
    assert set(found.values()).isdisjoint(found)
    assert set(found.values()) <= {row[0] for row in rows}
    mails: dict[str, set[str]] = {}
    for contact_id, mail, _ in rows:
        if mail:
            mails.setdefault(mail, set()).add(found.get(contact_id, contact_id))
    assert all(len(people) == 1 for people in mails.values())
    assert survivors(rows[::-1]) == found
