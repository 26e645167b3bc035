"""Opportunities: how many are open or won per account, and which roles they say their people have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from abm.scoring.arithmetic import age
from abm.scoring.facts.accounts import ACCOUNT, Accounts
from abm.scoring.facts.contacts import CONTACT, Contacts
from abm.scoring.facts.keys import new_rows, single_rows
from abm.tables.findings import Level
from abm.tables.hygiene import Flaw

if TYPE_CHECKING:
    from abm.engines.base import Step
    from abm.scoring.context import Context


_OWN = ("opportunity_id", "account_id", "closed_on", "is_closed", "is_won")


def read_opportunities(ctx: Context, accounts: Accounts) -> Step:
    """Clean the opportunities; those created after as_of are left out.

    Returns:
        Key `opportunity_id`: `a` (null for an unknown account), `closed_on`, `is_closed`, `is_won` as given.
    """
    table = ctx.inputs["opportunities"].frame
    later = nw.col("created_on") > nw.lit(ctx.as_of)
    ctx.scan(
        "opportunities",
        table,
        Flaw("missing_key", "left out: a row without opportunity_id", nw.col("opportunity_id").is_null(), "account_id"),
        Flaw("after_as_of", "not created yet on the as-of day", later, "opportunity_id", Level.NOTE, "created_on"),
        Flaw(
            "no_account",
            "counts for nobody: no account_id",
            nw.col("account_id").is_null(),
            "opportunity_id",
            column="account_id",
        ),
    )
    rows = table.filter(~nw.col("opportunity_id").is_null() & ~later.fill_null(value=False))
    rows = single_rows(ctx, "opportunities", rows, "opportunity_id").select(*_OWN)
    by_id = accounts.frame.select("account_id", ACCOUNT)
    (step,) = ctx.engine.materialise(rows.join(by_id, on="account_id", how="left").drop("account_id"))
    return step


def judged_opportunities(ctx: Context, opportunities: Step) -> Step:
    """Tell which opportunities are open and which are won.

    Returns:
        Key `opportunity_id`: `a`, `is_open`, `is_won`. Open: `is_closed` is false, or `closed_on` is after the day, or
        both are null. Won: `is_won` and not open.
    """
    closed = nw.col("is_closed")
    since_closed = age(nw.col("closed_on"), ctx.as_of) + ctx.binding.ahead(nw.col(ACCOUNT).fill_null(0))
    is_open = (
        (~closed).fill_null(value=False)
        | (since_closed < 0).fill_null(value=False)
        | (closed.is_null() & nw.col("closed_on").is_null())
    )
    rows = opportunities.with_columns(is_open.alias("is_open"))
    rows = rows.with_columns((nw.col("is_won").fill_null(value=False) & ~nw.col("is_open")).alias("is_won"))
    (step,) = ctx.engine.materialise(rows.select("opportunity_id", ACCOUNT, "is_open", "is_won"))
    return step


def opportunity_counts(opportunities: Step) -> Step:
    """Count open and won opportunities: key `a`, `open_opportunities`, `won_opportunities`."""
    known = opportunities.filter(~nw.col(ACCOUNT).is_null())
    return known.group_by(ACCOUNT).agg(
        nw.col("is_open").cast(nw.Int64).sum().cast(nw.Int64).alias("open_opportunities"),
        nw.col("is_won").cast(nw.Int64).sum().cast(nw.Int64).alias("won_opportunities"),
    )


def opportunity_roles(ctx: Context, opportunities: Step, contacts: Contacts) -> Step:
    """Roles that open or won opportunities of a contact's own account give it: `c`, `role` (`;`-joined), no key."""
    table = ctx.inputs["opportunity_contacts"].frame
    live = opportunities.filter(nw.col("is_open") | nw.col("is_won")).select("opportunity_id", ACCOUNT)
    people = contacts.by_id.rename({ACCOUNT: "own_a"})
    rows = new_rows(ctx, "opportunity_contacts", table).select("opportunity_id", "contact_id", "role")
    rows = rows.join(live, on="opportunity_id", how="inner")
    rows = rows.join(people, on="contact_id", how="inner")
    (step,) = ctx.engine.materialise(rows.filter(nw.col(ACCOUNT) == nw.col("own_a")).select(CONTACT, "role"))
    return step
