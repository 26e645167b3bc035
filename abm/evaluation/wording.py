"""Numbers as words of a reason: expressions that write points, scores and other values the way people read them."""

from __future__ import annotations

import polars as pl

MICRO = 1_000_000
_TENTH = 100_000
ARROW = " → "


def in_millionths(points: pl.Expr) -> pl.Expr:
    """Points (Float64, exact to a millionth) as Int64 millionths, so that differences are exact."""
    return (points * MICRO).round().cast(pl.Int64)


def in_points(micro: pl.Expr) -> pl.Expr:
    """Millionths as the Float64 points nearest to them.

    >>> pl.DataFrame({"x": [-891_421, None]}).select(in_points(pl.col("x"))).to_series().to_list()
    [-0.891421, None]
    """
    # Polars multiplies by the reciprocal of a constant, which may be one bit off; it divides by a column.
    whole = micro.cast(pl.Float64)
    return whole / (whole * 0.0 + MICRO)


def signed(micro: pl.Expr) -> pl.Expr:
    """Write a difference in millionths with its sign and one decimal, or as many as it takes to be none of zero.

    >>> frame = pl.DataFrame({"x": [12_500_000, -50_000, 31_200, -1]})
    >>> frame.select(signed(pl.col("x"))).to_series().to_list()
    ['+12.5', '-0.1', '+0.0312', '-0.000001']
    """
    size = micro.abs()
    tenths = (size + _TENTH // 2) // _TENTH
    short = pl.concat_str(tenths // 10, pl.lit("."), tenths % 10)
    digits = pl.concat_str(pl.lit("0."), size.cast(pl.String).str.zfill(6).str.strip_chars_end("0"))
    return pl.concat_str(
        pl.when(micro < 0).then(pl.lit("-")).otherwise(pl.lit("+")), pl.when(tenths > 0).then(short).otherwise(digits)
    )


def general(value: pl.Expr) -> pl.Expr:
    """Write a number as short as it is exact: 60 and not 60.0.

    >>> pl.DataFrame({"x": [60.0, 62.5, None]}).select(general(pl.col("x")))["x"].to_list()
    ['60', '62.5', None]
    """
    return value.cast(pl.String).str.replace(r"\.0$", "")


def moved(name: str, dtype: pl.DataType) -> pl.Expr:
    """Write `name 45.0 → 38.2` from the columns `name_before` and `name_after`; null where they are equal.

    Numbers have one decimal, cut rather than rounded, or all of them where one would not show the difference; an
    unknown value is written `unknown`.

    >>> frame = pl.DataFrame({"coverage_before": [45.0, 39.97, 1.0], "coverage_after": [38.25, 39.96, 1.0]})
    >>> frame.select(moved("coverage", pl.Float64()))["coverage"].to_list()
    ['coverage 45.0 → 38.2', 'coverage 39.97 → 39.96', None]
    """
    before, after = (pl.col(f"{name}_{side}") for side in ("before", "after"))
    if dtype.is_float():
        same = _cut(before).eq_missing(_cut(after))
        texts = [pl.when(same).then(general(each)).otherwise(_cut(each)) for each in (before, after)]
    elif isinstance(dtype, pl.List):
        texts = [
            pl.when(each.list.len() > 0).then(each.list.join("+")).otherwise(pl.lit("none")) for each in (before, after)
        ]
    elif dtype == pl.Boolean:
        texts = [pl.when(each).then(pl.lit("yes")).when(~each).then(pl.lit("no")) for each in (before, after)]
    else:
        texts = [each.cast(pl.String) for each in (before, after)]
    shown = [text.fill_null("unknown") for text in texts]
    changed = pl.concat_str(pl.lit(f"{name} "), shown[0], pl.lit(ARROW), shown[1])
    return pl.when(before.ne_missing(after)).then(changed).alias(name)


def _cut(points: pl.Expr) -> pl.Expr:
    size = in_millionths(points).abs() // _TENTH
    sign = pl.when((points < 0) & (size > 0)).then(pl.lit("-")).otherwise(pl.lit(""))
    return pl.concat_str(sign, size // 10, pl.lit("."), size % 10)
