"""Which files of a folder may hold data: nothing hidden, nothing outside it, and not without end."""

from __future__ import annotations

import os
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from abm.errors import WorkspaceError, did_you_mean
from abm.sources.files import is_data_file
from abm.sources.packed import PACKED_ENDINGS, inner_name

if TYPE_CHECKING:
    from collections.abc import Iterator

DEEPEST = 5
"""Folders in one another, the first among them, that are looked into."""

MOST_FILES = 2000
"""Data files that are looked at."""

DATABASES = frozenset({".sqlite", ".sqlite3", ".db", ".duckdb", ".ddb"})
"""Endings of files that hold a whole database."""

_FOREIGN = frozenset({".xls", ".xlsx", ".xlsb", ".ods", ".zip", ".7z", ".rar", ".bz2", ".xz", ".avro", ".orc"})
_OWN_FOLDERS = frozenset({"presets", "node_modules", "__pycache__", "__MACOSX"})
_PROSE = (
    "readme*",
    "licen[cs]e*",
    "notice*",
    "changelog*",
    "requirements*.txt",
    "notes.txt",
    "note.txt",
    "manifest.json",
    "package*.json",
)


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a folder that are worth a look.

    Attributes:
        files: data files, relative to the folder, `/` between the parts, sorted.
        foreign: files that hold data in a form that is not read.
        beyond: whether there was more than `MOST_FILES` files or `DEEPEST` folders, so that something was not seen.
        outside: links that lead out of the folder, which are not followed.
        closed: folders that may not be read.
    """

    files: tuple[str, ...]
    foreign: tuple[str, ...] = ()
    beyond: bool = False
    outside: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()


def listing(folder: Path) -> Listing:
    """List the data files of a folder and of the folders in it.

    Names that begin with `.` or `~` are passed over, and so are folders of results of `abm` (those with its
    `manifest.json`), of presets, and of programs.

    Raises:
        WorkspaceError: there is no such folder, or it cannot be read.
    """
    if not folder.is_dir():
        near = sorted(each.name for each in folder.parent.iterdir()) if folder.parent.is_dir() else []
        what = "is not a folder" if folder.exists() else "there is no such folder"
        raise WorkspaceError(
            f"{folder}: {what}.{did_you_mean(folder.name, near)} Name the folder that holds the exports."
        )
    walk = _Walk(Path(os.path.realpath(folder)))
    walk.enter(Path())
    if walk.closed == ["."]:
        raise WorkspaceError(f"{folder}: cannot be read. Ask for the right to read it.")
    return Listing(
        tuple(sorted(walk.files)), tuple(sorted(walk.foreign)), walk.beyond, tuple(walk.outside), tuple(walk.closed)
    )


def ending_of(file: str) -> str:
    """Return the ending that says the format, whatever compresses the file.

    >>> ending_of("a/b.CSV.gz"), ending_of("a.parquet"), ending_of("README")
    ('.csv', '.parquet', '')
    """
    return PurePosixPath(inner_name(file.lower())).suffix


class _Walk:
    """A walk through the folders; it remembers where it has been, or links could lead it in a circle."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files: list[str] = []
        self.foreign: list[str] = []
        self.outside: list[str] = []
        self.closed: list[str] = []
        self.beyond = False
        self._seen: set[str] = set()

    def enter(self, below: Path) -> None:
        real = os.path.realpath(self.root / below)
        if real in self._seen:
            return
        self._seen.add(real)
        if len(below.parts) >= DEEPEST:
            self.beyond = True
            return
        try:
            entries = sorted(os.scandir(self.root / below), key=lambda entry: entry.name)
        except OSError:
            self.closed.append(below.as_posix())
            return
        if below.parts and any(entry.name == "manifest.json" for entry in entries):
            return
        for entry in self._wanted(entries, below):
            self._sort(entry, below / entry.name)

    def _wanted(self, entries: list[os.DirEntry[str]], below: Path) -> Iterator[os.DirEntry[str]]:
        for entry in entries:
            if entry.name.startswith((".", "~", "_SUCCESS")) or not _is_text(entry.name):
                continue
            if entry.is_symlink() and not Path(os.path.realpath(entry.path)).is_relative_to(self.root):
                self.outside.append((below / entry.name).as_posix())
                continue
            yield entry

    def _sort(self, entry: os.DirEntry[str], path: Path) -> None:
        try:
            if entry.is_dir():
                if entry.name not in _OWN_FOLDERS:
                    self.enter(path)
                return
        except OSError:
            return
        name, ending = path.as_posix(), ending_of(entry.name)
        if any(fnmatch(entry.name.lower(), pattern) for pattern in _PROSE):
            return
        if len(self.files) >= MOST_FILES:
            self.beyond = True
        elif is_data_file(name):
            self.files.append(name)
        elif ending in _FOREIGN or ending in DATABASES or path.suffix.lower() in PACKED_ENDINGS:
            self.foreign.append(name)


def _is_text(name: str) -> bool:
    """Whether a name can be written into a file: names of other encodings hold lone surrogates."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
