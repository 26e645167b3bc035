"""The samples of a file: one of most files, one a sheet of a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abm.workspace.start.sample import Sample, sample

if TYPE_CHECKING:
    from pathlib import Path


def samples(file: str, folder: Path) -> list[Sample]:
    """Return the beginning of a file, or of each sheet of a workbook that holds rows.

    Raises:
        SourceError: it cannot be read.
    """
    return [sample(file, folder)]
