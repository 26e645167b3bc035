"""Folders of exports as people have them: made by the tests, in the header forms that vendors write."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
"""Data that nobody on this project wrote; tests of it skip where it is absent."""

DOMAINS = [f"firm{n}.example" for n in range(12)]


def write(folder: Path, name: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> Path:
    """Write a CSV file."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([header, *rows])
    return path


def by_hand(folder: Path) -> Path:
    """Three spreadsheets that somebody keeps: no ids, headers of their own, one of them German."""
    write(
        folder,
        "Kunden.csv",
        ["Firma", "Webseite", "Branche", "Mitarbeiter", "Land"],
        [
            [f"Firm {n}", f"https://www.{d}", "Software" if n % 2 else "Retail", 40 * n + 10, "DE"]
            for n, d in enumerate(DOMAINS)
        ],
    )
    titles = ["CFO", "Head of Marketing", "IT Manager", "Software Engineer", "Rockstar", ""]
    write(
        folder,
        "people 2026.csv",
        ["Full Name", "E-Mail", "Position", "Company", "Notes"],
        [
            [f"Person {n}", f"p{n}@{DOMAINS[n % 12]}", titles[n % 6], f"Firm {n % 12}", "=1+1" if n == 3 else ""]
            for n in range(36)
        ],
    )
    kinds = ["Form Submission", "Webinar Attended", "Page View", "Email Opened", "Quiz Finished"]
    write(
        folder,
        "activity log.csv",
        ["When", "Who (mail)", "What", "Page URL"],
        [
            [
                f"2026-06-{1 + n % 28:02d} 10:00",
                f"p{n % 36}@{DOMAINS[n % 12]}",
                kinds[n % 5],
                "https://x.example/pricing",
            ]
            for n in range(120)
        ],
    )
    return folder


def weekly_intent(folder: Path, weeks: int = 3) -> Path:
    """A file a week, as an intent vendor sends it, with a header and a date of its own."""
    for week in range(weeks):
        write(
            folder,
            f"intent/surge_2026060{week + 1}.csv",
            ["Company Website", "Topic Name", "Signal Date", "Intent Score"],
            [
                [d, topic, f"2026-06-0{week + 1}", 50 + n]
                for n, d in enumerate(DOMAINS)
                for topic in ("crm", "data lake")
            ],
        )
    return folder


def bombora(folder: Path) -> Path:
    """The weekly file without header, as it is delivered."""
    path = folder / "Input_AllDomainsAllTopics_20260607.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [
        ["", d, "", "", "analytics", topic, 55 + 3 * n, 3131, "greater boston area", 72, 2132, "United States"]
        for n, d in enumerate(DOMAINS)
        for topic in ("crm software", "data lake")
    ]
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return folder


def canonical(folder: Path) -> Path:
    """Tables that are already abm's own."""
    write(
        folder, "accounts.csv", ["account_id", "name", "domain"], [[f"A{n}", f"F{n}", d] for n, d in enumerate(DOMAINS)]
    )
    write(
        folder,
        "contacts.csv",
        ["contact_id", "account_id", "title"],
        [[f"C{n}", f"A{n % 12}", "CFO" if n % 2 else "Head of Sales"] for n in range(24)],
    )
    write(
        folder,
        "events.csv",
        ["contact_id", "type", "occurred_at"],
        [[f"C{n % 24}", "demo_request" if n % 9 == 0 else "email_click", "2026-06-20"] for n in range(48)],
    )
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder and its bytes."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
