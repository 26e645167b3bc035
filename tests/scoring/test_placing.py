"""Who belongs where, seen in results: people by every kind of evidence, what nobody did by domain, one row a person."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

import abm
from abm.identity.domains import GIANTS
from abm.model import model_from

DAY = "2026-06-30"
MODEL = model_from(
    {
        "name": "placing",
        "version": 1,
        "signals": [{"name": "visit", "event": "visit", "points": 10, "half_life_days": "none"}],
        "roles": {"rules": [{"role": "user", "when": "true", "confidence": 1}]},
        "buying_groups": [{"name": "core", "roles": {"user": {"weight": 1}}, "anonymous_weight": 1}],
        "intent": {"topics": {"crm": 1.0}},
    }
)
ACCOUNTS = [
    {"account_id": "ACME", "name": "Acme, Inc.", "domain": "https://www.acme.com/home", "country": "US"},
    {"account_id": "RTX", "name": "RTX Corp", "domain": "rtx.com", "country": "US"},
    {"account_id": "RAY", "name": "Raytheon GmbH", "domains": "rtx.com;ray.de", "country": "DE"},
    {"account_id": "COX", "name": "Cox Communications", "domain": "cox.com"},
]


def frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pl.DataFrame([{name: row.get(name) for name in names} for row in rows], infer_schema_length=None)


def scored(contacts: list[dict[str, Any]], events: list[dict[str, Any]] | None = None, **tables: list[dict[str, Any]]):
    visits = events or [{"contact_id": contacts[0]["contact_id"]}]
    given = {
        "accounts": frame(ACCOUNTS),
        "contacts": frame(contacts),
        "events": frame([{"type": "visit", "occurred_at": DAY, **row} for row in visits]),
        **{name: frame(rows) for name, rows in tables.items()},
    }
    return abm.score(given, MODEL, as_of=DAY)


def match(result, contact_id: str) -> tuple[str | None, str]:
    row = result.matches.filter(pl.col("contact_id") == contact_id).row(0, named=True)
    lead = result.leads.filter(pl.col("contact_id") == contact_id)
    assert lead.is_empty() or lead["account_id"].item() == row["account_id"]
    return row["account_id"], row["method"]


@pytest.mark.parametrize(
    ("contact", "account", "method"),
    [
        ({"account_id": "ACME", "email": "a@rtx.com"}, "ACME", "account_id"),
        ({"converted_account_id": "ACME", "email": "a@ray.de"}, "ACME", "converted"),
        ({"account_id": "gone", "email": "a@acme.com"}, "ACME", "domain"),
        ({"email": "a@mail.eu.ACME.com"}, "ACME", "domain"),
        ({"email": "a@notacme.com"}, None, "unmatched"),
        ({"email": "a@acme.com.evil.org"}, None, "unmatched"),
        ({"email": "a@gmail.com", "company": "ACME Inc", "country": "USA"}, "ACME", "name_country"),
        ({"email": "a@cox.com"}, "COX", "domain"),
        ({"email": "a@web.de"}, None, "unmatched"),
        ({"email": "a@rtx.com", "company": "Raytheon"}, "RAY", "domain"),
        ({"email": "a@rtx.com"}, "RTX", "domain"),
    ],
)
def test_by_the_most_trusted_evidence(contact: dict[str, Any], account: str | None, method: str) -> None:
    assert match(scored([{"contact_id": "C", **contact}]), "C") == (account, method)


def test_two_primary_domains_without_a_name_or_country_stay_open() -> None:
    accounts = [{"account_id": each, "name": each, "domain": "same.com"} for each in ("A", "B")]
    tables = {
        "accounts": frame(accounts),
        "contacts": frame([{"contact_id": "C", "email": "x@same.com"}]),
        "events": frame([{"contact_id": "C", "type": "visit", "occurred_at": DAY}]),
    }
    result = abm.score(tables, MODEL, as_of=DAY)
    assert match(result, "C") == (None, "ambiguous")
    assert result.matches["candidates"].to_list() == [["A", "B"]]
    (told,) = [finding for finding in result.findings if finding.code == "ambiguous_account"]
    assert (told.count, told.samples) == (1, ("C",))


def test_a_persons_correction_goes_before_everything() -> None:
    contacts = [
        {"contact_id": "C", "account_id": "RTX", "email": "a@acme.com"},
        {"contact_id": "D", "email": "d@acme.com"},
    ]
    said = [
        {"contact_id": "C", "domain": None, "account_id": "COX"},
        {"contact_id": None, "domain": "acme.com", "account_id": "none"},
        {"contact_id": None, "domain": "rtx.com", "account_id": None},
    ]
    result = scored(contacts, corrections=said)
    assert match(result, "C") == ("COX", "correction")
    assert match(result, "D") == (None, "correction")


def test_people_with_one_mail_are_one_and_keep_what_either_did() -> None:
    contacts: list[dict[str, Any]] = [
        {"contact_id": "C2", "email": "Ann@acme.com ", "title": "CFO", "opted_out": True},
        {"contact_id": "C1", "email": "ann@acme.com", "account_id": "gone"},
        {"contact_id": "C3", "email": "n/a"},
        {"contact_id": "C4", "email": "n/a"},
    ]
    result = scored(contacts, [{"contact_id": "C1"}, {"contact_id": "C2"}, {"email": "ANN@acme.com"}])
    assert result.leads["contact_id"].to_list() == ["C1", "C3", "C4"]
    lead = result.leads.row(0, named=True)
    assert (lead["account_id"], lead["engagement"], lead["seniority"]) == ("ACME", 30.0, "c_level")
    opted_out = result.contact_rows().sort("contact_id").select("opted_out").collect()["opted_out"]
    assert opted_out.to_list() == [True, None, None]
    assert match(result, "C2") == ("ACME", "duplicate")
    assert result.accounts.filter(pl.col("account_id") == "ACME")["known_contacts"].item() == 1


def test_merged_contacts_follow_their_survivor() -> None:
    contacts = [
        {"contact_id": "new", "merged_ids": "old;older", "account_id": "ACME"},
        {"contact_id": "old", "account_id": "RTX", "buying_role": "user"},
    ]
    events = [{"contact_id": each, "event_id": each} for each in ("new", "old", "older", "old")]
    result = scored(contacts, events)
    assert result.leads.select("contact_id", "account_id", "engagement").rows() == [("new", "ACME", 30.0)]
    assert result.accounts.filter(pl.col("account_id") == "RTX")["known_contacts"].item() == 0


def test_a_correction_of_a_merged_contact_speaks_of_the_one_that_stays() -> None:
    contacts = [{"contact_id": "new", "merged_ids": "old", "account_id": "ACME"}, {"contact_id": "old"}]
    result = scored(contacts, corrections=[{"contact_id": "old", "account_id": "COX"}])
    assert match(result, "new") == ("COX", "correction")


@pytest.mark.parametrize(
    ("domain", "account"),
    [
        ("acme.com", "ACME"),
        ("https://shop.acme.com:443/pricing?x=1", "ACME"),
        ("notacme.com", None),
        ("rtx.com", "RTX"),
        ("gmail.com", None),
    ],
)
def test_what_nobody_did_reaches_accounts_by_domain(domain: str, account: str | None) -> None:
    visits = [{"contact_id": None, "domain": domain}]
    surge = [{"domain": domain, "topic": "crm", "observed_on": DAY, "score": 80}]
    result = scored([{"contact_id": "C", "email": None}], visits, intent=surge)
    active = result.accounts.filter(pl.col("last_activity").is_not_null())["account_id"].to_list()
    assert active == result.intent["account_id"].to_list() == ([account] if account else [])


def test_no_lead_of_an_account_with_a_consumer_domain_is_lost_but_for_the_giants() -> None:
    accounts = frame(
        [{"account_id": f"A{n}", "domain": domain} for n, domain in enumerate(("orange.fr", "gmail.com", "hey.com"))]
    )
    contacts = frame([{"contact_id": each, "email": f"x@{each}"} for each in ("orange.fr", "gmail.com", "hey.com")])
    events = frame([{"contact_id": "hey.com", "type": "visit", "occurred_at": DAY}])
    result = abm.score({"accounts": accounts, "contacts": contacts, "events": events}, MODEL, as_of=DAY)
    told = result.leads.select("contact_id", "account_id", "email_kind").rows()
    assert told == [("gmail.com", None, "free"), ("hey.com", "A2", "work"), ("orange.fr", "A0", "work")]
    (reported,) = [finding for finding in result.findings if finding.code == "consumer_domain"]
    assert reported.samples == ("gmail.com (A1)",)
    assert "gmail.com" in GIANTS
