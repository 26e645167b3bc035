"""What hygiene found: a count with samples per problem, never a silent repair."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much a finding should worry: only `problem` makes `abm check` exit with 1."""

    PROBLEM = "problem"
    NOTE = "note"


SAMPLE_SIZE = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of problem in one table (and column), counted.

    Attributes:
        table: canonical table name, or `workspace` / `model`.
        code: a stable word for the problem, such as `duplicate_key` or `unparseable`.
        count: how many rows (or values) it touches, at least 1.
        message: what was found and what was done about it, in one sentence.
        level: `problem` (somebody should mend it) or `note` (good to know).
        column: the column concerned, or None.
        file: the file as the workspace names it, or None.
        rows: rows of the samples, where known: of a text file counted from 1 below its header, of a workbook the
            sheet's own numbers.
        samples: at most `SAMPLE_SIZE` offending keys or values, sorted; ids rather than names or mails where possible.
    """

    table: str
    code: str
    count: int
    message: str
    level: Level = Level.PROBLEM
    column: str | None = None
    file: str | None = None
    rows: tuple[int, ...] = ()
    samples: tuple[str, ...] = ()
