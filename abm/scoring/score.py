"""`score`: tables and a model in, people and accounts judged out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl

from abm.engines.polars import PolarsEngine, engine_of
from abm.errors import TableError, WorkspaceError
from abm.model import Model
from abm.model.matching import DEFAULT_SETTINGS, MatchSettings
from abm.scoring.facts.events import Events, read_events
from abm.scoring.finish import contribution_batches, contributions_table, finished
from abm.scoring.ground import EngineName, Ground, findings_of, ground_of, inputs_of
from abm.scoring.plan import run
from abm.scoring.result import ScoreResult
from abm.sources.guard import collected
from abm.tables.contracts import enough_to_score
from abm.version import __version__
from abm.workspace.loader import Workspace
from abm.workspace.models import load_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from abm.engines.room import Room
    from abm.scoring.context import Context, Kept, Progress
    from abm.sources.frames import FrameKind
    from abm.sources.tables import Table
    from abm.tables.findings import Finding


def score(
    facts: Workspace | Mapping[str, Any],
    model: Model | str | Path | None = None,
    *,
    as_of: date | str | None = None,
    matching: MatchSettings | None = None,
    engine: EngineName | None = None,
    room: Room | None = None,
    progress: Progress = lambda _step: None,
) -> ScoreResult:
    """Score people and accounts.

    Args:
        facts: a workspace, or frames by table name (`accounts`, `contacts`, `events`, ...), all of one kind: Polars,
            pandas, PyArrow, DuckDB relations of one connection, or Spark DataFrames of one session.
        model: a model, the path of its file, or the name of a shipped one such as "starter"; by default the
            workspace's.
        as_of: the day up to which facts count, as a date or ISO text; by default the workspace's, else the newest day
            of an event or an intent observation. No wall clock is read.
        matching: how alike names must be for a lead to belong to an account; by default the workspace's.
        engine: where it runs; by default where the frames live, which is Polars for all but DuckDB's and Spark's.
        room: how much memory Polars or DuckDB may take, for a workspace (`abm.engines.room.Room`); what has no room
            there lies on disk for as long as the result is used. Its tables are lazy frames over files of the room's
            folder, or relations. Spark has limits of its own.
        progress: called with the name of each step as it begins.

    Returns:
        The result; its frames are of the kind that was given, those of a workspace of the engine's. Every engine gives
        the same points, statuses, reasons and ranks, and components that are equal to a millionth. The same input
        gives the same bytes, whatever the order of rows, the chunks or the number of threads.

    Raises:
        ModelError: the model, or a condition of it, does not fit.
        TableError, WorkspaceError, SourceError: the tables do not make up something to score.

    >>> import polars as pl
    >>> from datetime import date
    >>> from abm.model import model_from
    >>> result = score(
    ...     {
    ...         "accounts": pl.DataFrame({"account_id": ["A1"], "domain": ["acme.example"]}),
    ...         "contacts": pl.DataFrame({"contact_id": ["C1"], "email": ["jo@acme.example"]}),
    ...         "events": pl.DataFrame({"contact_id": ["C1"], "type": ["demo"], "occurred_at": [date(2026, 6, 1)]}),
    ...     },
    ...     model_from({"name": "tiny", "version": 1, "signals": [{"name": "demo", "event": "demo", "points": 50}]}),
    ...     as_of="2026-06-30",
    ... )
    >>> result.leads.select("contact_id", "account_id", "engagement", "status").rows()
    [('C1', 'A1', 25.58435, 'nurture')]
    """
    workspace = facts if isinstance(facts, Workspace) else None
    ground = ground_of(facts, engine, room)
    require_enough(ground.inputs)
    used = chosen_model(model, workspace)
    day = day_of(as_of) or (workspace.as_of if workspace is not None else None) or _newest_given(ground)
    how = matching or (DEFAULT_SETTINGS if workspace is None else workspace.matching)
    return _score_on(ground, Run(used, day, how, ground.kind, progress))


@dataclass(frozen=True)
class Run:
    """How tables are scored.

    Attributes:
        model: the model.
        as_of: the day.
        matching: how alike names must be for a lead to belong to an account.
        kind: the kind of frame that the result has.
        progress: called with the name of each step as it begins.
        counted: counts the events, or brings what was counted before.
        kept: what runs over the same tables have read, if they share it.
        engine: what runs the steps; by default one that suits the size of the tables.
    """

    model: Model
    as_of: date
    matching: MatchSettings = DEFAULT_SETTINGS
    kind: FrameKind = "polars"
    progress: Progress = lambda _step: None
    counted: Callable[[Context], Events] = read_events
    kept: Kept | None = None
    engine: PolarsEngine | None = None


def score_tables(tables: Mapping[str, Table], how: Run) -> ScoreResult:
    """Score tables that were read; see `score`."""
    engine = how.engine or PolarsEngine(engine_of([table.frame for table in tables.values()]))
    return _score_on(Ground(engine, how.kind, inputs_of(tables), findings_of(tables)), how)


def _score_on(ground: Ground, how: Run) -> ScoreResult:
    engine = ground.engine
    scored = run(
        how.model,
        ground.inputs,
        how.as_of,
        engine,
        progress=how.progress,
        matching=how.matching,
        counted=how.counted,
        kept=how.kept,
    )
    how.progress("results")
    findings = (*ground.findings, *scored.findings)
    return ScoreResult(
        frames=finished(scored, how.model, how.as_of, engine, findings),
        kind=how.kind,
        as_of=how.as_of,
        model=how.model,
        stamp=_stamp(how.model, how.as_of),
        given=tuple(ground.inputs),
        findings=findings,
        account_kinds=ground.inputs["accounts"].kinds,
        scored=scored,
        contribution_lines=partial(contributions_table, scored, how.model, how.as_of, engine),
        contribution_batches=partial(contribution_batches, scored, how.model, how.as_of, engine),
    )


def require_enough(tables: Iterable[str]) -> None:
    """Make sure that tables make up something to score.

    Raises:
        TableError: they do not.
    """
    if not enough_to_score(tables):
        raise TableError(
            f"there is not enough to score: given {', '.join(tables)}. "
            "Needed are accounts, and contacts with events, or intent."
        )


def newest_day(tables: Mapping[str, Table], until: date | None = None) -> date:
    """The newest day of an event or an intent observation, not after `until`.

    Raises:
        WorkspaceError: no event and no observation has a day.
    """
    columns = {"events": "occurred_at", "intent": "observed_on"}
    newest: list[date | None] = [
        collected(table.frame.select(_newest(columns[name], until)), table.file or name).item()
        for name, table in tables.items()
        if name in columns
    ]
    known = [day for day in newest if day is not None]
    if not known:
        raise WorkspaceError(_no_day(tables, findings_of(tables)))
    return max(known)


def _newest_given(ground: Ground) -> date:
    newest = ground.newest_day()
    if newest is None:
        raise WorkspaceError(_no_day(ground.inputs, ground.findings))
    return newest


def _no_day(tables: Iterable[str], findings: Iterable[Finding]) -> str:
    unread = [
        finding
        for finding in findings
        if finding.code == "unparseable" and finding.column in ("occurred_at", "observed_on")
    ]
    said = "no event and no intent observation has a readable day"
    if not unread or not unread[0].samples:
        return f"{', '.join(tables)}: {said}. Say which day counts with as_of."
    first = unread[0]
    how = f"`sql:` and strptime({first.column}, '%d/%m/%Y')"
    return (
        f"{first.file or first.table}: {said}, such as 2026-06-30; {first.column} is written '{first.samples[0]}'."
        f" Export days as year-month-day, or read them with {how}."
    )


def _newest(column: str, until: date | None) -> pl.Expr:
    day = pl.col(column)
    return (day if until is None else day.filter(day <= until)).max()


def chosen_model(model: Model | str | Path | None, workspace: Workspace | None) -> Model:
    """The model that is meant: one, the path of its file, the name of a shipped one, or the workspace's."""
    if isinstance(model, Model):
        return model
    if model is not None:
        return load_model(model)
    if workspace is None:
        raise TableError("score: frames come without a model. Pass one: score(frames, model='model.yaml').")
    return workspace.model


def day_of(as_of: date | str | None) -> date | None:
    """The day that is meant, as a date or ISO text; of a moment the day it is in UTC, without a zone its own."""
    if isinstance(as_of, datetime):
        return (as_of.astimezone(UTC) if as_of.tzinfo else as_of).date()
    if as_of is None or isinstance(as_of, date):
        return as_of
    try:
        return date.fromisoformat(as_of)
    except (TypeError, ValueError):
        raise WorkspaceError(f"as_of: '{as_of}' is not a day. Expected a day such as 2026-06-30.") from None


def _stamp(model: Model, as_of: date) -> dict[str, str]:
    return {
        "model": model.name,
        "model_version": str(model.version),
        "model_hash": model.content_hash,
        "owners": ";".join(model.owners),
        "effective_from": "" if model.effective_from is None else model.effective_from.isoformat(),
        "frozen_until": "" if model.frozen_until is None else model.frozen_until.isoformat(),
        "as_of": as_of.isoformat(),
        "abm_version": __version__,
    }
