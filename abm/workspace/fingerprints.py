"""Fingerprints: texts that change whenever a file does, or is read in another way, known without reading it."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from abm.sources.files import located_files
from abm.workspace.loader import Declaration, declaration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from abm.workspace.schema import TableSource


def of_files(folder: Path, files: Sequence[str], how: str) -> str:
    """The fingerprint of files and of how they are read.

    Sizes and times are cheap to know; a file that is written anew as long as before, and given its old time, looks as
    it was.
    """
    stats = [(folder / file).stat() for file in files]
    said = [f"{stat.st_size} {stat.st_mtime_ns}" for stat in stats]
    return sha256("\n".join([*said, how]).encode()).hexdigest()


def of_source(declared: Declaration, source: TableSource, files: Sequence[str]) -> str:
    """The fingerprint of files of one declared source, with what is joined to them and the page of its preset."""
    beside = [file for other in source.with_.values() for file in located_files(other.file, declared.folder)]
    how = source.model_dump_json(exclude={"file"})  # a file more in the list is no other way to read the rest
    return of_files(declared.folder, [*files, *beside], how + _page(declared, source))


def of_tables(path: str | Path, tables: Sequence[str], *, data: str | Path | None = None) -> str | None:
    """The fingerprint of whole tables of a workspace.

    Args:
        path: the workspace.
        tables: their names; of those that are not there, that they are not.
        data: the folder below which files are read, if not the workspace's own choice.

    Returns:
        Another text whenever one of their files changes, comes or goes, or is read in another way. None where only
        reading tells: of queries, databases and Delta tables.

    Raises:
        WorkspaceError, SourceError: as of `load_workspace`.
    """
    told: list[str] = []
    for table in tables:
        declared = declaration(Path(path), data, table)
        sources = declared.sources.get(table, ())
        if not all(source.file for source in sources):
            return None
        for source in sources:
            files = located_files(source.file, declared.folder) if source.file else []
            told += [table, *files, of_source(declared, source, files)]
        for file, _ in declared.conventional:
            told += [table, file, of_files(declared.folder, [file], "")]
    return sha256("\n".join(told).encode()).hexdigest()


def _page(declared: Declaration, source: TableSource) -> str:
    """The workspace's own page of a preset: a person may edit it."""
    own = declared.within.root / "presets" / f"{(source.preset or '').partition('.')[0]}.yaml"
    return own.read_text(encoding="utf-8", errors="replace") if source.preset and own.is_file() else ""
