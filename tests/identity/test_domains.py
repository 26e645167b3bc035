"""Domains: their normal form, and who owns one that several accounts claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm.identity.domains import GIANTS, claim_domains, normal_domain, split_domains

if TYPE_CHECKING:
    from random import Random

Account = tuple[str, str | None, str | None]


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


def test_an_account_owns_its_domains() -> None:
    accounts = [("a", "Acme.com", "acme.de; www.acme.com;acme.fr"), ("b", None, "beta.com"), ("c", None, None)]
    claims = claim_domains(accounts)
    assert claims.owner_of == {"acme.com": "a", "acme.de": "a", "acme.fr": "a", "beta.com": "b"}
    assert claims.contested == []
    assert claims.giants == []


def test_primary_wins_over_listed() -> None:
    claims = claim_domains([("a", "a.com", "shared.com"), ("z", "shared.com", None)])
    assert claims.owner_of == {"a.com": "a", "shared.com": "z"}
    assert claims.contested == [("shared.com", "z", "a")]


def test_of_two_primaries_the_smallest_id_wins() -> None:
    claims = claim_domains([("10", "x.com", None), ("9", "x.com", None), ("2", None, "x.com")])
    assert claims.owner_of == {"x.com": "10"}
    assert claims.contested == [("x.com", "10", "2"), ("x.com", "10", "9")]


def test_of_two_listed_the_smallest_id_wins() -> None:
    claims = claim_domains([("b", None, "x.com"), ("a", "a.com", "x.com")])
    assert claims.owner_of == {"a.com": "a", "x.com": "a"}
    assert claims.contested == [("x.com", "a", "b")]


def test_a_giant_is_reported_and_never_owned() -> None:
    claims = claim_domains([("b", "gmail.com", "b.com;qq.com"), ("a", None, "WWW.gmail.com"), ("c", "orange.fr", None)])
    assert claims.owner_of == {"b.com": "b", "orange.fr": "c"}
    assert claims.contested == []
    assert claims.giants == [("gmail.com", "a"), ("gmail.com", "b"), ("qq.com", "b")]


def test_a_domain_that_is_primary_and_listed_is_claimed_once() -> None:
    claims = claim_domains([("a", "x.com", "x.com;x.com"), ("b", None, "x.com")])
    assert claims.contested == [("x.com", "a", "b")]


def test_no_accounts() -> None:
    assert claim_domains([]) == ({}, [], [])


NAMES = st.sampled_from(["a.com", "b.com", "c.com", "gmail.com"])
ACCOUNTS = st.dictionaries(
    st.sampled_from("abcdefgh"), st.tuples(st.none() | NAMES, st.none() | st.lists(NAMES, max_size=3).map(";".join))
).map(lambda found: [(account_id, *claim) for account_id, claim in found.items()])


@given(ACCOUNTS, st.randoms(use_true_random=False))
def test_claims_are_those_of_the_plain_rule_in_any_order(accounts: list[Account], random: Random) -> None:
    wanted = {}
    for domain in ("a.com", "b.com", "c.com"):
        primary = sorted(key for key, own, _ in accounts if own == domain)
        listed = sorted(key for key, _, others in accounts if domain in (others or "").split(";"))
        if primary or listed:
            wanted[domain] = (primary or listed)[0], {*primary, *listed}
    random.shuffle(accounts)
    claims = claim_domains(accounts)
    assert claims.owner_of == {domain: owner for domain, (owner, _) in wanted.items()}
    assert claims.contested == sorted(
        (domain, owner, loser) for domain, (owner, everyone) in wanted.items() for loser in everyone - {owner}
    )
    assert not GIANTS & set(claims.owner_of)


@pytest.mark.slow
def test_a_million_accounts() -> None:
    # Every fifth account lists two more domains, one of them another account's.
    accounts = [
        (f"{n:07}", f"www.company{n}.com", None if n % 5 else f"company{n}.de;company{n + 1}.com")
        for n in range(1_000_000)
    ]
    claims = claim_domains(accounts)
    assert len(claims.owner_of) == 1_200_000
    assert len(claims.contested) == 200_000
