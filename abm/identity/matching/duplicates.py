"""Which contacts are one person: those with one mail address, and those that somebody merged."""

from __future__ import annotations

import polars as pl

from abm.identity.matching.accounts import repeated, single_rows
from abm.identity.matching.choice import first_case
from abm.identity.matching.contacts import mail_hosts, normal_mails

__all__ = ["duplicates"]


def duplicates(contacts: pl.LazyFrame) -> pl.DataFrame:
    """Find duplicate people.

    Args:
        contacts: `contact_id`, `email`; optional `merged_ids`, the `;`-joined ids that were merged into this contact.

    Returns:
        One row per contact that gives way, and per merged id that is no contact any more, in the order of
        `contact_id`: `contact_id`, `survivor`, `evidence`. People are one when they have the same valid mail, compared
        normally (see `normal_mail`; `n/a` is nobody's), or one was merged into the other, directly or through others.
        The survivor is the smallest
        contact_id (as text) that others were merged into and that was not merged itself; without merges, or where
        merges go round in a circle, the smallest contact_id. A survivor is always a contact of the table.
    """
    rows = single_rows(contacts, ("contact_id", "email", "merged_ids"), "contact_id")
    if rows["email"].null_count() == rows["merged_ids"].null_count() == rows.height:
        return _none()
    rows = rows.with_columns(_shared_mails(rows["email"]).alias("mail"))
    merged = rows.select(pl.col("merged_ids").str.split(";").alias("contact_id"), pl.col("contact_id").alias("into"))
    merged = merged.filter(pl.col("contact_id").is_not_null()).explode(
        "contact_id", empty_as_null=True, keep_nulls=True
    )
    merged = merged.with_columns(pl.col("contact_id").str.strip_chars())
    merged = merged.filter((pl.col("contact_id") != "") & (pl.col("contact_id") != pl.col("into"))).unique()
    first = rows.filter(pl.col("mail").is_not_null()).with_columns(
        pl.col("contact_id").min().over("mail").alias("into")
    )
    same = first.filter(pl.col("contact_id") != pl.col("into")).select("contact_id", "into")
    links = pl.concat([merged, same])
    if links.is_empty():
        return _none()
    members = _components(links)
    status = members.with_columns(
        pl.col("contact_id").is_in(_among(rows["contact_id"], members["contact_id"]).implode()).alias("present"),
        pl.col("contact_id").is_in(merged["into"].unique().implode()).alias("takes"),
        pl.col("contact_id").is_in(merged["contact_id"].unique().implode()).alias("gives"),
    )
    status = status.with_columns((pl.col("takes") & ~pl.col("gives")).alias("root"))
    best = status.sort("person", "present", "root", "contact_id", descending=[False, True, True, False])
    best = best.group_by("person", maintain_order=True).agg(pl.col("contact_id").first().alias("survivor"))
    found = members.join(best, on="person").filter(pl.col("contact_id") != pl.col("survivor"))
    mails = rows.select("contact_id", "mail")
    found = found.join(mails, on="contact_id", how="left").join(
        mails.rename({"contact_id": "survivor", "mail": "survivor_mail"}), on="survivor", how="left"
    )
    direct = merged.select("contact_id", pl.col("into").alias("survivor"), pl.lit(value=True).alias("direct"))
    found = found.join(direct, on=["contact_id", "survivor"], how="left")
    same_mail = pl.col("mail") == pl.col("survivor_mail")
    evidence = first_case(
        [(pl.col("direct"), pl.format("merged into {}", "survivor")), (same_mail, pl.format("same mail {}", "mail"))],
        "one person through others",
    )
    return found.select("contact_id", "survivor", evidence.alias("evidence")).sort("contact_id")


def _none() -> pl.DataFrame:
    return pl.DataFrame(schema=dict.fromkeys(("contact_id", "survivor", "evidence"), pl.String))


def _shared_mails(emails: pl.Series) -> pl.Series:
    """The valid addresses that may be of several contacts, the others null: most are one person's."""
    mails, nothing = normal_mails(emails), pl.Series([None], dtype=pl.String)
    mails = mails.zip_with(mails.is_in(repeated(mails).implode()), nothing)
    return mails.zip_with(mail_hosts(mails).is_not_null(), nothing)


def _among(many: pl.Series, few: pl.Series) -> pl.Series:
    return many.filter(many.is_in(few.implode()))


def _components(links: pl.DataFrame) -> pl.DataFrame:
    """Return `contact_id`, `person`: the smallest id that it is linked to, over any number of links."""
    both = pl.concat(
        [
            links.select("contact_id", "into"),
            links.select(pl.col("into").alias("contact_id"), pl.col("contact_id").alias("into")),
        ]
    )
    edges = both.unique()
    person = edges.select("contact_id").unique().with_columns(pl.col("contact_id").alias("person")).sort("contact_id")
    while True:
        near = (
            edges.join(person.rename({"contact_id": "into"}), on="into")
            .group_by("contact_id")
            .agg(pl.col("person").min().alias("least"))
        )
        nearer = person.join(near, on="contact_id").select(
            "contact_id", pl.min_horizontal("person", "least").alias("person")
        )
        # A person's own least is everybody's who points at that person: chains halve in length.
        jumped = nearer.rename({"contact_id": "person", "person": "least"})
        nearer = (
            nearer.join(jumped, on="person", how="left")
            .select("contact_id", pl.min_horizontal("person", "least").alias("person"))
            .sort("contact_id")
        )
        if nearer.equals(person):
            return person
        person = nearer
