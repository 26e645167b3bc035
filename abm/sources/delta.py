"""Delta tables: folders of Parquet files whose log says which of them count, read at their newest version."""

from __future__ import annotations

from functools import partial
from os.path import realpath
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from abm.errors import SourceError
from abm.sources.databases.failures import telling
from abm.sources.patterns import DELTA_LOG
from abm.sources.tables import RawTable
from abm.tables.hygiene import ROW

if TYPE_CHECKING:
    from deltalake import DeltaTable


def read_delta(name: str, table: str, folder: Path, where: str) -> RawTable:
    """Read a Delta table of the data folder.

    Args:
        name: canonical table name.
        table: the table's folder, relative to `folder`.
        folder: the data folder; nothing outside it is read, whatever the log or links say.
        where: how messages call the source.

    Returns:
        The rows that count in the newest version, lazy; `_row` is null, for a table of many files has no order.

    Raises:
        SourceError: its package is not installed, there is no such table, its log cannot be read, or a file of it lies
            outside the data folder.
    """
    place = f"{where}: {table}"
    root = Path(realpath(folder))
    path = Path(realpath(root / table))
    if not path.is_relative_to(root):
        raise SourceError(
            f"{place}: lies outside the data folder. Only what is below it is read: move the table there."
        )
    if not (path / DELTA_LOG).is_dir():
        state = (
            "holds no Delta table: there is no folder _delta_log in it" if path.is_dir() else "there is no such folder"
        )
        raise SourceError(f"{place}: {state}. Name the folder of the table; other files are read with `file:`.")
    with telling(place, partial(_without, f"{root}/"), "cannot be read as a Delta table"):
        log = _opened(path, place)
        _require_inside(log, root, place)
        frame = pl.scan_delta(log)
        columns = [column for column in frame.collect_schema() if column != ROW]
    return RawTable(name, place, frame.select(*columns, pl.lit(None, pl.Int64).alias(ROW)))


def _opened(path: Path, place: str) -> DeltaTable:
    try:
        from deltalake import DeltaTable  # noqa: PLC0415 - an optional package
    except ImportError:
        message = f"{place}: reading Delta tables needs a package that is not installed."
    else:
        return DeltaTable(str(path))
    raise SourceError(f"{message} Install it with: pip install 'abm[delta]'.")


def _require_inside(log: DeltaTable, root: Path, place: str) -> None:
    """Files may be links, and a log may name files of the table that it was copied from."""
    for name in log.file_uris():
        path = Path(realpath(name))
        if not path.is_relative_to(root):
            raise SourceError(
                f"{place}: the table has files outside the data folder. Only files below it are read: copy the table"
                " with its files there."
            )
        if not path.is_file():
            raise SourceError(
                f"{place}: {path.name}, a file of the table, is not there. Copy the table with all its files."
            )


def _without(text: str, said: str) -> str:
    return said.replace(text, "")
