"""People: contacts that are one person become one contact, which knows what any of them said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from abm.identity.mail import MAIL_PATTERN
from abm.identity.matching.duplicates import duplicates
from abm.identity.matching.people import one_row_each
from abm.scoring.facts.keys import normal_mail
from abm.tables.findings import SAMPLE_SIZE, Finding, Level

if TYPE_CHECKING:
    from abm.engines.base import Step
    from abm.scoring.context import Context


@dataclass(frozen=True)
class Merged:
    """Contacts that are one person.

    Attributes:
        aliases: `contact_id`, `survivor`, `evidence` of every id that stands for another, ids that are no contact any
            more included.
        replaced: `contact_id` of the contacts in whose place `rows` stand.
        rows: one row for each person that had several (see `abm.identity.matching.people.one_row_each`).
    """

    aliases: pl.DataFrame
    replaced: pl.DataFrame
    rows: pl.DataFrame


def merged_people(ctx: Context, contacts: Step, account_ids: pl.Series) -> Merged:
    """Make one contact of all that are one person (see `abm.identity.matching.duplicates`).

    Args:
        ctx: the run.
        contacts: one row per contact_id, with every column of the table.
        account_ids: of the accounts there are.
    """
    nobody = pl.DataFrame(schema={"contact_id": pl.String})
    if not {"email", "merged_ids"} & ctx.inputs["contacts"].given:
        return Merged(duplicates(nobody.lazy()), nobody, nobody)
    survey = _survey(ctx, contacts.select("contact_id", "email", "merged_ids"))
    found = duplicates(survey.lazy())
    here = survey["contact_id"]
    # Few ids are looked for among many, rather than many kept to look for few.
    gone = found.join(here.filter(here.is_in(found["contact_id"].implode())).to_frame(), on="contact_id", how="semi")
    if gone.is_empty():
        return Merged(found, nobody, nobody)
    _report(ctx, gone)
    replaced = pl.concat([gone["contact_id"], gone["survivor"].alias("contact_id")]).unique().to_frame()
    (several,) = ctx.engine.gather(contacts.join(ctx.engine.scatter(replaced), on="contact_id", how="semi"))
    return Merged(found, replaced, one_row_each(several, gone, account_ids))


def single_people(ctx: Context, contacts: Step, merged: Merged) -> Step:
    """Put the rows of people who had several in the place of those."""
    if merged.rows.is_empty():
        return contacts
    others = contacts.join(ctx.engine.scatter(merged.replaced), on="contact_id", how="anti")
    return nw.concat([others, ctx.engine.scatter(merged.rows).select(*others.collect_schema().names())])


def _survey(ctx: Context, contacts: Step) -> pl.DataFrame:
    """The contacts that may be somebody else, too; everybody, where looking at all of them costs no more."""
    if not ctx.engine.apart:
        (everybody,) = ctx.engine.gather(contacts)
        return everybody
    mails = contacts.with_columns(normal_mail("email").alias("mail")).filter(nw.col("mail").str.contains(MAIL_PATTERN))
    shared = mails.group_by("mail").agg(nw.len().alias("people")).filter(nw.col("people") > 1).select("mail")
    alike = mails.join(shared, on="mail", how="semi").drop("mail")
    some, merging = ctx.engine.gather(alike, contacts.filter(~nw.col("merged_ids").is_null()))
    ids = merging.select(pl.col("merged_ids").str.split(";").explode().str.strip_chars().alias("contact_id")).unique()
    (merged,) = ctx.engine.gather(contacts.join(ctx.engine.scatter(ids), on="contact_id", how="semi"))
    return pl.concat([some, merging, merged]).unique(subset="contact_id")


def _report(ctx: Context, gone: pl.DataFrame) -> None:
    ctx.findings.append(
        Finding(
            "contacts",
            "duplicate_person",
            gone.height,
            "one person with another contact: the same mail, or merged; what they did counts for the one that stays",
            Level.NOTE,
            file=ctx.inputs["contacts"].file,
            samples=tuple(gone["contact_id"].head(SAMPLE_SIZE)),
        )
    )
