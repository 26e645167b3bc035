"""Match contacts to accounts, most trusted evidence first: `match_contacts`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from abm.identity.companies import fold_names, normal_companies
from abm.identity.mail import free_providers
from abm.identity.matching.accounts import AccountBook, country_codes, read_accounts
from abm.identity.matching.choice import first_case
from abm.identity.matching.contacts import Coded, coded, mail_hosts, normal_mails, read_rows
from abm.identity.matching.corrections import Corrections, read_corrections
from abm.identity.matching.naming import COUNTS, decide_names
from abm.identity.matching.owners import PARENT, SITE, read_hosts
from abm.identity.matching.parallel import both
from abm.identity.matching.result import CONFIDENCE, MatchResult
from abm.identity.matching.split import split_domains, split_verdicts
from abm.identity.matching.verdicts import UNMATCHED, Verdicts
from abm.model.matching import DEFAULT_SETTINGS, MatchSettings
from abm.tables.findings import SAMPLE_SIZE, Finding

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["match_contacts"]


def match_contacts(
    contacts: pl.LazyFrame,
    accounts: pl.LazyFrame | AccountBook,
    *,
    corrections: pl.LazyFrame | None = None,
    settings: MatchSettings = DEFAULT_SETTINGS,
    progress: Callable[[str], None] = lambda _step: None,
) -> MatchResult:
    """Find the account of each contact.

    Args:
        contacts: `contact_id`, `account_id`, `email`, `company`, `country`, `converted_account_id`; others are not
            looked at, missing ones are null.
        accounts: `account_id`, `name`, `domain`, `domains` (`;`-joined), `country`; or what `read_accounts` made of it.
        corrections: one of `contact_id`, `email`, `domain`, `company`, and `account_id` (`none` for no account).
        settings: how alike names must be.
        progress: called with the name of each step as it begins.

    Returns:
        One row per contact with the first that holds: a person's correction; its account_id; the account it was
        converted into; the account that lists its mail's host or, whole label by whole label, a domain above it (never
        a consumer provider's, unless the account lists that as its own; never a giant's); the account of the same
        normal name and country; the account of a name like it. Several accounts on one domain are split by name,
        country or whose primary domain it is. The result does not depend on the order of rows.

    >>> contacts = pl.LazyFrame({
    ...     "contact_id": ["1", "2", "3"], "email": ["a@eu.acme.com", "b@notacme.com", "c@gmail.com"],
    ...     "company": [None, None, "The ACME Co."], "country": [None, None, "USA"]})
    >>> accounts = pl.LazyFrame({
    ...     "account_id": ["A"], "name": ["Acme, Inc."], "domain": ["www.acme.com"], "country": ["US"]})
    >>> match_contacts(contacts, accounts).matches.select("account_id", "method").rows()
    [('A', 'domain'), (None, 'unmatched'), ('A', 'name_country')]
    """
    progress("contacts and accounts")
    (rows, order, mails, hosts), book = both(lambda: _people(contacts), lambda: _book(accounts))
    said = read_corrections(corrections, book)
    progress("domains")
    sites, owners = read_hosts(hosts.texts, book)
    progress("ids and sole domains")
    verdicts = Verdicts()
    place = _corrected(rows, mails, hosts, sites=sites, said=said, verdicts=verdicts)
    del mails
    by_id, findings = _by_id(rows, "account_id", "account_id", book, verdicts)
    converted, more = _by_id(rows, "converted_account_id", "converted", book, verdicts)
    place = _first(place, by_id, converted, _by_sole_owner(owners, hosts, verdicts))
    progress("distinct companies")
    # Whoever has neither a mail nor a company need not be asked about.
    at = (place.is_null() & (rows["company"].is_not_null() | hosts.codes.is_not_null())).arg_true()
    counts = dict.fromkeys(COUNTS, 0)
    contact_ids = rows["contact_id"].gather(order)
    if len(at):
        key_of, keys = _keys(rows["company"].gather(at), rows["country"].gather(at), hosts.codes.gather(at))
        del rows
        keys = _described(keys, hosts, sites)
        progress("names")
        decided, counts = _decide(keys, owners, book, settings)
        place = place.scatter(at, key_of + verdicts.add(decided))
    progress("result")
    place = place.fill_null(UNMATCHED)
    place = place.gather(order)
    matches = verdicts.spelled_out(contact_ids, place, book.accounts["account_id"])
    counts |= {"contacts": len(contact_ids), "accounts": book.accounts.height, "hosts": len(hosts.texts)}
    free = sorted(set(sites.filter("free")["host"]) & free_providers())
    return MatchResult(
        matches, (*book.findings, *said.findings, *findings, *more), free, counts, verdicts.accounts(place)
    )


def _book(accounts: pl.LazyFrame | AccountBook) -> AccountBook:
    return accounts if isinstance(accounts, AccountBook) else read_accounts(accounts)


def _people(contacts: pl.LazyFrame) -> tuple[pl.DataFrame, pl.Series, pl.Series, Coded]:
    rows, order = read_rows(contacts)
    mails = normal_mails(rows["email"])
    return rows, order, mails, coded(mail_hosts(mails))


def _nothing(rows: int) -> pl.Series:
    return pl.repeat(None, rows, dtype=pl.UInt32, eager=True)


def _first(*places: pl.Series) -> pl.Series:
    return pl.select(pl.coalesce(*(pl.lit(place) for place in places)).alias("place")).to_series()


def _corrected(
    rows: pl.DataFrame, mails: pl.Series, hosts: Coded, *, sites: pl.DataFrame, said: Corrections, verdicts: Verdicts
) -> pl.Series:
    """Number the decision of each contact that a person corrected, by the most specific correction."""
    found = [_nothing(rows.height)]
    for key, table in said.by.items():
        evidence = pl.format("a person's correction of {} {}", pl.lit(key), "value")
        start = verdicts.add(
            table.select(
                "a",
                evidence.alias("evidence"),
                pl.lit("correction").alias("method"),
                pl.lit(CONFIDENCE["correction"]).alias("confidence"),
            )
        )
        numbers = table.select("value", (pl.int_range(pl.len()) + start).cast(pl.UInt32).alias("number"))
        if key == "domain":
            listed = sites.select("host", "site")
            by_site = _joined(listed["site"], numbers)
            found.append(_first(_joined(listed["host"], numbers), by_site).gather(hosts.codes))
        elif key == "company":
            companies = coded(rows["company"])
            found.append(_joined(fold_names(companies.texts), numbers).gather(companies.codes))
        else:
            found.append(_joined(rows["contact_id"] if key == "contact_id" else mails, numbers))
    return _first(*found) if said.by else found[0]


def _joined(values: pl.Series, numbers: pl.DataFrame) -> pl.Series:
    return values.to_frame("value").join(numbers, on="value", how="left", maintain_order="left")["number"]


def _by_id(
    rows: pl.DataFrame, column: str, method: str, book: AccountBook, verdicts: Verdicts
) -> tuple[pl.Series, list[Finding]]:
    """Number the decision of each contact that names its account; report ids that no account has."""
    ids = rows[column]
    if ids.null_count() == len(ids):
        return _nothing(len(ids)), []
    table = book.accounts.select("a", "account_id")
    evidence = pl.format(f"{column} {{}}", "account_id")
    start = verdicts.add(
        table.select(
            "a",
            evidence.alias("evidence"),
            pl.lit(method).alias("method"),
            pl.lit(CONFIDENCE[method]).alias("confidence"),
        )
    )
    numbers = table.select(
        pl.col("account_id").alias("value"), (pl.int_range(pl.len()) + start).cast(pl.UInt32).alias("number")
    )
    place = _joined(ids, numbers)
    unknown = rows["contact_id"].filter(place.is_null() & ids.is_not_null())
    samples = tuple(unknown.sort().head(SAMPLE_SIZE))
    finding = Finding(
        "contacts", "unknown_account", len(unknown), f"{column} names no account", column=column, samples=samples
    )
    return place, [finding] if len(unknown) else []


def _by_sole_owner(owners: pl.DataFrame, hosts: Coded, verdicts: Verdicts) -> pl.Series:
    if owners.is_empty():
        return _nothing(len(hosts.codes))
    sole = owners.filter(pl.len().over("host") == 1)
    text = first_case(
        [
            (pl.col("how") == PARENT, pl.format("mail domain {} is under {}", "host", "listed")),
            (pl.col("how") == SITE, pl.format("mail domain {} is that of {}", "host", "listed")),
        ],
        pl.format("mail domain {}", "host"),
    )
    confidence = pl.col("how").replace_strict(CONFIDENCE, return_dtype=pl.Float64)
    start = verdicts.add(
        sole.select("a", text.alias("evidence"), pl.lit("domain").alias("method"), confidence.alias("confidence"))
    )
    numbers = sole.select(
        pl.col("host").alias("value"), (pl.int_range(pl.len()) + start).cast(pl.UInt32).alias("number")
    )
    return _joined(hosts.texts, numbers).gather(hosts.codes)


def _keys(companies: pl.Series, countries: pl.Series, hosts: pl.Series) -> tuple[pl.Series, pl.DataFrame]:
    """Number the distinct (host, company, country): the number of each row, and what each stands for."""
    company, country = coded(companies), coded(countries)
    # One integer for the three codes, 0 for a missing one: products of counts of distinct texts stay far below 2^63.
    sizes = len(company.texts) + 1, len(country.texts) + 1
    code = {"host": hosts, "company": company.codes, "country": country.codes}
    frame = pl.DataFrame(code).select((pl.col(name).cast(pl.Int64) + 1).fill_null(0) for name in code)
    joint = frame.select(
        ((pl.col("host") * sizes[0] + pl.col("company")) * sizes[1] + pl.col("country")).alias("joint")
    )
    distinct = joint.unique().sort("joint").with_row_index("k")
    key_of = joint.join(distinct, on="joint", how="left", maintain_order="left")["k"]
    split = distinct.select(
        "k",
        (pl.col("joint") // (sizes[0] * sizes[1]) - 1).alias("host"),
        (pl.col("joint") // sizes[1] % sizes[0] - 1).alias("company"),
        (pl.col("joint") % sizes[1] - 1).alias("country"),
    )
    split = split.with_columns(
        pl.when(pl.col(name) >= 0).then(pl.col(name)).cast(pl.UInt32).alias(name) for name in code
    )
    texts = (
        company.texts.gather(split["company"]).alias("company"),
        country_codes(country.texts).gather(split["country"]).alias("country"),
    )
    forms = normal_companies(company.texts)
    forms = forms[split["company"]] if forms.height else pl.DataFrame(schema=forms.schema).clear(split.height)
    return key_of, pl.concat([split.select("k", "host"), pl.DataFrame(texts), forms], how="horizontal")


def _described(keys: pl.DataFrame, hosts: Coded, sites: pl.DataFrame) -> pl.DataFrame:
    described = pl.DataFrame(
        {"code": range(len(hosts.texts)), "host": hosts.texts}, schema_overrides={"code": pl.UInt32}
    )
    described = described.join(sites, on="host", how="left", maintain_order="left")
    keys = keys.rename({"host": "code"}).join(described, on="code", how="left", maintain_order="left").drop("code")
    return keys.with_columns(pl.col("free").fill_null(value=False))


def _decide(
    keys: pl.DataFrame, owners: pl.DataFrame, book: AccountBook, settings: MatchSettings
) -> tuple[pl.DataFrame, dict[str, int]]:
    """Decide about every key: those of a shared domain among its accounts, the others by name."""
    shared = owners.filter(pl.len().over("host") > 1)
    split = split_domains(keys, shared, book, settings.candidates)
    named = decide_names(keys.join(split, on="k", how="anti"), book, settings)
    both_kinds = pl.concat([split_verdicts(keys, split), named.verdicts], how="vertical_relaxed").sort("k")
    return both_kinds.drop("k"), named.counts
