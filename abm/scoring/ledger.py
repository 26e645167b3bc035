"""The ledger: events counted per person (or anonymous stream), signal and day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import narwhals as nw

from abm.scoring.arithmetic import ordinal
from abm.scoring.binding import DTYPES
from abm.scoring.facts.accounts import ACCOUNT
from abm.scoring.facts.classes import CLASS, is_open, open_signals
from abm.scoring.facts.contacts import CONTACT
from abm.scoring.facts.events import SUBJECT
from abm.scoring.facts.owners import WHO, owner_key
from abm.tables.findings import SAMPLE_SIZE, Finding, Level

if TYPE_CHECKING:
    import polars as pl

    from abm.engines.base import Step
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
    """Give every cell of events its owner and the first signal it fits.

    What `ignore` matches, what belongs to nobody and what fits no signal is left out and reported.
    """
    return ledger_of(ctx, *counted_cells(ctx, events, accounts, contacts))


def counted_cells(ctx: Context, events: Events, accounts: Step, contacts: Contacts | None) -> tuple[Step, Step]:
    """The cells of a ledger; and what is left out: `ignored`, `orphan`, `type`, `rows`. Both materialised."""
    step = events.cells.join(ctx.engine.scatter(events.classes), on=CLASS, how="left")
    step = step.join(events.subjects, on=SUBJECT, how="left")
    if _is_open(ctx):
        step = _with_context(ctx, step, accounts, contacts)
        step = step.with_columns(_ignored(ctx).alias("ignored"), _signal(ctx).alias("signal"))
    counts = ~nw.col("ignored") & ~nw.col(WHO).is_null() & ~nw.col("signal").is_null()
    days = nw.lit(ctx.as_of.toordinal()) - ordinal(nw.col("occurred_at")) + ctx.binding.ahead(owner_key())
    counted = step.filter(counts).select(WHO, "signal", days.alias("age"), "n")
    cells = counted.group_by(WHO, "signal", "age").agg(nw.col("n").sum().cast(nw.Int64)).filter(nw.col("n") > 0)
    left_out = step.filter(~counts).with_columns(nw.col(WHO).is_null().alias("orphan"))
    left_out = left_out.group_by("ignored", "orphan", "type").agg(nw.col("rows").sum().cast(nw.Int64))
    cells, left_out = ctx.engine.materialise(cells, left_out.filter(nw.col("rows") > 0))
    return cells, left_out


def ledger_of(ctx: Context, cells: Step, left_out: Step) -> Ledger:
    """Report what was left out, and hand over the cells."""
    greatest, why = ctx.engine.gather(_greatest(cells), left_out)
    _report(ctx, why)
    return Ledger(cells, _known(greatest))


def oldest(ctx: Context, cells: Step) -> int:
    """The greatest age of a cell, or -1 without cells."""
    (greatest,) = ctx.engine.gather(_greatest(cells))
    return _known(greatest)


def _greatest(cells: Step) -> Step:
    return cells.select(nw.col("age").max())


def _known(greatest: pl.DataFrame) -> int:
    return -1 if greatest.item() is None else int(greatest.item())


def _is_open(ctx: Context) -> bool:
    ignore = ctx.model.ignore
    return bool(open_signals(ctx.model, ctx.binding)) or (ignore is not None and is_open(ignore, ctx.binding))


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
    ignore = ctx.model.ignore
    if ignore is None or not is_open(ignore, ctx.binding):
        return nw.col("ignored")
    return ctx.binding.expr(ignore, "events").fill_null(value=False)


def _signal(ctx: Context) -> nw.Expr:
    """Index of the first signal an event matches, or null: one when/then chain, tested in model order.

    Of the settled signals, `signal` is the first one that matches; an open one before it goes first.
    """
    model, still_open = ctx.model, open_signals(ctx.model, ctx.binding)
    settled, index = nw.col("signal"), nw.col("signal")
    for i in reversed(still_open):
        signal = model.signals[i]
        matches = nw.col("type").is_in(list(signal.event)) & (settled.is_null() | (settled > i))
        if signal.where is not None:
            matches = matches & ctx.binding.expr(signal.where, "events")
        index = nw.when(matches).then(nw.lit(i)).otherwise(index)
    return index.cast(nw.Int64)


def _report(ctx: Context, left_out: pl.DataFrame) -> None:
    """Tell how many events were ignored, belong to nobody, or match no signal (by type)."""
    told: dict[str, list[tuple[str, int]]] = {"ignored": [], "orphan": [], "no_signal": []}
    for ignored, orphan, kind, rows in left_out.sort("type", nulls_last=False).iter_rows():
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
