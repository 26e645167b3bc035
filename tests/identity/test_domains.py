"""Domains in their normal form."""

from __future__ import annotations

import pytest

from abm.identity.domains import normal_domain, split_domains


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("acme.com", "acme.com"),
        (" ACME.com\n", "acme.com"),
        ("www.acme.com", "acme.com"),
        ("WWW.Acme.com", "acme.com"),
        ("www2.acme.com", "www2.acme.com"),
        ("wwwacme.com", "wwwacme.com"),
        ("www.www.acme.com", "www.acme.com"),
        ("shop.acme.com", "shop.acme.com"),
        ("MÜLLER.de", "müller.de"),
        ("", None),
        ("  ", None),
        ("www.", None),
        (None, None),
    ],
)
def test_normal_domain(text: str | None, domain: str | None) -> None:
    assert normal_domain(text) == domain


@pytest.mark.parametrize(
    ("text", "domains"),
    [
        ("acme.com", ("acme.com",)),
        ("b.com;a.com", ("b.com", "a.com")),
        (" b.com ; www.A.com;;b.com; ", ("b.com", "a.com")),
        (";", ()),
        ("", ()),
        (None, ()),
    ],
)
def test_split_domains(text: str | None, domains: tuple[str, ...]) -> None:
    assert split_domains(text) == domains
