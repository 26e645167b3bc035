"""Seeded tables of any size with the skew of real traffic, as Parquet files named as tables.

    python -m tests.benchmarks.data DIR --events 2000000

Contacts are a tenth of the events, accounts a hundredth. Few people are busy and most are quiet (activity falls with
the cube of a uniform number), a tenth of the events is anonymous, and one in five hundred is delivered twice. Every
value is a hash of its row number and the seed, so the same call gives the same files.
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

import polars as pl

AS_OF = date(2026, 6, 30)
DAYS = 365
TYPES = ["page_view"] * 11 + ["email_click"] * 3 + ["email_open"] * 3
TYPES += ["download", "form_submit", "webinar_attended", "event_attended", "unsubscribe", "demo_request"]
URLS = ["/", "/blog/a", "/blog/b", "/product", "/docs", "/pricing", "/pricing/plans", "/customers"]
TITLES = ["CFO", "CEO", "VP Finance", "VP Sales", "Head of Operations", "Director of Marketing", "IT Director"]
TITLES += ["Operations Manager", "Sales Manager", "Marketing Manager", "Data Engineer", "Software Engineer", "Analyst"]
TITLES += ["Account Executive", "Office Assistant", "Intern", "Leiter IT", "Directeur Financier", "Student"]
INDUSTRIES = ["Software", "Finance", "Manufacturing", "Healthcare", "Retail", "Education", "Logistics"]
TOPICS = ["crm software", "sales analytics", "revenue intelligence", "data warehouse", "marketing automation"]


def uniform(rows: int, seed: int) -> pl.Expr:
    """One number in [0, 1) a row, from the hash of the row number."""
    return (pl.int_range(rows, dtype=pl.UInt64).hash(seed) // 2048).cast(pl.Float64) / float(1 << 53)


def pick(rows: int, seed: int, words: list[str]) -> pl.Expr:
    """One of the words a row."""
    index = (uniform(rows, seed) * len(words)).cast(pl.Int32)
    return pl.lit(pl.Series(words)).gather(index)


def write_tables(folder: Path, events: int, seed: int = 7) -> None:
    """Write accounts, contacts, events, intent, opportunities and opportunity_contacts."""
    folder.mkdir(parents=True, exist_ok=True)
    contacts, accounts = max(events // 10, 20), max(events // 100, 5)
    tables = {
        "accounts": _accounts(accounts, seed),
        "contacts": _contacts(contacts, accounts, seed),
        "events": _events(events, contacts, accounts, seed),
        "intent": _intent(accounts, seed),
        "opportunities": _opportunities(accounts // 10, accounts, seed),
        "opportunity_contacts": _opportunity_contacts(accounts // 10, contacts, seed),
    }
    for name, frame in tables.items():
        frame.write_parquet(folder / f"{name}.parquet")


def _ids(prefix: str, numbers: pl.Expr) -> pl.Expr:
    return pl.concat_str(pl.lit(prefix), numbers.cast(pl.String).str.zfill(9))


def _accounts(rows: int, seed: int) -> pl.DataFrame:
    number = pl.int_range(rows)
    return pl.select(
        account_id=_ids("A", number),
        name=pl.concat_str(pl.lit("Company "), number.cast(pl.String)),
        domain=pl.concat_str(pl.lit("company"), number.cast(pl.String), pl.lit(".example")),
        industry=pick(rows, seed + 1, INDUSTRIES),
        employees=(10 ** (1 + 4 * uniform(rows, seed + 2))).cast(pl.Int64),
        lifecycle=pick(rows, seed + 3, ["prospect"] * 17 + ["customer"] * 2 + ["competitor"]),
    )


def _contacts(rows: int, accounts: int, seed: int) -> pl.DataFrame:
    account = (uniform(rows, seed + 11) ** 1.5 * accounts).cast(pl.Int64)
    own = uniform(rows, seed + 12)
    host = pl.concat_str(pl.lit("company"), account.cast(pl.String), pl.lit(".example"))
    return pl.select(
        contact_id=_ids("C", pl.int_range(rows)),
        account_id=pl.when(own < 0.8).then(_ids("A", account)),
        email=pl.concat_str(
            pl.lit("person"),
            pl.int_range(rows).cast(pl.String),
            pl.lit("@"),
            pl.when(own < 0.95).then(host).otherwise(pl.lit("gmail.com")),
        ),
        title=pick(rows, seed + 13, TITLES),
        buying_role=pl.when(uniform(rows, seed + 14) < 0.1).then(
            pick(rows, seed + 15, ["Decision Maker", "champion", "Other"])
        ),
        opted_out=uniform(rows, seed + 16) < 0.05,
    )


def _events(rows: int, contacts: int, accounts: int, seed: int) -> pl.DataFrame:
    person = (uniform(rows, seed + 21) ** 3 * contacts).cast(pl.Int64)
    known = uniform(rows, seed + 22) < 0.9
    account = (uniform(rows, seed + 23) ** 2 * accounts).cast(pl.Int64)
    back = (uniform(rows, seed + 24) ** 1.3 * DAYS).cast(pl.Int64)
    second = (uniform(rows, seed + 25) * 86_400).cast(pl.Int64)
    time = pl.lit(AS_OF).cast(pl.Datetime("us")) - pl.duration(days=back) + pl.duration(seconds=second)
    twice = uniform(rows, seed + 26) < 0.002
    number = pl.when(twice).then(pl.int_range(rows) - 1).otherwise(pl.int_range(rows))
    kind = pick(rows, seed + 27, TYPES)
    return pl.select(
        event_id=_ids("E", number),
        contact_id=pl.when(known).then(_ids("C", person)),
        account_id=pl.when(~known).then(_ids("A", account)),
        type=kind,
        occurred_at=time,
        url=pl.when(kind == "page_view").then(pick(rows, seed + 28, URLS)),
        channel=pick(rows, seed + 29, ["web", "email", "event"]),
    )


def _intent(accounts: int, seed: int) -> pl.DataFrame:
    rows = accounts * 26
    week = pl.int_range(rows) % 26
    return pl.select(
        account_id=_ids("A", pl.int_range(rows) // 26),
        topic=pick(rows, seed + 31, TOPICS),
        observed_on=pl.lit(AS_OF) - pl.duration(days=week * 7),
        score=(uniform(rows, seed + 32) ** 2 * 100).cast(pl.Int64),
        source=pl.lit("vendor"),
    )


def _opportunities(rows: int, accounts: int, seed: int) -> pl.DataFrame:
    closed = uniform(rows, seed + 41) < 0.6
    created = pl.lit(AS_OF) - pl.duration(days=(uniform(rows, seed + 42) * 300).cast(pl.Int64))
    return pl.select(
        opportunity_id=_ids("O", pl.int_range(rows)),
        account_id=_ids("A", (uniform(rows, seed + 43) * accounts).cast(pl.Int64)),
        created_on=created,
        is_closed=closed,
        is_won=closed & (uniform(rows, seed + 44) < 0.3),
    )


def _opportunity_contacts(opportunities: int, contacts: int, seed: int) -> pl.DataFrame:
    rows = opportunities * 3
    return pl.select(
        opportunity_id=_ids("O", pl.int_range(rows) // 3),
        contact_id=_ids("C", (uniform(rows, seed + 51) * contacts).cast(pl.Int64)),
        role=pick(rows, seed + 52, ["Economic Buyer", "Technical Buyer", "Business User", "Other"]),
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--events", type=int, default=2_000_000)
    chosen = parser.parse_args()
    write_tables(chosen.folder, chosen.events)
