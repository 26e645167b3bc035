"""From tables to facts: what exists at as_of, each thing once, each event with its person and account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from tests.oracle import mail
from tests.oracle.matching import ByName, Owners, one_row_per_person, places
from tests.oracle.tables import Row, Tables, cleaned

if TYPE_CHECKING:
    from collections.abc import Collection

FIRST_DAY = date(2000, 1, 1)
DAY_OF_EXISTENCE = {
    "events": "occurred_at",
    "intent": "observed_on",
    "contacts": "created_at",
    "opportunities": "created_on",
    "lead_stages": "occurred_at",
}


@dataclass
class Event:
    """A usable event: of a known person (whose account it then is), or anonymous activity of an account."""

    row: Row
    day: date
    count: int
    person: str | None
    account: str | None


@dataclass
class Facts:
    """What exists at as_of. `given` names the tables that were given, be they empty."""

    given: frozenset[str]
    accounts: dict[str, Row]
    contacts: dict[str, Row]
    account_of: dict[str, str | None]
    email_kind: dict[str, str | None]
    events: list[Event]
    intent: list[Row]
    opportunities: dict[str, Row]
    opportunity_contacts: list[Row]


def settle(
    tables: Tables,
    as_of: date,
    free_providers: Collection[str],
    role_mailboxes: Collection[str],
    by_name: ByName | None = None,
) -> Facts:
    """Future facts go first, then second rows of a key and of a person, then events get their people and accounts."""
    clean = {name: cleaned(name, rows) for name, rows in tables.items()}
    present = {name: [row for row in rows if not _future(name, row, as_of)] for name, rows in clean.items()}
    accounts = _first_rows(present.get("accounts", []), "account_id")
    contacts = _first_rows(present.get("contacts", []), "contact_id")
    owners = Owners(accounts)
    newcomers = _first_rows([row for row in clean.get("contacts", []) if _future("contacts", row, as_of)], "contact_id")
    newcomers = {key: row for key, row in newcomers.items() if key not in contacts}
    contacts, alias = one_row_per_person(contacts, accounts)
    account_of = places({**newcomers, **contacts}, accounts, owners, by_name)
    finder = _Finder(accounts, owners, _People(contacts, account_of, alias), _People(newcomers, account_of, {}))
    return Facts(
        given=frozenset(clean),
        accounts=accounts,
        contacts=contacts,
        account_of={key: account_of[key] for key in contacts},
        email_kind={
            key: mail.email_kind(
                row["email"],
                free_providers,
                role_mailboxes,
                is_owned=bool(owners.of(mail.mail_domain(row["email"]))),
            )
            for key, row in contacts.items()
        },
        events=finder.events(_usable_events(present.get("events", []))),
        intent=finder.intent(present.get("intent", [])),
        opportunities=_first_rows(present.get("opportunities", []), "opportunity_id"),
        opportunity_contacts=[
            {**row, "contact_id": alias.get(row["contact_id"], row["contact_id"])}
            for row in present.get("opportunity_contacts", [])
        ],
    )


def _future(table: str, row: Row, as_of: date) -> bool:
    day = row.get(DAY_OF_EXISTENCE.get(table, ""))
    return day is not None and day > as_of


def _first_rows(rows: list[Row], key: str) -> dict[str, Row]:
    """The first row of each key, by key; a row without a key is nobody's."""
    first: dict[str, Row] = {}
    for row in rows:
        if row[key] is not None:
            first.setdefault(row[key], row)
    return dict(sorted(first.items()))


def _usable_events(rows: list[Row]) -> list[Row]:
    usable: list[Row] = []
    seen: set[Any] = set()
    for row in rows:
        day = row["occurred_at"]
        if day is None or day < FIRST_DAY or _count(row) is None:
            continue
        if row["event_id"] is not None:
            if row["event_id"] in seen:
                continue
            seen.add(row["event_id"])
        usable.append({**row, "count": _count(row)})
    return usable


def _count(row: Row) -> int | None:
    """1 if not given; None if it is not a positive integer."""
    count = 1 if row["count"] is None else row["count"]
    return int(count) if count >= 1 and count == int(count) else None


class _People:
    """People by contact_id, also one that gave way, and by mail; two with one mail: the smallest contact_id."""

    def __init__(self, contacts: dict[str, Row], account_of: dict[str, str | None], alias: dict[str, str]) -> None:
        self.contacts = contacts
        self.account_of = account_of
        self.alias = alias
        self.by_email: dict[str, str] = {}
        for key in sorted(contacts):
            email = mail.plain_email(contacts[key]["email"])
            if email is not None:
                self.by_email.setdefault(email, key)

    def find(self, row: Row) -> str | None:
        contact_id = self.alias.get(row["contact_id"], row["contact_id"])
        if contact_id in self.contacts:
            return str(contact_id)
        return self.by_email.get(mail.plain_email(row["email"]) or "")


@dataclass
class _Finder:
    accounts: dict[str, Row]
    owners: Owners
    people: _People
    newcomers: _People

    def events(self, rows: list[Row]) -> list[Event]:
        found = [self._event(row) for row in rows]
        return [event for event in found if event.person is not None or event.account is not None]

    def _event(self, row: Row) -> Event:
        person = self.people.find(row)
        if person is not None:
            account = self.people.account_of[person]
        else:
            account = self._named_account(row) or self._newcomers_account(row)
        return Event(row, row["occurred_at"], row["count"], person, account)

    def _named_account(self, row: Row) -> str | None:
        """By account_id, else by domain."""
        if row["account_id"] in self.accounts:
            return str(row["account_id"])
        return self.owners.one_of(row["domain"])

    def _newcomers_account(self, row: Row) -> str | None:
        """What a person did before they existed is anonymous activity of their account."""
        newcomer = self.newcomers.find(row)
        return None if newcomer is None else self.newcomers.account_of[newcomer]

    def intent(self, rows: list[Row]) -> list[Row]:
        """Rows with a topic, a day and a score or count; `account` is None where nobody is known by that name."""
        return [
            {**row, "topic": row["topic"].strip().lower(), "account": self._named_account(row)}
            for row in rows
            if row["topic"] is not None
            and row["observed_on"] is not None
            and (row["score"] is not None or row["count"] is not None)
        ]
