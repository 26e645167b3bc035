"""`Ledger`: events counted once, scored under as many models, thresholds and days as one likes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from abm.engines.polars import PolarsEngine, engine_for
from abm.errors import TableError
from abm.ledger.book import Book
from abm.ledger.counting import DAY
from abm.ledger.reading import events_until
from abm.ledger.reading import newest_day as newest_counted
from abm.ledger.store import FOLDER, Store
from abm.model.matching import DEFAULT_SETTINGS, MatchSettings
from abm.scoring.context import Kept
from abm.scoring.ground import engine_on_disk, row_counts
from abm.scoring.score import Run, chosen_model, day_of, newest_day, require_enough, score_tables
from abm.sources.frames import FrameKind, frame_kind, tables_from_frames
from abm.tables.contracts import CONTRACTS
from abm.workspace.deliveries import EventFile, event_files
from abm.workspace.fingerprints import of_tables
from abm.workspace.loader import Workspace, load_workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from abm.engines.room import Room
    from abm.model import Model
    from abm.scoring.context import Context, Progress
    from abm.scoring.result import ScoreResult
    from abm.sources.tables import Table


@dataclass(frozen=True, slots=True)
class Place:
    """Where a kept ledger lies, and whose it is; the arguments of `Ledger.kept`."""

    workspace: str | Path
    folder: str | Path | None
    data: str | Path | None
    model: str | Path | None

    def opened(self) -> Ledger:
        """Open it."""
        return Ledger.kept(self.workspace, self.folder, data=self.data, model=self.model)


class Ledger:
    """Events counted once, scored as often as one likes.

    Points, half-lives, caps, thresholds, roles, weights and days may change from one run to the next and cost little;
    where a model counts other events (`event`, `where`, `ignore`), the events are counted anew, once. Every run gives
    what `abm.score` gives for the same tables, model and day.

    Args:
        facts: a workspace, or frames by table name, as for `abm.score`; relations of DuckDB are read into memory, and
            their results are Polars frames.
        model: a model, the path of its file, or the name of a shipped one; by default the workspace's.
        progress: called with the name of each step as it begins.

    Raises:
        ModelError, TableError, SourceError: as `abm.score`.
        TableError: frames of Spark, which stay on their cluster.

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
        workspace = facts if isinstance(facts, Workspace) else None
        if not isinstance(facts, Workspace):
            _require_here(facts)
        tables = dict(facts.tables if isinstance(facts, Workspace) else tables_from_frames(facts))
        require_enough(tables)
        kind: FrameKind = "polars" if isinstance(facts, Workspace) else frame_kind(facts)
        events = tables.get("events")
        files = () if events is None else (EventFile("events", None, lambda: events),)
        self._begin(tables, chosen_model(model, workspace), workspace, kind)
        self.book = Book(files)
        self.count(self.model, progress)

    @classmethod
    def kept(
        cls,
        workspace: str | Path,
        folder: str | Path | None = None,
        *,
        data: str | Path | None = None,
        model: str | Path | None = None,
        prune: bool = False,
        progress: Progress = lambda _step: None,
    ) -> Ledger:
        """Open the ledger of a workspace that is kept in a folder, and count what is new.

        Files of events that are new or were delivered again are counted, others are not read. What the workspace no
        longer has stays counted. Where the model counts other events than before, everything is counted anew. The
        folder also keeps who people are and where they belong, until contacts, accounts or corrections change.

        Args:
            workspace: the workspace's folder.
            folder: the ledger's; by default `ledger` in the workspace.
            data: the folder below which files are read, if not the workspace's own choice.
            model: the model's file, or the name of a shipped one, if not the workspace's own choice.
            prune: whether to forget deliveries whose file is gone.
            progress: called with the name of each step as it begins.

        Raises:
            LedgerError: the folder holds something else, or what the model now counts cannot be counted anew because
                files are gone.
            OutputError: the folder cannot be written.
            InputError: as of `load_workspace` and `score`.
        """
        found = load_workspace(workspace, data=data, model=model, only=[name for name in CONTRACTS if name != "events"])
        store = Store(Path(folder) if folder is not None else Path(workspace) / FOLDER)
        self = cls.__new__(cls)
        self._begin(dict(found.tables), found.model, found, "polars")
        self.place = Place(workspace, folder, data, model)
        # What people are is decided by these tables; while they are the same, it is read and not found out again.
        told = of_tables(workspace, ("accounts", "contacts", "corrections"), data=data)
        self._kept = Kept(None if told is None else store.shelf(told))
        files = event_files(workspace, data=data)
        with store.writing(progress):
            self.book = Book(files, store, prune=prune)
            self.count(self.model, progress)
        require_enough(self._tables)
        return self

    def _begin(self, tables: dict[str, Table], model: Model, workspace: Workspace | None, kind: FrameKind) -> None:
        self.model, self._workspace, self._kind = model, workspace, kind
        self._tables, self._kept = tables, Kept()
        self.place: Place | None = None

    def count(self, model: Model, progress: Progress = lambda _step: None) -> None:
        """Count what is not counted yet as a model tells events apart."""
        self.book.count(model, self._tables, progress)
        if self.book.events is not None:
            self._tables["events"] = self.book.events

    def score(
        self,
        model: Model | str | Path | None = None,
        *,
        as_of: date | str | None = None,
        matching: MatchSettings | None = None,
        room: Room | None = None,
        progress: Progress = lambda _step: None,
    ) -> ScoreResult:
        """Score people and accounts; arguments and result are those of `abm.score`.

        With a `room`, what was read for other days is not used, and nothing is kept for them.
        """
        used = self.model if model is None else chosen_model(model, self._workspace)
        pinned = None if self._workspace is None else self._workspace.as_of
        how = matching or (DEFAULT_SETTINGS if self._workspace is None else self._workspace.matching)
        with self.book.answering():
            self.count(used, progress)
            day = day_of(as_of) or pinned or self.newest_day()
            kept, engine = (self._kept, self._engine()) if room is None else (None, engine_on_disk(room, self.sizes()))
            return score_tables(self._tables, Run(used, day, how, self._kind, progress, self._counted, kept, engine))

    def sizes(self) -> dict[str, int]:
        """How many rows each table has; of events how many cells, and of `subjects` how many it knows."""
        others = {name: table for name, table in self._tables.items() if name != "events"}
        cells = [held.cells.select(pl.len()) for held in self.book.holdings.deliveries.values()]
        with self.book.answering():
            counted = sum(frame.item() for frame in pl.collect_all(cells)) if cells else 0
        return row_counts(others) | {"events": counted, "subjects": self.book.holdings.subjects.height}

    @property
    def workspace(self) -> Workspace | None:
        """The workspace, if it is one that is scored; of its events the columns, and no rows."""
        return None if self._workspace is None else replace(self._workspace, tables=self._tables)

    @property
    def _counted(self) -> Callable[[Context], Any]:
        return partial(events_until, self.book.holdings)

    def days(self) -> tuple[date | None, date | None]:
        """The first and the last day of the counted events."""
        cells = [held.cells.select(DAY) for held in self.book.holdings.deliveries.values()]
        days = pl.concat([*cells, self.book.holdings.disputed.lazy().select(DAY)])
        ends = days.select(pl.col(DAY).min().alias("first"), pl.col(DAY).max().alias("last"))
        with self.book.answering():
            first, last = ends.collect().row(0)
        return first, last

    def newest_day(self, until: date | None = None) -> date:
        """The newest day of an event or an intent observation, not after `until`.

        Raises:
            WorkspaceError: nothing has a day.
        """
        with self.book.answering():
            counted = newest_counted(self.book.holdings, until) if self.book.holdings.deliveries else None
        others = {name: table for name, table in self._tables.items() if name == "intent"}
        if counted is None:
            return newest_day(self._tables, until)
        return max(counted, newest_day(others, until)) if others else counted

    def _engine(self) -> PolarsEngine:
        return PolarsEngine(engine_for(max(self.sizes().values())))


def _require_here(frames: Mapping[str, Any]) -> None:
    if frame_kind(frames) == "spark":
        raise TableError(
            "a ledger counts events on one machine, and these are frames of Spark. Write them as Parquet and open the"
            " folder with abm.load_workspace, or score the frames with abm.score, once for each model and day."
        )
