"""Identifiers of one record that a system writes in two ways, made one."""

from __future__ import annotations

import polars as pl

_SHORT, _PART = 15, 5
_LETTERS = pl.Series(list("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"))


def salesforce_id(text: pl.Expr) -> pl.Expr:
    """Return ids of 18 letters for those of 15, everything else trimmed as it is.

    In an id of 15 letters capitals matter. The three more letters of the long form say which of the others are
    capitals: each stands for five of them, its place in A to Z and 0 to 5 being the binary number that has a 1 for each
    capital, the first of the five counting least.

    >>> pl.DataFrame({"id": ["005D0000001KyEI", " x "]}).select(salesforce_id(pl.col("id"))).to_series().to_list()
    ['005D0000001KyEIIA0', 'x']
    """
    trimmed = text.str.strip_chars()
    capitals = [trimmed.str.slice(at, 1).is_between(pl.lit("A"), pl.lit("Z")).cast(pl.UInt32) for at in range(_SHORT)]
    checks = [
        pl.lit(_LETTERS).gather(pl.sum_horizontal(capitals[at + place] * 2**place for place in range(_PART)))
        for at in range(0, _SHORT, _PART)
    ]
    is_short = (trimmed.str.len_bytes() == _SHORT) & trimmed.str.contains(r"^[A-Za-z0-9]+$")
    return pl.when(is_short).then(pl.concat_str(trimmed, *checks)).otherwise(trimmed)
