"""Placed people of all days: placed once for runs on many days, and kept for runs to come where there is a shelf."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from abm.scoring.facts.accounts import ACCOUNT, Accounts
from abm.scoring.facts.people import Merged, single_people
from abm.scoring.facts.placed import CONTACT, Placed, named_contacts, placed_until

if TYPE_CHECKING:
    from abm.engines.base import Step
    from abm.scoring.context import Context

_WHAT = "people"
_REPEATS = ("duplicate_key", "duplicate_row")


@dataclass(frozen=True)
class _Everybody:
    """People whoever was created when.

    Attributes:
        placed: as if nobody was created later.
        created: `c` and `created_at` of whoever says.
        settled: the day from which people are known by when they were created alone; None if they never are.
    """

    placed: Placed
    created: Step
    settled: date | None


def placed_of_all_days(ctx: Context, accounts: Accounts, *, some_later: bool) -> Placed | None:
    """Place the people whom runs over the same tables know, on whatever day, once, and take those of this day.

    None where nothing is shared, or where somebody created later would change who is known: a contact_id that stands on
    several rows, or one person with somebody else.
    """
    if ctx.kept is None:
        return None
    found = ctx.once("people of all days", (), lambda: _taken(ctx) or _put(ctx, _everybody(ctx, accounts)))
    placed = found.placed
    if not some_later:
        return placed
    if found.settled is None or found.settled > ctx.as_of:
        return None
    after = found.created.filter(nw.col("created_at") > nw.lit(ctx.as_of)).select(CONTACT)
    frame, later = ctx.engine.materialise(
        placed.frame.join(after, on=CONTACT, how="anti"),
        placed.frame.join(after, on=CONTACT, how="semi").select("contact_id", "mail", ACCOUNT),
    )
    rows = placed.rows.filter((nw.col("created_at") <= nw.lit(ctx.as_of)).fill_null(value=True))
    return replace(placed, frame=frame, rows=rows, later=later)


def _everybody(ctx: Context, accounts: Accounts) -> _Everybody:
    placed = placed_until(ctx, accounts, None)
    days = placed.rows.filter(~nw.col("created_at").is_null()).select("contact_id", "created_at")
    (created,) = ctx.engine.materialise(
        days.join(placed.frame.select("contact_id", CONTACT), on="contact_id", how="inner").drop("contact_id")
    )
    if any(each.code in _REPEATS for each in placed.findings):
        return _Everybody(placed, created, None)
    aliases = placed.merged.aliases
    ids = pl.concat([aliases["contact_id"], aliases["survivor"].alias("contact_id")]).unique().to_frame()
    concerned = ctx.inputs["contacts"].frame.join(ctx.engine.scatter(ids), on="contact_id", how="semi")
    (last,) = ctx.engine.gather(concerned.select(nw.col("created_at").max()))
    return _Everybody(placed, created, last.item() or date.min)


def _asked(ctx: Context) -> str:
    """What of a run decides how people are placed, beside the tables."""
    return f"{sorted(ctx.binding.needs('contact'))} {ctx.matching.model_dump_json()}"


def _put(ctx: Context, found: _Everybody) -> _Everybody:
    """Put people on the shelf, but where rows had to give way: the others are then read off the table anew."""
    shelf, placed = ctx.kept.shelf if ctx.kept else None, found.placed
    if shelf is None or found.settled is None or not isinstance(placed.matches, pl.DataFrame):
        return found
    frame, created = ctx.engine.gather(placed.frame, found.created)
    frames = {
        "frame": frame,
        "created": created,
        "settled": pl.DataFrame({"settled": [found.settled]}),
        "matches": placed.matches,
        "aliases": placed.merged.aliases,
        "replaced": placed.merged.replaced,
        "merged": placed.merged.rows,
    }
    shelf.put(_WHAT, _asked(ctx), frames, placed.findings)
    return found


def _taken(ctx: Context) -> _Everybody | None:
    """Take people off the shelf; None where they are not there."""
    shelf = ctx.kept.shelf if ctx.kept else None
    taken = None if shelf is None else shelf.take(_WHAT, _asked(ctx))
    if taken is None:
        return None
    frames, findings = taken
    merged = Merged(frames["aliases"], frames["replaced"], frames["merged"])
    rows = single_people(ctx, named_contacts(ctx), merged)
    frame, created = (ctx.engine.scatter(frames[name]) for name in ("frame", "created"))
    placed = Placed(frame, rows, merged, frames["matches"], None, findings)
    return _Everybody(placed, created, frames["settled"]["settled"].item())
