"""Mail addresses and domains: how they are compared, what kind a mailbox is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

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
    email: str | None, free_providers: Collection[str], role_mailboxes: Collection[str], *, is_owned: bool
) -> str | None:
    """invalid, free, role or work; null when missing. `is_owned`: whether an account lists its domain as its own."""
    address = plain_email(email)
    if address is None:
        return None
    domain = mail_domain(email)
    if domain is None:
        return "invalid"
    if domain in GIANTS or (domain in free_providers and not is_owned):
        return "free"
    return "role" if address.rpartition("@")[0] in role_mailboxes else "work"
