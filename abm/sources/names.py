"""The names of columns as a header gives them: those without one, and those that repeat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abm.sources.notes import Note
from abm.tables.findings import Level

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

REPEATED = "repeated_column"
"""The code of the finding about a name that stands more than once in a header."""


def column_names(file: str, header: Sequence[str], rows: pl.DataFrame) -> tuple[list[tuple[int, str]], list[Note]]:
    """Name the columns of a file.

    Args:
        file: what notes call it.
        header: the names as the file gives them, one per column.
        rows: the columns, in the order of the header.

    Returns:
        Position and name of each column that stays, and notes. Names are stripped; a column without one is `column_N`,
        or left out if it is empty; of equal names the second is `name_2`, or left out if it holds what the first does.

    >>> import polars as pl
    >>> column_names("a.csv", ["x", "", "x"], pl.DataFrame({"0": ["1"], "1": [None], "2": ["2"]}))[0]
    [(0, 'x'), (2, 'x_2')]
    """
    kept: list[tuple[int, str]] = []
    notes: list[Note] = []
    first: dict[str, int] = {}
    taken = {name.strip() for name in header}
    for at, given in enumerate(header):
        name = given.strip()
        if not name:
            if rows.to_series(at).null_count() < rows.height:
                kept.append((at, f"column_{at + 1}"))
            continue
        if name not in first:
            first[name] = at
            kept.append((at, name))
            continue
        said = f"{file}: the column name '{name}' is there more than once"
        if rows.to_series(at).equals(rows.to_series(first[name]), check_names=False):
            notes.append(Note("same_column", f"{said} and holds the same; read once.", name))
            continue
        other = _free(name, taken)
        taken.add(other)
        kept.append((at, other))
        message = f"{said}; the next is called {other}. Rename one of them, or map the one that is meant."
        notes.append(Note(REPEATED, message, name, Level.PROBLEM))
    return kept, notes


def _free(name: str, taken: set[str]) -> str:
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"
