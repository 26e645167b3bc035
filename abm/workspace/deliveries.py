"""Deliveries: the files in which events come, each read by itself, so that a new one need not bring back the old."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from abm.sources.files import located_files
from abm.workspace.loader import Declaration, declaration
from abm.workspace.reading import read_declared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

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
    return tuple(
        EventFile(file, _fingerprint(declared.folder, [file], ""), read) for file, read in declared.conventional
    )


def _declared_files(declared: Declaration) -> Iterator[EventFile]:
    sources = declared.sources[EVENTS]
    seen: set[str] = set()
    for position, source in enumerate(sources):
        how = source.model_dump_json(exclude={"file"})  # a file more in the list is no other way to read the rest
        if not source.file:
            origin = "query" if source.sql else "database" if source.database else "delta"
            yield EventFile(f"{origin} {position + 1}", None, _read(declared, source, position))
            continue
        beside = [file for other in source.with_.values() for file in located_files(other.file, declared.folder)]
        for file in located_files(source.file, declared.folder):
            name = file if file not in seen else f"{file} (source {position + 1})"
            seen.add(file)
            fingerprint = _fingerprint(declared.folder, [file, *beside], how + _page(declared, source))
            yield EventFile(name, fingerprint, _read(declared, source, position, only=file))


def _read(declared: Declaration, source: TableSource, position: int, only: str | None = None) -> Callable[[], Table]:
    within = replace(declared.within, only=only, first=position)
    return partial(read_declared, EVENTS, [source], within)


def _page(declared: Declaration, source: TableSource) -> str:
    """The workspace's own page of a preset: a person may edit it."""
    own = declared.within.root / "presets" / f"{(source.preset or '').partition('.')[0]}.yaml"
    return own.read_text(encoding="utf-8", errors="replace") if source.preset and own.is_file() else ""


def _fingerprint(folder: Path, files: Sequence[str], how: str) -> str:
    """Sizes and times of files, and how they are read: cheap to know, and changed whenever the content is."""
    stats = [(folder / file).stat() for file in files]
    said = [f"{stat.st_size} {stat.st_mtime_ns}" for stat in stats]
    return sha256("\n".join([*said, how]).encode()).hexdigest()
