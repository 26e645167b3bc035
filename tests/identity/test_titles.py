"""Titles against a table written by hand, and the laws that hold for every title."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm.identity.lexicon import LANGUAGES, lexicon
from abm.identity.titles import DEPARTMENTS, SENIORITY_RANK, Title, read_title, read_titles

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
LEADFORGE = ROOT.parent / "shared/data/leadforge/tables/contacts.parquet"
UNREADABLE = Title(None, None)


def table() -> list[tuple[str, str | None, str | None]]:
    with Path(__file__).with_name("titles.csv").open(encoding="utf-8") as file:
        rows = csv.DictReader(file, delimiter=";")
        return [(row["title"], row["seniority"] or None, row["department"] or None) for row in rows]


TABLE = table()
TITLES = st.sampled_from([title for title, _, _ in TABLE])


def test_table_is_large_and_has_no_title_twice() -> None:
    titles = [title for title, _, _ in TABLE]
    assert len(titles) >= 250
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize(("title", "seniority", "department"), TABLE)
def test_title(title: str, seniority: str | None, department: str | None) -> None:
    assert read_title(title) == Title(seniority, department)


def test_words_are_those_of_the_contract() -> None:
    assert SENIORITY_RANK == {
        "owner": 9, "c_level": 9, "vp": 8, "head": 7, "director": 7, "manager": 6, "lead": 5, "senior": 4,
        "individual": 3, "junior": 2, "intern": 1,
    }  # fmt: skip
    assert ", ".join(DEPARTMENTS) == (
        "executive, finance, it, security, engineering, data, product, operations, marketing, sales, support, hr, "
        "legal, procurement, research, other"
    )


@pytest.mark.parametrize("seniority", SENIORITY_RANK)
def test_table_has_every_seniority(seniority: str) -> None:
    assert any(row[1] == seniority for row in TABLE)


@pytest.mark.parametrize("department", DEPARTMENTS)
def test_table_has_every_department(department: str) -> None:
    assert any(row[2] == department for row in TABLE)


@pytest.mark.parametrize("title", [None, "", " ", "\n\t", ".", "@", ",,,", "- - -", "()", "\u0301", "\ud800"])
def test_nothing_to_read(title: str | None) -> None:
    assert read_title(title) == UNREADABLE


@pytest.mark.parametrize(
    "same",
    [
        ["Leiter Vertrieb", "Leiterin Vertrieb", "Leiter:in Vertrieb", "Leiter/in Vertrieb", "Leiter*in Vertrieb",
         "Leiter_in Vertrieb", "LeiterIn Vertrieb", "Leiter(in) Vertrieb", "Leiter/-in Vertrieb",
         "Leiter·in Vertrieb"],
        ["Directeur marketing", "Directrice marketing", "directeur·rice marketing", "Directeur(trice) marketing",
         "Directeur.rice marketing", "Directeur/trice marketing", "Directeur-rice marketing",
         "Directeur/Directrice marketing"],
        ["Director de Ventas", "Directora de Ventas", "Director/a de Ventas", "Director(a) de Ventas",
         "Director - Ventas"],
        ["Estagiário de Vendas", "Estagiária de Vendas", "Estagiário(a) de Vendas", "ESTAGIARIO DE VENDAS",
         "estagiário/a, vendas"],
        ["Chargé de recrutement", "Chargée de recrutement", "Chargé(e) de recrutement", "Chargé·e de recrutement"],
        ["VP Sales", "V.P. Sales", "VP, Sales", "VP of Sales", "Vice President - Sales", "vice-president (sales)",
         "VP/Sales"],
        ["R&D Director", "R & D Director", "Research and Development Director", "Director, R+D"],
        ["Geschäftsführer", "Geschaeftsfuehrer", "GESCHÄFTSFÜHRER", "Gescha\u0308ftsfu\u0308hrer",
         "Geschäftsführerin (m/w/d)"],
    ],
    ids=lambda titles: titles[0],
)  # fmt: skip
def test_spelling_does_not_matter(same: list[str]) -> None:
    assert {read_title(title) for title in same} == {read_title(same[0])}
    assert read_title(same[0]) != UNREADABLE


@given(st.text(max_size=60))
def test_reads_only_known_words(text: str) -> None:
    read = read_title(text)
    assert read.seniority is None or read.seniority in SENIORITY_RANK
    assert read.department is None or read.department in DEPARTMENTS


@given(TITLES, st.sampled_from([str.upper, str.lower, str.title, lambda text: f"  {text} "]))
def test_case_and_surrounding_space_do_not_matter(title: str, change: Callable[[str], str]) -> None:
    assert read_title(change(title)) == read_title(title)


@given(TITLES)
def test_intern_beats_all(title: str) -> None:
    assert read_title(f"Intern, {title}").seniority == "intern"


def test_every_phrase_reads_as_it_is_filed() -> None:
    phrases = {phrase: reading for phrase, reading in lexicon().phrases.items() if not reading.cuts}
    wanted = {phrase: Title(reading.seniority, reading.department) for phrase, reading in phrases.items()}
    wanted |= {phrase: Title(reading.seniority, reading.department) for phrase, reading in lexicon().whole.items()}
    assert read_titles(wanted) == wanted


def test_every_language_has_words() -> None:
    assert LANGUAGES == ("en", "de", "fr", "es", "pt")
    assert len(lexicon().phrases) > 2000


def test_titles_are_read_once_each_in_order() -> None:
    assert list(read_titles(["CTO", "CFO", "CTO"])) == ["CTO", "CFO"]
    assert read_titles([]) == {}


LONG = ["Senior " * 1500, "a:in" * 2500, "(" * 10_000, "v." * 5000, "- " * 5000, "é" * 10_000, "m/w/" * 2500]


@pytest.mark.parametrize("text", LONG, ids=range(len(LONG)))
def test_a_very_long_title_is_read_from_its_beginning(text: str) -> None:
    assert read_title(text) == read_title(text[:1000])


def test_only_the_beginning_of_a_long_title_is_read() -> None:
    assert read_title("CFO " + "x " * 5000 + "Marketing") == Title("c_level", "finance")


@pytest.mark.slow
def test_a_hundred_thousand_titles() -> None:
    titles = [f"{title} {number}" for number in range(200) for title, _, _ in TABLE][:100_000]
    assert len(read_titles(titles)) == 100_000


@pytest.mark.skipif(not LEADFORGE.exists(), reason="needs the shared data")
def test_every_title_of_a_foreign_crm_is_read() -> None:
    import polars as pl

    titles = pl.read_parquet(LEADFORGE, columns=["job_title"])["job_title"].unique().sort().to_list()
    read = read_titles(titles)
    assert len(read) == 16
    assert set(titles) <= {title for title, _, _ in TABLE}
    assert all(title.seniority and title.department for title in read.values())
