"""A ledger's folder: Parquet files that are never changed, and a manifest that says which of them are the ledger.

What is new is written under names that nothing refers to yet and reaches the disk; then the manifest is replaced in one
step. Whatever stops the program in between, the manifest that is there names files that are there. Files that no
manifest names are cleared away by the next run.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import polars as pl
from filelock import FileLock, Timeout

from abm.errors import LedgerError, OutputError
from abm.ledger.counting import SUBJECTS
from abm.ledger.holdings import Held, Holdings
from abm.ledger.manifest import FORMAT, NAME, KeptDelivery, KeptFinding, Manifest, read_manifest
from abm.ledger.shelf import FOLDER as SHELF
from abm.ledger.shelf import FolderShelf
from abm.ledger.writing import published, written
from abm.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from abm.scoring.context import Progress
    from abm.sources.tables import Table

FOLDER = "ledger"
"""Where a workspace keeps its ledger if nobody says otherwise."""

PART = "*.parquet"

UNREADABLE = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError)
"""What reading a file raises that is damaged or gone."""

_LOCK = f".{NAME}.lock"


class Store:
    """The folder of one ledger.

    Args:
        folder: made when something is first written.
        wrote: told the name of every file as it has reached the disk; a test stops the program there.
    """

    def __init__(self, folder: Path, wrote: Callable[[str], object] = lambda _name: None) -> None:
        self.folder = folder
        self._wrote = wrote
        self._subjects: list[tuple[str, int]] = []
        self._lock = FileLock(folder / _LOCK)
        self._seen: bytes | None = None

    @contextmanager
    def writing(self, progress: Progress = lambda _step: None) -> Iterator[None]:
        """Let one run at a time read the ledger and write what is new; others wait, and find what it wrote.

        A folder that cannot be written needs no turn.

        Raises:
            LedgerError: the folder holds something else.
        """
        if not (self.folder / NAME).is_file():
            self._require_free()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            try:
                self._lock.acquire(timeout=0)
            except Timeout:
                progress("waiting for another run that writes the ledger")
                self._lock.acquire()
        except OSError:
            yield
            return
        try:
            yield
        finally:
            self._lock.release()

    def read(self) -> tuple[Manifest, Holdings] | None:
        """The ledger that is there; None where there is none.

        Raises:
            LedgerError: the manifest cannot be used, or a file that it names is not there.
        """
        manifest = read_manifest(self.folder)
        if manifest is None:
            self._require_free()
            return None
        self._seen = self._there()
        missing = sorted(name for name in manifest.files if not (self.folder / name).is_file())
        if missing:
            raise LedgerError(
                f"{self.folder / NAME}: the ledger's file {missing[0]} is not there. Remove the folder {self.folder},"
                " and `abm ingest` counts the events anew."
            )
        parts = [self._parquet(name) for name in manifest.subjects]
        self._subjects = [(name, part.height) for name, part in zip(manifest.subjects, parts, strict=True)]
        holdings = Holdings(
            {each.name: self._held(each) for each in manifest.deliveries},
            pl.concat(parts) if parts else pl.DataFrame(schema=SUBJECTS),
            self._parquet(manifest.classes),
            self._parquet(manifest.disputed),
        )
        return manifest, holdings

    def commit(self, holdings: Holdings, definitions: str, events: Table) -> None:
        """Make holdings the ledger of the folder.

        Raises:
            LedgerError: another run has written it since it was read.
            OutputError: it cannot be written.
        """
        if self._there() != self._seen:
            raise LedgerError(f"{self.folder}: another run has changed the ledger meanwhile. Run this again.")
        before = read_manifest(self.folder) if (self.folder / NAME).is_file() else None
        kept = {} if before is None else {each.name: each for each in before.deliveries}
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            deliveries = [self._kept(held, kept.get(name)) for name, held in holdings.deliveries.items()]
            manifest = Manifest(
                format=FORMAT,
                abm=__version__,
                definitions=definitions,
                probe=probe(),
                kinds=events.kinds,
                given=tuple(sorted(events.given)),
                marked=events.marked,
                file=events.file,
                subjects=self._grown(holdings.subjects),
                classes=self._write("classes", holdings.classes if holdings.classes is not None else pl.DataFrame()),
                disputed=self._write("disputed", holdings.disputed),
                deliveries=tuple(deliveries),
            )
            self._publish(manifest)
            self._seen = self._there()
            self._clear(manifest)
        except OSError as error:
            raise OutputError(
                f"{self.folder}: the ledger cannot be written ({error.strerror or error}). What was there before is"
                " still there. Check the disk's space and the folder's permissions, or name another folder."
            ) from error
        for held in deliveries:
            holdings.deliveries[held.name] = self._held(held)

    def _kept(self, held: Held, before: KeptDelivery | None) -> KeptDelivery:
        """What the manifest says of a delivery; it is written if it is new."""
        if held.files is not None and before is not None and held.files == (before.cells, tuple(before.hashes.items())):
            return before
        cells = held.cells.collect()
        days = cells["occurred_at"]
        first, last = days.min(), days.max()
        return KeptDelivery(
            name=held.name,
            fingerprint=held.fingerprint,
            cells=self._write("cells", cells),
            hashes={identity: self._write("ids", hashes.collect()) for identity, hashes in held.hashes.items()},
            rows=held.rows,
            first_day=None if first is None else str(first),
            last_day=None if last is None else str(last),
            findings=tuple(KeptFinding.of(each) for each in held.findings),
            gave_way=held.gave_way,
            idle_days=held.idle_days,
        )

    def _held(self, kept: KeptDelivery) -> Held:
        return Held(
            kept.name,
            kept.fingerprint,
            pl.scan_parquet(self.folder / kept.cells, glob=False),
            {identity: pl.scan_parquet(self.folder / name, glob=False) for identity, name in kept.hashes.items()},
            tuple(each.told() for each in kept.findings),
            kept.rows,
            kept.gave_way,
            kept.idle_days,
            (kept.cells, tuple(kept.hashes.items())),
        )

    def _grown(self, subjects: pl.DataFrame) -> tuple[str, ...]:
        """The files of the key dictionary; what it has grown by is written."""
        known = sum(rows for _, rows in self._subjects)
        if subjects.height < known:
            self._subjects, known = [], 0
        if subjects.height > known:
            self._subjects.append((self._write("subjects", subjects[known:]), subjects.height - known))
        return tuple(name for name, _ in self._subjects)

    def shelf(self, tables: str) -> FolderShelf:
        """The shelf of the folder, for tables of a fingerprint."""
        return FolderShelf(self.folder / SHELF, tables, self._wrote)

    def forget(self) -> None:
        """Write everything anew with the next commit: it is counted otherwise than before."""
        self._subjects = []

    def _write(self, what: str, frame: pl.DataFrame) -> str:
        name = written(self.folder, what, frame)
        self._wrote(name)
        return name

    def _publish(self, manifest: Manifest) -> None:
        published(self.folder / NAME, manifest.model_dump_json(indent=1).encode(), self._wrote)

    def _there(self) -> bytes | None:
        path = self.folder / NAME
        return path.read_bytes() if path.is_file() else None

    def _clear(self, manifest: Manifest) -> None:
        for path in (*self.folder.glob(PART), *self.folder.glob(f".{NAME}.*.part")):
            if path.name not in manifest.files and _is_ours(path.name):
                path.unlink(missing_ok=True)
                self._wrote(path.name)

    def require_whole(self) -> None:
        """Read every file of the ledger that is there.

        Raises:
            LedgerError: one cannot be read to its end, or is not there.
        """
        manifest = read_manifest(self.folder)
        for name in sorted(manifest.files) if manifest is not None else ():
            self._parquet(name)

    def _parquet(self, name: str) -> pl.DataFrame:
        try:
            return pl.read_parquet(self.folder / name, glob=False)
        except UNREADABLE as error:
            raise LedgerError(
                f"{self.folder / name}: cannot be read; it belongs to a ledger. Remove the folder {self.folder}, and"
                " `abm ingest` counts the events anew."
            ) from error

    def _require_free(self) -> None:
        """Refuse a folder that holds something else: files of a ledger are cleared away by their names."""
        if self.folder.is_dir():
            others = [path for path in self.folder.iterdir() if not _is_ours(path.name)]
            if others:
                raise LedgerError(
                    f"{self.folder}: holds {others[0].name} and is no ledger. Name an empty folder, or one that is new."
                )
        elif self.folder.exists():
            raise LedgerError(f"{self.folder}: is a file, and a ledger is a folder. Name another.")


def _is_ours(name: str) -> bool:
    parts = ("cells-", "ids-", "subjects-", "classes-", "disputed-")
    return (name.startswith(parts) and name.endswith(".parquet")) or name.startswith(f".{NAME}.") or name == SHELF


def probe() -> int:
    """The hash of a text, by which another version of the library that hashes is noticed."""
    return int(pl.Series(["abm"]).hash().item())
