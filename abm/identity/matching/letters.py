"""How far names are apart, as RapidFuzz counts; it is loaded only when names are compared."""

from __future__ import annotations

import polars as pl

__all__ = ["letters_apart", "words_in_common"]


def letters_apart(left: pl.Series, right: pl.Series, at_most: int | None = None) -> pl.Series:
    """Return how many letters are to be added, left out, replaced or swapped with a neighbour, pair by pair (Int32).

    Args:
        left: texts without nulls.
        right: as many texts, each compared with the one beside it.
        at_most: what exceeds this is one more than this, which is found sooner.

    >>> letters_apart(pl.Series(["acme"]), pl.Series(["amce"])).to_list()
    [1]
    """
    if left.is_empty():
        return pl.Series([], dtype=pl.Int32)
    from rapidfuzz.distance import OSA  # noqa: PLC0415 - see the first line
    from rapidfuzz.process import cpdist  # noqa: PLC0415

    # workers=-1: RapidFuzz compares outside the interpreter's lock.
    apart = cpdist(left.to_list(), right.to_list(), scorer=OSA.distance, score_cutoff=at_most, workers=-1)
    return pl.Series(apart).cast(pl.Int32)


def words_in_common(left: pl.Series, right: pl.Series) -> pl.Series:
    """Return how alike the words of two texts are, in any order, from 0 to 100, pair by pair.

    >>> words_in_common(pl.Series(["acme robotics"]), pl.Series(["robotics acme"])).to_list()
    [100.0]
    """
    if left.is_empty():
        return pl.Series([], dtype=pl.Float64)
    from rapidfuzz import fuzz  # noqa: PLC0415 - see the first line
    from rapidfuzz.process import cpdist  # noqa: PLC0415

    alike = cpdist(left.to_list(), right.to_list(), scorer=fuzz.token_set_ratio, workers=-1)
    return pl.Series(alike).cast(pl.Float64)
