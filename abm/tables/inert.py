"""Text that a spreadsheet would calculate, made inert by a leading `'`, and what it was before."""

from __future__ import annotations

import polars as pl

__all__ = ["inert", "undone"]

_FORMULA = r"[=+\-@\t\r\n\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]"
"""What makes a spreadsheet take a cell for a formula: also behind a tab or line break, also in full width."""


def inert(text: pl.Expr) -> pl.Expr:
    """Put a `'` before text that begins as a formula does; all else, and null, stays.

    >>> pl.select(inert(pl.lit("=1+1"))).item()
    "'=1+1"
    """
    return pl.when(text.str.contains(f"^{_FORMULA}")).then(pl.concat_str(pl.lit("'"), text)).otherwise(text)


def undone(text: pl.Expr) -> pl.Expr:
    """Take the `'` away that `inert` put there, in what people send back.

    >>> pl.select(undone(pl.lit("'=1+1")), undone(pl.lit("'s Gravenhage")).alias("other")).row(0)
    ('=1+1', "'s Gravenhage")
    """
    return pl.when(text.str.contains(f"^'{_FORMULA}")).then(text.str.slice(1)).otherwise(text)
