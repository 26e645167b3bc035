"""What is left for people to decide: contacts without an account or with an unsure one, in rows that settle many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from abm.identity.companies import normal_companies
from abm.identity.domains import GIANTS
from abm.identity.mail import free_providers
from abm.identity.matching.contacts import coded, mail_hosts, normal_mails, read_rows
from abm.identity.suffixes import hosts, registrables

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["KEY", "OPEN", "UNSURE", "WEAK", "Worklist", "worklist"]

OPEN = ("ambiguous", "unmatched")
"""Methods that found no account."""

WEAK = ("domain", "name_country", "fuzzy")
"""Methods that may be wrong; the others are somebody's word."""

UNSURE = 0.8
"""Matches less sure than this are asked about."""

_FEW = 3
"""So many contacts are asked about one by one rather than by a row that would touch settled ones as well."""

_SHOWN = 3
_CANDIDATES = 5

KEY = ["kind", "value"]
_KIND = pl.Enum(["domain", "company", "contact_id"])
_SHARED = {"domain": "site", "company": "folded"}
"""Keys that several people may have, and the columns of `people` that hold them."""


@dataclass(frozen=True)
class Worklist:
    """Who is asked about, and under which key.

    Attributes:
        people: every contact in the order of its id: `contact_id`, `account_id`, `method` (text), `confidence`,
            `evidence`, `runner_up`, `runner_up_confidence`, `candidates` as matched; `mail` (normal), `site` (the
            registrable domain of a work mail, else null), `company` as given, `folded` (null where it names nobody);
            `asked`; `kind` and `value`, the key (see `decisions`), null for those who are not asked about or of whom
            nothing is known that others could share.
    """

    people: pl.DataFrame

    @property
    def asked(self) -> pl.DataFrame:
        """Those who are asked about and have a key."""
        return self.people.filter(pl.col("kind").is_not_null())

    @property
    def silent(self) -> pl.DataFrame:
        """Those without an account who have neither a work mail nor a company."""
        return self.people.filter(pl.col("asked") & pl.col("kind").is_null())

    def decisions(self, asked: pl.DataFrame | None = None, top: int | None = None) -> pl.DataFrame:
        """Put the contacts that one answer settles into one row each, most contacts first.

        Args:
            asked: some rows of `asked`; None is all of them.
            top: at most so many; None is all.

        Returns:
            `kind` (`domain`, `company` or `contact_id`) and `value`, the key; `label`, how to write it; `contacts`, how
            many of those asked about; `more`, how many others a correction by this key would decide as well; `method`
            and `evidence`, the commonest; `confidence`, the least; `account_id`, the commonest account they have now,
            or null; `companies` and `examples` (ids), up to three; `candidates`, up to five accounts, those that most
            contacts might belong to first; `proposal`, the account that alone comes into question, or null.
        """
        rows = self.asked if asked is None else asked
        if top is not None:
            # Only these are looked at more closely.
            sizes = rows.group_by(KEY).agg(pl.len().cast(pl.Int64).alias("contacts"))
            rows = rows.join(_ordered(sizes).head(top), on=KEY, how="semi")
        grouped = rows.group_by(KEY).agg(
            pl.len().cast(pl.Int64).alias("contacts"),
            pl.col("confidence").min(),
            pl.col("contact_id").sort().head(_SHOWN).alias("examples"),
        )
        for column in ("method", "evidence", "account_id"):
            first = _commonest(rows, column, 1).with_columns(pl.col(column).list.first())
            grouped = grouped.join(first, on=KEY, how="left")
        companies = _commonest(rows, "company", _SHOWN).rename({"company": "companies"})
        grouped = grouped.join(companies, on=KEY, how="left").join(_candidates(rows), on=KEY, how="left")
        sharing = {kind: self._sharing(grouped, kind, column) for kind, column in _SHARED.items()}
        grouped = grouped.join(_sizes(sharing), on=KEY, how="left").join(_homes(sharing), on=KEY, how="left")
        kind = pl.col("kind")
        label = pl.when(kind == "company").then(pl.col("companies").list.first()).otherwise("value")
        # What an unmatched contact came nearest to is too far to be proposed.
        single = (pl.col("candidates").list.len() == 1) & (pl.col("method") != "unmatched")
        alone = pl.when(single).then(pl.col("candidates").list.first())
        # Where several are in question, that others found one of them decides nothing.
        home = pl.when(pl.col("method") == "unmatched").then("home")
        grouped = grouped.with_columns(
            label.alias("label"),
            (pl.col("size").fill_null(1) - pl.col("contacts")).alias("more"),
            pl.coalesce(home, "account_id", alone).alias("proposal"),
        )
        order = ["kind", "value", "label", "contacts", "more", "method", "confidence", "account_id", "proposal"]
        grouped = grouped.select(*order, "candidates", "evidence", "companies", "examples")
        return _ordered(grouped)

    def _sharing(self, keys: pl.DataFrame, kind: str, column: str) -> pl.DataFrame:
        """Everybody who has one of the keys, asked about or not: `value`, `asked`, `account_id`."""
        values = keys.filter(pl.col("kind") == kind).select(pl.col("value").alias(column))
        found = self.people.lazy().select(column, "asked", "account_id").join(values.lazy(), on=column, how="semi")
        return found.rename({column: "value"}).collect()


def _ordered(decisions: pl.DataFrame) -> pl.DataFrame:
    return decisions.sort("contacts", pl.col("kind").cast(_KIND), "value", descending=[True, False, False])


def _sizes(sharing: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """How many contacts a correction by domain or company would decide."""
    return pl.concat(
        rows.group_by("value")
        .agg(pl.len().cast(pl.Int64).alias("size"))
        .select(pl.lit(kind).alias("kind"), "value", "size")
        for kind, rows in sharing.items()
    )


def _homes(sharing: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The account of the others of the same key, if it is one."""
    return pl.concat(
        rows.filter(~pl.col("asked") & pl.col("account_id").is_not_null())
        .group_by("value")
        .agg(pl.col("account_id").min().alias("home"), pl.col("account_id").max().alias("other"))
        .filter(pl.col("home") == pl.col("other"))
        .select(pl.lit(kind).alias("kind"), "value", "home")
        for kind, rows in sharing.items()
    )


def worklist(contacts: pl.LazyFrame, matches: pl.DataFrame) -> Worklist:
    """Find out who is to be asked about, and under which key.

    Args:
        contacts: what was matched.
        matches: what `match_contacts` gave for them.

    Returns:
        Asked about are the contacts without an account, and those whose account was found by a weak method with a
        confidence below `UNSURE`. The key of the former is the registrable domain of their work mail, else their
        company; of the latter their company. A key that settled contacts share is left out, unless all of them have one
        account and more than a few are asked about; then the next one serves, at last the contact itself.
    """
    rows, order = read_rows(contacts)
    rows = rows[order]
    mails = normal_mails(rows["email"])
    people = matches.with_columns(
        pl.col("method").cast(pl.String),
        mails.alias("mail"),
        _sites(mails).alias("site"),
        rows["company"],
        _folded(rows["company"]).alias("folded"),
    )
    no_account = pl.col("method").is_in(OPEN)
    unsure = pl.col("method").is_in(WEAK) & (pl.col("confidence") < UNSURE)
    people = people.with_columns((no_account | unsure).alias("asked"))
    asked = people.filter("asked").with_columns(no_account.alias("open"))
    asked = asked.join(_usable(people, "site"), on="site", how="left", maintain_order="left")
    asked = asked.join(_usable(people, "folded"), on="folded", how="left", maintain_order="left")
    by_site = pl.col("open") & pl.col("site_usable").fill_null(value=False)
    by_company = pl.col("folded_usable").fill_null(value=False)
    known = pl.col("site").is_not_null() | pl.col("folded").is_not_null()
    cases = (("domain", "site", by_site), ("company", "folded", by_company), ("contact_id", "contact_id", known))
    keys = asked.select(
        "contact_id",
        pl.coalesce(pl.when(when).then(pl.lit(kind)) for kind, _, when in cases).alias("kind"),
        pl.coalesce(pl.when(when).then(pl.col(column)) for _, column, when in cases).alias("value"),
    )
    return Worklist(people.join(keys, on="contact_id", how="left", maintain_order="left"))


def _sites(mails: pl.Series) -> pl.Series:
    """The registrable domain of each work mail; null for consumer providers, whoever lists them."""
    found = coded(mail_hosts(mails))
    plain = hosts(found.texts)
    sites = registrables(plain)
    free = sorted(free_providers() | GIANTS)
    work = ~(sites.is_in(free) | plain.is_in(free)).fill_null(value=True)
    table = pl.DataFrame({"site": sites, "work": work})
    return table.select(pl.when("work").then("site")).to_series().gather(found.codes)


def _folded(companies: pl.Series) -> pl.Series:
    """How corrections compare the name of each company; null where it names nobody (`n/a`)."""
    found = coded(companies)
    forms = normal_companies(found.texts)
    return forms.select(pl.when(pl.col("core").is_not_null()).then("full")).to_series().gather(found.codes)


def _usable(people: pl.DataFrame, column: str) -> pl.DataFrame:
    """Which values of a column may serve as a key: those whose answer moves nobody, or agrees with all others."""
    known = people.filter(pl.col(column).is_not_null())
    account = pl.col("account_id").filter(~pl.col("asked"))
    sizes = known.group_by(column).agg(
        pl.col("asked").sum().alias("asking"), account.len().alias("settled"), account.n_unique().alias("accounts")
    )
    alone = pl.col("settled") == 0
    agreed = (pl.col("accounts") == 1) & (pl.col("asking") > _FEW)
    return sizes.select(column, (alone | agreed).alias(f"{column}_usable"))


def _commonest(rows: pl.DataFrame, column: str, most: int) -> pl.DataFrame:
    """List the commonest values of a column by key, the first by text where they are as common."""
    counted = rows.filter(pl.col(column).is_not_null()).group_by(*KEY, column).len()
    ordered = counted.sort(*KEY, "len", column, descending=[False, False, True, False])
    return ordered.group_by(KEY, maintain_order=True).agg(pl.col(column).head(most))


def _candidates(rows: pl.DataFrame) -> pl.DataFrame:
    """List the accounts that the contacts of a key might belong to, those of most contacts and nearest first."""
    near = pl.concat_list("account_id", "runner_up")
    listed = pl.when(pl.col("candidates").list.len() > 0).then("candidates").otherwise(near)
    said = rows.select(*KEY, listed.list.drop_nulls().list.unique(maintain_order=True).alias("candidates"))
    said = said.group_by(*KEY, "candidates").len()
    places = said.with_columns(pl.int_ranges(pl.col("candidates").list.len()).alias("place"))
    places = places.explode("candidates", "place", empty_as_null=True, keep_nulls=True)
    places = places.filter(pl.col("candidates").is_not_null())
    counted = places.group_by(*KEY, "candidates").agg(
        pl.col("len").sum(), (pl.col("place") * pl.col("len")).sum().alias("place")
    )
    ordered = counted.sort(*KEY, "len", "place", "candidates", descending=[False, False, True, False, False])
    return ordered.group_by(KEY, maintain_order=True).agg(pl.col("candidates").head(_CANDIDATES))
