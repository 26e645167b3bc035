"""Which accounts a mail's host belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from abm.identity.domains import GIANTS
from abm.identity.mail import free_providers
from abm.identity.suffixes import hosts, registrables

if TYPE_CHECKING:
    from abm.identity.matching.accounts import AccountBook

__all__ = ["HOST", "PARENT", "SITE", "domain_owners", "read_hosts"]

HOST, PARENT, SITE = "domain", "domain_parent", "domain_site"
"""How a host is an account's: listed; under one that is listed; the domain of a listed site. Names of `CONFIDENCE`."""


def read_hosts(distinct: pl.Series, book: AccountBook) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Find the owners of distinct mail hosts.

    Returns:
        The hosts, `host`, `site` and `free` (a consumer mailbox provider's, owned by no account), and their owners,
        `host`, `a`, `how`, `listed` (what the account lists) and `primary`: of each host those of the nearest domain
        that any account lists, whole labels only; else those whose listed site lies below its registrable domain.
    """
    if distinct.is_empty():
        return pl.DataFrame(schema={"host": pl.String, "site": pl.String, "free": pl.Boolean}), _none()
    plain = _spelled_out(distinct)
    table = pl.DataFrame({"host": distinct, "plain": plain, "site": registrables(plain)})
    giant = pl.col("plain").is_in(sorted(GIANTS)) | pl.col("site").is_in(sorted(GIANTS))
    table = table.with_columns(giant.alias("giant"))
    owners = _nearest(table.filter(~pl.col("giant")), book.domains)
    owned = pl.col("host").is_in(owners["host"].unique().implode())
    free = sorted(free_providers())
    provider = pl.col("plain").is_in(free) | pl.col("site").is_in(free)
    return table.select("host", "site", (pl.col("giant") | (provider & ~owned)).alias("free")), owners


def domain_owners(texts: pl.Series, book: AccountBook) -> pl.DataFrame:
    """Find the one account that activity at a domain counts for where nobody is known.

    Args:
        texts: distinct domains as found: hosts, web or mail addresses; null where nothing was found.
        book: the accounts.

    Returns:
        `text`, `a`, one row per text that somebody owns: of the nearest domain that any account lists, the account
        whose primary domain it is, then the smallest account_id.
    """
    if texts.is_empty() or book.domains.is_empty():
        return pl.DataFrame(schema={"text": pl.String, "a": pl.UInt32})
    found = pl.DataFrame({"text": texts, "host": hosts(texts)}).drop_nulls()
    _, owners = read_hosts(found["host"].unique(), book)
    first = owners.sort("host", "primary", "a", descending=[False, True, False]).unique("host", keep="first")
    return found.join(first.select("host", "a"), on="host").select("text", "a")


def _spelled_out(distinct: pl.Series) -> pl.Series:
    """Spell punycode out, as the accounts' domains are; mail hosts are normal otherwise."""
    odd = distinct.str.contains("xn--", literal=True) | ~distinct.str.contains(r"^[\x00-\x7f]*$")
    coded = distinct.filter(odd)
    return distinct.replace(coded, hosts(coded).zip_with(hosts(coded).is_not_null(), coded)) if len(coded) else distinct


def _nearest(table: pl.DataFrame, domains: pl.DataFrame) -> pl.DataFrame:
    listed = domains.select("a", pl.col("host").alias("listed"), "primary")
    left = table.select("host", "site", pl.col("plain").alias("listed"))
    found = []
    how = HOST
    while left.height:
        hits = left.join(listed, on="listed", how="inner").with_columns(pl.lit(how).alias("how"))
        found.append(hits)
        left = left.join(hits.select("host").unique(), on="host", how="anti")
        left = left.filter(pl.col("listed") != pl.col("site"))
        left = left.with_columns(pl.col("listed").str.replace(r"^[^.]*\.", ""))
        how = PARENT
    columns = ["host", "a", "how", "listed", "primary"]
    near = pl.concat([hits.select(columns) for hits in found]) if found else _none()
    sites = domains.filter(pl.col("own") & (pl.col("host") != pl.col("site")))
    sites = sites.select("a", "site", pl.col("host").alias("listed"), "primary")
    sites = sites.sort("a", "listed").unique(["a", "site"], keep="first", maintain_order=True)
    far = table.join(near.select("host").unique(), on="host", how="anti").join(sites, on="site", how="inner")
    far = far.with_columns(pl.lit(SITE).alias("how")).select(columns)
    return pl.concat([near, far]).sort("host", "a")


def _none() -> pl.DataFrame:
    schema = {"host": pl.String, "a": pl.UInt32, "how": pl.String, "listed": pl.String, "primary": pl.Boolean}
    return pl.DataFrame(schema=schema)
