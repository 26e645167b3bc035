"""Days, counts and names of the model as a colleague would write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

_NOUNS = frozenset(
    {"view", "visit", "request", "download", "click", "reply", "open", "call", "meeting", "demo", "trial", "form"}
    | {"chat", "session", "registration", "signup", "video", "webinar", "event", "search", "comment", "like", "share"}
    | {"submission", "question", "inquiry", "enquiry", "conversation", "hit", "read", "touch", "response", "booking"}
    | {"mail", "email", "message", "survey", "review", "comparison", "start", "sign-up", "play", "show"}
)
"""Last words of signals of which one may speak in the plural."""


def day(value: date, as_of: date) -> str:
    """A day; with its year if that is not the year of as_of.

    >>> from datetime import date
    >>> day(date(2026, 6, 8), date(2026, 6, 30)), day(date(2025, 12, 1), date(2026, 6, 30))
    ('8 June', '1 December 2025')
    """
    told = f"{value.day} {_MONTHS[value.month - 1]}"
    return told if value.year == as_of.year else f"{told} {value.year}"


def plain(name: str) -> str:
    """A name of the model as words.

    >>> plain("economic_buyer")
    'economic buyer'
    """
    return name.replace("_", " ")


def capital(text: str) -> str:
    """The same with a capital first letter, the others as they are.

    >>> capital("crm software of ACME")
    'Crm software of ACME'
    """
    return text[:1].upper() + text[1:]


def countable(name: str) -> str | None:
    """The plural of what a signal counts; None if its name is no noun that we know.

    >>> countable("pricing_view"), countable("email_reply"), countable("event_attended")
    ('pricing views', 'email replies', None)
    """
    words = plain(name).split(" ")
    if words[-1].lower() not in _NOUNS:
        return None
    last = words[-1]
    plural = f"{last[:-1]}ies" if last.endswith(("ry", "ly")) else f"{last}{'es' if last.endswith('ch') else 's'}"
    return " ".join([*words[:-1], plural])
