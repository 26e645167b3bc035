"""Who is asked about, under which key, and that an answer by that key does what the row says."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from abm.identity.matching import match_contacts
from abm.identity.matching.worklist import Worklist, worklist
from tests.identity.test_matching_labelled import COMPANIES, firms, leads

ACCOUNTS = pl.LazyFrame(
    {
        "account_id": ["A1", "A2", "A3", "A4"],
        "name": ["Acme", "Umbrella North", "Umbrella South", "Initech"],
        "domain": ["acme.example", "umbrella.example", "umbrella.example", "initech.example"],
        "country": ["US"] * 4,
    }
)
COLUMNS = ("account_id", "email", "company", "country")


def asked(*people: dict[str, str]) -> Worklist:
    rows = [{"contact_id": f"C{place:02}", **dict.fromkeys(COLUMNS), **each} for place, each in enumerate(people)]
    contacts = pl.LazyFrame(rows, schema=dict.fromkeys(("contact_id", *COLUMNS), pl.String))
    return worklist(contacts, match_contacts(contacts, ACCOUNTS).matches)


def keys(work: Worklist) -> list[tuple[Any, ...]]:
    return work.decisions().select("kind", "label", "contacts", "more").rows()


def test_the_domain_of_a_work_mail_first_then_the_company() -> None:
    work = asked(
        {"email": "a@hooli.example", "company": "Hooli"},
        {"email": "b@eu.hooli.example"},
        {"email": "c@gmail.com", "company": "Hooli"},
        {"email": "d@gmail.com", "company": "HOOLI"},
        {"company": "Pied Piper"},
    )
    # The company's row would decide about the first one, too, who stands in the domain's.
    assert keys(work) == [
        ("domain", "hooli.example", 2, 0),
        ("company", "HOOLI", 2, 1),
        ("company", "Pied Piper", 1, 0),
    ]


@pytest.mark.parametrize(
    "person", [{}, {"email": "a@gmail.com"}, {"company": "n/a"}, {"email": "no mail", "company": "-"}]
)
def test_who_says_nothing_that_others_share_is_only_counted(person: dict[str, str]) -> None:
    work = asked(person)
    assert keys(work) == []
    assert work.silent["contact_id"].to_list() == ["C00"]


def test_few_are_asked_about_one_by_one_rather_than_moving_those_who_have_an_account() -> None:
    settled = {"account_id": "A1", "email": "s@hooli.example"}
    few = asked(settled, *({"email": f"{i}@hooli.example"} for i in range(3)))
    assert keys(few) == [("contact_id", f"C0{i}", 1, 0) for i in (1, 2, 3)]
    many = asked(settled, *({"email": f"{i}@hooli.example"} for i in range(4)))
    assert keys(many) == [("domain", "hooli.example", 4, 1)]
    assert many.decisions()["proposal"].to_list() == ["A1"]


def test_a_domain_whose_people_have_several_accounts_is_never_one_decision() -> None:
    others = ({"account_id": account, "email": f"{account}@hooli.example"} for account in ("A1", "A4"))
    work = asked(*others, *({"email": f"{i}@hooli.example"} for i in range(9)))
    assert {kind for kind, *_ in keys(work)} == {"contact_id"}


def test_candidates_and_no_proposal_where_several_are_in_question() -> None:
    work = asked(*({"email": f"{i}@umbrella.example"} for i in range(5)))
    (row,) = work.decisions().rows(named=True)
    assert (row["kind"], row["label"], row["candidates"], row["proposal"]) == (
        "domain",
        "umbrella.example",
        ["A2", "A3"],
        None,
    )


def test_an_unsure_match_is_asked_about_by_its_company() -> None:
    work = asked({"company": "Innitech", "country": "US"}, {"account_id": "A4"}, {"email": "x@initech.example"})
    (row,) = work.decisions().rows(named=True)
    assert (row["kind"], row["label"], row["method"], row["proposal"]) == ("company", "Innitech", "fuzzy", "A4")


def test_the_order_of_rows_is_nobodys_business() -> None:
    people = [{"email": f"{i}@firm{i % 7}.example", "company": f"Firm {i % 5}"} for i in range(60)]
    rows = [{"contact_id": f"C{i:02}", **each} for i, each in enumerate(people)]
    found = []
    for seed in range(3):
        random.Random(seed).shuffle(rows)
        contacts = pl.LazyFrame(rows)
        found.append(worklist(contacts, match_contacts(contacts, ACCOUNTS).matches).decisions())
    assert found[0].equals(found[1])
    assert found[0].equals(found[2])


@pytest.mark.skipif(not Path(COMPANIES).exists(), reason="needs the data of others beside the repository")
@pytest.mark.parametrize("seed", [1, 2])
def test_answers_move_whom_the_rows_say_and_nobody_else(seed: int) -> None:
    """On leads made from the Fortune 1000: a third of all rows answered, read back, matched again."""
    rng = random.Random(seed)
    known = rng.sample(firms(), 300)
    accounts = pl.LazyFrame(
        {
            "account_id": [firm.id for firm in known],
            "name": [firm.name for firm in known],
            "domain": [firm.website for firm in known],
            "country": ["US"] * len(known),
        }
    )
    made = [lead for lead in leads(known, ["Hooli", "Pied Piper"], rng) for _ in range(rng.choice([1, 1, 6]))]
    contacts = pl.LazyFrame(
        {
            "contact_id": [f"C{i:05}" for i in range(len(made))],
            "email": [lead.email for lead in made],
            "company": [lead.company for lead in made],
            "country": [lead.country for lead in made],
        }
    )
    before = match_contacts(contacts, accounts).matches
    work = worklist(contacts, before)
    decisions = work.decisions()
    assert decisions["contacts"].sum() == work.asked.height
    chosen = decisions.sample(fraction=0.33, seed=seed)
    answers = chosen.select(
        *(pl.when(pl.col("kind") == kind).then("label").alias(kind) for kind in ("contact_id", "domain", "company")),
        pl.when(pl.col("value").str.len_chars() % 3 == 0)
        .then(pl.lit("none"))
        .otherwise(pl.lit(known[0].id))
        .alias("account_id"),
    )
    again = match_contacts(contacts, accounts, corrections=answers.lazy())
    assert again.findings == ()
    moved = again.matches.filter(pl.col("method") == "correction")["contact_id"]
    expected = work.asked.join(chosen.select("kind", "value"), on=["kind", "value"], how="semi")["contact_id"]
    assert set(expected) <= set(moved)
    # Others whom an answer decides were announced in `more`.
    announced = chosen["more"].sum()
    assert len(moved) - len(expected) <= announced
    rest = pl.col("contact_id").is_in(moved.implode())
    assert again.matches.filter(~rest).equals(before.filter(~rest))
