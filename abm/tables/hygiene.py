"""Hygiene as lazy steps: which rows of a table are flawed, which row of a repeated key stays."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import narwhals as nw

from abm.tables.findings import SAMPLE_SIZE, Finding, Level

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    Step = nw.LazyFrame[Any]

REPEAT = "_repeat"
"""What a workspace's `dedupe` compares, as one text a row: of the rows that count, the first of each text stays."""

ROW = "_row"
"""1-based row of the file; null for frames of the library, where no row comes first."""


@dataclass(frozen=True)
class Flaw:
    """One way in which a row can be flawed.

    Attributes:
        code: stable word for the report.
        message: what was done about it.
        when: Boolean expression; null counts as sound.
        sample: column whose values are shown as samples, or several: the first that has one.
        level: how much it should worry.
        column: the column concerned, if one.
    """

    code: str
    message: str
    when: nw.Expr
    sample: str | tuple[str, ...]
    level: Level = Level.PROBLEM
    column: str | None = None


@dataclass(frozen=True)
class Flaws:
    """The flaws looked for in one table; counted in one pass, sampled only where there are any."""

    table: str
    file: str | None
    flaws: tuple[Flaw, ...] = field(default=())

    def counts(self, step: Step) -> Step:
        """Return one row with the count of each flaw, in columns `0`, `1`, ..."""
        return step.select(
            *(flaw.when.cast(nw.Int64).sum().alias(str(i)) for i, flaw in enumerate(self.flaws)),
        )

    def present(self, counts: pl.DataFrame) -> list[tuple[Flaw, int]]:
        """Pair each flaw that occurs with its count, which DuckDB gives as a Decimal."""
        found = counts.row(0)
        return [(flaw, int(count)) for flaw, count in zip(self.flaws, found, strict=True) if count]

    def samples(self, step: Step, flaw: Flaw) -> Step:
        """Return samples and rows of one flaw: the first rows of a file, the least samples of a frame."""
        flawed = step.filter(flaw.when.fill_null(value=False))
        names = (flaw.sample,) if isinstance(flaw.sample, str) else flaw.sample
        sample = nw.coalesce(*(nw.col(name).cast(nw.String) for name in names)) if len(names) > 1 else nw.col(names[0])
        told = flawed.select(sample.cast(nw.String).alias("sample"), nw.col(ROW).alias("row"))
        return told.sort("row", "sample", nulls_last=True).head(SAMPLE_SIZE)

    def finding(self, flaw: Flaw, count: int, samples: pl.DataFrame) -> Finding:
        """Put count and samples of one flaw into the report."""
        return Finding(
            table=self.table,
            code=flaw.code,
            count=count,
            message=flaw.message,
            level=flaw.level,
            column=flaw.column,
            file=self.file,
            rows=tuple(sorted(row for row in samples["row"] if row is not None)),
            samples=tuple(sorted({sample for sample in samples["sample"] if sample is not None})),
        )


def repeated(step: Step, key: str) -> Step:
    """Return the key values that stand on more than one row, with the number of rows in excess as `extra`."""
    rows = step.filter(~nw.col(key).is_null()).group_by(key).agg(nw.len().cast(nw.Int64).alias("extra"))
    return rows.filter(nw.col("extra") > 1).with_columns(nw.col("extra") - 1)


def first_rows(step: Step, key: str, repeats: Step, columns: Sequence[str]) -> Step:
    """Keep one row per key: the first by the reader's `_row`, else the least over all columns.

    Args:
        step: the table; rows with a null key are kept.
        key: column that should be unique.
        repeats: what `repeated` gave; only these rows are sorted.
        columns: the columns to compare, in order.
    """
    kept = step.join(repeats.select(key), on=key, how="anti")
    chosen = step.join(repeats.select(key), on=key, how="semi").unique(
        subset=key, keep="first", order_by=[ROW, *(column for column in columns if column not in {ROW, key})]
    )
    return nw.concat([kept, chosen])
