"""What every command begins with: a workspace opened, its day chosen, its model applied."""

from __future__ import annotations

import atexit
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING

from abm.cli.streams import tell
from abm.cli.targets import refuse_inputs
from abm.engines.room import Room, needed, needed_in_parts, usable
from abm.errors import InputError
from abm.output.aside import aside as folder_aside
from abm.scoring.ground import row_counts
from abm.scoring.score import newest_day, score
from abm.workspace.loader import Workspace, load_workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from abm.cli.waiting import Waiting
    from abm.ledger.ledger import Ledger
    from abm.scoring.ground import EngineName
    from abm.scoring.result import ScoreResult

_WARNINGS_TOLD = 3


@dataclass(frozen=True, slots=True)
class Choice:
    """What the options that all commands share say.

    Attributes:
        workspace: the folder.
        data: the folder below which files are read, if not the workspace's own choice.
        model: the model's file, if not the workspace's own choice.
        as_of: the day, if not the workspace's own choice.
        ledger: the folder of the ledger that has the events, if they are not to be read.
        engine: what the plan runs on; None: Polars.
        memory: bytes of memory that a run may take; None: most of what the machine has.
    """

    workspace: Path
    data: Path | None = None
    model: Path | None = None
    as_of: date | None = None
    ledger: Path | None = None
    engine: EngineName | None = None
    memory: int | None = None

    @property
    def name(self) -> str:
        """What to call the workspace: the folder's name."""
        return self.workspace.resolve().name or str(self.workspace)


@dataclass(frozen=True)
class Opened:
    """A workspace and its result.

    Attributes:
        choice: the options.
        workspace: the tables.
        result: what they score.
        facts: what scored them: the workspace, or its ledger.
    """

    choice: Choice
    workspace: Workspace
    result: ScoreResult
    facts: Workspace | Ledger


def opened(
    choice: Choice,
    waiting: Waiting,
    targets: Sequence[Path] = (),
    *,
    families: bool = False,
    aside: Callable[[], Path] | None = None,
) -> Opened:
    """Read and score a workspace.

    Args:
        choice: the options.
        waiting: told of each step.
        targets: the files that will be written; they are checked before the work, not after it.
        families: whether families are wanted, also where the model does not roll them up.
        aside: makes a folder for what has no room in memory; by default among temporary files.

    Raises:
        InputError: as of `load_workspace` and `score`.
        OutputError: one of the targets is an input.
    """
    _refuse_together(choice)
    facts, workspace, day = facts_of(choice, waiting, targets)
    model = workspace.model.with_families() if families else workspace.model
    room = _room(choice, facts, aside or _aside_until_the_end)
    if isinstance(facts, Workspace):
        result = score(facts, model, as_of=day, engine=choice.engine, room=room, progress=waiting)
    else:
        result = facts.score(model, as_of=day, room=room, progress=waiting)
    return Opened(choice, workspace, result, facts)


def _refuse_together(choice: Choice) -> None:
    if choice.ledger is not None and choice.engine not in (None, "polars"):
        raise InputError(
            f"--ledger: cells are scored by Polars, and --engine {choice.engine} was asked for. Leave one of them out."
        )
    if choice.engine == "spark" and choice.memory is not None:
        raise InputError("--memory: Spark has settings of its own (spark.executor.memory). Leave --memory out.")


def _aside_until_the_end() -> Path:
    until_the_end = ExitStack()
    atexit.register(until_the_end.close)
    return until_the_end.enter_context(folder_aside(Path(gettempdir())))


def _room(choice: Choice, facts: Workspace | Ledger, aside: Callable[[], Path]) -> Room | None:
    """How much memory there is, where a run has to keep to it; None where it does not."""
    if choice.engine == "spark" or (choice.engine == "duckdb" and choice.memory is None):
        return None
    most = choice.memory or usable()
    if most is None:
        return None
    if choice.engine == "duckdb":
        return Room(most, aside())
    rows = row_counts(facts.tables) if isinstance(facts, Workspace) else facts.sizes()
    about, least = needed(rows), needed_in_parts(rows)
    if about <= most:
        return None
    if choice.memory and least > most:
        raise InputError(
            f"--memory: about {_gigabytes(least)} are needed for {rows.get('contacts', 0):,} contacts and"
            f" {rows.get('accounts', 0):,} accounts even where all else is put aside,"
            f" and {_gigabytes(most)} are allowed. Allow more."
        )
    whose = "allowed" if choice.memory else "there to use"
    tell(
        f"memory: about {_gigabytes(about)} would be needed, {_gigabytes(most)} are {whose}:"
        " the rest is put aside on disk"
    )
    return Room(most, aside())


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB"


def facts_of(
    choice: Choice, waiting: Waiting, targets: Sequence[Path] = ()
) -> tuple[Workspace | Ledger, Workspace, date]:
    """Read a workspace, or open its ledger; return what is to be scored, the workspace, and the day.

    Raises:
        InputError: as of `load_workspace` and `Ledger.kept`.
        OutputError: one of the targets is an input.
    """
    waiting("reading")
    if choice.ledger is None:
        workspace = load_workspace(choice.workspace, data=choice.data, model=choice.model)
        refuse_inputs(targets, workspace, choice.data)
        return workspace, workspace, _as_of(choice, workspace)
    from abm.ledger.ledger import Ledger  # noqa: PLC0415 - most runs have none

    ledger = Ledger.kept(choice.workspace, choice.ledger, data=choice.data, model=choice.model, progress=waiting)
    tell_counted(ledger)
    kept = ledger.workspace
    assert kept is not None, "a ledger in a folder is that of a workspace"
    refuse_inputs(targets, kept, choice.data)
    return ledger, kept, choice.as_of or kept.as_of or ledger.newest_day(datetime.now(UTC).date())


def tell_counted(ledger: Ledger) -> None:
    """Say which events were counted, and which are counted though their file is gone."""
    book = ledger.book
    for note in book.notes:
        tell(f"ledger: {note}")
    if book.counted:
        tell(f"ledger: {_few(book.counted)} counted")
    if book.gone:
        tell(f"ledger: {_few(book.gone)} gone, and still counted (abm ingest --prune forgets what is gone)")


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _WARNINGS_TOLD:,} more" if len(names) > _WARNINGS_TOLD else ""
    return f"{', '.join(names[:_WARNINGS_TOLD])}{more}"


def tell_advice(result: ScoreResult) -> None:
    """Say briefly what the model probably does not mean."""
    warnings = result.model.warnings
    for warning in warnings[:_WARNINGS_TOLD]:
        tell(f"model: {warning}")
    if len(warnings) > _WARNINGS_TOLD:
        tell(f"model: {len(warnings) - _WARNINGS_TOLD} more warnings; `abm check` lists them.")


def tell_problems(result: ScoreResult) -> None:
    """Say that something is wrong with the data, and where to read what."""
    problems = sum(finding.level == "problem" for finding in result.findings)
    if problems:
        said = "1 problem was" if problems == 1 else f"{problems} problems were"
        tell(f"{said} found in the data; `abm check` shows them.")


def _as_of(choice: Choice, workspace: Workspace, today: Callable[[], date] = lambda: datetime.now(UTC).date()) -> date:
    """Choose the day: as told, else the workspace's, else the newest day of its facts that is not after today.

    This is the only place where `abm` reads a clock; it matters only where the data reaches into the future.
    """
    return choice.as_of or workspace.as_of or newest_day(workspace.tables, today())
