"""Strength in words (Demandbase, G2, Salesforce Buyer Intent) and numbers from 60 on (ZoomInfo) become scores."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from abm.sources.presets.library import find_shape
from tests.presets.reading import codes, read, rows, shapes_for

if TYPE_CHECKING:
    from pathlib import Path

DEMANDBASE = """\
\ufeffAccount Name,Account Domain,External Account ID,Keyword,Strength,Trend,Date\r
Acme,acme.com,001A,data catalog,High,increasing,7/19/2026\r
Acme,acme.com,001A,Data Lineage,MEDIUM ,-,2026-07-12\r
Globex &amp; Sons,www.globex.com,,data catalog,low,stable,2026-07-12\r
Globex &amp; Sons,www.globex.com,,etl,none,stable,2026-07-12\r
Initech,initech.com,,etl,blazing,decreasing,2026-07-12\r
"""

BUYER_INTENT = """\
ssot__AccountId__c,ssot__LeadId__c,ssot__IntentDateTime__c,ssot__IntentTopicName__c,ssot__IntentTopicStrngScrText__c,\
ssot__IsTrending__c,ssot__PeopleResearchingCount__c,ssot__ThirdPartyProviderName__c
001B000000KcZqP,,2026-07-19T23:30:00.000-05:00,CRM,High,true,4,Bombora
001B000000KcZqPIAV,,2026-07-19T08:00:00Z,ERP,74,false,1,
,00Q1,2026-07-19T08:00:00Z,ERP,Very Low,false,1,
"""

ZOOMINFO = """\
{"topic":"CRM","signalScore":85,"audienceStrength":"A","signalDate":"2026-07-15T14:30:00Z","newSignal":true,\
"company.id":500123,"company.name":"Acme Corporation","company.website":"https://www.acme.com/about"}
{"topic":"CRM","signalScore":60,"audienceStrength":"E","signalDate":"2026-07-16T01:00:00Z","newSignal":false,\
"company.id":7,"company.name":null,"company.website":"www.Globex.com"}
"""

G2_SIGNALS = """\
Company,Company Domain,Signal Type,Page URL,Product,Category,Date
Acme,acme.com,Pricing,https://www.g2.com/products/ours/pricing,Ours,CRM,7/14/2026
Acme,acme.com,Compare,-,Ours,CRM,2026-07-14
Globex,globex.com,Category,https://www.g2.com/categories/crm,-,CRM,2026-07-15
"""

G2_COMPANIES = """\
Record ID,Company Domain Name,G2 Buyer Intent Activity Level,G2 Buyer Intent Buying Stage,G2 Product Name,\
G2 Signals Page
101,acme.com,High,Decision,Ours,/products/ours/pricing
102,globex.com,Low,Awareness,,
103,initech.com,,,,
"""

TRUSTRADIUS = """\
Activity ID,Activity Date,Account Name,Account Domain,Account ID,Description,Annual Revenue,Size,Sector,Industry,City,\
State,Country,Activity Label,Activity URL,Product,Activity Source
a1,2026-07-14,Acme,acme.com,5e8b,Makes things,1000000,"1,001 to 5,000",Industrials,Consulting,Crewe,,United Kingdom,\
Product Pricing Link,http://trustradius.com/products/ours/pricing,Ours,Licensed Product
a2,2026-07-15,Acme,acme.com,5e8b,Makes things,1000000,"1,001 to 5,000",Industrials,Consulting,Crewe,,United Kingdom,\
Comparison,http://trustradius.com/compare-products/ours-vs-theirs,Ours,Competitors
a3,2026-07-15,Globex,globex.com,5e8c,-,-,51+,Tech,Software,Bonn,,Germany,Category,-,-,Category
"""


def test_headers_are_recognised() -> None:
    assert shapes_for(DEMANDBASE.splitlines()[0].lstrip("\ufeff").split(",")) == ["demandbase.intent"]
    assert shapes_for(["keyword", "strength", "trend"]) == ["demandbase.intent"]
    assert shapes_for(BUYER_INTENT.splitlines()[0].split(",")) == ["salesforce_buyer_intent.intent"]
    labels = "AccountId PartyId LeadId IntentDateTime IntentTopicName IntentTopicStrngScrText IsTrending"
    assert shapes_for(labels.split()) == ["salesforce_buyer_intent.intent"]
    assert shapes_for(["topic", "signalScore", "audienceStrength", "website"]) == ["zoominfo.intent"]
    assert shapes_for(G2_SIGNALS.splitlines()[0].split(",")) == ["g2.signal"]
    assert "g2.company" in shapes_for(G2_COMPANIES.splitlines()[0].split(","))
    assert shapes_for(TRUSTRADIUS.splitlines()[0].split(",")) == ["trustradius.activity"]


@pytest.mark.parametrize("reference", ["demandbase.intent", "g2.company", "salesforce_buyer_intent.intent"])
def test_words_mean_the_same_numbers_on_every_page(reference: str) -> None:
    words = find_shape(reference).tables["intent"].columns["score"].values
    scores = {word: float(score) for word, score in words.items() if score is not None}
    assert (scores["low"], scores["medium"], scores["high"]) == (55, 72, 92)
    # Above the account's own normal, 50, and only what is more than low surges, from 60 on.
    assert all(50 <= score <= 100 for score in scores.values())
    assert scores["low"] < 60 <= scores["medium"]
    ordered = [scores[word] for word in ("very low", "low", "medium", "high", "very high") if word in scores]
    assert all(less < more for less, more in pairwise(ordered))


def test_demandbase(tmp_path: Path) -> None:
    table = read(tmp_path, "intent", "demandbase.intent", "intent.csv", DEMANDBASE)
    assert rows(table, "account_id", "domain", "topic", "score", "observed_on", "Trend") == [
        ("001A", "acme.com", "Data Lineage", 72.0, date(2026, 7, 12), None),
        ("001A", "acme.com", "data catalog", 92.0, date(2026, 7, 19), "increasing"),
        (None, "initech.com", "etl", None, date(2026, 7, 12), "decreasing"),
        (None, "www.globex.com", "data catalog", 55.0, date(2026, 7, 12), "stable"),
        (None, "www.globex.com", "etl", None, date(2026, 7, 12), "stable"),
    ]
    (finding,) = table.findings
    assert (finding.code, finding.count, finding.samples, finding.rows) == ("unmapped_value", 1, ("blazing",), (5,))


def test_demandbase_makes_accounts(tmp_path: Path) -> None:
    table = read(tmp_path, "accounts", "demandbase.intent", "intent.csv", DEMANDBASE)
    assert rows(table, "account_id", "domain", "name") == [
        ("001A", "acme.com", "Acme"),
        ("globex.com", "globex.com", "Globex & Sons"),
        ("initech.com", "initech.com", "Initech"),
    ]


def test_a_file_without_days_takes_the_day_of_its_name_or_of_the_workspace(tmp_path: Path) -> None:
    content = "Account Domain,Keyword,Strength\nacme.com,etl,high\n"
    named = read(tmp_path, "intent", "demandbase.intent", "week 29 2026/intent.csv", content)
    assert rows(named, "topic", "observed_on") == [("etl", date(2026, 7, 19))]
    said = {"columns": {"observed_on": {"value": "2026-07-05"}}}
    told = read(tmp_path, "intent", "demandbase.intent", "intent_2026-07-19.csv", content, **said)
    assert rows(told, "topic", "observed_on") == [("etl", date(2026, 7, 5))]


def test_salesforce_buyer_intent(tmp_path: Path) -> None:
    table = read(tmp_path, "intent", "salesforce_buyer_intent.intent", "intent.csv", BUYER_INTENT)
    # Ids of 15 and 18 characters are one account; the first day is the 20th in UTC.
    assert rows(table, "account_id", "topic", "score", "observed_on", "source") == [
        ("001B000000KcZqPIAV", "CRM", 92.0, date(2026, 7, 20), "bombora"),
        ("001B000000KcZqPIAV", "ERP", 74.0, date(2026, 7, 19), "salesforce"),
        (None, "ERP", 50.0, date(2026, 7, 19), "salesforce"),
    ]
    assert set(table.kinds) >= {"ssot__IsTrending__c", "ssot__PeopleResearchingCount__c", "ssot__LeadId__c"}


def test_zoominfo(tmp_path: Path) -> None:
    table = read(tmp_path, "intent", "zoominfo.intent", "intent.jsonl", ZOOMINFO)
    assert rows(table, "domain", "topic", "score", "observed_on", "audienceStrength", "source") == [
        ("acme.com", "CRM", 85.0, date(2026, 7, 15), "A", "zoominfo"),
        ("globex.com", "CRM", 60.0, date(2026, 7, 16), "E", "zoominfo"),
    ]
    accounts = read(tmp_path, "accounts", "zoominfo.intent", "intent.jsonl", ZOOMINFO)
    assert rows(accounts, "account_id", "domain", "name", "zoominfo_company_id") == [
        ("acme.com", "acme.com", "Acme Corporation", "500123"),
        ("globex.com", "globex.com", "globex.com", "7"),
    ]


def test_zoominfo_as_its_interface_nests_it(tmp_path: Path) -> None:
    content = (
        '{"topic":"CRM","signalScore":85,"signalDate":"2026-07-15T14:30:00Z",'
        '"company":{"id":5,"name":"Acme &amp; Co","website":"www.acme.com"}}\n'
    )
    table = read(tmp_path, "intent", "zoominfo.intent", "intent.jsonl", content)
    assert rows(table, "domain", "topic", "score") == [("acme.com", "CRM", 85.0)]
    accounts = read(tmp_path, "accounts", "zoominfo.intent", "intent.jsonl", content)
    assert rows(accounts, "account_id", "name", "zoominfo_company_id") == [("acme.com", "Acme & Co", "5")]


def test_g2_signals_are_events_or_counts(tmp_path: Path) -> None:
    events = read(tmp_path, "events", "g2.signal", "g2.csv", G2_SIGNALS)
    assert rows(events, "domain", "type", "url", "product", "occurred_at", "source") == [
        ("acme.com", "review_site_visit", "Compare", "Ours", date(2026, 7, 14), "g2"),
        ("acme.com", "review_site_visit", "https://www.g2.com/products/ours/pricing", "Ours", date(2026, 7, 14), "g2"),
        ("globex.com", "review_site_visit", "https://www.g2.com/categories/crm", None, date(2026, 7, 15), "g2"),
    ]
    counts = read(tmp_path, "intent", "g2.signal", "g2.csv", G2_SIGNALS)
    assert rows(counts, "domain", "topic", "count", "score", "observed_on") == [
        ("acme.com", "CRM", 1.0, None, date(2026, 7, 14)),
        ("acme.com", "CRM", 1.0, None, date(2026, 7, 14)),
        ("globex.com", "CRM", 1.0, None, date(2026, 7, 15)),
    ]


def test_g2_fields_of_the_crm(tmp_path: Path) -> None:
    table = read(tmp_path, "intent", "g2.company", "companies_2026-07-19.csv", G2_COMPANIES)
    assert rows(table, "account_id", "domain", "topic", "score", "observed_on", "G2 Buyer Intent Buying Stage") == [
        ("101", "acme.com", "Ours", 92.0, date(2026, 7, 19), "Decision"),
        ("102", "globex.com", "g2", 55.0, date(2026, 7, 19), "Awareness"),
    ]
    events = read(tmp_path, "events", "g2.company", "companies_2026-07-19.csv", G2_COMPANIES)
    assert rows(events, "account_id", "type", "url") == [("101", "review_site_visit", "/products/ours/pricing")]


def test_trustradius(tmp_path: Path) -> None:
    events = read(tmp_path, "events", "trustradius.activity", "trustradius.csv", TRUSTRADIUS)
    assert rows(events, "event_id", "domain", "type", "url", "asset", "campaign", "product", "occurred_at") == [
        ("a1", "acme.com", "review_site_visit", "http://trustradius.com/products/ours/pricing", "Product Pricing Link",
         "Licensed Product", "Ours", date(2026, 7, 14)),
        ("a2", "acme.com", "review_site_visit", "http://trustradius.com/compare-products/ours-vs-theirs", "Comparison",
         "Competitors", "Ours", date(2026, 7, 15)),
        ("a3", "globex.com", "review_site_visit", None, "Category", "Category", None, date(2026, 7, 15)),
    ]  # fmt: skip
    counts = read(tmp_path, "intent", "trustradius.activity", "trustradius.csv", TRUSTRADIUS)
    assert rows(counts, "domain", "topic", "count") == [
        ("acme.com", "Ours", 1.0),
        ("acme.com", "Ours", 1.0),
        ("globex.com", "Category", 1.0),
    ]
    accounts = read(tmp_path, "accounts", "trustradius.activity", "trustradius.csv", TRUSTRADIUS)
    assert rows(accounts, "account_id", "name", "employees", "annual_revenue", "country") == [
        ("acme.com", "Acme", 1001.0, 1_000_000.0, "United Kingdom"),
        ("globex.com", "Globex", 51.0, None, "Germany"),
    ]
    assert codes(accounts) == {}
