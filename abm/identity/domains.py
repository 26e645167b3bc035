"""Who owns a mail domain, when accounts claim it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

GIANTS: frozenset[str] = frozenset(
    {
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "hotmail.com",
        "live.com",
        "yahoo.com",
        "icloud.com",
        "me.com",
        "aol.com",
        "gmx.com",
        "gmx.de",
        "proton.me",
        "protonmail.com",
        "mail.ru",
        "qq.com",
        "163.com",
    }
)
"""Consumer mailbox providers whose domain no account owns, whatever it claims."""


class Claims(NamedTuple):
    """Who owns which domain.

    Attributes:
        owner_of: domain -> account_id, one owner each; never a giant.
        contested: (domain, winner, loser) for each account that claimed in vain, sorted.
        giants: (domain, account_id) for each account that claims a giant's domain, sorted.
    """

    owner_of: dict[str, str]
    contested: list[tuple[str, str, str]]
    giants: list[tuple[str, str]]


def normal_domain(text: str | None) -> str | None:
    """Return a domain as domains are compared: trimmed, lower-cased, without `www.`; None when nothing is left.

    >>> normal_domain(" WWW.Acme.com ")
    'acme.com'
    >>> normal_domain("  ") is None
    True
    """
    return (text or "").strip().lower().removeprefix("www.") or None


def split_domains(text: str | None) -> tuple[str, ...]:
    """Return the distinct normal domains of a `;`-joined list, in its order, without empty ones.

    >>> split_domains("acme.com; www.ACME.com;;acme.de")
    ('acme.com', 'acme.de')
    """
    parts = (text or "").split(";")
    return tuple(domain for domain in dict.fromkeys(map(normal_domain, parts)) if domain)


def claim_domains(accounts: Iterable[tuple[str, str | None, str | None]]) -> Claims:
    """Decide which account owns each domain.

    Args:
        accounts: (account_id, primary domain, `;`-joined domains) of each account; account_id is a key.

    Returns:
        The account whose primary domain it is owns a domain, of several (or none) the smallest account_id, compared as
        text by code points. The result does not depend on the order of the accounts.

    >>> claim_domains([("a", "one.com", "two.com"), ("b", "two.com", None), ("c", "gmail.com", None)])
    Claims(owner_of={'one.com': 'a', 'two.com': 'b'}, contested=[('two.com', 'b', 'a')], giants=[('gmail.com', 'c')])
    """
    primary: dict[str, str] = {}
    listed: dict[str, str] = {}
    lost: list[tuple[str, str]] = []
    giants: list[tuple[str, str]] = []
    for account_id, first, others in accounts:
        own = normal_domain(first)
        for domain in dict.fromkeys((own, *split_domains(others))) if others else (own,):
            if domain in GIANTS:
                giants.append((domain, account_id))
            elif domain is not None:
                owners = primary if domain == own else listed
                held = owners.setdefault(domain, account_id)
                if held != account_id:
                    owners[domain], loser = sorted((held, account_id))
                    lost.append((domain, loser))
    lost += [(domain, listed.pop(domain)) for domain in listed.keys() & primary.keys()]
    owner_of = primary | listed
    contested = sorted((domain, owner_of[domain], loser) for domain, loser in lost)
    return Claims(owner_of, contested, sorted(giants))
