"""A ledger's shelf: what took long to make of tables, kept beside the ledger for as long as they are the same.

Nothing depends on it: what is not there, belongs to other tables or cannot be read is made anew.
"""

from __future__ import annotations

from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING

import polars as pl
from pydantic import Field, ValidationError

from abm.ledger.manifest import KeptFinding, ManifestPart
from abm.ledger.writing import published, written
from abm.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from abm.tables.findings import Finding

FOLDER = "shelf"


class _Label(ManifestPart):
    """What is on the shelf: of what, in which files, and what was found wrong with it."""

    of: str
    files: dict[str, str]
    findings: tuple[KeptFinding, ...] = Field(default=())


class FolderShelf:
    """A shelf in a folder, a label file for each thing.

    Args:
        folder: made when something is first put there.
        tables: a text that is another one whenever the tables are others.
        wrote: told the name of every file as it has reached the disk; a test stops the program there.
    """

    def __init__(self, folder: Path, tables: str, wrote: Callable[[str], object] = lambda _name: None) -> None:
        self._folder, self._tables, self._wrote = folder, tables, wrote

    def take(self, what: str, of: str) -> tuple[dict[str, pl.DataFrame], tuple[Finding, ...]] | None:
        """Give back what was put there of the same tables."""
        label = self._label(what)
        if label is None or label.of != self._key(of):
            return None
        try:
            frames = {name: pl.read_parquet(self._folder / file, glob=False) for name, file in label.files.items()}
        except (pl.exceptions.PolarsError, OSError):
            return None
        return frames, tuple(each.told() for each in label.findings)

    def put(self, what: str, of: str, frames: Mapping[str, pl.DataFrame], findings: Sequence[Finding]) -> None:
        """Write new files, then the label that names them, then clear away the old; a disk that is full keeps none."""
        files: dict[str, str] = {}
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for name, frame in frames.items():
                files[name] = written(self._folder, f"{what}-{name}", frame)
                self._wrote(files[name])
            label = _Label(of=self._key(of), files=files, findings=tuple(KeptFinding.of(each) for each in findings))
            published(self._folder / _name(what), label.model_dump_json(indent=1).encode(), self._wrote)
        except OSError:
            files = {} if (label_there := self._label(what)) is None else label_there.files
        with suppress(OSError):
            self._clear(what, set(files.values()))

    def _clear(self, what: str, files: set[str]) -> None:
        for path in (*self._folder.glob(f"{what}-*.parquet"), *self._folder.glob(f".{_name(what)}.*.part")):
            if path.name not in files:
                path.unlink(missing_ok=True)
                self._wrote(path.name)

    def _label(self, what: str) -> _Label | None:
        try:
            return _Label.model_validate_json((self._folder / _name(what)).read_bytes())
        except (OSError, ValidationError):
            return None

    def _key(self, of: str) -> str:
        return sha256(f"{__version__}\n{pl.__version__}\n{self._tables}\n{of}".encode()).hexdigest()


def _name(what: str) -> str:
    return f"{what}.json"
