"""Result tables that their engine writes itself, as folders of files: nothing of them passes through this program."""

from __future__ import annotations

import secrets
import shutil
from typing import TYPE_CHECKING, Any, Literal

from abm.output.files import folder, writing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from abm.engines.base import Writer
    from abm.scoring.result import ScoreResult


def write_apart(
    result: ScoreResult, engine: Writer, path: Path, kind: Literal["parquet", "csv", "jsonl"]
) -> tuple[list[Path], dict[str, dict[str, Any]]]:
    """Let the engine of a result write every table, each as a folder such as `leads.parquet/` of part files.

    The folders get their names together, when the last of them is complete; what had such a name before is removed.

    Args:
        result: what `score` gave.
        engine: the engine that it gave it on.
        path: a folder that whoever writes can see; made if need be.
        kind: the format of the tables.

    Returns:
        The folders in the order of the tables, and what a manifest says of each: its name and number of rows.

    Raises:
        OutputError: something cannot be written.
    """
    mark = secrets.token_hex(4)
    finals = {name: path / f"{name}.{kind}" for name in result.names()}
    parts = {name: path / f".{final.name}.{mark}.part" for name, final in finals.items()}
    listed: dict[str, dict[str, Any]] = {}
    with folder(path), writing(path):
        try:
            for name, part in parts.items():
                rows = engine.write(getattr(result, name), part.resolve().as_uri(), kind)
                listed[name] = {"file": finals[name].name, "rows": rows}
            for name, part in parts.items():
                _replace(part, finals[name])
        finally:
            _discard(parts.values())
    return list(finals.values()), listed


def _replace(part: Path, final: Path) -> None:
    if final.is_dir() and not final.is_symlink():
        shutil.rmtree(final)
    else:
        final.unlink(missing_ok=True)
    part.rename(final)


def _discard(parts: Iterable[Path]) -> None:
    for part in parts:
        shutil.rmtree(part, ignore_errors=True)
