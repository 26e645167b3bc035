"""Folders for what has no room in memory: beside the results, and gone with the run, were it killed."""

from __future__ import annotations

import os
import platform
import shutil
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def aside(place: Path) -> Iterator[Path]:
    """A folder in `place`, hidden, for as long as the block lasts.

    What runs on this machine left there that were killed is removed first: it may be gigabytes. There is space for
    results, so there is some for this; a folder for temporary files may well lie in memory.
    """
    mark = f".abm-{platform.node()}-"
    for left in place.glob(f"{mark}*-*"):
        process = left.name.removeprefix(mark).split("-")[0]
        if process.isdecimal() and not _runs(int(process)):
            shutil.rmtree(left, ignore_errors=True)
    with TemporaryDirectory(prefix=f"{mark}{os.getpid()}-", dir=place) as folder:
        yield Path(folder)


def _runs(process: int) -> bool:
    if os.name == "nt":
        return True  # to ask there would end it
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # somebody else's
    return True
