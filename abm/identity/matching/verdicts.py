"""Decisions, each worked out once and shared by all contacts that it holds for."""

from __future__ import annotations

import polars as pl

from abm.identity.matching.result import METHOD, SCHEMA

__all__ = ["UNMATCHED", "VERDICT", "Verdicts"]

VERDICT: dict[str, pl.DataType] = {
    "a": pl.UInt32(),
    "method": METHOD,
    "confidence": pl.Float64(),
    "evidence": pl.String(),
    "runner_up": pl.UInt32(),
    "runner_up_confidence": pl.Float64(),
    "candidates": pl.List(pl.UInt32()),
}
"""Columns of a decision; accounts by their key."""

UNMATCHED = 0
"""The decision about contacts of whom nothing is known."""


class Verdicts:
    """A growing table of decisions; contacts hold the number of theirs."""

    def __init__(self) -> None:
        self._parts: list[pl.DataFrame] = []
        self._height = 0
        self.add(
            pl.DataFrame({"method": ["unmatched"], "confidence": [0.0], "evidence": ["no valid mail; no company"]})
        )

    def add(self, decisions: pl.DataFrame) -> int:
        """Append decisions (columns of `VERDICT`, missing ones are null) and return the number of the first."""
        given = set(decisions.columns)
        columns = [
            (pl.col(name) if name in given else pl.lit(None)).cast(kind).alias(name) for name, kind in VERDICT.items()
        ]
        self._parts.append(decisions.select(columns))
        start = self._height
        self._height += decisions.height
        return start

    def accounts(self, numbers: pl.Series) -> pl.Series:
        """Return the keys of the accounts that decisions chose, given the number of each one's decision."""
        return pl.concat([part["a"] for part in self._parts]).gather(numbers)

    def spelled_out(self, contact_ids: pl.Series, numbers: pl.Series, account_ids: pl.Series) -> pl.DataFrame:
        """Return the matches of contacts (`SCHEMA`), given the number of each one's decision."""
        table = pl.concat(self._parts)
        listed = table.select(pl.int_range(pl.len()).alias("at"), "candidates").filter(
            pl.col("candidates").list.len() > 0
        )
        listed = listed.explode("candidates", empty_as_null=True, keep_nulls=True)
        named = listed.with_columns(account_ids.gather(listed["candidates"]).alias("candidates"))
        lists = named.group_by("at", maintain_order=True).agg("candidates")
        table = table.drop("candidates").with_row_index("at").with_columns(pl.col("at").cast(pl.Int64))
        table = table.join(lists, on="at", how="left", maintain_order="left").with_columns(
            account_ids.gather(table["a"]).alias("account_id"),
            account_ids.gather(table["runner_up"]).alias("runner_up"),
        )
        matches = table.select(name for name in SCHEMA if name != "contact_id")[numbers]
        return matches.insert_column(0, contact_ids)
