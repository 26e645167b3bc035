"""What matching returns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from abm.tables.findings import Finding

METHODS = (
    "correction",
    "account_id",
    "converted",
    "domain",
    "name_country",
    "fuzzy",
    "ambiguous",
    "unmatched",
)
"""How a contact found its account, most trusted first; the last two found none."""

METHOD = pl.Enum(METHODS)

SCHEMA = {
    "contact_id": pl.String,
    "account_id": pl.String,
    "method": METHOD,
    "confidence": pl.Float64,
    "evidence": pl.String,
    "runner_up": pl.String,
    "runner_up_confidence": pl.Float64,
    "candidates": pl.List(pl.String),
}

CONFIDENCE: dict[str, float] = {
    "correction": 1.0,
    "account_id": 0.99,
    "converted": 0.98,
    "domain": 0.97,
    "domain_parent": 0.95,
    "domain_site": 0.92,
    "domain_name": 0.95,
    "domain_country": 0.88,
    "domain_primary": 0.85,
    "name_country": 0.93,
    "name_full": 0.9,
    "name_alone": 0.85,
    "name_candidate": 0.5,
    "fuzzy_least": 0.6,
    "fuzzy_most": 0.88,
    "fuzzy_candidate": 0.4,
}
"""Confidence by the kind of evidence: an order of trust, not a measured probability.

`domain`: the account lists the mail's host; `domain_parent`: it lists a domain above it; `domain_site`: the domain is
that of a site which it lists (`investors.acme.com`). Several accounts on one domain: split by `domain_name`,
`domain_country` or by whose primary domain it is (`domain_primary`). `name_country`: the only account of that name
in that country; `name_full`: of several, the only one with the same legal form; `name_alone`: a country is unknown and
the name unique. Fuzzy runs from `fuzzy_least` at the threshold to `fuzzy_most` at identical letters. A mail domain
that is nobody's and does not speak for the account takes 0.08 off. Candidates are not chosen.
"""


@dataclass(frozen=True)
class MatchResult:
    """Who belongs to which account, and why.

    Attributes:
        matches: one row per contact_id, in its order: `contact_id`; `account_id`, null for ambiguous and unmatched
            contacts, and where a correction says "none"; `method`, one of `METHODS`; `confidence`, 0 to 1, 0 where no
            account was chosen (see `CONFIDENCE`); `evidence`, what equalled what; `runner_up`, the next account that
            was considered, and `runner_up_confidence`; `candidates`, of ambiguous contacts, best first.
        findings: what was wrong or worth a note: giants and shared domains that accounts list, unknown ids, corrections
            that contradict each other.
        free_hosts: mail hosts seen that a consumer mailbox provider serves and no account lists, sorted.
        places: of each row of `matches` the place of its account in the order of account_id, null where it has none.
        counts: `contacts`, `accounts`, `hosts`, `names` (distinct names with country that needed more than a domain),
            `fuzzy_names` (that equalled none), `comparisons` (pairs of names that RapidFuzz compared) and
            `most_comparisons` (of one name).
    """

    matches: pl.DataFrame
    findings: tuple[Finding, ...] = ()
    free_hosts: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    places: pl.Series = field(default_factory=lambda: pl.Series("a", [], pl.UInt32))

    def rates(self) -> pl.DataFrame:
        """Return `method`, `contacts` and `share` (0 to 1), most trusted first; every method has a row."""
        counted = self.matches.group_by("method").agg(pl.len().alias("contacts"))
        rows = pl.DataFrame({"method": METHODS}, schema={"method": METHOD}).join(
            counted, on="method", how="left", maintain_order="left"
        )
        share = pl.col("contacts") / max(self.matches.height, 1)
        return rows.with_columns(pl.col("contacts").fill_null(0)).with_columns(share.alias("share"))
