"""Registrable domains: the official vectors, and hosts as people write them."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm.identity.suffixes import hosts, normal_host, registrable, registrables

VECTORS = Path(__file__).resolve().parents[3] / "shared/data/public_suffix/tests.txt"


def vectors() -> list[tuple[str | None, str | None]]:
    if not VECTORS.exists():
        return []
    lines = [line.split() for line in VECTORS.read_text(encoding="utf-8").splitlines() if line and line[0] != "/"]
    return [(None if given == "null" else given, None if wanted == "null" else wanted) for given, wanted in lines]


@pytest.mark.skipif(not vectors(), reason="needs the data of others beside the repository")
def test_every_official_vector_passes() -> None:
    assert len(vectors()) > 70
    assert [(text, registrable(text)) for text, _ in vectors()] == vectors()


@pytest.mark.skipif(not vectors(), reason="needs the data of others beside the repository")
def test_by_columns_a_suffix_is_its_own_site() -> None:
    rows = [(text.lower(), wanted) for text, wanted in vectors() if text and "." in text.strip(".") and text[0] != "."]
    given_hosts = pl.Series([text for text, _ in rows])
    assert registrables(given_hosts).to_list() == [wanted or text for text, wanted in rows]


LABELS = st.sampled_from(
    [
        "acme",
        "a",
        "www",
        "co",
        "com",
        "uk",
        "jp",
        "kyoto",
        "ide",
        "kobe",
        "city",
        "ck",
        "mm",
        "us",
        "k12",
        "ak",
        "github",
        "io",
        "blogspot",
        "de",
        "公司",
        "cn",
        "xn--55qx5d",
        "compute",
        "amazonaws",
        "s3",
        "gov",
        "act",
        "edu",
        "au",
        "bd",
        "x_y",
    ]
)


@given(st.lists(LABELS, min_size=2, max_size=6).map(".".join))
def test_columns_and_the_list_itself_agree(host: str) -> None:
    assert registrables(pl.Series([host])).to_list() == [registrable(host) or host]


@pytest.mark.parametrize(
    ("text", "host", "site"),
    [
        ("https://www.acme.co.uk/about?x", "acme.co.uk", "acme.co.uk"),
        ("HTTP://User:secret@Mail.Acme.com:8080/a/b#c", "mail.acme.com", "acme.com"),
        ("acme.com.", "acme.com", "acme.com"),
        ("ada@eu.acme.com", "eu.acme.com", "acme.com"),
        ("//acme.com", "acme.com", "acme.com"),
        ("acme.com/?next=https://other.com", "acme.com", "acme.com"),
        ("www.com", "www.com", "www.com"),
        ("xn--mnchen-3ya.de", "münchen.de", "xn--mnchen-3ya.de"),
        ("MÜNCHEN.de", "münchen.de", "münchen.de"),
        ("shop.acme.github.io", "shop.acme.github.io", "acme.github.io"),
        ("notacme.com", "notacme.com", "notacme.com"),
        ("127.0.0.1:80", None, None),
        ("localhost", None, None),
        ("acme com", None, None),
        ("n/a", None, None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_hosts_as_people_write_them(text: str | None, host: str | None, site: str | None) -> None:
    assert normal_host(text) == host
    assert registrable(text) == site


def test_hosts_keep_rows_and_order() -> None:
    texts = pl.Series("website", ["b.com", None, "a.com", "b.com"])
    assert hosts(texts).to_list() == ["b.com", None, "a.com", "b.com"]
    assert hosts(texts.head(0)).to_list() == []
