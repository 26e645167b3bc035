"""Who must not be on a list: a file of ids, domains and mail addresses, plain or hashed, each compared normally."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from abm.errors import SourceError
from abm.identity.suffixes import hosts, registrables
from abm.output.lists.steps import as_text, stepped
from abm.sources.digests import sha256_texts
from abm.sources.files import read_files
from abm.sources.options import FileOptions
from abm.sources.presets.header import plain_name
from abm.tables.hygiene import ROW

if TYPE_CHECKING:
    from pathlib import Path

ALONE = "entry"
_NAMES = frozenset(
    [
        "id",
        "accountid",
        "contactid",
        "leadid",
        "recordid",
        "externalid",
        "companyid",
        "email",
        "emailaddress",
        "mail",
        "emailsha256",
        "hashedemail",
        "domain",
        "domains",
        "companydomain",
        "companydomainname",
        "companywebsite",
        "companyemaildomain",
        "accountdomain",
        "website",
        "entry",
        "suppress",
        "suppression",
    ]
)
"""Headers, compared plainly, of columns that say who it is about."""
_DIGEST = r"^[0-9a-f]{64}$"


@dataclass(frozen=True, slots=True)
class Suppression:
    """Entries of a file of those to leave out; each is tried as everything that it could be.

    Attributes:
        file: its name.
        ids: the entries as they stand, trimmed.
        mails: those that are addresses, as addresses are compared.
        domains: those that are hosts, as hosts are compared.
        digests: those that are SHA-256 in hexadecimal digits, as platforms give them back.
    """

    file: str
    ids: pl.Series
    mails: pl.Series
    domains: pl.Series
    digests: pl.Series

    def hits(self, ids: pl.Series, mails: pl.Series | None, domains: tuple[pl.Series, ...]) -> pl.Series:
        """Return which rows are meant.

        Args:
            ids: an id of each row.
            mails: its address, as addresses are compared, if it is a person.
            domains: its hosts or addresses, one series for each that it may have.
        """
        hit = ids.is_in(self.ids.implode())
        if mails is not None:
            hit |= mails.is_in(self.mails.implode())
            if len(self.digests):
                hit |= sha256_texts(mails).is_in(self.digests.implode())
        for each in domains:
            hit |= _known(each, self.domains)
        return hit.fill_null(value=False)


def read_suppression(path: Path) -> Suppression:
    """Read a file of those to leave out.

    One column holds entries of any kind. Of several columns those count whose header says who it is about: an id, an
    address or a domain. A text file (`.txt`) has an entry on each line and no header.

    Raises:
        SourceError: it cannot be read, or none of several columns says who it is about.
    """
    text = path.suffix.lower() == ".txt"
    options = FileOptions(header=False, names=(ALONE,), delimiter="\x1f") if text else FileOptions()
    table = read_files(path.name, [path.name], path.parent, options)
    frame = table.frame.drop(ROW, strict=False).collect()
    columns = [name for name in frame.columns if plain_name(name) in _NAMES]
    if not columns and frame.width == 1:
        # The only column needs no header: what stands there may be the first entry.
        columns = list(frame.columns)
    if not columns:
        raise SourceError(
            f"{path}: no column says who it is about. Columns are {', '.join(frame.columns[:8])}."
            " Expected one column, or such as email, domain, account_id, contact_id. Rename the column that is meant."
        )
    entries = pl.concat([as_text(frame[name]).alias(ALONE) for name in columns])
    if frame.width == 1 and plain_name(columns[0]) not in _NAMES:
        entries = pl.concat([entries, pl.Series(ALONE, columns)])
    return suppression(path.name, entries)


def suppression(file: str, entries: pl.Series) -> Suppression:
    """Return what entries of any kind mean."""
    ids = entries.str.strip_chars().drop_nulls().unique()
    ids = ids.filter(ids != "")
    lower = ids.str.to_lowercase()
    digests = lower.filter(lower.str.contains(_DIGEST))
    mails = stepped(ids, ["mail"]).drop_nulls()
    with_at = ids.str.contains("@", literal=True)
    # An address means one person; an entry such as @acme.com means everybody there.
    domains = hosts(ids.filter(~with_at | ids.str.starts_with("@")).str.strip_prefix("@")).drop_nulls()
    return Suppression(file, ids, mails, domains, digests)


def _known(texts: pl.Series, domains: pl.Series) -> pl.Series:
    distinct = texts.unique().drop_nulls()
    if distinct.is_empty() or domains.is_empty():
        return pl.repeat(value=False, n=len(texts), eager=True)
    host = hosts(distinct)
    meant = host.is_in(domains.implode()) | registrables(host).is_in(domains.implode())
    return texts.is_in(distinct.filter(meant.fill_null(value=False)).implode())
