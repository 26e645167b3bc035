"""Who does not want to be written to or called: under any of their contacts, addresses and merged ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from abm.scoring.facts.contacts import CONTACT
from abm.scoring.facts.keys import normal_mail

if TYPE_CHECKING:
    from abm.scoring.result import ScoreResult


def opted_out(result: ScoreResult) -> pl.DataFrame:
    """Return the people who opted out: `contact_id` as of the leads, each once, in no order.

    Who opted out under one contact, or with one address, did so under all of them: also where rows were merged, left
    out as duplicates, or written after as_of.
    """
    people = result.scored.facts.contacts
    if people is None:
        return pl.DataFrame(schema={"contact_id": pl.String})
    contacts = result.scored.ctx.inputs["contacts"].frame.with_columns(normal_mail("email").alias("mail"))
    given: pl.LazyFrame = contacts.select("contact_id", "mail", "opted_out").to_native()
    said = given.filter(pl.col("opted_out")).select("contact_id", "mail")
    known: pl.LazyFrame = people.frame.to_native()
    by_id: pl.LazyFrame = people.by_id.to_native()
    keys = by_id.join(said, on="contact_id", how="semi").select(CONTACT)
    mails = known.join(said.filter(pl.col("mail").is_not_null()), on="mail", how="semi").select(CONTACT)
    both = pl.concat([keys, mails]).unique()
    return known.join(both, on=CONTACT, how="semi").select("contact_id").collect()
