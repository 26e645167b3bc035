"""Random tables with the dirt of real ones: unknown ids, second rows, nulls, future facts, shared domains."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tests.strategies.words import (
    AGES,
    DOMAIN_SPELLINGS,
    DOMAINS,
    EDGES,
    FREE_DOMAINS,
    INTENT_SOURCES,
    MAILBOXES,
    NUMBERS,
    ROLE_WORDS,
    TEXT,
    TOPIC_SPELLINGS,
)

if TYPE_CHECKING:
    from tests.strategies.draws import Draw

Row = dict[str, Any]
Tables = dict[str, list[Row]]


@dataclass(frozen=True)
class Cast:
    """How many accounts and contacts there are, so that the other tables mostly name known ones."""

    accounts: int
    contacts: int

    def account(self, draw: Draw) -> str:
        """Those of a small number more often, so that some account has several people."""
        return f"a{min(self._number(draw, self.accounts), self._number(draw, self.accounts))}"

    def contact(self, draw: Draw) -> str:
        return f"c{self._number(draw, self.contacts):02}"

    @staticmethod
    def _number(draw: Draw, known: int) -> int:
        return 77 if known == 0 or draw.chance(4) else draw.integer(1, known)


def build_tables(draw: Draw, as_of: date, events: int = 60) -> Tables:
    """Accounts always; contacts with events, or intent; the other tables now and then."""
    cast = Cast(draw.choice((1, 2, 3, 2, 1, 4, 6, 0)), draw.choice((4, 2, 6, 8, 12, 10, 8, 6, 1, 0)))
    tables = {"accounts": build_accounts(draw, cast)}
    has_intent = draw.chance(75)
    has_contacts = not has_intent or draw.chance(94)
    has_events = not has_intent or draw.chance(94)
    if has_contacts:
        tables["contacts"] = build_contacts(draw, as_of, cast)
    if has_events:
        tables["events"] = build_events(draw, as_of, cast, events)
    if has_intent:
        tables["intent"] = build_intent(draw, as_of, cast)
    if draw.chance(70):
        tables["opportunities"] = build_opportunities(draw, as_of, cast)
    if draw.chance(70):
        tables["opportunity_contacts"] = build_opportunity_contacts(draw, cast)
    return tables


def _maybe(draw: Draw, value: Any, percent: int) -> Any:
    return value if draw.chance(percent) else None


def _word(draw: Draw, column: str, percent: int = 75) -> str | None:
    return draw.choice(TEXT[column]) if draw.chance(percent) else None


def _day(draw: Draw, as_of: date, future: int = 3) -> date:
    """Near as_of or at the edge of a window; a few of a hundred after it."""
    ages = EDGES if draw.chance(25) else AGES[:30] if draw.chance(70) else AGES
    days = draw.choice(ages)
    return as_of + timedelta(days=draw.integer(1, 3)) if draw.chance(future) else as_of - timedelta(days=days)


def _without_some_columns(draw: Draw, rows: list[Row], *droppable: str) -> list[Row]:
    dropped = draw.some(droppable, 0, 2) if draw.chance(30) else []
    return [{name: value for name, value in row.items() if name not in dropped} for row in rows]


def build_accounts(draw: Draw, cast: Cast) -> list[Row]:
    rows = [_account(draw, index) for index in range(1, cast.accounts + 1)]
    if rows and draw.chance(15):
        rows.append(_account(draw, 1))
    return _without_some_columns(draw, rows, "name", "domains", "employees", "segment", "is_target", "lifecycle")


def _account(draw: Draw, index: int) -> Row:
    """Parents are accounts of a smaller number, so that there is no cycle; a0 is unknown."""
    parent = f"a{draw.integer(0, index - 1)}"
    domains = ";".join(draw.some(DOMAINS, 1, 2)) if draw.chance(25) else None
    return {
        "account_id": f"a{index}",
        "name": _word(draw, "name"),
        "domain": draw.choice(DOMAIN_SPELLINGS) if draw.chance(75) else _maybe(draw, draw.choice(FREE_DOMAINS), 30),
        "domains": domains,
        "parent_account_id": _maybe(draw, parent, 35),
        "industry": _word(draw, "industry"),
        "employees": _maybe(draw, draw.choice(NUMBERS["employees"]), 85),
        "annual_revenue": _maybe(draw, draw.choice(NUMBERS["annual_revenue"]), 70),
        "country": _word(draw, "country"),
        "region": _word(draw, "region", 50),
        "segment": _word(draw, "segment", 15),
        "lifecycle": _word(draw, "lifecycle", 60),
        "owner": _word(draw, "owner"),
        "is_target": _maybe(draw, draw.chance(40), 75),
    }


def _email(draw: Draw) -> str | None:
    if draw.chance(15):
        return draw.choice((None, "nobody", "ada@", "@acme.com", "x y@acme.com"))
    domain = draw.choice(FREE_DOMAINS) if draw.chance(25) else draw.choice((*DOMAIN_SPELLINGS, "nowhere.org")).strip()
    below = draw.choice(("", "", "", "eu.", "not"))
    return f"{draw.choice(MAILBOXES)}@{below}{domain}"


def build_contacts(draw: Draw, as_of: date, cast: Cast) -> list[Row]:
    rows = [_contact(draw, as_of, cast, f"c{index:02}") for index in range(1, cast.contacts + 1)]
    if rows and draw.chance(20):
        rows.append(_contact(draw, as_of, cast, "c01"))
    # A column of words that is missing would be read from the titles, which the oracle cannot.
    words = draw.choice((("department", "title"), ("title",), ()))
    rows = [{name: value for name, value in row.items() if name not in words} for row in rows]
    return _without_some_columns(draw, rows, "email", "created_at", "buying_role", "account_id")


def _contact(draw: Draw, as_of: date, cast: Cast, contact_id: str) -> Row:
    """A title only where seniority and department are given: the oracle does not read titles."""
    seniority, department = _word(draw, "seniority"), _word(draw, "department")
    return {
        "contact_id": contact_id,
        "account_id": _maybe(draw, cast.account(draw), 80),
        "email": _email(draw),
        "first_name": _word(draw, "first_name"),
        "last_name": _word(draw, "last_name"),
        "title": _word(draw, "title") if seniority and department else None,
        "department": department,
        "seniority": seniority,
        "buying_role": _maybe(draw, draw.choice(ROLE_WORDS), 40),
        "company": _word(draw, "company", 40),
        "country": _word(draw, "country", 40),
        "lead_source": _word(draw, "lead_source"),
        "created_at": _maybe(draw, _day(draw, as_of, future=15), 60),
        "opted_out": _maybe(draw, draw.chance(30), 60),
        "converted_account_id": _maybe(draw, cast.account(draw), 8),
        "merged_ids": _maybe(draw, f"{cast.contact(draw)}; {cast.contact(draw)}", 8),
    }


def build_events(draw: Draw, as_of: date, cast: Cast, most: int = 60) -> list[Row]:
    """Some runs of events concentrate on a person and a type, so that caps and repeats bite."""
    rows: list[Row] = []
    for _ in range(draw.choice((most // 2, most, most, most // 4, most, most, most // 2, 0))):
        if rows and draw.chance(35):
            rows.append({**draw.choice(rows), "occurred_at": _day(draw, as_of)})
        else:
            rows.append(_event(draw, as_of, cast))
    return _without_some_columns(draw, rows, "email", "event_id", "channel", "url", "count", "domain")


def _event(draw: Draw, as_of: date, cast: Cast) -> Row:
    who = draw.choice((*["contact"] * 6, "email", "email", "account", "domain", "both", "nobody"))
    ancient = draw.choice((None, date(1999, 12, 31), date(1970, 1, 1)))
    return {
        "contact_id": cast.contact(draw) if who in ("contact", "both") else None,
        "email": _email(draw) if who in ("email", "both") else None,
        "account_id": cast.account(draw) if who in ("account", "both") else None,
        "domain": draw.choice((*DOMAIN_SPELLINGS, "gmail.com", "web.de")) if who in ("domain", "both") else None,
        "type": _word(draw, "type", 99),
        "occurred_at": ancient if draw.chance(3) else _day(draw, as_of),
        "event_id": _maybe(draw, f"e{draw.integer(1, 60)}", 25),
        "channel": _word(draw, "channel"),
        "source": _word(draw, "source", 40),
        "campaign": _word(draw, "campaign", 40),
        "url": _word(draw, "url"),
        "asset": _word(draw, "asset", 30),
        "product": _word(draw, "product", 30),
        "count": draw.choice((1, 2, 3, 5, 40, 0, -2)) if draw.chance(25) else None,
    }


def build_intent(draw: Draw, as_of: date, cast: Cast) -> list[Row]:
    rows: list[Row] = []
    for _ in range(draw.choice((8, 16, 24, 3, 0))):
        if rows and draw.chance(40):
            rows.append({**draw.choice(rows), "observed_on": _day(draw, as_of)})
        else:
            rows.append(_intent(draw, as_of, cast))
    return _without_some_columns(draw, rows, "source", "domain")


def _intent(draw: Draw, as_of: date, cast: Cast) -> Row:
    kind = draw.choice(
        ("score", "count", "count", "score", "both", "neither") if draw.chance(20) else ("score", "count")
    )
    by_account = draw.chance(60)
    return {
        "account_id": cast.account(draw) if by_account else None,
        "domain": draw.choice((*DOMAIN_SPELLINGS, "gmail.com")) if not by_account or draw.chance(20) else None,
        "topic": draw.choice(TOPIC_SPELLINGS),
        "observed_on": _day(draw, as_of),
        "score": draw.choice((50, 60, 70, 75.5, 100, 40, 0, 88)) if kind in ("score", "both") else None,
        "count": draw.choice((1, 2, 3, 5, 9, 30, 0)) if kind in ("count", "both") else None,
        "source": draw.choice(INTENT_SOURCES),
    }


def build_opportunities(draw: Draw, as_of: date, cast: Cast) -> list[Row]:
    rows = [_opportunity(draw, as_of, cast, f"o{draw.integer(1, 5)}") for _ in range(draw.integer(0, 6))]
    return _without_some_columns(draw, rows, "is_closed", "closed_on", "is_won", "amount")


def _opportunity(draw: Draw, as_of: date, cast: Cast, opportunity_id: str) -> Row:
    return {
        "opportunity_id": opportunity_id,
        "account_id": cast.account(draw),
        "created_on": _day(draw, as_of, future=10),
        "closed_on": _maybe(draw, _day(draw, as_of, future=40), 60),
        "stage": _word(draw, "stage"),
        "is_closed": _maybe(draw, draw.chance(50), 75),
        "is_won": _maybe(draw, draw.chance(60), 75),
        "amount": _maybe(draw, 1000.0, 50),
        "product": _word(draw, "product", 40),
        "source": _word(draw, "source", 40),
    }


def build_opportunity_contacts(draw: Draw, cast: Cast) -> list[Row]:
    return [
        {
            "opportunity_id": f"o{draw.integer(1, 5)}",
            "contact_id": cast.contact(draw),
            "role": _maybe(draw, draw.choice(ROLE_WORDS), 85),
            "is_primary": _maybe(draw, draw.chance(30), 50),
        }
        for _ in range(draw.integer(0, 14))
    ]
