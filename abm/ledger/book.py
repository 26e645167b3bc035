"""Keeping a ledger up with its sources: what is new is counted, what came again replaces, what is gone stays."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from abm.engines.polars import PolarsEngine
from abm.errors import LedgerError, SourceError
from abm.ledger.columns import whole, widest
from abm.ledger.counting import LAST_DAY, Delivery, opened_delivery
from abm.ledger.definitions import definitions_of
from abm.ledger.holdings import Holdings
from abm.ledger.store import UNREADABLE, Store, probe
from abm.scoring.binding import bind
from abm.scoring.context import Context, Input, Progress
from abm.sources.coerce import DTYPES
from abm.sources.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from abm.ledger.manifest import Manifest
    from abm.model import Model
    from abm.tables.contracts import Kind
    from abm.workspace.deliveries import EventFile

ROWS_AT_ONCE = 5_000_000
"""After so many new events the ledger is written, so that a long run that is stopped goes on where it was."""


class Book:
    """The holdings of a ledger and where they come from.

    Args:
        files: the deliveries there are, in the order of their rows.
        store: where the holdings are kept; None keeps them in memory only.
        prune: whether to forget deliveries whose file is gone.

    `notes` says in words why deliveries were counted anew, `counted` names those that were counted, `events` has the
    columns that events have and no rows (None without events).
    """

    def __init__(self, files: Sequence[EventFile], store: Store | None = None, *, prune: bool = False) -> None:
        self.holdings = Holdings()
        self.events: Table | None = None
        self.notes: list[str] = []
        self.counted: list[str] = []
        self._files = {each.name: each for each in files}
        self._store, self._prune = store, prune
        self._definitions: str | None = None
        found = None if store is None else store.read()
        if found is not None:
            manifest, self.holdings = found
            self.events = _table(manifest)
            self._definitions = manifest.definitions if manifest.probe == probe() else None
        self._checked = False

    @property
    def kept(self) -> bool:
        """Whether the holdings are kept in a folder, where counting them anew lasts."""
        return self._store is not None

    @property
    def gone(self) -> list[str]:
        """The deliveries that are counted and whose file the workspace no longer has."""
        return [name for name in self.holdings.deliveries if name not in self._files]

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Read what is counted; what fails because a file of the ledger is damaged or gone names that file.

        Raises:
            LedgerError: one is, or another run has cleared it away.
        """
        try:
            yield
        except (SourceError, *UNREADABLE) as error:
            if self._store is None:
                raise
            self._store.require_whole()
            lost = error if isinstance(error, FileNotFoundError) else error.__cause__
            if isinstance(lost, FileNotFoundError):
                raise LedgerError(
                    f"{self._store.folder}: another run has changed the ledger meanwhile. Run this again."
                ) from error
            raise

    def count(self, model: Model, tables: Mapping[str, Table], progress: Progress) -> None:
        """Count what is not counted yet as a model tells events apart.

        Raises:
            LedgerError: the model counts other events than before, and files are gone; or a file of the ledger is
                damaged.
            ModelError: a condition of the model does not fit the events.
        """
        definitions = definitions_of(model)
        anew = definitions != self._definitions
        if self._checked and not anew:
            return
        with self.answering(), nullcontext() if self._store is None else self._store.writing(progress):
            self._count(model, definitions, tables, progress, anew=anew)

    def _count(
        self, model: Model, definitions: str, tables: Mapping[str, Table], progress: Progress, *, anew: bool
    ) -> None:
        holdings = self._fresh(model) if anew else self.holdings
        pruned = self.gone if self._prune and not anew else []
        wanted = [*self._files.values()] if anew else self._changed(pruned)
        for name in (*pruned, *(each.name for each in wanted)):
            holdings.remove(name)
        if wanted and anew:
            self.events = None
        self.holdings, self._definitions, self._checked = holdings, definitions, True
        holdings.arrange(self._order)
        waiting = 0
        for place, each in enumerate(wanted, start=1):
            progress(f"counting events {place} of {len(wanted)}" if len(wanted) > 1 else "counting events")
            self._add(each, model, tables)
            self.counted.append(each.name)
            waiting += holdings.deliveries[each.name].rows
            if waiting >= ROWS_AT_ONCE and not anew:
                self._commit()
                waiting = 0
        if wanted or pruned:
            self._commit()

    def _fresh(self, model: Model) -> Holdings:
        """Nothing counted yet; say so if something was."""
        if not self.holdings.deliveries:
            return Holdings()
        other = self._definitions is None
        if self.gone and not self._prune:
            why = "another version of abm made the ledger" if other else f"model {model.name} counts other events"
            more = f" and {len(self.gone) - 1} more" if len(self.gone) > 1 else ""
            before = "that version" if other else "the model that was used before"
            raise LedgerError(
                f"{why}, and {self.gone[0]}{more}, from which they would be counted anew, is gone."
                f" Bring the files back, forget what came from them (`abm ingest --prune`), or use {before}."
            )
        said = "another version of abm counted them" if other else "the model counts other events"
        many = len(self.holdings.deliveries)
        self.notes.append(f"{many} {'delivery' if many == 1 else 'deliveries'} of events counted anew: {said}")
        if self._store is not None:
            self._store.forget()
        return Holdings()

    @property
    def _order(self) -> Mapping[str, int]:
        """Rows stand in the order of the deliveries: of one event told of twice, the first counts."""
        return {name: place for place, name in enumerate(self._files)}

    def _changed(self, pruned: Sequence[str]) -> list[EventFile]:
        """The files to count: new ones, changed ones, and those whose rows gave way to a delivery out of reach.

        They are told of again when that delivery is forgotten, or there again.
        """
        within = {*pruned, *self._files}
        again = {name for name, held in self.holdings.deliveries.items() if not within.isdisjoint(held.gave_way)}
        return [each for name, each in self._files.items() if name in again or self._has_changed(each)]

    def _has_changed(self, file: EventFile) -> bool:
        held = self.holdings.deliveries.get(file.name)
        return held is None or file.fingerprint is None or held.fingerprint != file.fingerprint

    def _add(self, file: EventFile, model: Model, tables: Mapping[str, Table]) -> None:
        table = file.read()
        delivery = _opened(model, tables, whole(model, table, self._others(file)))
        self.holdings.add(file.name, file.fingerprint, delivery, lambda name: self._reopened(name, model, tables))
        self.holdings.arrange(self._order)
        self.events = widest(self.events, table)

    def _reopened(self, name: str, model: Model, tables: Mapping[str, Table]) -> Delivery | None:
        file = self._files.get(name)
        return None if file is None else _opened(model, tables, whole(model, file.read(), self._others(file)))

    def _others(self, file: EventFile) -> Iterator[Mapping[str, Kind]]:
        """The columns of the other deliveries: of those that were read, then of the others, which are read for it."""
        if self.events is not None:
            yield self.events.kinds
        for each in self._files.values():
            if each is not file and each.name not in self.counted:
                yield each.read().kinds

    def _commit(self) -> None:
        if self._store is not None and self.events is not None and self._definitions is not None:
            self._store.commit(self.holdings, self._definitions, self.events)


def _opened(model: Model, tables: Mapping[str, Table], events: Table) -> Delivery:
    kinds = {name: table.kinds for name, table in {**tables, "events": events}.items()}
    binding = bind(model, kinds, LAST_DAY)
    given = Input(nw.from_native(events.frame), events.kinds, events.file, events.given, events.marked)
    context = Context(model, LAST_DAY, PolarsEngine(), {"events": given}, binding)
    context.findings.extend(events.findings)
    return opened_delivery(context)


def _table(manifest: Manifest) -> Table:
    """The columns of the events that are counted, without a row."""
    frame = pl.LazyFrame(schema={name: DTYPES[kind] for name, kind in manifest.kinds.items()})
    return Table("events", frame, manifest.kinds, (), manifest.file, frozenset(manifest.given), manifest.marked)
