"""What a mail address says: whether it is valid, and whether it is a consumer's, a function's or somebody's at work."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from abm.identity.domains import GIANTS, normal_domain

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = [
    "GIANTS",
    "MAIL_PATTERN",
    "free_providers",
    "mail_domain",
    "mail_kind",
    "mailbox",
    "normal_mail",
    "role_mailboxes",
]

# Spaces, joiners and other unseen characters beyond ASCII, written out: the engines share no escape for them.
_UNSEEN = "\x80-\xa0\xad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ufffc\ufffd"
# Everything but ASCII marks that need quoting (RFC 5322 "atext", plus letters of any script: RFC 6531) ...
_ATOM = rf"[^\x00-\x20\x22\x28\x29\x2c\x2e\x3a-\x3c\x3e\x40\x5b-\x5d\x7f{_UNSEEN}]"
# ... everything but ASCII that is no letter or digit, with and without the hyphen, and letters only.
_ALNUM = rf"[^\x00-\x2f\x3a-\x60\x7b-\x7f{_UNSEEN}]"
_ALNUM_HYPHEN = rf"[^\x00-\x2c\x2e\x2f\x3a-\x60\x7b-\x7f{_UNSEEN}]"
_LETTER = rf"[^\x00-\x60\x7b-\x7f{_UNSEEN}]"
_LABEL = rf"{_ALNUM}(?:{_ALNUM_HYPHEN}*{_ALNUM})?"

MAIL_PATTERN: str = rf"^{_ATOM}+(?:\.{_ATOM}+)*@(?:{_LABEL}\.)+(?:xn--{_ALNUM_HYPHEN}*{_ALNUM}|{_LETTER}{_LETTER}+)$"
"""Matches a valid address among trimmed, lower-cased texts without line breaks (see `normal_mail`).

One `@`; before it words joined by single dots; after it at least two labels of letters, digits and inner hyphens, of
any script, the last of letters only (or punycode). Lengths are not checked. The pattern has no lookaround and no class
name, so that Python, Rust, RE2 and Java read it alike.
"""

_VALID = re.compile(MAIL_PATTERN)


@cache
def free_providers() -> frozenset[str]:
    """Return the domains of consumer mailbox providers, `GIANTS` included."""
    return _lines("free_mail.txt") | GIANTS


@cache
def role_mailboxes() -> frozenset[str]:
    """Return the local parts that belong to a function (`info`, `vertrieb`), in five languages."""
    return _lines("role_mailboxes.txt")


def normal_mail(text: str | None) -> str | None:
    """Return an address as addresses are compared: trimmed, lower-cased, its domain without `www.`; None when empty.

    A `+tag` is kept: it may be somebody else's mailbox.

    >>> normal_mail(" Ada+News@www.Example.com ")
    'ada+news@example.com'
    """
    trimmed = (text or "").strip().lower()
    return trimmed.replace("@www.", "@") or None


def mail_domain(text: str | None) -> str | None:
    """Return the normal domain of an address, None when it is missing or not valid.

    >>> mail_domain("Ada@Example.com")
    'example.com'
    """
    mail = normal_mail(text)
    return normal_domain(mail.rpartition("@")[2]) if mail and _VALID.fullmatch(mail) else None


def mailbox(mail: str) -> str:
    """Return what stands before the `@`, without a `+tag`.

    >>> mailbox("sales+emea@example.com")
    'sales'
    """
    return mail.partition("@")[0].partition("+")[0]


def mail_kind(email: str | None, owned: Collection[str] = ()) -> str | None:
    """Say whose mailbox an address is: the plain definition of the column `email_kind`.

    Args:
        email: an address as found; None and whitespace are missing.
        owned: the normal domains that accounts list as their own. At these, a consumer provider's mailbox is one of its
            employees, save the `GIANTS`. A set, when called often.

    Returns:
        None when missing, else `invalid`, `free` (a consumer mailbox provider, whatever stands before the `@`), `role`
        (a function's mailbox at a work domain; a `+tag` is not looked at) or `work`.

    >>> [mail_kind(text) for text in ("ada@acme.com", "Info@acme.com", "ada@gmail.com", "ada@acme", None)]
    ['work', 'role', 'free', 'invalid', None]
    >>> mail_kind("ada@orange.fr", owned={"orange.fr"})
    'work'
    """
    mail = normal_mail(email)
    if mail is None:
        return None
    domain = mail_domain(mail)
    if domain is None:
        return "invalid"
    if domain in free_providers() and (domain in GIANTS or domain not in owned):
        return "free"
    return "role" if mailbox(mail) in role_mailboxes() else "work"


def _lines(name: str) -> frozenset[str]:
    text = files("abm.identity").joinpath(name).read_text(encoding="utf-8")
    return frozenset(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))
