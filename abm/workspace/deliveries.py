"""Deliveries: the files in which events come, each read by itself, so that a new one need not bring back the old."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from abm.sources.files import located_files
from abm.workspace.fingerprints import of_files, of_source
from abm.workspace.loader import Declaration, declaration
from abm.workspace.reading import read_declared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from abm.sources.tables import Table
    from abm.workspace.schema import TableSource

EVENTS = "events"


@dataclass(frozen=True)
class EventFile:
    """One delivery of events.

    Attributes:
        name: what it is called: its file, relative to the data folder; a query or a database by its place.
        fingerprint: of its content and of how it is read, without reading it; None where only reading it tells.
        read: reads it as a table of events.
    """

    name: str
    fingerprint: str | None
    read: Callable[[], Table]


def event_files(path: str | Path, *, data: str | Path | None = None) -> tuple[EventFile, ...]:
    """List the deliveries of a workspace's events, in the order in which their rows stand.

    Args:
        path: the workspace.
        data: the folder below which files are read, if not the workspace's own choice.

    Returns:
        One per file of each source; one per query and database; none if there are no events.

    Raises:
        WorkspaceError, SourceError: as of `load_workspace`.
    """
    declared = declaration(Path(path), data)
    if EVENTS in declared.sources:
        return tuple(_declared_files(declared))
    return tuple(EventFile(file, of_files(declared.folder, [file], ""), read) for file, read in declared.conventional)


def _declared_files(declared: Declaration) -> Iterator[EventFile]:
    sources = declared.sources[EVENTS]
    seen: set[str] = set()
    others: Counter[str] = Counter()
    for position, source in enumerate(sources):
        if not source.file:
            # Counted among their own kind: a file more in the list makes them no others.
            origin = "query" if source.sql else "database" if source.database else "delta"
            others[origin] += 1
            yield EventFile(f"{origin} {others[origin]}", None, _read(declared, source, position))
            continue
        for file in located_files(source.file, declared.folder):
            name = file if file not in seen else f"{file} (source {position + 1})"
            seen.add(file)
            yield EventFile(name, of_source(declared, source, [file]), _read(declared, source, position, only=file))


def _read(declared: Declaration, source: TableSource, position: int, only: str | None = None) -> Callable[[], Table]:
    within = replace(declared.within, only=only, first=position)
    return partial(read_declared, EVENTS, [source], within)
