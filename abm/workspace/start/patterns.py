"""Files of one shape as `workspace.yaml` writes them: one pattern where it means just these, else a list."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_DIGITS = re.compile(r"\d+")
_MAGIC = re.compile(r"[*?\[\]{}]")


def written(files: Sequence[str], everything: Sequence[str]) -> tuple[str, ...]:
    """Return a pattern that means these files and no other of the folder, or their names.

    Numbers become `*`, so that next week's file is of the table too; else all files of a folder with one ending do.

    >>> written(["a/week_1.csv", "a/week_12.csv"], ["a/week_1.csv", "a/week_12.csv", "b.csv"])
    ('a/week_*.csv',)
    >>> written(["a/may.csv", "a/june.csv"], ["a/may.csv", "a/june.csv", "b.csv"])
    ('a/*.csv',)
    >>> written(["may.csv", "june.csv"], ["may.csv", "june.csv", "july.csv"])
    ('may.csv', 'june.csv')
    """
    if len(files) > 1 and not any(_MAGIC.search(file) for file in everything):
        for pattern in _patterns(files):
            if {file for file in everything if means(pattern, file)} == set(files):
                return (pattern,)
    return tuple(files)


def means(pattern: str, file: str) -> bool:
    """Return whether a pattern means a file; `*` stays within a folder, `**` does not.

    >>> means("*.csv", "a.csv"), means("*.csv", "x/a.csv"), means("x/**/*.csv", "x/y/a.csv")
    (True, False, True)
    """
    if "**" in pattern:
        before, _, after = pattern.partition("**/")
        tail = file.removeprefix(before).split("/")
        return file.startswith(before) and any(means(after, "/".join(tail[i:])) for i in range(len(tail)))
    parts, names = PurePosixPath(pattern).parts, PurePosixPath(file).parts
    return len(parts) == len(names) and all(fnmatchcase(name, part) for name, part in zip(names, parts, strict=True))


def masked(file: str) -> str:
    """Return the name with every number as `*`.

    >>> masked("2026/surge_20260719.csv")
    '*/surge_*.csv'
    """
    return _DIGITS.sub("*", file)


def _patterns(files: Sequence[str]) -> list[str]:
    masks = {masked(file) for file in files}
    found = list(masks) if len(masks) == 1 else []
    folders = {PurePosixPath(file).parent.as_posix() for file in files}
    endings = {"".join(PurePosixPath(file).suffixes[-2:]) for file in files}
    if len(folders) == 1 and len(endings) == 1 and "." not in folders:
        found.append(f"{folders.pop()}/*{endings.pop()}")
    return found
