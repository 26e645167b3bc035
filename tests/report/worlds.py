"""Worlds to report on: names that would do harm, and many accounts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl

import abm
from abm.workspace.bundled import bundled

AS_OF = date(2026, 6, 30)

NAMES = [
    "<script>document.title='harm'</script>",
    "</script><script>document.title='harm'</script>",
    "<img src=x onerror=\"document.title='harm'\">",
    "\"'`><svg onload=document.title='harm'>",
    "&lt;b&gt; & <!-- --> ]]> \u2028 \u2029",
    "\u202egnp.exe\u2066 \u200f\u200b\ufeff",
    "{{ 7 * 7 }} {% raw %} ${7*7} %s {0}",
    "javascript:alert(1)",
    '=HYPERLINK("http://evil.example","x")',
    "x" * 300,
    "long words " * 30,
    "\x07\x1b[31mred",
    "constructor",
    "__proto__",
]


def hostile(names: list[str] = NAMES) -> Any:
    """Accounts, people, owners, topics and all else called by these names."""
    ids = [f"A{i}" for i in range(len(names))]
    contacts = [f"C{i}" for i in range(len(names))]
    tables = {
        "accounts": pl.DataFrame(
            {
                "account_id": ids,
                "name": names,
                "industry": names,
                "owner": names,
                "country": names,
                "segment": names,
                "domain": [f"a{i}.example" for i in range(len(names))],
                "employees": [900] * len(names),
                "is_target": [True] * len(names),
            }
        ),
        "contacts": pl.DataFrame(
            {
                "contact_id": contacts,
                "account_id": ids,
                "first_name": names,
                "title": ["CFO", *names[1:]],
                "email": [f"c{i}@a{i}.example" for i in range(len(names))],
            }
        ),
        "events": pl.DataFrame(
            {
                "contact_id": contacts * 2,
                "type": ["demo_request"] * len(names) + ["download"] * len(names),
                "occurred_at": [AS_OF - timedelta(days=3)] * (2 * len(names)),
            }
        ),
        "intent": pl.DataFrame(
            {
                "account_id": ids * 2,
                "topic": [*names, *names[1:], names[0]],
                "source": names * 2,
                "score": [95.0] * (2 * len(names)),
                "observed_on": [AS_OF - timedelta(days=2)] * (2 * len(names)),
            }
        ),
    }
    return abm.score(tables, bundled("config", "starter.yaml"), as_of=AS_OF)
