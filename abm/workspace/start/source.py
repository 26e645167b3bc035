"""One entry of a table in `workspace.yaml`, before it is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, eq=False)
class Source:
    """Where one table, or a part of it, comes from.

    Attributes:
        table: canonical name.
        files: the files it is read from, each by its name.
        written: the same as `workspace.yaml` says it: names or one pattern.
        preset: the shape by which it is read, or None.
        columns: column of the table: column of the file, where they differ.
        constants: column of the table: the value that it has in every row.
        expressions: column of the table: an expression of SQL over the columns of the file.
        sql: one SELECT instead of file and columns, or None.
        sheet: the sheet of a workbook, or None.
        with_: other files that the shape uses, by the name it gives them.
        options: further keys with their values as YAML writes them, such as a time zone.
        remarks: what a person should know about it, a line each.
        hints: keys that a person may want, with the reason: written as comments inside the entry.
        off: why it is only proposed, in a comment; None if it counts.
    """

    table: str
    files: tuple[str, ...]
    written: tuple[str, ...] = ()
    preset: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    expressions: Mapping[str, str] = field(default_factory=dict)
    sql: str | None = None
    sheet: str | None = None
    with_: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    hints: tuple[tuple[str, str], ...] = ()
    off: str | None = None
