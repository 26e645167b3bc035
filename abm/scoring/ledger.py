"""The ledger: events counted per person (or anonymous stream), signal and day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import narwhals as nw

from abm.scoring.arithmetic import age
from abm.scoring.binding import DTYPES
from abm.scoring.facts.accounts import ACCOUNT
from abm.scoring.facts.contacts import CONTACT
from abm.scoring.facts.events import WHO, anonymous
from abm.tables.findings import SAMPLE_SIZE, Finding, Level

if TYPE_CHECKING:
    import polars as pl

    from abm.engines.base import Step
    from abm.model import Model
    from abm.scoring.context import Context
    from abm.scoring.facts.contacts import Contacts
    from abm.scoring.facts.events import Events


@dataclass(frozen=True)
class Ledger:
    """Cells of counted activity.

    Attributes:
        cells: `who`, `signal` (index in the model), `age` (days before as_of), `n` (sum of count); key the first three.
        oldest: the greatest age of a cell, or -1 without cells.
    """

    cells: Step
    oldest: int


def build_ledger(ctx: Context, events: Events, accounts: Step, contacts: Contacts | None) -> Ledger:
    """Match every event to the first signal it fits and count the matches in cells.

    Events that `ignore` matches, that belong to nobody or that fit no signal are left out and reported.
    """
    step = _with_context(ctx, events.frame, accounts, contacts)
    step = step.with_columns(_ignored(ctx).alias("ignored"), _signal(ctx).alias("signal"))
    # One pass over the events: what is left out is grouped beside what counts, by its reason and type.
    counts = ~nw.col("ignored") & ~nw.col(WHO).is_null() & ~nw.col("signal").is_null()
    step = step.with_columns(
        nw.when(counts).then(nw.col(WHO)).alias(WHO),
        nw.when(counts).then(nw.col("signal")).alias("signal"),
        nw.when(counts).then(nw.col("occurred_at")).alias("day"),
        nw.when(~counts).then(nw.col(WHO).is_null()).alias("orphan"),
        nw.when(~counts).then(nw.coalesce(nw.col("type"), nw.lit(""))).alias("left_out"),
    )
    keys = (WHO, "signal", "day", "ignored", "orphan", "left_out")
    grouped = step.group_by(*keys).agg(nw.col("count").sum().cast(nw.Int64).alias("n"), nw.len().alias("rows"))
    (grouped,) = ctx.engine.materialise(grouped)
    cells = grouped.filter(nw.col("left_out").is_null())
    (cells,) = ctx.engine.materialise(cells.select(WHO, "signal", _age(ctx).alias("age"), "n"))
    reasons = grouped.filter(~nw.col("left_out").is_null()).select("ignored", "orphan", "left_out", "rows")
    greatest, why = ctx.engine.gather(cells.select(nw.col("age").max()), reasons)
    _report(ctx, why)
    oldest = greatest.item()
    return Ledger(cells, -1 if oldest is None else int(oldest))


def _age(ctx: Context) -> nw.Expr:
    """Days between the cell's day and the day on which its owner is judged."""
    who = nw.col(WHO)
    owner = nw.when(who < 0).then(anonymous(who)).otherwise(who)
    return age(nw.col("day"), ctx.as_of) + ctx.binding.ahead(owner)


def _with_context(ctx: Context, events: Step, accounts: Step, contacts: Contacts | None) -> Step:
    """Join the columns of contact and account that conditions of events name, and no others."""
    of_contact, of_account = ctx.binding.joined("events", "contact"), ctx.binding.joined("events", "account")
    if of_contact and contacts is not None:
        events = events.join(contacts.frame.select(CONTACT, *of_contact), on=CONTACT, how="left")
    elif of_contact:
        kinds = {column.physical: column.kind for column in ctx.binding.scopes["events"].values()}
        events = events.with_columns(*(nw.lit(None, dtype=DTYPES[kinds[name]]).alias(name) for name in of_contact))
    if of_account:
        wanted = accounts.select(nw.col(ACCOUNT).alias("context_a"), *of_account)
        events = events.join(wanted, on="context_a", how="left")
    return events


def _ignored(ctx: Context) -> nw.Expr:
    if ctx.model.ignore is None:
        return nw.lit(value=False)
    return ctx.binding.expr(ctx.model.ignore, "events").fill_null(value=False)


def _signal(ctx: Context) -> nw.Expr:
    """Index of the first signal an event matches, or null: one when/then chain, tested in model order."""
    model: Model = ctx.model
    index = nw.lit(None, dtype=nw.Int64)
    for i, signal in reversed(list(enumerate(model.signals))):
        matches = nw.col("type").is_in(list(signal.event))
        if signal.where is not None:
            matches = matches & ctx.binding.expr(signal.where, "events")
        index = nw.when(matches).then(nw.lit(i)).otherwise(index)
    return index.cast(nw.Int64)


def _report(ctx: Context, left_out: pl.DataFrame) -> None:
    """Tell how many events were ignored, belong to nobody, or match no signal (by type)."""
    told: dict[str, list[tuple[str, int]]] = {"ignored": [], "orphan": [], "no_signal": []}
    for ignored, orphan, kind, rows in left_out.sort("left_out").iter_rows():
        told["ignored" if ignored else "orphan" if orphan else "no_signal"].append((kind or "(no type)", rows))
    texts = {
        "ignored": ("never counted: the model's ignore rule matches", Level.NOTE),
        "orphan": ("left out: no known person and no known account", Level.PROBLEM),
        "no_signal": ("worth nothing: no signal of the model matches", Level.NOTE),
    }
    for code, kinds in told.items():
        if not kinds:
            continue
        message, level = texts[code]
        by_type: dict[str, int] = {}
        for kind, rows in kinds:
            by_type[kind] = by_type.get(kind, 0) + rows
        most = sorted(by_type.items(), key=lambda item: (-item[1], item[0]))
        samples = tuple(f"{kind}: {rows}" for kind, rows in most[:SAMPLE_SIZE])
        file = ctx.inputs["events"].file
        ctx.findings.append(
            Finding(
                "events",
                code,
                sum(by_type.values()),
                message,
                level,
                "type" if code == "no_signal" else None,
                file,
                (),
                samples,
            )
        )
