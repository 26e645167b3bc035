"""The first case that holds: a chain of when and then, written as a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["first_case"]


def first_case(
    cases: Sequence[tuple[pl.Expr, pl.Expr | str | float | None]], otherwise: pl.Expr | str | float | None
) -> pl.Expr:
    """Return an expression for the value of the first case whose condition is true; texts are literal.

    >>> cases = [(pl.col("x") > 2, "many"), (pl.col("x") > 1, "two")]
    >>> pl.DataFrame({"x": [1, 2, 3, None]}).select(first_case(cases, "few"))["x"].to_list()
    ['few', 'two', 'many', 'few']
    """
    expression = _value(otherwise)
    for holds, value in reversed(cases):
        expression = pl.when(holds).then(_value(value)).otherwise(expression)
    return expression.alias("x")


def _value(value: pl.Expr | str | float | None) -> pl.Expr:
    return value if isinstance(value, pl.Expr) else pl.lit(value)
