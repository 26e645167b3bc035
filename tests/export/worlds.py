"""Small results to export from, made of rows written out in a test."""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl

import abm

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from abm.scoring.result import ScoreResult

DAY = date(2026, 6, 30)

MODEL = """\
name: tiny
version: 1
signals:
  - {name: demo, event: demo, points: 50, hand_raise: true}
  - {name: visit, event: visit, points: 5}
tiers:
  - {name: A, when: "employees >= 1000"}
  - {name: B, when: "employees >= 100"}
roles:
  rules:
    - {role: economic_buyer, when: "seniority_rank >= 7", confidence: 0.9}
buying_groups:
  - name: core
    roles: {economic_buyer: {required: true}, champion: {}}
mqa:
  exclude: [{name: competitor, when: "lifecycle = 'competitor'"}]
"""

HOSTILE = (
    '=HYPERLINK("http://evil.example","x")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\tTab",
    'Quote "Inc", Ltd.',
    "Line\nbreak\r\nGmbH",
    "\u202eRight to left\u202c",
    "عربى للتجارة",
    "Zoë; Söhne & Co | 'x'",
    "\u200bInvisible\ufeff",
    "a" * 400,
)
"""Names that people type into forms."""


def frame(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """Rows as a frame; a key that a row lacks is null."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pl.DataFrame({name: [row.get(name) for row in rows] for name in names}, infer_schema_length=None)


def scored(
    folder: Path,
    accounts: Sequence[dict[str, Any]] | pl.DataFrame,
    contacts: Sequence[dict[str, Any]] | pl.DataFrame | None = None,
    events: Sequence[dict[str, Any]] = (),
) -> ScoreResult:
    """Score accounts and people; without contacts there is one topic of intent, so that something can be scored.

    Rows that were scored before are not scored again: many tests export the same people in another way.
    """
    if isinstance(accounts, pl.DataFrame) or isinstance(contacts, pl.DataFrame):
        return _scored(folder, accounts, contacts, events)
    rows = repr((accounts, contacts, events))
    if rows not in _known:
        _known[rows] = _scored(folder, accounts, contacts, events)
    return _known[rows]


_known: dict[str, ScoreResult] = {}


def _scored(
    folder: Path,
    accounts: Sequence[dict[str, Any]] | pl.DataFrame,
    contacts: Sequence[dict[str, Any]] | pl.DataFrame | None,
    events: Sequence[dict[str, Any]],
) -> ScoreResult:
    path = folder / "tiny.yaml"
    path.write_text(MODEL, "utf-8")
    companies = accounts if isinstance(accounts, pl.DataFrame) else frame(accounts)
    facts: dict[str, Any] = {"accounts": companies}
    if contacts is None:
        first = companies["account_id"][0]
        facts["intent"] = frame([{"account_id": first, "topic": "crm", "observed_on": DAY, "score": 70.0}])
    else:
        facts["contacts"] = contacts if isinstance(contacts, pl.DataFrame) else frame(contacts)
        own = facts["contacts"]["contact_id"][0]
        facts["events"] = frame([*events] or [{"contact_id": own, "type": "visit", "occurred_at": DAY}])
    return abm.score(facts, abm.load_model(path), as_of=DAY)


@cache
def demo() -> ScoreResult:
    """The demo, scored once."""
    return abm.score(abm.load_workspace(abm.demo_folder()))


def hostile(folder: Path) -> ScoreResult:
    """Companies and people with hostile names, each complete enough for every platform."""
    accounts = [
        {
            "account_id": f"A{number}",
            "name": name,
            "domain": f"www.Company{number}.co.uk",
            "industry": name,
            "country": "United Kingdom",
            "city": name,
            "owner": name,
            "employees": 1000 + number,
            "phone": "020 7031 3000",
        }
        for number, name in enumerate(HOSTILE)
    ]
    contacts = [
        {
            "contact_id": f"C{number}",
            "account_id": f"A{number}",
            "email": f" Person.{number}@Company{number}.co.uk ",
            "first_name": name,
            "last_name": name[::-1],
            "title": name,
            "country": "United Kingdom",
            "phone": f"020 7031 30{number:02d}",
            "zip": "WC2H 8LG",
            "city": "London",
            "state": "England",
        }
        for number, name in enumerate(HOSTILE)
    ]
    return scored(folder, accounts, contacts)


def read(path: Path) -> list[list[str]]:
    """The rows of a CSV file as Python's own reader sees them, the header first."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


def records(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file by header."""
    header, *rows = read(path)
    return [dict(zip(header, row, strict=True)) for row in rows]
