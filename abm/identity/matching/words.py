"""What a normal name says apart from how a firm is built and what it does: the parts that likeness is judged by."""

from __future__ import annotations

from functools import cache

import polars as pl

from abm.engines.polars import engine_for
from abm.identity.company_words import company_words
from abm.identity.countries import country_words
from abm.identity.matching.letters import letters_apart

__all__ = ["known_words", "mended", "name_parts", "word_list"]


def name_parts(cores: pl.Series) -> pl.DataFrame:
    """Take distinct normal names apart.

    Returns:
        Row by row `core`; `stem`, without structural words (`group`) and a country at its end, unless nothing that is
        distinct would remain; `solid`, the stem without spaces; `sorted`, its words in order; `rest`, its words without
        those of trade (`bank`), in their order, or null when none of them is distinct, `rest_head`, all of these but
        the last, and `rest_first`, the first of several; `weight`, how many distinct words it has.
    """
    words = company_words()
    frame = pl.DataFrame({"core": cores}).lazy()
    frame = frame.with_columns(_without(pl.col("core"), words.structural).alias("bare"))
    frame = frame.with_columns(_without_country(pl.col("bare")).alias("bare"))
    frame = frame.with_columns(_distinct(pl.col("bare")).alias("distinct"))
    frame = frame.with_columns(
        pl.when((pl.col("distinct") != "") | pl.col("bare").str.contains(" ", literal=True))
        .then("bare")
        .otherwise("core")
        .alias("stem")
    )
    frame = frame.with_columns(_without(pl.col("stem"), words.trade).alias("rest"))
    rest = pl.col("rest")
    listed = pl.col("stem").str.split(" ").list.sort().list.join(" ")
    return frame.select(
        "core",
        "stem",
        pl.col("stem").str.replace_all(" ", "", literal=True).alias("solid"),
        listed.alias("sorted"),
        pl.when(pl.col("distinct") != "").then(rest).alias("rest"),
        pl.when(pl.col("distinct") != "").then(rest.str.extract(r"^(.+) [^ ]+$")).alias("rest_head"),
        pl.when(pl.col("distinct") != "").then(rest.str.extract(r"^([^ ]+) ")).alias("rest_first"),
        pl.when(pl.col("distinct") == "")
        .then(0)
        .otherwise(pl.col("distinct").str.count_matches(" ", literal=True) + 1)
        .cast(pl.Int32)
        .alias("weight"),
    ).collect(engine=engine_for(len(cores)))


def word_list(names: pl.Series) -> pl.Series:
    """Return the distinct words of names, sorted."""
    return names.drop_nulls().str.split(" ").explode(empty_as_null=True, keep_nulls=True).drop_nulls().unique().sort()


def mended(cores: pl.Series, vocabulary: pl.Series) -> pl.DataFrame:
    """Mend slips of the pen in general words (`gruop`, `internatoinal`).

    Args:
        cores: distinct normal names.
        vocabulary: words that are right as they are: those of the accounts.

    Returns:
        Row by row `core`, `right`, the name with each unknown word of at least five letters replaced by the only
        general word of the same beginning from which one letter (or a swap of neighbours) parts it, and `mended`, how
        many were.
    """
    same = company_words().same
    right = pl.concat([vocabulary, pl.Series(known_words())]).unique()
    words = word_list(cores)
    unknown = words.filter(~words.is_in(right.implode()) & (words.str.len_chars() >= _MENDABLE)).alias("slip")
    pairs = _one_off(unknown).join(_general_words(), on="key", how="inner").select("slip", "word").unique()
    pairs = pairs.with_columns(letters_apart(pairs["slip"], pairs["word"], at_most=1).alias("d"))
    start = pl.col("slip").str.slice(0, 1) == pl.col("word").str.slice(0, 1)
    pairs = pairs.filter((pl.col("d") == 1) & (start | (pl.col("word").str.len_chars() >= _LONG)))
    pairs = pairs.select("slip", pl.col("word").replace(same)).unique().filter(pl.len().over("slip") == 1)
    frame = pl.DataFrame({"core": cores}).with_row_index("row")
    tokens = frame.select("row", pl.col("core").str.split(" ").alias("slip")).explode(
        "slip", empty_as_null=True, keep_nulls=True
    )
    touched = tokens.filter(pl.col("slip").is_in(pairs["slip"].implode()))["row"].unique()
    tokens = tokens.filter(pl.col("row").is_in(touched.implode())).join(
        pairs, on="slip", how="left", maintain_order="left"
    )
    mends = tokens.group_by("row", maintain_order=True).agg(
        pl.coalesce("word", "slip").str.join(" ").alias("right"), pl.col("word").count().cast(pl.Int32).alias("mended")
    )
    frame = frame.join(mends, on="row", how="left", maintain_order="left")
    return frame.select("core", pl.coalesce("right", "core").alias("right"), pl.col("mended").fill_null(0))


_CODE, _MENDABLE, _LONG = 2, 5, 8


@cache
def _general_words() -> pl.DataFrame:
    """The general words for which others may be slips of the pen, as `_one_off` has them."""
    words = {*known_words(), *company_words().same}
    return _one_off(pl.Series("word", sorted(word for word in words if len(word) >= _MENDABLE and " " not in word)))


def _one_off(words: pl.Series) -> pl.DataFrame:
    """Return each word beside itself and itself without each of its letters, `key`: words one slip apart share one."""
    word = pl.col(words.name)
    longest = words.str.len_chars().max()
    keys = [word]
    for place in range(longest if isinstance(longest, int) else 0):
        without = pl.concat_str(word.str.slice(0, place), word.str.slice(place + 1))
        keys.append(pl.when(word.str.len_chars() > place).then(without))
    rows = words.to_frame().lazy().select(words.name, pl.concat_list(keys).alias("key"))
    rows = rows.explode("key", empty_as_null=True, keep_nulls=True).filter(pl.col("key").is_not_null())
    return rows.unique().collect()


def known_words() -> list[str]:
    """Return the words that are no slip of the pen for another, being words of many names themselves."""
    words = company_words()
    listed = {word for kind in (words.structural, words.trade, words.common) for word in kind}
    return sorted(listed | set(words.same.values()) | set(country_words()))


def _distinct(text: pl.Expr) -> pl.Expr:
    return _without(text, (*company_words().trade, *company_words().common))


def _without(text: pl.Expr, listed: tuple[str, ...]) -> pl.Expr:
    patterns = [
        " " + word.replace(" ", "  ") + " " for word in sorted(set(listed), key=lambda word: (-len(word), word))
    ]
    doubled = pl.concat_str(pl.lit(" "), text.str.replace_all(" ", "  ", literal=True), pl.lit(" "))
    left = doubled.str.replace_many(patterns, [""] * len(patterns), leftmost=True)
    return left.str.replace_all("  ", " ", literal=True).str.strip_chars()


def _without_country(text: pl.Expr) -> pl.Expr:
    """Leave a country out at the end, unless it belongs to what is before it (`bank of america`, `air france`)."""
    # Codes of two letters are left: "de" and "in" are words.
    named = sorted(
        (word for word in country_words() if len(word) > _CODE or word in {"us", "uk"}),
        key=lambda word: (-len(word), word),
    )
    ending = r"^(.*[^ ]) (?:" + "|".join(named) + ")$"
    bound = r"(?:^| )(?:of|de|du|da|do|di|la|le|del|in|for|air|bank|the|royal|banco|north|south|new)$"
    base = text.str.extract(ending)
    return pl.when(base.is_not_null() & ~base.str.contains(bound)).then(base).otherwise(text)
