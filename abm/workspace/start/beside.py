"""What a folder holds that its `workspace.yaml` does not speak of; a person's file is read, never written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from abm.errors import InputError, ModelError
from abm.model.loader import load_model
from abm.tables.contracts import CONTRACTS
from abm.workspace.loader import MODEL_FILE, WORKSPACE_FILE
from abm.workspace.settings import read_settings
from abm.workspace.start.patterns import means

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from abm.workspace.schema import WorkspaceFile
    from abm.workspace.start.source import Source

_LONGEST = 1 << 22


@dataclass(frozen=True)
class Beside:
    """How a proposal stands to what is there.

    Attributes:
        workspace: whether there is a `workspace.yaml`.
        model: the model's file that is there, or None.
        model_wanted: whether a `model.yaml` is needed and not there.
        new: the entries that `workspace.yaml` does not speak of.
        faults: what is wrong with the files that are there, a sentence each.
        unscored: event types that no signal of the model that is there names.
    """

    workspace: bool
    model: str | None
    model_wanted: bool
    new: tuple[Source, ...] = ()
    faults: tuple[str, ...] = ()
    unscored: tuple[str, ...] = ()


def beside(folder: Path, sources: Sequence[Source], types: Iterable[str]) -> Beside:
    """Compare a proposal with the files of a person.

    Args:
        folder: the workspace.
        sources: the entries proposed.
        types: the event types seen.
    """
    declared = folder / WORKSPACE_FILE
    settings: WorkspaceFile | None = None
    faults: list[str] = []
    if _is_there(declared):
        try:
            settings = read_settings(declared)[0]
        except InputError as error:
            faults.append(str(error).splitlines()[0])
    named = settings.model if settings is not None and settings.model else MODEL_FILE
    is_there = _is_there(folder / named)
    unscored, fault = _unscored(folder / named, types) if is_there else ((), None)
    faults += [fault] if fault else []
    new = tuple(each for each in sources if each.off is None and not _spoken_of(each, declared, settings))
    return Beside(
        workspace=_is_there(declared),
        model=named if is_there else None,
        model_wanted=not is_there and (not _is_there(declared) or settings is not None) and named == MODEL_FILE,
        new=new if _is_there(declared) else (),
        faults=tuple(faults),
        unscored=unscored,
    )


def _is_there(path: Path) -> bool:
    # A link that leads nowhere is a person's too.
    return path.exists() or path.is_symlink()


def _spoken_of(source: Source, declared: Path, settings: WorkspaceFile | None) -> bool:
    text = ""
    if declared.is_file() and declared.stat().st_size < _LONGEST:
        text = declared.read_text("utf-8", errors="replace")
    patterns = list(_patterns(settings)) if settings is not None else []
    conventional = settings is not None and not settings.tables
    return all(
        _is_named(file, text)
        or any(_covers(pattern, file) for pattern in patterns)
        or (conventional and PurePosixPath(file).stem in CONTRACTS and "/" not in file)
        for file in source.files
    )


def _is_named(file: str, text: str) -> bool:
    """Whether a text names a file, be it in a comment: who has put it there has seen it."""
    return any(mark + file + end in text for mark in " '\"[(/" for end in ("\n", " ", "'", '"', ",", "]", "}", ")"))


def _covers(pattern: str, file: str) -> bool:
    return means(pattern, file) or file.startswith(pattern.rstrip("/") + "/")


def _patterns(settings: WorkspaceFile) -> Iterator[str]:
    below = (settings.data or ".").strip("/")
    prefix = "" if below == "." else f"{below.removeprefix('./')}/"
    for given in settings.tables.values():
        for source in given:
            yield from (prefix + file for file in source.file)
            for other in source.with_.values():
                yield from (prefix + file for file in other.file)


def _unscored(path: Path, types: Iterable[str]) -> tuple[tuple[str, ...], str | None]:
    try:
        model = load_model(path)
    except ModelError as error:
        return (), str(error).splitlines()[0]
    counted = {event for signal in model.signals for event in signal.event}
    return tuple(each for each in types if each not in counted), None
