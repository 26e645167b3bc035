"""Which contacts are one person, and which account each of them belongs to."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.oracle import mail
from tests.oracle.tables import Row, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

Rows = dict[str, Row]

ByName = Callable[[list[Row], list[Row]], dict[str, str | None]]
"""Contacts and accounts in, contact_id -> account out: for those whom neither an id nor one owner of a domain places.

Whether one name is another is no matter of arithmetic: who asks the oracle says how names are read."""


def one_row_per_person(contacts: Rows, accounts: Rows) -> tuple[Rows, dict[str, str]]:
    """Survivors, filled from those that give way; and the survivor of every id that gave way."""
    people: list[set[str]] = []
    for ids in _links(contacts):
        together = set(ids).union(*(person for person in people if person & ids))
        people = [person for person in people if not person & ids]
        people.append(together)
    taken = {into for into, row in contacts.items() if _merged_into(into, row)}
    given = {each for into, row in contacts.items() for each in _merged_into(into, row)}
    alias: dict[str, str] = {}
    merged = dict(contacts)
    for person in people:
        known = sorted(person & contacts.keys())
        survivor = min([each for each in known if each in taken - given] or known)
        alias |= dict.fromkeys(person - {survivor}, survivor)
        merged[survivor] = _filled([contacts[each] for each in (survivor, *known)], accounts)
    return {key: row for key, row in merged.items() if key not in alias}, alias


def _merged_into(contact_id: str, row: Row) -> set[str]:
    return set(listed(row.get("merged_ids"))) - {contact_id}


def _links(contacts: Rows) -> Iterator[set[str]]:
    """Sets of ids that are one person: by merging, and by valid mail."""
    by_mail: dict[str, set[str]] = {}
    for contact_id, row in contacts.items():
        if _merged_into(contact_id, row):
            yield {contact_id} | _merged_into(contact_id, row)
        if mail.mail_domain(row["email"]) is not None:
            by_mail.setdefault(str(mail.plain_email(row["email"])), set()).add(contact_id)
    yield from (ids for ids in by_mail.values() if len(ids) > 1)


def _filled(rows: list[Row], accounts: Rows) -> Row:
    filled = {name: next((row[name] for row in rows if row[name] is not None), None) for name in rows[0]}
    known = [row["account_id"] for row in rows if row["account_id"] in accounts]
    filled["account_id"] = known[0] if known else filled["account_id"]
    if any(row["opted_out"] for row in rows):
        filled["opted_out"] = True
    return filled


class Owners:
    """Who lists which domain. A host is of the nearest domain that anybody lists: itself, or one it lies below."""

    def __init__(self, accounts: Rows) -> None:
        self.primary: dict[str, list[str]] = {}
        self.listing: dict[str, list[str]] = {}
        for account_id in sorted(accounts):
            own = mail.plain_domain(accounts[account_id]["domain"])
            others = {mail.plain_domain(each) for each in listed(accounts[account_id]["domains"])}
            if own is not None:
                self.primary.setdefault(own, []).append(account_id)
            for domain in (others | {own}) - {None}:
                self.listing.setdefault(str(domain), []).append(account_id)

    def of(self, domain: str | None) -> list[str]:
        """Every account that lists it, those whose primary domain it is first, then by id."""
        labels = (mail.plain_domain(domain) or "").split(".")
        if ".".join(labels[-2:]) in mail.GIANTS:
            return []
        for start in range(len(labels) - 1):
            near = ".".join(labels[start:])
            if near in self.listing:
                first = self.primary.get(near, [])
                return first + [each for each in self.listing[near] if each not in first]
        return []

    def one_of(self, domain: str | None) -> str | None:
        """For what nobody did: the account whose primary domain it is, then the smallest id."""
        return next(iter(self.of(domain)), None)


def places(contacts: Rows, accounts: Rows, owners: Owners, by_name: ByName | None) -> dict[str, str | None]:
    """Contact -> account: the one it names, was converted into, or that alone owns its mail's domain; else by name."""
    placed: dict[str, str | None] = {}
    open_ones: list[Row] = []
    for contact_id, row in contacts.items():
        named = next((row.get(key) for key in ("account_id", "converted_account_id") if row.get(key) in accounts), None)
        holders = owners.of(mail.mail_domain(row["email"]))
        placed[contact_id] = str(named) if named is not None else holders[0] if len(holders) == 1 else None
        if placed[contact_id] is None:
            open_ones.append(row)
    if by_name is not None and open_ones:
        placed |= by_name(open_ones, list(accounts.values()))
    return placed
