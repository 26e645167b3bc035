"""Who does not want to be written to or called: under any of their contacts, addresses and merged ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw
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
    ctx, known = result.scored.ctx, people.frame
    said = ctx.inputs["contacts"].frame.filter(nw.col("opted_out"))
    said = said.select("contact_id", normal_mail("email").alias("mail"))
    keys = people.by_id.join(said, on="contact_id", how="semi").select(CONTACT)
    mails = known.join(said.filter(~nw.col("mail").is_null()), on="mail", how="semi").select(CONTACT)
    (out,) = ctx.engine.gather(known.join(nw.concat([keys, mails]), on=CONTACT, how="semi").select("contact_id"))
    return out
