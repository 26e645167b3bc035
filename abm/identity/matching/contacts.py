"""The contacts to match: mail hosts, companies and countries under small codes, each distinct one decided once."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from abm.engines.polars import engine_for
from abm.identity.mail import MAIL_PATTERN
from abm.identity.matching.accounts import canonical

__all__ = ["Coded", "coded", "mail_hosts", "normal_mails", "read_rows"]

COLUMNS = ("contact_id", "account_id", "converted_account_id", "email", "company", "country")


@dataclass(frozen=True)
class Coded:
    """A column as codes: `codes` row by row (null where the text is) and `texts`, the distinct ones by code."""

    codes: pl.Series
    texts: pl.Series


def read_rows(contacts: pl.LazyFrame) -> tuple[pl.DataFrame, pl.Series]:
    """Collect `COLUMNS`, one row per contact_id, and the order of the rows by it (see `canonical`)."""
    return canonical(contacts, COLUMNS, "contact_id")


def coded(texts: pl.Series) -> Coded:
    """Give each distinct text a code; which one depends on the order of rows and is nobody's business."""
    if texts.null_count() == len(texts):
        return Coded(pl.repeat(None, len(texts), dtype=pl.UInt32, eager=True), pl.Series("text", [], pl.String))
    codes = texts.cast(pl.Categorical(pl.Categories.random(namespace="abm.matching"))).to_physical()
    first = codes.arg_unique()
    distinct = pl.DataFrame({"code": codes.gather(first), "text": texts.gather(first)}).drop_nulls().sort("code")
    return Coded(codes.cast(pl.UInt32), distinct["text"])


def normal_mails(emails: pl.Series) -> pl.Series:
    """Return addresses as `abm.identity.mail.normal_mail` has them, save that `ada@www.com` keeps its domain."""
    mail = pl.col("email").str.strip_chars().str.to_lowercase().str.replace(r"@www\.(.+\.)", "@$1")
    frame = emails.alias("email").to_frame().lazy()
    return frame.select(mail.replace("", None)).collect(engine=engine_for(len(emails)))["email"]


def mail_hosts(mails: pl.Series) -> pl.Series:
    """Return the host of each normal address; null where it is not valid."""
    frame = mails.alias("mail").to_frame().lazy()
    host = pl.when(pl.col("mail").str.contains(MAIL_PATTERN)).then(pl.col("mail").str.replace(r"^[^@]*@", ""))
    return frame.select(host.alias("host")).collect(engine=engine_for(len(mails)))["host"]
