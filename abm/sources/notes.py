"""What a reader had to decide or put right, before it is known which table the file is of."""

from __future__ import annotations

from dataclasses import dataclass

from abm.tables.findings import Finding, Level


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to tell about a file.

    Attributes:
        code: a stable word for it, as in `abm.tables.findings.Finding`.
        message: what was found and what was done about it; begins with the file.
        column: the column concerned, or None.
        level: `problem` if somebody should mend it.
        count: how many values it touches.
        samples: places or values that show it.
    """

    code: str
    message: str
    column: str | None = None
    level: Level = Level.NOTE
    count: int = 1
    samples: tuple[str, ...] = ()

    def finding(self, table: str, file: str) -> Finding:
        """The same as a finding of a table."""
        return Finding(
            table=table,
            code=self.code,
            count=self.count,
            message=self.message,
            level=self.level,
            column=self.column,
            file=file,
            samples=self.samples,
        )
