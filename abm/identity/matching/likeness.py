"""How alike two names are, from 0 to 100, and whether that alone may match them."""

from __future__ import annotations

import polars as pl

from abm.identity.matching.letters import letters_apart
from abm.identity.matching.words import known_words, word_list

__all__ = ["LETTERS", "judged"]

LETTERS = "but for letters"
"""Why names that differ in letters are alike."""

_FIRST = ("solid", "sorted", "rest", "rest_head", "rest_first", "other")
_LATER = ("core", "stem", "weight")
_BARE = (
    ("q_solid", "m_solid"),
    ("q_sorted", "m_sorted"),
    ("q_rest", "m_rest"),
    ("q_rest", "m_rest_head"),
    ("q_rest", "m_rest_first"),
    ("q_solid", "m_other"),
    ("q_other", "m_solid"),
)
"""Which parts of two names are equal where they differ in whole words only."""

_SLACK = 10.0
"""How far below the threshold a name still speaks against another."""

_SAME_LETTERS, _SAME_FIRM, _OTHER_ORDER, _OTHER_NAME = 99.0, 96.0, 94.0, 93.0
_LESS_TRADE, _MORE_TRADE, _LAST_WORD, _FIRST_WORD, _OTHER_TRADE = 90.0, 88.0, 86.0, 84.0, 80.0

_SHORTEST = 5
"""Fewest letters of a name of one word that may match though the other says more."""

_LONG_WORD = 10
"""From this many letters on, a word may have two slips of the pen."""

_LONG_NAME = 10

_ANY_START = 7
"""From this many letters on, the first may be the wrong one."""

_SHORTEST_ANCHORED = 3
"""Fewest letters of a mistyped word beside one that is the same and tells."""


def judged(pairs: pl.DataFrame, queries: pl.DataFrame, names: pl.DataFrame, threshold: float) -> pl.DataFrame:
    """Judge pairs of names.

    Args:
        pairs: distinct `q`, `m`.
        queries: by `q` (0, 1, ...): `core`, `alias`, `country` and the parts of `name_parts`.
        names: the same of the accounts by `m`.
        threshold: below it no slip of the pen is looked at word by word.

    Returns:
        `q`, `m`, `likeness`, `sure`, `why`. Likeness of names that differ in letters is
        100 * (1 - d / n), d the optimal string alignment distance (insertions, deletions, replacements, swaps of
        neighbours) of the stems without spaces, n the letters of the longer. Names that differ in whole words have a
        fixed one: 99 same letters, 96 same but for words such as `group`, 94 same words in another order, 93 a name
        given in brackets, 90 the account says more of its trade, 88 the contact does, 86 the contact leaves the last
        word out. `sure` is false where such names are often two firms: likeness then speaks against others and for
        nobody.
    """
    frame = _apart(pairs, queries, names)
    worth = (pl.col("slip") >= threshold - _SLACK) | _related(_BARE)
    frame = _spelled_out(frame.filter(worth).with_columns(_related(_BARE).alias("related")), queries, names)
    unrelated = {"likeness": pl.lit(0.0), "sure": pl.lit(value=False), "why": pl.lit("")}
    frame = pl.concat([_by_words(frame.filter("related")), frame.filter(~pl.col("related")).with_columns(**unrelated)])
    slips = frame.filter((pl.col("slip") >= threshold) & (pl.col("slip") > pl.col("likeness")))
    sure = _slips_of_the_pen(slips, names)
    frame = frame.join(sure, on=["q", "m"], how="left", maintain_order="left")
    slipped = pl.col("slip_sure").is_not_null() | (pl.col("slip") > pl.col("likeness"))
    mended = 100 * pl.col("mended") / pl.col("q_core").str.replace_all(" ", "", literal=True).str.len_chars()
    return frame.select(
        "q",
        "m",
        (pl.max_horizontal("likeness", "slip") - mended).clip(lower_bound=0.0).alias("likeness"),
        pl.when(slipped).then(pl.col("slip_sure").fill_null(value=False)).otherwise("sure").alias("sure"),
        pl.when(slipped | (pl.col("mended") > 0)).then(pl.lit(LETTERS)).otherwise("why").alias("why"),
    )


def _apart(pairs: pl.DataFrame, queries: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Add what decides whether a pair is worth more: `solid`, `sorted`, `rest` of both sides, `d`, `n`, `slip`."""
    frame = pl.concat(
        [pairs, _side(queries, pairs["q"], "q", _FIRST), _side(names, pairs["m"], "m", _FIRST)], how="horizontal"
    )
    longest = pl.max_horizontal(pl.col("q_solid").str.len_chars(), pl.col("m_solid").str.len_chars())
    frame = frame.with_columns(letters_apart(frame["q_solid"], frame["m_solid"]).alias("d"), longest.alias("n"))
    slip = pl.when(pl.col("d") > 0).then(100 * (1 - pl.col("d") / pl.col("n"))).otherwise(0.0)
    return frame.with_columns(slip.alias("slip"))


def _spelled_out(frame: pl.DataFrame, queries: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    sides = [_side(queries, frame["q"], "q", (*_LATER, "mended")), _side(names, frame["m"], "m", _LATER)]
    return pl.concat([frame, *sides], how="horizontal").rename({"q_mended": "mended"})


def _side(table: pl.DataFrame, rows: pl.Series, side: str, columns: tuple[str, ...]) -> pl.DataFrame:
    return table.select(pl.col(columns).name.prefix(f"{side}_"))[rows]


def _related(pairs: tuple[tuple[str, str], ...]) -> pl.Expr:
    return pl.any_horizontal((pl.col(left) == pl.col(right)).fill_null(value=False) for left, right in pairs)


def _by_words(frame: pl.DataFrame) -> pl.DataFrame:
    """Add `likeness`, `sure` and `why` of pairs of which some part is equal; 0 where that says nothing."""
    q_core, m_core = (pl.col(name).str.split(" ") for name in ("q_core", "m_core"))
    q_more, m_more = q_core.list.set_difference(m_core).list.len(), m_core.list.set_difference(q_core).list.len()
    one_says_more = (q_more == 0) | (m_more == 0)
    rest_words = pl.col("q_rest").str.count_matches(" ", literal=True) + 1
    distinct = pl.min_horizontal("q_weight", "m_weight")
    long_enough = (pl.col("q_solid").str.len_chars() >= _SHORTEST) | (distinct > 1)
    same_solid = pl.col("q_solid") == pl.col("m_solid")
    same_letters = pl.col("q_core").str.replace_all(" ", "", literal=True) == pl.col("m_core").str.replace_all(
        " ", "", literal=True
    )
    named = _related((("q_solid", "m_other"), ("q_other", "m_solid")))
    same_rest = pl.col("q_rest") == pl.col("m_rest")
    cases = [
        (same_letters, _SAME_LETTERS, pl.lit(value=True), "the same letters"),
        (
            same_solid,
            _SAME_FIRM,
            one_says_more & (((distinct > 0) & long_enough) | pl.col("q_stem").str.contains(" ", literal=True)),
            "the same but for the kind of firm",
        ),
        (pl.col("q_sorted") == pl.col("m_sorted"), _OTHER_ORDER, one_says_more & (distinct > 0), "the same words"),
        (named, _OTHER_NAME, pl.col("q_solid").str.len_chars() > 2, "another name of it"),  # noqa: PLR2004
        (
            same_rest & (q_more == 0),
            _LESS_TRADE,
            (distinct > 0) & ((rest_words > 1) | pl.col("q_stem").str.contains(" ", literal=True)),
            "the same but for its trade",
        ),
        (same_rest & (m_more == 0), _MORE_TRADE, distinct > 1, "the same but for its trade"),
        (
            (pl.col("q_rest") == pl.col("m_rest_head")) & (rest_words > 1),
            _LAST_WORD,
            pl.col("q_weight") > 1,
            "all but the last word",
        ),
        (
            (pl.col("q_rest") == pl.col("m_rest_first")) & (q_more == 0),
            _FIRST_WORD,
            pl.lit(value=False),
            "the first word",
        ),
        (same_rest, _OTHER_TRADE, pl.lit(value=False), "another trade"),
    ]
    likeness, sure, why = pl.lit(0.0), pl.lit(value=False), pl.lit("")
    for holds, worth, enough, reason in reversed(cases):
        holds = holds.fill_null(value=False)  # noqa: PLW2901
        likeness = pl.when(holds).then(pl.lit(worth)).otherwise(likeness)
        sure = pl.when(holds).then(enough).otherwise(sure)
        why = pl.when(holds).then(pl.lit(reason)).otherwise(why)
    return frame.with_columns(likeness.alias("likeness"), sure.fill_null(value=False).alias("sure"), why.alias("why"))


def _slips_of_the_pen(slips: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Say of pairs that differ in letters whether each differing word is plausibly the same word, mistyped."""
    even = pl.col("q_words").list.len() == pl.col("m_words").list.len()
    words = slips.select(
        "q",
        "m",
        "d",
        "n",
        pl.col("q_stem").str.split(" ").alias("q_words"),
        pl.col("m_stem").str.split(" ").alias("m_words"),
        (pl.col("q_solid").str.contains(r"\d") | pl.col("m_solid").str.contains(r"\d")).alias("digits"),
    )
    uneven = words.filter(~even).select(
        "q", "m", ((pl.col("d") == 1) & (pl.col("n") >= _LONG_NAME) & ~pl.col("digits")).alias("slip_sure")
    )
    tokens = words.filter(even).select("q", "m", "q_words", "m_words")
    tokens = tokens.explode("q_words", "m_words", empty_as_null=True, keep_nulls=True)
    general = known_words()
    shared = (pl.col("q_words") == pl.col("m_words")) & ~pl.col("q_words").is_in(general)
    tokens = tokens.with_columns(shared.any().over("q", "m").alias("anchored"))
    tokens = tokens.filter(pl.col("q_words") != pl.col("m_words"))
    tokens = tokens.with_columns(letters_apart(tokens["q_words"], tokens["m_words"]).alias("d"))
    vocabulary = word_list(names["stem"])
    known = pl.concat([vocabulary, pl.Series(general)]).unique().implode()
    shorter = pl.min_horizontal(pl.col("q_words").str.len_chars(), pl.col("m_words").str.len_chars())
    longer = pl.max_horizontal(pl.col("q_words").str.len_chars(), pl.col("m_words").str.len_chars())
    same_start = pl.col("q_words").str.slice(0, 1) == pl.col("m_words").str.slice(0, 1)
    plausible = (
        (shorter >= pl.when("anchored").then(_SHORTEST_ANCHORED).otherwise(_SHORTEST))
        & (pl.col("d") <= pl.when(longer >= _LONG_WORD).then(2).otherwise(1))
        & ~pl.col("q_words").is_in(known)
        & ~pl.col("q_words").str.contains(r"\d")
        & ~pl.col("m_words").str.contains(r"\d")
        & (same_start | pl.col("anchored") | (longer >= _ANY_START))
    )
    # Not inside the aggregation: there the vocabulary would be laid out once per group.
    tokens = tokens.with_columns(plausible.alias("plausible"))
    judged_even = tokens.group_by("q", "m").agg(pl.col("plausible").all().alias("slip_sure"))
    return pl.concat([uneven, judged_even])
