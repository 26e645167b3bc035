"""`Ledger`: events counted once, scored under as many models, thresholds and days as one likes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from abm.engines.polars import PolarsEngine, engine_for
from abm.ledger.counting import LAST_DAY, Delivery, opened_delivery
from abm.ledger.definitions import definitions_of
from abm.ledger.holdings import Holdings
from abm.ledger.reading import events_until
from abm.ledger.reading import newest_day as newest_counted
from abm.model.matching import DEFAULT_SETTINGS, MatchSettings
from abm.scoring.binding import bind
from abm.scoring.context import Context, Input, Kept, Progress
from abm.scoring.score import Run, chosen_model, day_of, newest_day, require_enough, score_tables
from abm.sources.frames import FrameKind, frame_kind, tables_from_frames
from abm.workspace.loader import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from pathlib import Path

    from abm.model import Model
    from abm.scoring.result import ScoreResult
    from abm.sources.tables import Table


@dataclass(frozen=True)
class Source:
    """Where a delivery comes from.

    Attributes:
        name: what it is called.
        fingerprint: of its content, without reading it; None where only reading it tells.
        read: reads its events.
    """

    name: str
    fingerprint: str | None
    read: Callable[[], Table]


class Ledger:
    """Events counted once, scored as often as one likes.

    Points, half-lives, caps, thresholds, roles, weights and days may change from one run to the next and cost little;
    where a model counts other events (`event`, `where`, `ignore`), the events are counted anew, once. Every run gives
    what `abm.score` gives for the same tables, model and day.

    Args:
        facts: a workspace, or frames by table name, as for `abm.score`.
        model: a model, the path of its file, or the name of a shipped one; by default the workspace's.
        progress: called with the name of each step as it begins.

    Raises:
        ModelError, TableError, SourceError: as `abm.score`.

    >>> import abm
    >>> ledger = abm.Ledger(abm.load_workspace(abm.demo_folder()))
    >>> [ledger.score(as_of=day).accounts["is_mqa"].sum() for day in ("2026-06-30", "2026-05-31")]
    [6, 3]
    """

    def __init__(
        self,
        facts: Workspace | Mapping[str, Any],
        model: Model | str | Path | None = None,
        *,
        progress: Progress = lambda _step: None,
    ) -> None:
        self._workspace = facts if isinstance(facts, Workspace) else None
        self._kind: FrameKind = "polars" if isinstance(facts, Workspace) else frame_kind(facts)
        tables = dict(facts.tables if isinstance(facts, Workspace) else tables_from_frames(facts))
        require_enough(tables)
        self._events = tables.get("events")
        self._tables = tables
        self._kept: Kept = {}
        self._model = chosen_model(model, self._workspace)
        self.holdings = Holdings()
        self._definitions = ""
        self.count(self._model, progress)

    def count(self, model: Model, progress: Progress = lambda _step: None) -> None:
        """Count the events as a model tells them apart, if they are not counted so already."""
        definitions = definitions_of(model)
        if self._events is None or definitions == self._definitions:
            return
        progress("counting events")
        holdings = Holdings()
        holdings.add("events", None, self._delivery(model, self._events), lambda _name: None)
        self.holdings, self._definitions = holdings, definitions

    def _delivery(self, model: Model, events: Table) -> Delivery:
        return opened_delivery(delivery_context(model, {**self._tables, "events": events}))

    def score(
        self,
        model: Model | str | Path | None = None,
        *,
        as_of: date | str | None = None,
        matching: MatchSettings | None = None,
        progress: Progress = lambda _step: None,
    ) -> ScoreResult:
        """Score people and accounts; arguments and result are those of `abm.score`."""
        used = self._model if model is None else chosen_model(model, self._workspace)
        self.count(used, progress)
        pinned = None if self._workspace is None else self._workspace.as_of
        day = day_of(as_of) or pinned or self.newest_day()
        how = matching or (DEFAULT_SETTINGS if self._workspace is None else self._workspace.matching)
        run = Run(used, day, how, self._kind, progress, self._counted, self._kept, self._engine())
        return score_tables(self._tables, run)

    @property
    def _counted(self) -> Callable[[Context], Any]:
        return partial(events_until, self.holdings)

    def newest_day(self, until: date | None = None) -> date:
        """The newest day of an event or an intent observation, not after `until`.

        Raises:
            WorkspaceError: nothing has a day.
        """
        counted = newest_counted(self.holdings, until) if self.holdings.deliveries else None
        others = {name: table for name, table in self._tables.items() if name == "intent"}
        if counted is None:
            return newest_day(self._tables, until)
        return max(counted, newest_day(others, until)) if others else counted

    def _engine(self) -> PolarsEngine:
        sizes = [table.frame.select(pl.len()) for name, table in self._tables.items() if name != "events"]
        rows = max(frame.item() for frame in pl.collect_all(sizes))
        cells = [held.cells.select(pl.len()) for held in self.holdings.deliveries.values()]
        counted = sum(frame.item() for frame in pl.collect_all(cells)) if cells else 0
        return PolarsEngine(engine_for(max(rows, counted)))


def delivery_context(model: Model, tables: Mapping[str, Table]) -> Context:
    """A run over a delivery's events, whatever their day."""
    binding = bind(model, {name: table.kinds for name, table in tables.items()}, LAST_DAY)
    events = tables["events"]
    given = Input(nw.from_native(events.frame), events.kinds, events.file, events.given, events.marked)
    return Context(model, LAST_DAY, PolarsEngine(), {"events": given}, binding)


def without_rows(events: Table) -> Table:
    """The events' table for a run that has their counts: its columns, and no rows."""
    return replace(events, frame=events.frame.clear())
