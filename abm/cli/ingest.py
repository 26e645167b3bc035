"""`abm ingest`: count what is new of a workspace's events, and keep it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abm.cli.faults import FINE
from abm.cli.opening import tell_counted
from abm.cli.streams import tell
from abm.cli.waiting import Waiting
from abm.ledger.ledger import Ledger
from abm.ledger.store import FOLDER

if TYPE_CHECKING:
    from pathlib import Path

    from abm.cli.opening import Choice


def run(choice: Choice, *, prune: bool) -> int:
    """Count, and say what there is."""
    folder = choice.ledger or choice.workspace / FOLDER
    with Waiting() as waiting:
        waiting("reading")
        ledger = Ledger.kept(
            choice.workspace, folder, data=choice.data, model=choice.model, prune=prune, progress=waiting
        )
    tell_counted(ledger)
    if not ledger.book.counted:
        tell("ledger: nothing is new")
    tell(_said(ledger, folder))
    return FINE


def _said(ledger: Ledger, folder: Path) -> str:
    holdings = ledger.book.holdings
    events = sum(held.rows for held in holdings.deliveries.values())
    size = sum(path.stat().st_size for path in folder.glob("*"))
    if not events:
        return f"{folder}: no events"
    first, last = ledger.days()
    deliveries = f"{len(holdings.deliveries):,} {'delivery' if len(holdings.deliveries) == 1 else 'deliveries'}"
    return f"{folder}: {events:,} events of {deliveries}, {first} to {last}, in {size / 1e6:,.1f} MB"
