"""Result tables as data: Parquet, CSV, JSON and JSON lines, to a stream or as a folder of files."""

from __future__ import annotations

import hashlib
import io
import json
from itertools import chain
from typing import IO, TYPE_CHECKING, Any, Literal, cast

import polars as pl
from polars.io.plugins import register_io_source

from abm.engines.base import Writer
from abm.output.apart import write_apart
from abm.output.files import draft, folder
from abm.output.text import safe_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from typing_extensions import Buffer

    from abm.scoring.result import ScoreResult

Format = Literal["parquet", "csv", "json", "jsonl"]

MANIFEST = "manifest.json"
LIST_SEPARATOR = ";"

_MANIFEST_SUFFIX = ".manifest.json"

_PACKED: dict[str, Any] = {"compression": "zstd", "compression_level": 1}
"""How Parquet is packed: by the lowest level of zstd files are as small as by the usual one, in a tenth less time."""


def encoded(frame: pl.DataFrame, kind: Format, stamp: Mapping[str, str]) -> bytes:
    r"""Return one table as the bytes of a file: full precision, nothing altered; equal tables give equal bytes.

    Parquet carries `stamp` as its key-value metadata. CSV is UTF-8 with a header; a null is an empty cell, an empty
    text or list is `""`, days are `2026-06-30`, lists are joined with `;`. JSON is an array of objects, one on each
    line, and JSON lines one object a line; lists are arrays. In JSON, characters that a terminal might obey are
    written as escapes, which mean the same.

    >>> encoded(pl.DataFrame({"role": ["user", None], "topics": [["a", "b"], []]}), "csv", {})
    b'role,topics\nuser,a;b\n,""\n'
    """
    if kind == "parquet":
        stream = io.BytesIO()
        frame.write_parquet(stream, **_PACKED, metadata=dict(stamp))
        return stream.getvalue()
    if kind == "csv":
        return joined(frame).write_csv().encode()
    lines = safe_json(frame.write_ndjson())
    return (lines if kind == "jsonl" else _array(lines)).encode()


def joined(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the table with every list as `;`-joined text."""
    lists = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.List)]
    return frame.with_columns(pl.col(name).cast(pl.List(pl.String)).list.join(LIST_SEPARATOR) for name in lists)


def write_file(content: bytes, path: Path, stamp: Mapping[str, Any] | None = None) -> list[Path]:
    """Write one file and, if there is a stamp, a manifest beside it that says what the file was made by.

    Args:
        content: the bytes of the file.
        path: the file; what is there is replaced, once the new one is complete.
        stamp: what to write into the manifest besides the file's name and SHA-256.

    Returns:
        The files that were written: `path`, and `path` with `.manifest.json` appended.

    Raises:
        OutputError: it cannot be written; nothing was changed.
    """
    beside = path.with_name(path.name + _MANIFEST_SUFFIX)
    regular = path.is_file() or not path.exists()
    with draft() as files:
        with files.open(path) as stream:
            stream.write(content)
        if stamp is None or not regular:
            return [path]
        with files.open(beside) as stream:
            stream.write(manifest({**stamp, "file": path.name, "sha256": hashlib.sha256(content).hexdigest()}))
    return [path, beside]


def write_result(result: ScoreResult, path: Path, kind: Literal["parquet", "csv", "jsonl"] = "parquet") -> list[Path]:
    """Write every table of a result into a folder, with `manifest.json` beside them.

    The manifest has the stamp, and for each table its file, number of rows and SHA-256; no time of day, so that equal
    results give equal bytes. The files get their names together, when the last of them is complete; the manifest last.

    Spark's tables are written by its executors, as folders of files, and the manifest has no SHA-256 of them.

    Args:
        result: what `score` gave.
        path: the folder; made if need be. Files of the same names are replaced, others stay.
        kind: the format of the tables.

    Returns:
        The files in the order in which they were written: tables, then the manifest.

    Raises:
        OutputError: something cannot be written. No file has changed, and none is left half-written.
    """
    written: list[Path] = []
    listed: dict[str, dict[str, Any]] = {}
    names = result.names()
    engine = result.scored.ctx.engine
    if isinstance(engine, Writer):
        written, listed = write_apart(result, engine, path, kind)
        names = []
    with folder(path), draft() as files:
        for name in names:
            target = path / f"{name}.{kind}"
            with files.open(target) as stream:
                counted = _Counted(stream)
                lies = result.frames.get(name)
                if kind == "parquet" and isinstance(lies, pl.LazyFrame):
                    rows = _moved(lies, result.stamp, counted)
                else:
                    rows = _write_table(result.parts(name), kind, result.stamp, counted)
            listed[name] = {"file": target.name, "rows": rows, "sha256": counted.digest.hexdigest()}
            written.append(target)
        with files.open(path / MANIFEST) as stream:
            stream.write(manifest({**result.stamp, "files": listed}))
        written.append(path / MANIFEST)
    return written


class _Counted(io.BufferedIOBase):
    """A stream that takes the hash of what is written to it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, content: Buffer) -> int:
        self.digest.update(content)
        return self._stream.write(content)


def _write_table(
    parts: Iterator[pl.DataFrame],
    kind: Literal["parquet", "csv", "jsonl"],
    stamp: Mapping[str, str],
    stream: _Counted,
) -> int:
    """Write a table that comes in parts as one file, of which a part is in memory at a time; return its rows."""
    empty = next(parts)
    filled = chain([empty] * bool(empty.height), (part for part in parts if part.height))
    first, second = next(filled, empty), next(filled, None)
    if second is None:
        stream.write(encoded(first, kind, stamp))
        return first.height
    every = chain((first, second), filled)
    if kind == "parquet":
        return _streamed(every, first.schema, stamp, stream)
    rows = 0
    for part in every:
        content = encoded(part, kind, stamp)
        # Only the first part has the header.
        stream.write(content.split(b"\n", 1)[1] if kind == "csv" and rows else content)
        rows += part.height
    return rows


def _moved(lies: pl.LazyFrame, stamp: Mapping[str, str], stream: _Counted) -> int:
    """Write a table that lies on disk as one Parquet file, streaming; return its rows."""
    lies.sink_parquet(cast("IO[bytes]", stream), **_PACKED, metadata=dict(stamp))
    return int(lies.select(pl.len()).collect().item())


def _streamed(parts: Iterator[pl.DataFrame], schema: pl.Schema, stamp: Mapping[str, str], stream: _Counted) -> int:
    """Write parts as one Parquet file, each as it comes; return its rows."""
    rows, failures = 0, []

    def given(*_: object) -> Iterator[pl.DataFrame]:
        nonlocal rows
        try:
            for part in parts:
                rows += part.height
                yield part
        except BaseException as error:
            failures.append(error)
            raise

    try:
        source = register_io_source(given, schema=schema)
        source.sink_parquet(cast("IO[bytes]", stream), **_PACKED, metadata=dict(stamp))
    except Exception:
        if failures:
            # Polars says in words of its own that its source failed.
            raise failures[0] from None
        raise
    return rows


def _array(lines: str) -> str:
    return "[" + ",\n ".join(lines.removesuffix("\n").split("\n")) + "]\n"


def manifest(value: Mapping[str, Any]) -> bytes:
    """Return what a manifest file holds: JSON in ASCII, in the order given."""
    return (json.dumps(value, indent=2, ensure_ascii=True) + "\n").encode()
