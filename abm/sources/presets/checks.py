"""Whether a file is what a workspace says it is, before and after a page makes a table of it."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

import polars as pl

from abm.errors import SourceError
from abm.sources.guard import collected
from abm.sources.presets.file_names import FILE_DAY, day_in
from abm.sources.presets.header import found_as
from abm.tables.findings import Finding
from abm.tables.hygiene import ROW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from abm.sources.presets.schema import Shape, TableRule
    from abm.sources.tables import RawTable

_SHOWN_NAMES, _SHOWN_COLUMNS = 3, 12
_DAYS = ("observed_on", "occurred_at")


def lacking(shape: Shape, raw: RawTable) -> Iterator[Finding]:
    """Note columns by which a file of the shape is recognised and which this file lacks: a page takes them as empty.

    Raises:
        SourceError: it has none of them, so that it is something else, or has no header.
    """
    columns = [name for name in raw.frame.collect_schema() if name != ROW]
    lacks = [names for names in shape.header if not found_as(names, columns)]
    if not lacks:
        return
    said = ", ".join(" or ".join(names[:_SHOWN_NAMES]) for names in lacks)
    if len(lacks) == len(shape.header):
        remedy = " If the file has no header, say header: false." if shape.names else ""
        raise SourceError(
            f"{raw.where}: is no file of {shape.reference}, which has columns such as {said}.{remedy}"
            f" Columns there: {', '.join(columns[:_SHOWN_COLUMNS])}. `abm presets {shape.reference}` shows more."
        )
    yield Finding(
        table=raw.name,
        code="missing_column",
        count=len(lacks),
        message=f"{raw.where}: lacks {said}, by which {shape.reference} is known; read as empty. Is the file of this"
        " kind, and whole?",
        file=", ".join(part.file for part in raw.parts) or None,
    )


def undated(rule: TableRule, raw: RawTable, result: RawTable) -> Iterator[Finding]:
    """Report rows without a day that a page takes from the file's name, if the name says none."""
    said = rule.sql or " ".join(name for column in rule.columns.values() for name in (*column.from_, column.sql or ""))
    silent = [part.file for part in raw.parts if day_in(part.file) is None]
    there = result.frame.collect_schema()
    day = next((name for name in _DAYS if name in there), None)
    if day is None or not silent or FILE_DAY not in said:
        return
    count = collected(result.frame.select(pl.col(day).is_null().sum()), result.where).item()
    if count:
        name = PurePath(silent[0])
        example = f"columns: {{{day}: {{value: 2026-07-19}}}}"
        yield Finding(
            table=raw.name,
            code="no_day",
            count=count,
            message=f"{name}: {count} row(s) without a day, and the name of the file says none. Put it there, such as"
            f" {name.stem}_2026-07-19{name.suffix}, or say it in workspace.yaml: {example}.",
            column=day,
            file=", ".join(silent),
        )
