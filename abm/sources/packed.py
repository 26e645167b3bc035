"""Compressed files become bytes in memory, with a bound: what would swell beyond all measure is refused."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from importlib import import_module
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, BinaryIO

from abm.errors import SourceError
from abm.sources.guard import first_line

if TYPE_CHECKING:
    from pathlib import Path

PACKED_ENDINGS = (".gz", ".zst")
"""Endings of files that are compressed, behind the ending of what they hold: `contacts.csv.gz`."""

LARGEST = 8 << 30
"""Bytes that one file may hold once it is unpacked."""

_CHUNK = 1 << 20
# Exports shrink to a fifth or a tenth, monotonous ones to a hundredth; only what is made to swell goes on from there.
_HARMLESS, _LARGEST_RATIO = 512 << 20, 250
_MAGIC = {".gz": (b"\x1f\x8b", "gzip"), ".zst": (b"\x28\xb5\x2f\xfd", "zstd")}


def inner_name(file: str) -> str:
    """Return the name of what a file holds.

    >>> inner_name("crm/contacts.csv.gz"), inner_name("contacts.csv")
    ('crm/contacts.csv', 'contacts.csv')
    """
    path = PurePath(file)
    return str(path.with_suffix("")) if path.suffix.lower() in PACKED_ENDINGS else file


def is_packed(file: str) -> bool:
    """Whether a file is compressed, by its name."""
    return PurePath(file).suffix.lower() in PACKED_ENDINGS


def unpacked(path: Path, file: str) -> bytes:
    """Unpack a file, all of it.

    Args:
        path: where it lies.
        file: what messages call it.

    Raises:
        SourceError: it is not compressed as its ending says, breaks off, is damaged, or swells beyond all measure.
    """
    ending = PurePath(file).suffix.lower()
    magic, how = _MAGIC[ending]
    with path.open("rb") as handle:
        if handle.read(len(magic)) != magic:
            raise SourceError(
                f"{file}: is not compressed with {how}, which its ending says. Is it plain? Then take {ending} off its"
                " name. Else download or export it again."
            )
        handle.seek(0)
        try:
            with _opened(handle, ending) as stream:
                return _bounded(stream, file, path.stat().st_size)
        except EOFError as error:
            raise SourceError(
                f"{file}: is compressed and breaks off: its end is missing. Copy, download or export it again."
            ) from error
        except (OSError, zlib.error, ValueError, RuntimeError, _zstd_error()) as error:
            raise SourceError(
                f"{file}: is compressed and damaged ({first_line(error)}). Copy, download or export it again."
            ) from error


def _opened(handle: BinaryIO, ending: str) -> io.BufferedIOBase:
    if ending == ".gz":
        return gzip.GzipFile(fileobj=handle)
    stream: io.BufferedIOBase = _zstd().ZstdFile(handle)
    return stream


def _zstd() -> Any:
    # Loaded only where a file needs it.
    return import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")


def _zstd_error() -> type[Exception]:
    # Named only once the module is there: whoever reads gzip does not load it.
    loaded = sys.modules.get("compression.zstd") or sys.modules.get("backports.zstd")
    error: type[Exception] = loaded.ZstdError if loaded else EOFError
    return error


def _bounded(stream: io.BufferedIOBase, file: str, size: int) -> bytes:
    content = io.BytesIO()
    while chunk := stream.read(_CHUNK):
        content.write(chunk)
        there = content.tell()
        if there > min(LARGEST, max(_HARMLESS, size * _LARGEST_RATIO)):
            raise SourceError(
                f"{file}: {size:,} bytes unpack to more than {there:,}, as no export does. If it is what it should be,"
                " unpack it yourself and name the file without .gz or .zst."
            )
    return content.getvalue()
