"""Mail addresses and domains: how they are compared, what kind a mailbox is, who owns a domain."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.oracle.tables import Row, listed

if TYPE_CHECKING:
    from collections.abc import Collection

GIANTS = frozenset(
    [
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
    ]
)
FREE_PROVIDERS = frozenset({"web.de", "hey.com", "gmx.net"})
ROLE_MAILBOXES = frozenset({"info", "sales", "support", "contact", "hello", "admin", "marketing", "office"})
ADDRESS = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def plain_domain(domain: str | None) -> str | None:
    """Trimmed, lower-cased, without `www.`."""
    if domain is None:
        return None
    return domain.strip().lower().removeprefix("www.") or None


def plain_email(email: str | None) -> str | None:
    """Trimmed, lower-cased, its domain without `www.`."""
    if email is None:
        return None
    local, at, domain = email.strip().lower().rpartition("@")
    return f"{local}{at}{domain.removeprefix('www.') if at else domain}"


def mail_domain(email: str | None) -> str | None:
    """The domain of a readable address."""
    address = plain_email(email)
    if address is None or ADDRESS.fullmatch(address) is None:
        return None
    return address.rpartition("@")[2]


def email_kind(
    email: str | None, claimed: Collection[str], free_providers: Collection[str], role_mailboxes: Collection[str]
) -> str | None:
    """invalid, free, role or work; null when missing. `claimed`: domains that accounts list as their own."""
    address = plain_email(email)
    if address is None:
        return None
    domain = mail_domain(email)
    if domain is None:
        return "invalid"
    if domain in GIANTS or (domain in free_providers and domain not in claimed):
        return "free"
    return "role" if address.rpartition("@")[0] in role_mailboxes else "work"


def domain_owners(accounts: dict[str, Row]) -> dict[str, str]:
    """Domain -> account: the one whose primary domain it is, then the smallest account_id. Giants belong to nobody."""
    owners: dict[str, str] = {}
    for account_id in sorted(accounts):
        for domain in listed(accounts[account_id]["domains"]):
            owners.setdefault(str(plain_domain(domain)), account_id)
    primary: dict[str, str] = {}
    for account_id in sorted(accounts):
        own = plain_domain(accounts[account_id]["domain"])
        if own is not None:
            primary.setdefault(own, account_id)
    return {domain: owner for domain, owner in {**owners, **primary}.items() if domain not in GIANTS}
