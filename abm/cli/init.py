"""`abm init`: a first look at a folder of exports, and the two files that make it a workspace."""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from abm.cli.faults import CANNOT_RUN, FINE, PROBLEMS
from abm.cli.streams import emit, tell
from abm.cli.waiting import Waiting
from abm.errors import WorkspaceError
from abm.identity.titles import read_titles
from abm.output.files import draft
from abm.output.screen import screen_of
from abm.output.start import start_lines
from abm.output.text import safe_lines
from abm.sources.presets.schema import known_zone
from abm.workspace.loader import MODEL_FILE, WORKSPACE_FILE
from abm.workspace.start.beside import beside
from abm.workspace.start.page import entry
from abm.workspace.start.start import start

if TYPE_CHECKING:
    from pathlib import Path

    from abm.workspace.start.beside import Beside
    from abm.workspace.start.start import Start

_MOST_PROPOSALS = 100
_MOST_TYPES = 10


@dataclass(frozen=True, slots=True)
class Wanted:
    """What `abm init` was asked for.

    Attributes:
        folder: the folder to look at.
        dry: whether to write nothing.
        timezone: zone of times that do not name their own.
    """

    folder: Path
    dry: bool = False
    timezone: str | None = None


def run(wanted: Wanted) -> int:
    """Look, show, write; return 0 if the folder can be scored now, 1 if something is left to do, 2 if nothing is known.

    Raises:
        WorkspaceError: there is no such folder, or no such time zone.
        OutputError: the files cannot be written; then none is.
    """
    _require_zone(wanted.timezone)
    with Waiting() as waiting:
        seen = start(wanted.folder, read_titles, timezone=wanted.timezone, progress=waiting)
    there = beside(wanted.folder, seen.sources, seen.seen.types)
    screen = screen_of(sys.stdout)
    emit(screen.rendered(start_lines(wanted.folder.resolve().name, seen, screen)))
    if not seen.recognised:
        tell(_nothing(wanted.folder, there))
        return CANNOT_RUN
    files = _files(wanted.folder, seen, there)
    if wanted.dry:
        for path, text in files.items():
            emit(safe_lines(f"\n--- {path.name} (not written)\n{text}"))
        tell("\nNothing was written. Without --dry-run it is.")
    else:
        with draft() as out:
            for path, text in files.items():
                with out.open(path) as stream:
                    stream.write(text.encode())
        tell("\n".join(_written(wanted, seen, there, files)))
    return PROBLEMS if seen.missing or seen.questions or there.faults else FINE


def _require_zone(zone: str | None) -> None:
    try:
        known_zone(zone)
    except ValueError as error:
        raise WorkspaceError(f"--timezone: {error}") from None


def _nothing(folder: Path, there: Beside) -> str:
    kept = f" {WORKSPACE_FILE} is as it was." if there.workspace else " Nothing was written."
    return (
        f"abm: {folder}: no file is one that abm knows.{kept} Put exports of the CRM, of marketing or of an intent"
        " vendor there: companies, people, and what they did."
        "\n     `abm presets` lists what is known, `abm demo NEW` shows a folder that works."
    )


def _files(folder: Path, seen: Start, there: Beside) -> dict[Path, str]:
    """What to write: never a name that a file has."""
    files: dict[Path, str] = {}
    if not there.workspace:
        files[folder / WORKSPACE_FILE] = seen.workspace
    elif there.new:
        path = _proposal(folder, seen.workspace)
        if path is not None:
            files[path] = seen.workspace
    if there.model_wanted:
        files[folder / MODEL_FILE] = seen.model
    return files


def _proposal(folder: Path, text: str) -> Path | None:
    """A name for a proposal that nothing has; None if one of these words is there already."""
    for number in range(1, _MOST_PROPOSALS):
        path = folder / ("workspace.proposed.yaml" if number == 1 else f"workspace.proposed-{number}.yaml")
        if not path.exists() and not path.is_symlink():
            return path
        if path.is_file() and path.read_bytes() == text.encode():
            return None
    return None


def _written(wanted: Wanted, seen: Start, there: Beside, files: dict[Path, str]) -> list[str]:
    told = [""]
    if files:
        told.append(f"Written: {', '.join(path.name for path in files)}. Read them: every doubt is a comment there.")
    kept = [name for name, is_kept in ((WORKSPACE_FILE, there.workspace), (there.model or "", there.model)) if is_kept]
    if kept:
        told.append(f"Kept as {'it was' if len(kept) == 1 else 'they were'}: {', '.join(kept)}.")
    told += [f"Mend this first: {fault}" for fault in there.faults]
    if there.new:
        told += ["", f"New in the folder, not in your {WORKSPACE_FILE}. To read it, add under tables:", ""]
        for table in dict.fromkeys(source.table for source in there.new):
            told.append(f"  {table}:")
            told += [line for source in there.new if source.table == table for line in entry(source, 4)]
    elif there.workspace and not there.faults:
        told.append(f"Nothing is new: your {WORKSPACE_FILE} speaks of every file that is known.")
    if there.model and there.unscored:
        shown = ", ".join(there.unscored[:_MOST_TYPES])
        more = f" and {len(there.unscored) - _MOST_TYPES} more" if len(there.unscored) > _MOST_TYPES else ""
        told.append(f"Events that no signal of {there.model} counts: {shown}{more}.")
    return [*told, "", *_next(wanted.folder, seen)]


def _next(folder: Path, seen: Start) -> list[str]:
    here = shlex.quote(str(folder))
    if seen.missing:
        return ["It cannot be scored yet: see above what is missing. Put it there, then:", "", f"  abm init {here}"]
    first = ["Decide what is asked above, in workspace.yaml. Then:"] if seen.questions else ["Then:"]
    rows = [
        (f"abm check -w {here}", "what is wrong with the data"),
        (f"abm match -w {here}", "which people belong to which account"),
        (f"abm rank -w {here}", "which accounts are worth a call"),
    ]
    width = max(len(command) for command, _ in rows)
    return [*first, "", *(f"  {command:<{width}}  {meaning}" for command, meaning in rows)]
