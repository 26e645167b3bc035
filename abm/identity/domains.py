"""Domains as they are compared, and those that no account owns."""

from __future__ import annotations

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
