"""CSV that people open in a spreadsheet: text in it stays text."""

from __future__ import annotations

import polars as pl

from abm.output.writers import joined
from abm.tables.inert import inert


def for_spreadsheet(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the table with lists joined, and text that a spreadsheet would calculate disarmed by a leading `'`.

    Somebody who fills in a web form can name their company `=HYPERLINK(...)`; it must not run where the ranking is
    opened. Only text is touched (a formula begins with `=`, `+`, `-`, `@`, a tab or a line break): a negative number
    stays one. For programs, `abm score` writes everything untouched.

    >>> for_spreadsheet(pl.DataFrame({"name": ["=1+1", "Acme", None], "change": [-1, 0, 1]})).rows()
    [("'=1+1", -1), ('Acme', 0), (None, 1)]
    """
    flat = joined(frame)
    return flat.with_columns(
        inert(pl.col(name)).alias(name) for name, dtype in flat.schema.items() if dtype == pl.String
    )
