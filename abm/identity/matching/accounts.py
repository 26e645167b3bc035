"""The accounts to match against: their names, countries and domains, under integer keys."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from abm.engines.repeats import several
from abm.identity.companies import normal_companies
from abm.identity.company_words import company_words
from abm.identity.countries import country_code
from abm.identity.domains import GIANTS
from abm.identity.suffixes import hosts, registrables
from abm.tables.findings import SAMPLE_SIZE, Finding

__all__ = ["AccountBook", "canonical", "country_codes", "read_accounts", "repeated"]

_COLUMNS = ("account_id", "name", "domain", "domains", "country")

_DOMAINS: dict[str, pl.DataType] = {
    "a": pl.UInt32(),
    "host": pl.String(),
    "site": pl.String(),
    "primary": pl.Boolean(),
    "own": pl.Boolean(),
}


@dataclass(frozen=True)
class AccountBook:
    """Accounts under the key `a`, their place in the order of account_id.

    Attributes:
        accounts: `a`, `account_id`, `name`, `country` as given.
        domains: `a`, `host`, `site` (its registrable domain), `primary`, `own` (whether the host speaks for the whole
            site); key (a, host); never a giant's.
        findings: giants and pages at others' sites that accounts list as domains.
    """

    accounts: pl.DataFrame
    domains: pl.DataFrame
    findings: tuple[Finding, ...]

    @cached_property
    def named(self) -> pl.DataFrame:
        """`a`, `account_id`, `name`, `country` (code), `full`, `core`, `alias` (see `normal_companies`).

        Only contacts whom neither an id nor a domain places need it, so it is worked out when first asked for.
        """
        names = self.accounts["name"].drop_nulls().unique()
        forms = normal_companies(names).with_columns(names.alias("name"))
        coded = self.accounts.with_columns(country_codes(self.accounts["country"]).alias("country"))
        return coded.join(forms, on="name", how="left", maintain_order="left")


def canonical(frame: pl.LazyFrame, columns: tuple[str, ...], key: str) -> tuple[pl.DataFrame, pl.Series]:
    """Collect the columns as text (null where missing), one row per key; rows without key are left out.

    Of several rows with one key the least over the columns stays, so that the order of rows does not matter.

    Returns:
        The rows, in any order, and the numbers of the rows in the order of the key.
    """
    rows = single_rows(frame, columns, key)
    return rows, rows[key].arg_sort()


def single_rows(frame: pl.LazyFrame, columns: tuple[str, ...], key: str) -> pl.DataFrame:
    """Collect the columns as `canonical` does, without asking for an order."""
    given = set(frame.collect_schema().names())
    texts = [(pl.col(name) if name in given else pl.lit(None)).cast(pl.String).alias(name) for name in columns]
    rows = frame.select(texts).collect()
    if rows[key].null_count():
        rows = rows.filter(pl.col(key).is_not_null())
    if repeated(rows[key]).is_duplicated().any():
        return rows.sort(columns, nulls_last=True).unique(key, keep="first", maintain_order=True)
    return rows


def repeated(texts: pl.Series) -> pl.Series:
    """Return the texts that may stand on several rows, with every row: millions of others need not be compared.

    Texts that differ in their hash are not the same.
    """
    hashes = texts.hash()
    suspects = several(hashes)
    return texts.filter(hashes.is_in(suspects.implode())) if len(suspects) else texts.clear()


def country_codes(countries: pl.Series) -> pl.Series:
    """Return the code of each country (see `country_code`); each distinct text is looked up once."""
    texts = countries.drop_nulls().unique().to_list()
    codes = [country_code(text) for text in texts]
    return countries.replace_strict(texts, codes, default=None, return_dtype=pl.String) if texts else countries


def read_accounts(accounts: pl.LazyFrame) -> AccountBook:
    """Read accounts and normalise what is compared."""
    rows, order = canonical(accounts, _COLUMNS, "account_id")
    rows = rows[order].with_row_index("a")
    domains, findings = _domains(rows)
    return AccountBook(rows.drop("domain", "domains"), domains, findings)


def _domains(rows: pl.DataFrame) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    first = rows.select("a", pl.col("domain").alias("text"), pl.lit(value=True).alias("primary"))
    listed = rows.select("a", pl.col("domains").str.split(";").alias("text"), pl.lit(value=False).alias("primary"))
    listed = listed.filter(pl.col("text").is_not_null()).explode("text", empty_as_null=True, keep_nulls=True)
    claims = pl.concat([first, listed]).filter(pl.col("text").str.strip_chars() != "")
    if claims.is_empty():
        return pl.DataFrame(schema=_DOMAINS), ()
    texts = claims["text"].unique()
    found = hosts(texts)
    sites = pl.DataFrame({"text": texts, "host": found, "site": registrables(found)}).drop_nulls()
    page = pl.col("text").str.replace(r"^[A-Za-z]+://", "").str.contains(r"^[^/?#]+[/?#].*[^/?#\s]")
    sites = sites.with_columns(page.alias("page"))
    claims = claims.join(sites, on="text", how="inner")
    giant = pl.col("site").is_in(sorted(GIANTS))
    shared = pl.col("page") & pl.col("site").is_in(company_words().shared_sites)
    findings = [
        *_finding(
            claims.filter(giant),
            rows,
            "consumer_domain",
            "not a company's domain: nobody is matched by it; take it out of the account",
        ),
        *_finding(
            claims.filter(~giant & shared),
            rows,
            "page_as_domain",
            "a page on somebody else's site: nobody is matched by it",
        ),
    ]
    kept = claims.filter(~giant & ~shared).group_by("a", "host", "site").agg(pl.col("primary").any())
    return _spoken_for(kept, rows).sort("a", "host"), tuple(findings)


def _spoken_for(domains: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Add `own`: a sub-domain speaks for its site if firms name sites so, or if the site bears the account's name."""
    below = domains.filter(pl.col("host") != pl.col("site")).join(rows.select("a", "name"), on="a", how="left")
    if below.is_empty():
        return domains.with_columns(pl.lit(value=True).alias("own"))
    below = below.with_columns(normal_companies(below["name"])["core"])
    label = pl.col("site").str.extract(r"^([^.]+)").str.replace_all("-", "", literal=True)
    named = pl.col("core").str.replace_all(" ", "", literal=True) == label
    head = pl.col("host").str.strip_suffix(pl.col("site")).str.strip_chars_end(".").str.split(".")
    usual = head.list.eval(pl.element().is_in(company_words().own_labels)).list.all()
    own = below.select("a", "host", (usual | named.fill_null(value=False)).alias("own"))
    return domains.join(own, on=["a", "host"], how="left").with_columns(pl.col("own").fill_null(value=True))


def _finding(claims: pl.DataFrame, rows: pl.DataFrame, code: str, message: str) -> list[Finding]:
    if not claims.height:
        return []
    told = claims.select("a", "host").unique().join(rows.select("a", "account_id"), on="a")
    samples = told.select(pl.format("{} ({})", "host", "account_id")).to_series().sort().head(SAMPLE_SIZE)
    return [Finding("accounts", code, told.height, message, column="domain", samples=tuple(samples))]
