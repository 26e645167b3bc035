"""Files that reach the disk: written under names that nothing refers to yet, and named in one step afterwards."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import polars as pl


def written(folder: Path, what: str, frame: pl.DataFrame) -> str:
    """Write a frame as a Parquet file of a new name, and return the name once it has reached the disk."""
    name = f"{what}-{secrets.token_hex(8)}.parquet"
    with (folder / name).open("xb") as stream:
        frame.write_parquet(stream, compression="zstd", compression_level=1)
        stream.flush()
        os.fsync(stream.fileno())
    return name


def published(path: Path, content: bytes, wrote: Callable[[str], object]) -> None:
    """Replace a file in one step: whoever reads it finds the old or the new content, whole."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    with temporary.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    wrote(temporary.name)
    temporary.replace(path)
    wrote(path.name)
