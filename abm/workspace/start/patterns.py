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
    """Return patterns that mean these files and no other of the folder, and the names of those that no pattern means.

    Numbers become `*`, so that next week's file is of the table too; else all files of a folder with one ending do.

    >>> written(["a/week_1.csv", "a/week_12.csv"], ["a/week_1.csv", "a/week_12.csv", "b.csv"])
    ('a/week_*.csv',)
    >>> written(["a/may.csv", "a/june.csv"], ["a/may.csv", "a/june.csv", "b.csv"])
    ('a/*.csv',)
    >>> written(["all.csv", "w1.csv", "w2.csv"], ["all.csv", "other.csv", "w1.csv", "w2.csv"])
    ('all.csv', 'w*.csv')
    """
    # Files whose names begin with _ are marks of programs to a pattern.
    if any(_MAGIC.search(file) or PurePosixPath(file).name.startswith("_") for file in everything):
        return tuple(files)
    left = list(files)
    found: dict[str, str] = {}
    for pattern in dict.fromkeys(pattern for each in (masked, _folder) for pattern in map(each, files)):
        meant = [file for file in everything if means(pattern, file)]
        if len(meant) > 1 and set(meant) <= set(left):
            found[meant[0]] = pattern
            left = [file for file in left if file not in meant]
    return tuple(found.get(file, file) for file in files if file in found or file in left)


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


def _folder(file: str) -> str:
    """All files beside a file that have its ending; the file alone if it lies in no folder."""
    path = PurePosixPath(file)
    return f"{path.parent}/*{''.join(path.suffixes[-2:])}" if len(path.parts) > 1 else file
