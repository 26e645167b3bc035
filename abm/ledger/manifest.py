"""The manifest of a kept ledger: which files make it up, and what they were counted from."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - pydantic reads it
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from abm.errors import LedgerError
from abm.tables.contracts import Kind  # noqa: TC001 - pydantic reads it
from abm.tables.findings import Finding, Level

if TYPE_CHECKING:
    from pathlib import Path

NAME = "ledger.json"
FORMAT: Literal[1] = 1


class ManifestPart(BaseModel):
    """Something that a manifest says, and nothing besides."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class KeptFinding(ManifestPart):
    """What was wrong with a delivery (see `abm.tables.findings.Finding`)."""

    table: str
    code: str
    count: int
    message: str
    level: Level
    column: str | None
    file: str | None
    rows: tuple[int, ...]
    samples: tuple[str, ...]

    @classmethod
    def of(cls, finding: Finding) -> KeptFinding:
        """Keep a finding."""
        return cls(**{name: getattr(finding, name) for name in cls.model_fields})

    def told(self) -> Finding:
        """Give it back."""
        return Finding(**{name: getattr(self, name) for name in type(self).model_fields})


class KeptDelivery(ManifestPart):
    """One delivery: its name and fingerprint, and its files."""

    name: str
    fingerprint: str | None
    cells: str
    hashes: dict[str, str]
    rows: int
    first_day: str | None
    last_day: str | None
    findings: tuple[KeptFinding, ...]
    gave_way: tuple[str, ...] = ()
    idle_days: tuple[date, ...] = ()


class Manifest(ManifestPart):
    """Everything a ledger's folder says of itself.

    Attributes:
        definitions: hash of what of the model decides how events are counted.
        probe: a hash made by the library that makes them; another version of it may make others.
        kinds: columns of the events and their kinds; `given` those that they have.
        subjects: files of the key dictionary, in order.
    """

    format: Literal[1]
    abm: str
    definitions: str
    probe: int
    kinds: dict[str, Kind]
    given: tuple[str, ...]
    marked: bool
    file: str | None
    subjects: tuple[str, ...]
    classes: str
    disputed: str
    deliveries: tuple[KeptDelivery, ...] = Field(default=())

    @property
    def files(self) -> set[str]:
        """The files that belong to it."""
        parts = {name for each in self.deliveries for name in (each.cells, *each.hashes.values())}
        return {*self.subjects, self.classes, self.disputed, *parts}


def read_manifest(folder: Path) -> Manifest | None:
    """Read the manifest of a folder; None where there is none.

    Raises:
        LedgerError: it cannot be read, or a later version of abm wrote it.
    """
    path = folder / NAME
    if not path.is_file():
        return None
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except OSError as error:
        raise LedgerError(
            f"{path}: the ledger's manifest cannot be read ({error.strerror or error}). Check its permissions."
        ) from error
    except ValidationError as error:
        raise LedgerError(
            f"{path}: cannot be used as the manifest of a ledger ({_first(error)}). It was changed, or a later version"
            f" of abm wrote it. Remove the folder {folder}, and `abm ingest` counts the events anew."
        ) from error


def _first(error: ValidationError) -> str:
    """The first thing that is wrong with it, and where."""
    wrong = error.errors(include_url=False)[0]
    where = ".".join(map(str, wrong["loc"]))
    return f"{where}: {wrong['msg']}" if where else str(wrong["msg"])
