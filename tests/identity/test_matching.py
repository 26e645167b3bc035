"""The cascade, case by case, and its laws."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from abm.identity.domains import GIANTS
from abm.identity.matching import METHODS, MatchSettings, match_contacts
from abm.identity.matching.result import CONFIDENCE, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Sequence

FREE = Path(__file__).resolve().parents[3] / "shared/data/free_email/domains.json"

ACCOUNTS: list[dict[str, Any]] = [
    {
        "account_id": "ACME",
        "name": "Acme, Inc.",
        "domain": "https://www.acme.com",
        "domains": "acme.de;acme-labs.io",
        "country": "US",
    },
    {"account_id": "BOLT", "name": "Bolt & Nut GmbH", "domain": "bolt.co.uk", "domains": None, "country": "Germany"},
    {
        "account_id": "EMEA",
        "name": "Acme Deutschland GmbH",
        "domain": "emea.acme.com",
        "domains": None,
        "country": "DE",
    },
    {"account_id": "RTX1", "name": "Raytheon Technologies", "domain": "rtx.com", "domains": None, "country": "US"},
    {"account_id": "RTX2", "name": "United Engines", "domain": "www.rtx.com", "domains": None, "country": "FR"},
    {"account_id": "ISP", "name": "Frontier Wireless", "domain": "frontier.com", "domains": None, "country": "US"},
    {"account_id": "GMAIL", "name": "Corner Shop", "domain": "gmail.com", "domains": None, "country": "US"},
    {
        "account_id": "PAGE",
        "name": "Tiny Bakery",
        "domain": "https://facebook.com/tinybakery",
        "domains": None,
        "country": "US",
    },
    {
        "account_id": "IR",
        "name": "Walnut",
        "domain": "https://investors.walnut.com/ir",
        "domains": None,
        "country": "US",
    },
    {"account_id": "TENANT", "name": "Blue Door", "domain": "bluedoor.bigvendor.com", "domains": None, "country": "US"},
    {"account_id": "TWIN1", "name": "Twin Peaks Lodging", "domain": "twin.us", "domains": None, "country": "US"},
    {"account_id": "TWIN2", "name": "Twin Peaks Lodging Ltd", "domain": "twin.uk", "domains": None, "country": "GB"},
    {"account_id": "NOWHERE", "name": "Zebra Cartography", "domain": None, "domains": None, "country": None},
    {"account_id": "SAME1", "name": "Kestrel LLC", "domain": None, "domains": None, "country": "US"},
    {"account_id": "SAME2", "name": "Kestrel Inc", "domain": None, "domains": None, "country": "US"},
]


def frame(
    rows: Sequence[dict[str, Any]], columns: str = "contact_id account_id email company country converted_account_id"
) -> pl.LazyFrame:
    names = columns.split()
    return pl.LazyFrame(
        [{name: row.get(name) for name in names} for row in rows], schema=dict.fromkeys(names, pl.String)
    )


def accounts(rows: Sequence[dict[str, Any]] = ACCOUNTS) -> pl.LazyFrame:
    return frame(rows, "account_id name domain domains country")


def match(corrections: list[dict[str, Any]] | None = None, **contact: Any) -> dict[str, Any]:
    said = frame(corrections, "contact_id email domain company account_id") if corrections else None
    result = match_contacts(frame([{"contact_id": "1", **contact}]), accounts(), corrections=said)
    assert result.matches.schema == SCHEMA
    return result.matches.row(0, named=True)


CASES: list[tuple[dict[str, Any], str | None, str]] = [
    ({"account_id": "BOLT", "email": "a@acme.com"}, "BOLT", "account_id"),
    ({"account_id": "GONE", "email": "a@acme.com"}, "ACME", "domain"),
    ({"converted_account_id": "BOLT", "email": "a@acme.com"}, "BOLT", "converted"),
    ({"email": "Ada@ACME.com "}, "ACME", "domain"),
    ({"email": "ada@acme.de"}, "ACME", "domain"),
    ({"email": "ada@eu.acme.com"}, "ACME", "domain"),
    ({"email": "ada@x.emea.acme.com"}, "EMEA", "domain"),
    ({"email": "info@acme.com"}, "ACME", "domain"),
    ({"email": "ada@mail.bolt.co.uk"}, "BOLT", "domain"),
    ({"email": "ada@notacme.com"}, None, "unmatched"),
    ({"email": "ada@acme.com.evil.org"}, None, "unmatched"),
    ({"email": "ada@acme.community"}, None, "unmatched"),
    ({"email": "ada@co.uk"}, None, "unmatched"),
    ({"email": "ada@other.co.uk"}, None, "unmatched"),
    ({"email": "ada@acme@acme.com"}, None, "unmatched"),
    ({"email": "ada@walnut.com"}, "IR", "domain"),
    ({"email": "ada@bigvendor.com"}, None, "unmatched"),
    ({"email": "ada@bluedoor.bigvendor.com"}, "TENANT", "domain"),
    ({"email": "ada@facebook.com"}, None, "unmatched"),
    ({"email": "ada@gmail.com"}, None, "unmatched"),
    ({"email": "ada@frontier.com"}, "ISP", "domain"),
    ({"email": "ada@web.de"}, None, "unmatched"),
    ({"email": "ada@rtx.com"}, None, "ambiguous"),
    ({"email": "ada@rtx.com", "company": "Raytheon Technologies Corp."}, "RTX1", "domain"),
    ({"email": "ada@rtx.com", "company": "Raytheon"}, "RTX1", "domain"),
    ({"email": "ada@rtx.com", "country": "France"}, "RTX2", "domain"),
    ({"email": "ada@rtx.com", "company": "United Engines", "country": "US"}, "RTX2", "domain"),
    ({"email": "ada@rtx.com", "company": "Something Else"}, None, "ambiguous"),
    ({"email": "ada@gmail.com", "company": "The ACME Co.", "country": "USA"}, "ACME", "name_country"),
    ({"company": "Bolt and Nut", "country": "DE"}, "BOLT", "name_country"),
    ({"company": "Bolt and Nut"}, "BOLT", "name_country"),
    ({"company": "Bolt and Nut", "country": "JP"}, None, "ambiguous"),
    ({"company": "Twin Peaks Lodging", "country": "UK"}, "TWIN2", "name_country"),
    ({"company": "Twin Peaks Lodging Inc"}, None, "ambiguous"),
    ({"company": "Twin Peaks Lodging Ltd."}, "TWIN2", "name_country"),
    ({"company": "Zebra Cartography", "country": "JP"}, "NOWHERE", "name_country"),
    ({"company": "Kestrel", "country": "US"}, None, "ambiguous"),
    ({"company": "KESTREL, INC.", "country": "US"}, "SAME2", "name_country"),
    ({"company": "Raytheno Technologies", "country": "US"}, "RTX1", "fuzzy"),
    ({"company": "Raytheno Technologies", "country": "DE"}, None, "unmatched"),
    ({"company": "Raytheon Tech Group", "country": "US"}, "RTX1", "fuzzy"),
    ({"company": "Acme Germany", "country": "DE"}, None, "ambiguous"),
    ({"company": "Frontier", "country": "US"}, None, "unmatched"),
    ({"company": "Notacme", "country": "US"}, None, "unmatched"),
    ({"company": "Acme", "country": "US", "email": "ada@notacme.com"}, None, "ambiguous"),
    ({"company": "Acme", "country": "US", "email": "ada@acme.fr"}, "ACME", "name_country"),
    ({"company": "Acme", "country": "US", "email": "ada@acmegroup.com"}, "ACME", "name_country"),
    ({"company": "Zebra Cartografy", "country": "US", "email": "ada@cartografy.org"}, None, "ambiguous"),
    ({"company": "n/a", "country": "US"}, None, "unmatched"),
    ({}, None, "unmatched"),
]


@pytest.mark.parametrize(("contact", "account_id", "method"), CASES, ids=[str(case[0]) for case in CASES])
def test_cascade(contact: dict[str, Any], account_id: str | None, method: str) -> None:
    found = match(**contact)
    assert (found["account_id"], found["method"]) == (account_id, method), found
    assert found["evidence"]
    assert (found["confidence"] > 0) == (account_id is not None)
    assert (found["candidates"] is not None) == (method == "ambiguous"), found


def test_trust_falls_down_the_cascade() -> None:
    order = ["correction", "account_id", "converted", "domain", "name_country", "fuzzy_most", "fuzzy_least"]
    assert [CONFIDENCE[kind] for kind in order] == sorted((CONFIDENCE[kind] for kind in order), reverse=True)


def test_ambiguous_contacts_list_their_candidates() -> None:
    assert match(email="ada@rtx.com")["candidates"] == ["RTX1", "RTX2"]
    assert sorted(match(company="Kestrel", country="US")["candidates"]) == ["SAME1", "SAME2"]
    assert match(company="Bolt & Nut", country="Japan")["candidates"] == ["BOLT"]


def test_evidence_says_what_equalled_what() -> None:
    assert match(email="ada@eu.acme.com")["evidence"] == "mail domain eu.acme.com is under acme.com"
    assert match(company="ACME", country="US")["evidence"] == "company 'ACME' = 'Acme, Inc.', country US"
    assert match(email="ada@web.de", company="Nobody Here")["evidence"] == (
        "web.de is a consumer mailbox provider; no account is named like 'Nobody Here'"
    )


@pytest.mark.parametrize("key", ["contact_id", "email", "domain", "company"])
def test_a_correction_is_the_highest_authority(key: str) -> None:
    contact = {"account_id": "ACME", "email": "ada@acme.com", "company": "Acme"}
    value = {"contact_id": "1", "email": "ADA@acme.com", "domain": "www.acme.com", "company": "ACME"}[key]
    found = match([{key: value, "account_id": "BOLT"}], **contact)
    assert (found["account_id"], found["method"], found["confidence"]) == ("BOLT", "correction", 1.0)


def test_a_correction_may_say_none_and_blank_rows_say_nothing() -> None:
    found = match([{"contact_id": "1", "account_id": "none"}], email="ada@acme.com")
    assert (found["account_id"], found["method"]) == (None, "correction")
    assert match([{"contact_id": "1", "account_id": " "}], email="ada@acme.com")["account_id"] == "ACME"


def test_the_more_specific_correction_wins_and_contradictions_are_reported() -> None:
    rows = [{"domain": "acme.com", "account_id": "BOLT"}, {"email": "ada@acme.com", "account_id": "ISP"}]
    assert match(rows, email="ada@acme.com")["account_id"] == "ISP"
    rows = [
        {"domain": "acme.com", "account_id": "BOLT"},
        {"domain": "ACME.com", "account_id": "ISP"},
        {"contact_id": "1", "account_id": "X"},
    ]
    said = frame(rows, "contact_id email domain company account_id")
    result = match_contacts(frame([{"contact_id": "1", "email": "ada@acme.com"}]), accounts(), corrections=said)
    assert result.matches["account_id"].to_list() == ["ACME"]
    codes = {(finding.table, finding.code) for finding in result.findings}
    assert {("corrections", "contradiction"), ("corrections", "unknown_account")} <= codes


def test_giants_pages_and_unknown_ids_are_reported() -> None:
    result = match_contacts(frame([{"contact_id": "1", "account_id": "GONE"}]), accounts())
    found = {(finding.table, finding.code): finding.samples for finding in result.findings}
    assert found[("accounts", "consumer_domain")] == ("gmail.com (GMAIL)",)
    assert found[("accounts", "page_as_domain")] == ("facebook.com (PAGE)",)
    assert found[("contacts", "unknown_account")] == ("1",)


def test_a_primary_domain_weighs_more_than_a_listed_one() -> None:
    rows = [{"account_id": "B", "domain": "x.com"}, {"account_id": "A", "domain": "y.com", "domains": "x.com"}]
    found = match_contacts(frame([{"contact_id": "1", "email": "a@x.com"}]), accounts(rows)).matches.row(0, named=True)
    assert (found["account_id"], found["method"], found["runner_up"]) == ("B", "domain", "A")


def test_of_a_crowd_on_one_domain_only_the_name_decides() -> None:
    firms = [
        {
            "account_id": f"A{place:03}",
            "name": f"Shop Number {place}",
            "domain": "web.de",
            "country": "DE" if place else "FR",
        }
        for place in range(300)
    ]
    people = [
        {"contact_id": "1", "email": "a@web.de", "company": "Shop number 217"},
        {"contact_id": "2", "email": "a@web.de", "company": "Another Shop"},
        {"contact_id": "3", "email": "a@web.de", "country": "France"},
    ]
    found = match_contacts(frame(people), accounts(firms)).matches
    assert found["account_id"].to_list() == ["A217", None, None]
    assert found["method"].to_list() == ["domain", "ambiguous", "ambiguous"]
    assert found["candidates"].list.len().to_list() == [None, 5, 5]


def test_names_may_be_asked_to_equal() -> None:
    contact = frame([{"contact_id": "1", "company": "Raytheno Technologies", "country": "US"}])
    assert match_contacts(contact, accounts(), settings=MatchSettings(fuzzy=False)).matches["method"].to_list() == [
        "unmatched"
    ]


def test_empty_tables() -> None:
    assert match_contacts(frame([]), accounts()).matches.schema == SCHEMA
    found = match_contacts(frame([{"contact_id": "1", "email": "a@acme.com", "company": "Acme"}]), accounts([]))
    assert found.matches["method"].to_list() == ["unmatched"]
    assert match_contacts(pl.LazyFrame({"contact_id": ["1"]}), pl.LazyFrame({"account_id": ["A"]})).matches.height == 1
    assert found.rates()["contacts"].sum() == 1
    assert found.rates()["method"].to_list() == list(METHODS)


@pytest.mark.skipif(not FREE.exists(), reason="needs the data of others beside the repository")
def test_no_lead_of_an_account_that_owns_a_free_domain_is_lost() -> None:
    listed = [domain for domain in json.loads(FREE.read_text(encoding="utf-8")) if "." in domain]
    domains = sorted({re.sub(r"^www\.(.+\..+)", r"\1", domain) for domain in listed})
    owners = frame(
        [{"account_id": f"A{place:05}", "domain": domain} for place, domain in enumerate(domains)], "account_id domain"
    )
    people = frame([{"contact_id": f"A{place:05}", "email": f"ada@{domain}"} for place, domain in enumerate(domains)])
    result = match_contacts(people, owners)
    lost = result.matches.filter(pl.col("account_id").is_null() | (pl.col("account_id") != pl.col("contact_id")))
    lost_domains = {domains[int(contact_id[1:])] for contact_id in lost["contact_id"]}
    under_giants = {
        domain for domain in domains if domain in GIANTS or any(domain.endswith(f".{giant}") for giant in GIANTS)
    }
    assert lost_domains == under_giants
    giant = next(finding for finding in result.findings if finding.code == "consumer_domain")
    assert giant.count == len(under_giants)


NAMES = [
    "Acme",
    "Acme Inc",
    "Acme Group",
    "Bolt Systems",
    "Bolt Sytems",
    "Kestrel Energy",
    "Kestrel",
    "Twin Peaks Lodging",
    "Twin Peeks Lodging",
    None,
]
DOMAINS = ["acme.com", "emea.acme.com", "bolt.io", "kestrel.co.uk", "gmail.com", "cox.com", None]
LANDS = ["US", "DE", None]
ROWS = st.fixed_dictionaries(
    {"name": st.sampled_from(NAMES), "domain": st.sampled_from(DOMAINS), "country": st.sampled_from(LANDS)}
)
PEOPLE = st.fixed_dictionaries(
    {
        "email": st.sampled_from(
            [*(f"a@{domain}" for domain in DOMAINS if domain), "b@de.acme.com", "c@notacme.com", None]
        ),
        "company": st.sampled_from(NAMES),
        "country": st.sampled_from(LANDS),
    }
)


def numbered(rows: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    return [{key: f"{key[0]}{place:02}", **row} for place, row in enumerate(rows)]


@pytest.mark.slow
@settings(max_examples=12)
@given(
    st.lists(ROWS, min_size=1, max_size=8), st.lists(PEOPLE, min_size=1, max_size=8), st.randoms(use_true_random=False)
)
def test_the_order_of_rows_changes_nothing(
    firms: list[dict[str, Any]], people: list[dict[str, Any]], rng: random.Random
) -> None:
    firms, people = numbered(firms, "account_id"), numbered(people, "contact_id")
    first = match_contacts(frame(people), accounts(firms)).matches
    second = match_contacts(frame(rng.sample(people, len(people))), accounts(rng.sample(firms, len(firms)))).matches
    assert first.equals(second)


@pytest.mark.slow
@settings(max_examples=12)
@given(
    st.lists(ROWS, min_size=1, max_size=8), st.lists(PEOPLE, min_size=1, max_size=8), st.randoms(use_true_random=False)
)
def test_ids_are_only_names(firms: list[dict[str, Any]], people: list[dict[str, Any]], rng: random.Random) -> None:
    firms, people = numbered(firms, "account_id"), numbered(people, "contact_id")
    other = [f"z{place:02}" for place in range(len(firms))]
    rng.shuffle(other)
    renamed = {firm["account_id"]: name for firm, name in zip(firms, other, strict=True)}
    first = match_contacts(frame(people), accounts(firms)).matches
    second = match_contacts(
        frame(people), accounts([{**firm, "account_id": renamed[firm["account_id"]]} for firm in firms])
    ).matches
    assert [renamed.get(found) for found in first["account_id"]] == second["account_id"].to_list()
    assert first["method"].equals(second["method"])


@pytest.mark.slow
@settings(max_examples=12)
@given(st.lists(ROWS, min_size=1, max_size=8), st.lists(PEOPLE, min_size=1, max_size=8))
def test_an_unrelated_account_moves_no_domain_match(firms: list[dict[str, Any]], people: list[dict[str, Any]]) -> None:
    firms, people = numbered(firms, "account_id"), numbered(people, "contact_id")
    stranger = {"account_id": "a", "name": "Xylophone Works", "domain": "xylophone.example", "country": "US"}
    first = match_contacts(frame(people), accounts(firms)).matches
    second = match_contacts(frame(people), accounts([*firms, stranger])).matches
    by_domain = first["method"] == "domain"
    assert first.filter(by_domain).equals(second.filter(by_domain))


def test_few_comparisons_per_name_however_alike_the_names() -> None:
    rng = random.Random(3)
    syllables = ["ka", "lo", "mi", "ne", "ru", "sta", "ven", "dor"]
    made = [
        "".join(rng.choices(syllables, k=4)).title() + rng.choice([" Energy", " Foods", " Systems", ""])
        for _ in range(4000)
    ]
    firms = [{"account_id": f"A{place:04}", "name": name, "country": "US"} for place, name in enumerate(made)]
    people = [
        {"contact_id": str(place), "company": name[:3] + name[4:], "country": rng.choice(["US", None])}
        for place, name in enumerate(made[:1500])
    ]
    result = match_contacts(frame(people), accounts(firms))
    assert 0 < result.counts["most_comparisons"] < 50
    assert result.counts["comparisons"] < 50 * result.counts["fuzzy_names"]


def test_names_matched_part_by_part_match_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    people = frame([{"contact_id": str(place), **contact} for place, (contact, _, _) in enumerate(CASES)])
    together = match_contacts(people, accounts())
    monkeypatch.setattr("abm.identity.matching.fuzzy._AT_ONCE", 3)
    apart = match_contacts(people, accounts())
    assert together.matches.equals(apart.matches)
    assert together.counts == apart.counts
