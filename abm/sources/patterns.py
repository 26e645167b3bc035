"""Which files a name in a workspace means: one file, all that fit a pattern, or all in a folder, sorted by name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from os.path import realpath
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from abm.errors import SourceError, did_you_mean
from abm.sources.guard import locate
from abm.sources.packed import inner_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_GLOB = re.compile(r"[*?\[]")
_PARTITION = re.compile(r"([^=/]+)=([^/]*)")
# What Spark and Hive write for a null.
_NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__"
_MOST_FILES = 20_000
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Found:
    """One file that a name means.

    Attributes:
        file: its name, relative to the data folder.
        partition: the columns that its folders name (`year=2026/`), all text; None is nothing.
    """

    file: str
    partition: tuple[tuple[str, str | None], ...] = ()


DELTA_LOG = "_delta_log"
"""The folder that makes a folder of Parquet files a Delta table."""


def found_files(name: str, folder: Path, endings: Collection[str]) -> tuple[Found, ...]:
    """Return the files that a name means.

    Args:
        name: a file below the data folder; a pattern with `*`, `?`, `[...]` or `**/` (a file of exactly that name
            wins); or a folder, of which all files that can be read are meant, those in its folders too.
        folder: the data folder; nothing outside it is meant, whatever links say.
        endings: what the names of files in a folder must end in to be meant, compressed or not.

    Returns:
        At least one file, sorted by name, each made sure of. Files whose names begin with `_` or `.` are left out of
        folders and patterns: programs put their marks there.

    Raises:
        SourceError: nothing is there or fits, or it cannot be opened or lies outside.
    """
    root = Path(realpath(folder))
    path = root / name
    if "\0" in name or (_exists(path) and not path.is_dir()) or (not _GLOB.search(name) and not path.is_dir()):
        locate(name, folder)
        return (Found(name),)
    if path.is_dir():
        _require_inside(name, Path(realpath(path)), root)
        below = PurePosixPath(name)
        files = [below / each for each in _below(path) if _is_readable(each.name, endings)]
        if not files:
            raise SourceError(
                f"{name}: is a folder without a file that can be read. Name a file in it; endings known:"
                f" {', '.join(endings)}."
            )
    else:
        files = _fitting(name, root)
    if len(files) > _MOST_FILES:
        raise SourceError(f"{name}: means {len(files):,} files, more than {_MOST_FILES:,}. Put them together first.")
    _refuse_delta(name, files, root)
    found = [Found(str(file), _partition(file)) for file in sorted(files, key=str)]
    for each in found:
        locate(each.file, folder)
    return tuple(found)


def _refuse_delta(name: str, files: list[PurePosixPath], root: Path) -> None:
    """The files of a Delta table include rows that were deleted; only its log knows which count."""
    for folder in dict.fromkeys(parent for file in files for parent in file.parents):
        if (root / folder / DELTA_LOG).is_dir():
            raise SourceError(
                f"{name}: {folder} is a Delta table, and not all of its files count. Say `delta: {folder}`."
            )


def _exists(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _below(path: Path) -> Iterator[PurePosixPath]:
    """The files of a folder and of its folders; links to folders are not followed, so that none is met twice."""
    for each in path.rglob("*"):
        inside = PurePosixPath(each.relative_to(path).as_posix())
        if each.is_file() and not any(part.startswith(("_", ".")) for part in inside.parts):
            yield inside


def _is_readable(name: str, endings: Collection[str]) -> bool:
    return PurePosixPath(inner_name(name)).suffix.lower() in endings


def _fitting(name: str, root: Path) -> list[PurePosixPath]:
    pattern = PurePosixPath(name)
    if pattern.is_absolute():
        if not pattern.is_relative_to(root):
            _require_inside(name, Path(pattern), root)
        pattern = pattern.relative_to(root)
    if ".." in pattern.parts:
        raise SourceError(f"{name}: a pattern begins at the data folder and does not lead out by `..`. Write it so.")
    try:
        fits = [PurePosixPath(each.relative_to(root).as_posix()) for each in root.glob(str(pattern)) if each.is_file()]
    except (ValueError, OSError) as error:
        raise SourceError(
            f"{name}: is no pattern that can be followed ({error}). Expected such as folder/*.csv."
        ) from error
    files = [each for each in fits if not any(part.startswith(("_", ".")) for part in each.parts)]
    if not files:
        raise SourceError(f"{name}: no file fits this pattern.{_nearby(pattern, root)}")
    return files


def _nearby(pattern: PurePosixPath, root: Path) -> str:
    """What there is where the pattern begins."""
    plain = root
    for part in pattern.parts[:-1]:
        if _GLOB.search(part):
            break
        if not (plain / part).is_dir():
            folders = sorted(each.name for each in plain.iterdir() if each.is_dir())
            return f" There is no folder {part}.{did_you_mean(part, folders)} Folders there: {_listed(folders)}."
        plain /= part
    return f" Files there: {_listed(sorted(each.name for each in plain.iterdir() if each.is_file()))}."


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return (", ".join(names[:_SHOWN]) or "none") + more


def _partition(file: PurePosixPath) -> tuple[tuple[str, str | None], ...]:
    pairs = (match for part in file.parts[:-1] if (match := _PARTITION.fullmatch(part)))
    return tuple((unquote(each[1]), None if each[2] == _NULL_PARTITION else unquote(each[2])) for each in pairs)


def _require_inside(name: str, path: Path, root: Path) -> None:
    if not path.is_relative_to(root):
        raise SourceError(
            f"{name}: lies outside the data folder. Only files below it are read, also through links:"
            " move them there, or name a wider folder with `data:` or --data."
        )
