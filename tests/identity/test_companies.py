"""Company names: what is one, what is not, and that columns do what the library's own code does."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import polars as pl
import pytest
from cleanco.clean import custom_basename
from hypothesis import given, settings
from hypothesis import strategies as st

from abm.identity.companies import fold_names, normal_companies, normal_company, without_legal_forms
from abm.identity.company_words import company_words
from abm.identity.countries import country_code

COMPANIES = Path(__file__).resolve().parents[3] / "shared/data/fortune1000/Fortune_1000.csv"


@pytest.mark.parametrize(
    "spellings",
    [
        [
            "Acme",
            "ACME",
            " acme. ",
            "The Acme",
            "Acme, The",
            "Acme Inc",
            "Acme, Inc.",
            "ACME CORP.",
            "Acme Co., Ltd.",
            "Acme L.L.C.",
        ],
        [
            "Müller GmbH",
            "MULLER GMBH & CO. KG",
            "Mu\u0308ller AG",
            "M&uuml;ller Gesellschaft mit beschränkter Haftung",
            "Müller UG (haftungsbeschränkt)",
        ],
        ["Lowe's", "Lowe\u2019s Companies, Inc.", "Lowe&#8217;s", "LOWES", "Lowe&amp;#8217;s"],
        [
            "Smith & Wesson",
            "Smith and Wesson",
            "Smith &amp; Wesson Inc.",
            "Smith und Wesson",
            "Smith+Wesson",
            "SMITH ET WESSON S.A.",
        ],
        ["Banco Azul S.A. de C.V.", "Banco Azul SA de CV", "Bank Azul", "BANCO AZUL, S.A."],
        [
            "Maple Pty Ltd",
            "Maple S.p.A.",
            "Maple Sp. z o.o.",
            "Maple s.r.o.",
            "Maple A/S",
            "Maple Oy",
            "Maple K.K.",
            "PT Maple Tbk",
            "Maple Ltda.",
            "Maple B.V.",
            "Maple SARL",
            "Maple d.o.o.",
            "Maple Kft.",
            "Maple Sdn. Bhd.",
            "Maple Pvt. Ltd.",
            "Maple AB (publ)",
            "Maple A.Ş.",
        ],
        ["Nippon International", "Nippon Intl.", "Nippon Int'l", "Nippon Intl Inc"],
        ["Amazon.com, Inc.", "Amazon", "amazon.com"],
        ["Jones Lang LaSalle (JLL)", "Jones Lang LaSalle", "JONES LANG LASALLE INC [NYSE: JLL]"],
    ],
    ids=lambda spellings: spellings[0],
)
def test_spellings_of_one_name(spellings: list[str]) -> None:
    forms = {spelling: normal_company(spelling) for spelling in spellings}
    assert len(set(forms.values())) == 1, forms
    assert None not in forms.values()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bank of America", "Bank of Canada"),
        ("Air France", "Air Canada"),
        ("Liberty Media", "Liberty Mutual"),
        ("3M", "3D"),
        ("Standard Chartered PLC", "Standard PLC"),
        ("Société Générale SA", "Générale SA"),
        ("A.O. Smith", "Smith"),
        ("E Trade", "Trade"),
        ("Delek US", "Delek"),
        ("Southern Company", "Northern Company"),
    ],
)
def test_names_of_different_firms_stay_apart(one: str, other: str) -> None:
    assert normal_company(one) != normal_company(other)


@pytest.mark.parametrize(
    "text", ["N/A", "n.a.", "none", "Self-employed", "self", "TEST", "Unknown", "-", "...", "", "  ", None, "Freelance"]
)
def test_placeholders_are_no_names(text: str | None) -> None:
    assert normal_company(text) is None


@pytest.mark.parametrize("text", ["The", "AG", "S.A.", "& Co", "The Limited", "(Acme)", "Company Inc", "and"])
def test_something_is_always_left(text: str) -> None:
    assert normal_company(text)


def test_what_stands_in_brackets_is_another_name() -> None:
    names = pl.Series(
        ["Laboratory Corp. of America (Labcorp)", "Acme dba Bolt", "Acme (formerly Zeta Inc.)", "Acme (UK)", "Acme"]
    )
    assert normal_companies(names)["alias"].to_list() == ["labcorp", "bolt", "zeta", None, None]


def names() -> list[str]:
    if not COMPANIES.exists():
        return ["Acme", "Smith Wesson", "Coca Cola"]
    with COMPANIES.open(encoding="utf-8") as file:
        return [row["company"] for row in csv.DictReader(file)]


TERMS = [(form.count(" ") + 1, form.split()) for form in company_words().legal_after]


def reference(name: str) -> str:
    """Cleanco's own code over the same terms, longest first, until none ends the name; never the first word."""
    first, _, rest = name.partition(" ")
    # Its loop over the terms does not start again after a hit; one term at a time, it does.
    while shorter := next(
        (cut for term in TERMS if (cut := custom_basename(rest, [term])) != rest), None if rest else ""
    ):
        rest = shorter
    ends = any(rest.split() == words for _, words in TERMS)
    return first if ends else f"{first} {rest}".strip()


@pytest.mark.slow
def test_columns_strip_what_cleanco_strips() -> None:
    rest = [word for word in company_words().legal_after if word.isascii()]
    made = [f"{name} {rest[place % len(rest)]}" for place, name in enumerate(names()[::2])]
    made += [f"{name} {rest[place % 40]} {rest[-place % 50]}" for place, name in enumerate(names()[::4])]
    folded = fold_names(pl.Series(made)).drop_nulls()
    # Names that begin with a legal form lose that, too, which this reference does not know.
    folded = folded.filter(~folded.str.contains("^(?:" + "|".join(company_words().legal_before) + ") "))
    stripped = folded.to_frame("x").select(without_legal_forms(pl.col("x"))).to_series()
    assert stripped.to_list() == [reference(name) for name in folded]


WORDS = st.sampled_from(
    [
        "Acme",
        "Bolt",
        "and",
        "&",
        "Inc.",
        "GmbH",
        "(UK)",
        "é",
        "ß",
        "Co",
        "of",
        "Intl",
        "y",
        "S.A.",
        ",",
        "-",
        "&amp;",
        "株式会社",
        "3",
    ]
)


@settings(max_examples=40)
@given(st.lists(WORDS, max_size=6).map(" ".join))
def test_a_normal_form_is_its_own(text: str) -> None:
    core = normal_company(text)
    again = normal_company(core)
    assert core is None or again is None or normal_company(again) == again


@pytest.mark.slow
@settings(max_examples=40)
@given(st.lists(st.text(max_size=12), max_size=5))
def test_rows_and_order_are_kept(texts: list[str]) -> None:
    together = normal_companies(pl.Series(texts, dtype=pl.String))
    assert together["core"].to_list() == [normal_company(text) for text in texts]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("US", "US"),
        ("usa", "US"),
        ("U.S.A.", "US"),
        ("United States of America", "US"),
        ("Deutschland", "DE"),
        ("DEU", "DE"),
        ("UK", "GB"),
        ("England", "GB"),
        ("México", "MX"),
        ("Österreich", "AT"),
        ("The Netherlands", "NL"),
        ("Côte d\u2019Ivoire", "CI"),
        ("Korea, Republic of", "KR"),
        ("Atlantis", "atlantis"),
        ("", None),
        (None, None),
    ],
)
def test_countries(text: str | None, code: str | None) -> None:
    assert country_code(text) == code


def test_bracketed_names_do_not_cost_the_others_their_place() -> None:
    forms = normal_companies(pl.Series(["A (B)", "C", None, "D dba E"]))
    assert [re.sub("^(.).*", r"\1", core or "-") for core in forms["full"]] == ["a", "c", "-", "d"]
