"""A small world in which contacts find their accounts in every way there is."""

from __future__ import annotations

from datetime import date

import polars as pl

MODEL = {
    "name": "people",
    "version": 1,
    "signals": [{"name": "demo", "event": "demo", "points": 50, "half_life_days": "none"}],
}


def world() -> dict[str, pl.DataFrame]:
    """Accounts that share a domain, look alike or are namesakes; contacts by id, mail, name, and none; merges."""
    accounts = [
        ("A1", "Acme, Inc.", "www.acme.com", "US"),
        ("A2", "Acme GmbH", "acme.com", "DE"),
        ("A3", "Globex Corporation", "globex.com", "US"),
        ("A4", "Initech Ltd", "initech.co.uk", "GB"),
        ("A5", "Umbrella Holdings", None, "US"),
        ("A6", "Umbrella Holdings", None, "FR"),
        ("A7", "Stark Industries", "stark.example", None),
    ]
    contacts = [
        ("C01", "A3", None, "jo@elsewhere.com", None, None, None),
        ("C02", "gone", None, "jo@eu.globex.com", None, None, None),
        ("C03", None, "A4", "x@www.gmail.com", None, None, None),
        ("C04", None, "A9", "a.b@Globex.com ", None, None, None),
        ("C05", None, None, "ada@acme.com", "ACME", "Germany", None),
        ("C06", None, None, "bob@acme.com", "ACME", "USA", None),
        ("C07", None, None, "cy@acme.com", None, None, None),
        ("C08", None, None, None, "Umbrella Holdings", "US", None),
        ("C09", None, None, None, "Umbrella Holdings", None, None),
        ("C10", None, None, "n/a", "Globx Corp", "US", None),
        ("C11", None, None, "n/a", None, None, None),
        ("C12", None, None, "dee@stark.example", None, None, "C13;gone2; C14"),
        ("C13", None, None, None, "Initech", None, None),
        ("C14", "A1", None, "dee@other.example", None, None, None),
        ("C15", None, None, "eve@twice.example", "Initech Limited", "GB", None),
        ("C16", None, None, "EVE@www.twice.example", None, None, None),
        ("C17", None, None, "corrected@globex.com", None, None, None),
        ("C18", None, None, "any@globex.com", None, None, None),
        ("C19", None, None, "fay@fixed.example", None, None, None),
        ("C20", "A1", None, "guy@fixed.example", None, None, None),
    ]
    said = ("contact_id", "account_id", "converted_account_id", "email", "company", "country", "merged_ids")
    text = pl.String
    return {
        "accounts": pl.DataFrame(
            accounts, schema=dict.fromkeys(("account_id", "name", "domain", "country"), text), orient="row"
        ),
        "contacts": pl.DataFrame(contacts, schema=dict.fromkeys(said, text), orient="row"),
        "events": pl.DataFrame({"contact_id": ["C01"], "type": ["demo"], "occurred_at": [date(2026, 6, 1)]}),
    }


def corrections(*, wide: bool) -> pl.DataFrame:
    """What a person says of single contacts; and, if wide, of a domain and a company, which goes before ids."""
    rows: list[tuple[str | None, ...]] = [
        ("C18", None, None, None, "A1"),
        (None, "corrected@www.globex.com", None, None, "none"),
    ]
    if wide:
        rows += [(None, None, "fixed.example", None, "A7"), (None, None, None, "Initech", "A3")]
    names = ("contact_id", "email", "domain", "company", "account_id")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")


CROWD, DISTINCT = 2_000, 200
"""People of a crowd, and more than there are accounts, domains, titles and types of events in it together."""


def crowd() -> dict[str, pl.DataFrame]:
    """Many people of a few accounts, each with an address and two events of their own."""
    numbers = pl.Series(range(CROWD))
    contacts = pl.DataFrame({"contact_id": numbers.cast(pl.String)}).with_columns(
        email=pl.format("person{}@firm{}.example", pl.lit(numbers), pl.lit(numbers % 25)),
        title=pl.format("Manager of kind {}", pl.lit(numbers % 10)),
    )
    ids = pl.concat([contacts["contact_id"], contacts["contact_id"]])
    return {
        "accounts": pl.DataFrame({"account_id": [f"A{i}" for i in range(20)]}).with_columns(
            domain=pl.format("firm{}.example", pl.Series(range(20)))
        ),
        "contacts": contacts,
        "events": pl.DataFrame({"contact_id": ids, "type": ["demo"] * CROWD + ["visit"] * CROWD}).with_columns(
            occurred_at=pl.lit(date(2026, 6, 1))
        ),
    }
