"""`score`: tables and a model in, people and accounts judged out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from abm.engines.polars import PolarsEngine, engine_of
from abm.errors import TableError, WorkspaceError
from abm.model import Model, load_model
from abm.model.matching import DEFAULT_SETTINGS, MatchSettings
from abm.scoring.context import Context, Input, Kept, Progress
from abm.scoring.facts.events import Events, read_events
from abm.scoring.finish import contribution_batches, contributions_table, finished, issues
from abm.scoring.plan import run
from abm.scoring.result import ScoreResult
from abm.sources.frames import FrameKind, frame_kind, tables_from_frames
from abm.sources.guard import collected
from abm.tables.contracts import enough_to_score
from abm.version import __version__
from abm.workspace.bundled import model_file
from abm.workspace.loader import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from abm.sources.tables import Table
    from abm.tables.findings import Finding


def score(
    facts: Workspace | Mapping[str, Any],
    model: Model | str | Path | None = None,
    *,
    as_of: date | str | None = None,
    matching: MatchSettings | None = None,
    progress: Progress = lambda _step: None,
) -> ScoreResult:
    """Score people and accounts.

    Args:
        facts: a workspace, or frames by table name (`accounts`, `contacts`, `events`, ...), all of one kind: Polars,
            pandas or PyArrow.
        model: a model, the path of its file, or the name of a shipped one such as "starter"; by default the
            workspace's.
        as_of: the day up to which facts count, as a date or ISO text; by default the workspace's, else the newest day
            of an event or an intent observation. No wall clock is read.
        matching: how alike names must be for a lead to belong to an account; by default the workspace's.
        progress: called with the name of each step as it begins.

    Returns:
        The result; its frames are of the kind that was given. The same input gives the same bytes, whatever the order
        of rows, the chunks or the number of threads.

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
    kind: FrameKind = "polars" if isinstance(facts, Workspace) else frame_kind(facts)
    tables = facts.tables if isinstance(facts, Workspace) else tables_from_frames(facts)
    require_enough(tables)
    used = chosen_model(model, workspace)
    day = day_of(as_of) or (workspace.as_of if workspace is not None else None) or newest_day(tables)
    how = matching or (DEFAULT_SETTINGS if workspace is None else workspace.matching)
    return score_tables(tables, Run(used, day, how, kind, progress))


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
    scored = run(
        how.model,
        inputs_of(tables),
        how.as_of,
        engine,
        progress=how.progress,
        matching=how.matching,
        counted=how.counted,
        kept=how.kept,
    )
    how.progress("results")
    findings = (*_reading_findings(tables), *scored.findings)
    frames: dict[str, pl.DataFrame] = finished(scored, how.model, how.as_of, engine)
    return ScoreResult(
        polars={**frames, "issues": issues(findings)},
        kind=how.kind,
        as_of=how.as_of,
        model=how.model,
        stamp=_stamp(how.model, how.as_of),
        given=tuple(tables),
        findings=findings,
        account_kinds=tables["accounts"].kinds,
        scored=scored,
        contribution_lines=partial(contributions_table, scored, how.model, how.as_of, engine),
        contribution_batches=partial(contribution_batches, scored, how.model, how.as_of, engine),
    )


def require_enough(tables: Mapping[str, Table]) -> None:
    """Make sure that tables make up something to score.

    Raises:
        TableError: they do not.
    """
    if not enough_to_score(tables):
        raise TableError(
            f"there is not enough to score: given {', '.join(tables)}. "
            "Needed are accounts, and contacts with events, or intent."
        )


def inputs_of(tables: Mapping[str, Table]) -> dict[str, Input]:
    """The tables as the plan takes them."""
    return {
        name: Input(nw.from_native(table.frame), table.kinds, table.file, table.given, table.marked)
        for name, table in tables.items()
    }


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
        raise WorkspaceError(_no_day(tables))
    return max(known)


def _no_day(tables: Mapping[str, Table]) -> str:
    unread = [
        finding
        for table in tables.values()
        for finding in table.findings
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
        return load_model(model_file(model))
    if workspace is None:
        raise TableError("score: frames come without a model. Pass one: score(frames, model='model.yaml').")
    return workspace.model


def day_of(as_of: date | str | None) -> date | None:
    """The day that is meant, as a date or ISO text."""
    if not isinstance(as_of, str):
        return as_of
    try:
        return date.fromisoformat(as_of)
    except ValueError:
        raise WorkspaceError(f"as_of: '{as_of}' is not a day. Expected a day such as 2026-06-30.") from None


def _reading_findings(tables: Mapping[str, Table]) -> list[Finding]:
    return [finding for table in tables.values() for finding in table.findings]


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
