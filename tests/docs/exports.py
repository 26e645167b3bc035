"""The demo as raw exports: reports of Salesforce, Bombora's weekly files, and a marketing log in words of its own."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

Row = dict[str, str]

ACCOUNTS = {
    "Account ID": "account_id",
    "Account Name": "name",
    "Website": "domain",
    "Industry": "industry",
    "Employees": "employees",
    "Billing Country": "country",
    "Type": "lifecycle",
    "Account Owner": "owner",
}
CONTACTS = {
    "Contact ID": "contact_id",
    "Account ID": "account_id",
    "First Name": "first_name",
    "Last Name": "last_name",
    "Email": "email",
    "Title": "title",
    "Account Name": "company",
    "Lead Source": "lead_source",
    "Mailing Country": "country",
    "Created Date": "created_at",
    "Email Opt Out": "opted_out",
}
SURGE = {"Domain": "domain", "Topic": "topic", "Composite Score": "score"}
WORDS = {
    "page_view": "Page View",
    "email_click": "Email Clicked",
    "email_open": "Email Opened",
    "email_sent": "Email Sent",
    "webinar_attended": "Webinar Attended",
    "download": "Download",
    "demo_request": "Demo Request",
}


def raw_exports(demo: Path, folder: Path) -> None:
    """Write the demo's companies, people, doings and vendor scores as other programs would have exported them."""
    people = {row["contact_id"]: row["email"] for row in rows(demo, "contacts")}
    export(folder, "Accounts.csv", ACCOUNTS, rows(demo, "accounts"))
    export(folder, "Contacts.csv", CONTACTS, rows(demo, "contacts"))
    log: dict[str, Callable[[Row], str]] = {
        "When": lambda row: row["occurred_at"],
        "Who (mail)": lambda row: people.get(row["contact_id"], ""),
        "What": lambda row: WORDS.get(row["type"], row["type"]),
        "Page URL": lambda row: row["url"],
    }
    known = (row for row in rows(demo, "events") if people.get(row["contact_id"]))
    export(folder, "marketing log.csv", log, known)
    weeks: dict[str, list[Row]] = {}
    for row in rows(demo, "intent"):
        if row["score"]:
            weeks.setdefault(row["observed_on"].replace("-", ""), []).append(row)
    (folder / "surge").mkdir()
    for day, observed in weeks.items():
        export(folder / "surge", f"AllDomainsAllTopics_{day}_1.csv", SURGE, observed)


def rows(demo: Path, table: str) -> Iterable[Row]:
    with (demo / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def export(
    folder: Path, name: str, columns: dict[str, str] | dict[str, Callable[[Row], str]], rows: Iterable[Row]
) -> None:
    with (folder / name).open("w", encoding="utf-8", newline="") as stream:
        written = csv.writer(stream)
        written.writerow(columns)
        for row in rows:
            written.writerow([row[how] if isinstance(how, str) else how(row) for how in columns.values()])
