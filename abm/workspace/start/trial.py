"""A proposal is tried before it is made: what cannot be read is said with its reason, what can be is surveyed."""

from __future__ import annotations

import re
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from abm.errors import InputError
from abm.workspace.loader import WORKSPACE_FILE, load_workspace
from abm.workspace.start.page import page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from abm.sources.tables import Table
    from abm.workspace.start.source import Source

_FOLDERS = re.compile(r"(?<![\w:/.])(?:[A-Za-z]:)?[\\/](?:[^\s:'\"\\/]+[\\/])+")
_ORDERS = ("day_first", "month_first")


@dataclass(frozen=True)
class Tried:
    """What came of a trial.

    Attributes:
        sources: the sources, those that cannot be read switched off with the reason.
        tables: the canonical tables that they make.
        undecided: sources that can be read once somebody says how their days are meant.
    """

    sources: tuple[Source, ...]
    tables: dict[str, Table]
    undecided: tuple[Source, ...] = ()


def tried(sources: Sequence[Source], folder: Path) -> Tried:
    """Read every source as `workspace.yaml` would have it read.

    Args:
        sources: the entries; those that are off stay so.
        folder: where the files lie; its own `presets` are used.
    """
    outcome: dict[Source, Source] = {}
    tables: dict[str, Table] = {}
    undecided: list[Source] = []
    with tempfile.TemporaryDirectory(prefix="abm-") as place:
        root = Path(place)
        if (folder / "presets").is_dir():
            shutil.copytree(folder / "presets", root / "presets")
        for name in dict.fromkeys(source.table for source in sources):
            active = [source for source in sources if source.table == name and source.off is None]
            table = _read(active, root, folder)
            if isinstance(table, str):
                working, broken, unsure = _parted(active, table, root, folder)
                outcome |= broken
                undecided += unsure
                table = _read(working, root, folder)
                if isinstance(table, str):
                    outcome |= {source: replace(source, off=table) for source in working}
            if table is not None and not isinstance(table, str):
                tables[name] = table
    return Tried(tuple(outcome.get(source, source) for source in sources), tables, tuple(undecided))


def _parted(
    active: Sequence[Source], said: str, root: Path, folder: Path
) -> tuple[list[Source], dict[Source, Source], list[Source]]:
    """Part the sources that can be read from those that cannot, and those of which a person must say something."""
    working: list[Source] = []
    broken: dict[Source, Source] = {}
    unsure: list[Source] = []
    for source in active:
        table = _read([source], root, folder) if len(active) > 1 else said
        if not isinstance(table, str):
            working.append(source)
            continue
        guess = next((each for each in _ordered(source) if not isinstance(_read([each], root, folder), str)), None)
        if guess is None:
            broken[source] = replace(source, off=table)
        else:
            working.append(guess)
            unsure.append(source)
    return working, broken, unsure


def _ordered(source: Source) -> list[Source]:
    return [replace(source, options={**source.options, "dates": order}) for order in _ORDERS] if source.hints else []


def _read(sources: Sequence[Source], root: Path, folder: Path) -> Table | str | None:
    """Read one table; the message if that cannot be."""
    if not sources:
        return None
    (root / WORKSPACE_FILE).write_text(page(sources, None, (), ()), "utf-8")
    name = sources[0].table
    try:
        return load_workspace(root, data=folder, only=[name]).tables[name]
    except InputError as error:
        return _said(error, root)


def _said(error: InputError, root: Path) -> str:
    """The message in one line, without the place of the trial, which nobody knows, and without folders."""
    first = str(error).splitlines()[0].removeprefix(f"{root}/{WORKSPACE_FILE}:")
    number, _, rest = first.partition(": ")
    said = rest if number.isdigit() and rest else first
    return _FOLDERS.sub("", said).rstrip(".")
