"""Who owns a domain that several accounts claim, for what nobody is known to have done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm.identity.domains import GIANTS
from abm.identity.matching import domain_owners, read_accounts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from abm.identity.matching import AccountBook

Account = tuple[str, str | None, str | None]


def book_of(accounts: Sequence[Account]) -> AccountBook:
    return read_accounts(
        pl.LazyFrame(accounts, schema=dict.fromkeys(("account_id", "domain", "domains"), pl.String), orient="row")
    )


def owners(accounts: Sequence[Account], *domains: str) -> dict[str, str]:
    book = book_of(accounts)
    found = domain_owners(pl.Series(domains, dtype=pl.String), book)
    return dict(zip(found["text"], book.accounts["account_id"].gather(found["a"]), strict=True))


def test_an_account_owns_its_domains_and_what_lies_below() -> None:
    accounts = [("a", "Acme.com", "acme.de; www.acme.com;acme.fr"), ("b", None, "beta.com"), ("c", None, None)]
    asked = ("acme.com", "acme.de", "acme.fr", "beta.com", "x.y.beta.com", "notbeta.com", "beta.com.de", "com")
    wanted = {"acme.com": "a", "acme.de": "a", "acme.fr": "a", "beta.com": "b", "x.y.beta.com": "b"}
    assert owners(accounts, *asked) == wanted


def test_the_nearest_listed_domain_counts() -> None:
    accounts = [("a", "acme.com", None), ("s", "shop.acme.com", None)]
    wanted = {"acme.com": "a", "eu.acme.com": "a", "shop.acme.com": "s", "de.shop.acme.com": "s"}
    assert owners(accounts, *wanted) == wanted


@pytest.mark.parametrize(
    ("accounts", "owner"),
    [
        ([("a", "a.com", "x.com"), ("z", "x.com", None)], "z"),
        ([("10", "x.com", None), ("9", "x.com", None), ("2", None, "x.com")], "10"),
        ([("b", None, "x.com"), ("a", "a.com", "x.com")], "a"),
        ([("a", "x.com", "x.com;x.com"), ("b", None, "x.com")], "a"),
    ],
)
def test_primary_wins_then_the_smallest_id(accounts: list[Account], owner: str) -> None:
    assert owners(accounts, "x.com") == {"x.com": owner}


def test_a_giant_is_reported_and_never_owned() -> None:
    accounts = [("b", "gmail.com", "b.com;qq.com"), ("a", None, "WWW.gmail.com"), ("c", "orange.fr", None)]
    asked = ("gmail.com", "qq.com", "mail.gmail.com", "b.com", "orange.fr")
    assert owners(accounts, *asked) == {"b.com": "b", "orange.fr": "c"}
    (told,) = book_of(accounts).findings
    assert (told.code, told.count, told.samples) == (
        "consumer_domain",
        3,
        ("gmail.com (a)", "gmail.com (b)", "qq.com (b)"),
    )


def test_no_accounts() -> None:
    assert owners([], "a.com") == {}


NAMES = st.sampled_from(["a.com", "b.com", "c.com", "gmail.com"])
ACCOUNTS = st.dictionaries(
    st.sampled_from("abcdefgh"), st.tuples(st.none() | NAMES, st.none() | st.lists(NAMES, max_size=3).map(";".join))
).map(lambda found: [(account_id, *claim) for account_id, claim in found.items()])


@pytest.mark.slow
@given(ACCOUNTS, st.randoms(use_true_random=False))
def test_owners_are_those_of_the_plain_rule_in_any_order(accounts: list[Account], random: Random) -> None:
    wanted = {}
    for domain in ("a.com", "b.com", "c.com"):
        primary = sorted(key for key, own, _ in accounts if own == domain)
        listed = sorted(key for key, _, others in accounts if domain in (others or "").split(";"))
        if primary or listed:
            wanted[domain] = (primary or listed)[0]
    random.shuffle(accounts)
    assert owners(accounts, "a.com", "b.com", "c.com", "gmail.com") == wanted
    assert "gmail.com" in GIANTS
