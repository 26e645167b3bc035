"""Decide about companies by name: the same, one that resembles it, or none; and what the mail domain says to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from abm.identity.matching.choice import first_case
from abm.identity.matching.exact import exact_names
from abm.identity.matching.fuzzy import fuzzy_names
from abm.identity.matching.relation import LOOKS_ALIKE, NEUTRAL, SPEAKS, relations
from abm.identity.matching.result import CONFIDENCE
from abm.identity.matching.words import name_parts

if TYPE_CHECKING:
    from abm.identity.matching.accounts import AccountBook
    from abm.model.matching import MatchSettings

__all__ = ["COUNTS", "Named", "decide_names"]

COUNTS = ("names", "fuzzy_names", "comparisons", "most_comparisons")
"""What is counted while names are decided about (see `MatchResult.counts`)."""

_SPEAKS_UP, _NEUTRAL_DOWN = 0.03, 0.08
_WHOLE_WORDS = ("the same letters", "the same but for the kind of firm", "the same words")
"""Likenesses that hold against a mail domain which does not speak for the account."""

_NO_FUZZY: dict[str, pl.DataType] = {
    "alike": pl.UInt32(),
    "likeness": pl.Float64(),
    "next_likeness": pl.Float64(),
    "why": pl.String(),
    "near": pl.List(pl.UInt32()),
}

_TELLING = 4
"""Fewest letters of a name that holds against such a mail domain."""


@dataclass(frozen=True)
class Named:
    """Decisions by `k` (columns of `VERDICT`), and counts for `MatchResult`."""

    verdicts: pl.DataFrame
    counts: dict[str, int]


def decide_names(keys: pl.DataFrame, book: AccountBook, settings: MatchSettings) -> Named:
    """Decide about contacts that no domain decides.

    Args:
        keys: `k`, `host`, `site` (null without a valid mail), `free`, `company`, `full`, `core`, `alias`, `country`
            (code).
        book: the accounts.
        settings: how alike names must be.

    Returns:
        A decision for each key. A work mail whose domain no account lists is evidence, too: a name that is the same
        holds against it unless the domain imitates the account's or the name is no more than a common word; a name that
        differs in letters, or in more than the kind of firm, needs a domain that speaks for the account. Where it does
        not, the account is a candidate.
    """
    by = ["full", "core", "alias", "country"]
    distinct = (
        keys.filter(pl.col("core").is_not_null()).select(by).unique().sort(by, nulls_last=True).with_row_index("n")
    )
    exact = exact_names(distinct, book, settings.candidates)
    found = distinct.join(exact, on="n", how="left", maintain_order="left").rename({"a": "exact", "others": "same"})
    counts = dict.fromkeys(COUNTS, 0) | {"names": distinct.height}
    if settings.fuzzy:
        asked = found.filter(pl.col("exact").is_null()).select("n", "core", "alias", "country")
        fuzzy = fuzzy_names(asked, book, settings)
        counts |= {"fuzzy_names": fuzzy.names, "comparisons": fuzzy.comparisons, "most_comparisons": fuzzy.most}
        found = found.join(
            fuzzy.found.rename({"a": "alike", "others": "near"}), on="n", how="left", maintain_order="left"
        )
    else:
        found = pl.concat([found, pl.DataFrame(schema=_NO_FUZZY)], how="diagonal")
    # Somebody bears the very name, elsewhere: it is no slip of the pen for another.
    borne = pl.col("kind").is_not_null() & ~pl.col("why").is_in(_WHOLE_WORDS)
    found = found.with_columns(pl.when(~borne.fill_null(value=False)).then("alike").alias("alike"))
    frame = keys.join(found, on=by, how="left", nulls_equal=True, maintain_order="left")
    frame = frame.with_columns(pl.coalesce("exact", "alike").alias("best"))
    frame = _with_relation(frame, book)
    return Named(_verdicts(frame, book, settings), counts)


def _with_relation(frame: pl.DataFrame, book: AccountBook) -> pl.DataFrame:
    """Add `relation` of a work mail's domain to the best account (null without one) and `telling`."""
    work = pl.col("site").is_not_null() & ~pl.col("free")
    pairs = frame.filter(work & pl.col("best").is_not_null()).select("site", pl.col("best").alias("a")).unique()
    if pairs.is_empty():
        return frame.with_columns(pl.lit(None, pl.String).alias("relation"), pl.lit(None, pl.Boolean).alias("telling"))
    said = relations(pairs, book).rename({"a": "best"}).with_columns(pl.lit(value=False).alias("free"))
    frame = frame.join(said, on=["site", "best", "free"], how="left", maintain_order="left")
    parts = name_parts(frame.filter(pl.col("relation").is_not_null())["core"].unique())
    telling = (pl.col("weight") > 0) & (pl.col("solid").str.len_chars() >= _TELLING)
    return frame.join(parts.select("core", telling.alias("telling")), on="core", how="left", maintain_order="left")


def _verdicts(frame: pl.DataFrame, book: AccountBook, settings: MatchSettings) -> pl.DataFrame:
    relation = pl.col("relation")
    exact = pl.col("exact").is_not_null()
    against = (relation == LOOKS_ALIKE) | ((relation == NEUTRAL) & exact & ~pl.col("telling"))
    against |= (relation == NEUTRAL) & ~exact & ~pl.col("why").is_in(_WHOLE_WORDS)
    against = against.fill_null(value=False)
    frame = frame.with_columns(against.alias("against"))
    chosen = pl.when(~pl.col("against")).then("best")
    empty = pl.lit([], dtype=pl.List(pl.UInt32))
    listed = pl.concat_list(
        pl.when("against").then(pl.concat_list("best")).otherwise(empty).fill_null(empty),
        pl.when(exact | pl.col("kind").is_not_null()).then("same").otherwise(empty).fill_null(empty),
        pl.when(exact).then(empty).otherwise("near").fill_null(empty),
    )
    frame = frame.with_columns(
        chosen.alias("a"), listed.list.unique(maintain_order=True).list.head(settings.candidates).alias("others")
    )
    some = pl.col("others").list.len() > 0
    likely = (pl.col("likeness") >= settings.threshold) | pl.col("kind").is_not_null()
    open_to_people = pl.col("a").is_null() & some & likely.fill_null(value=False)
    method = first_case(
        [(open_to_people, "ambiguous"), (pl.col("a").is_null(), "unmatched"), (exact, "name_country")], "fuzzy"
    )
    frame = frame.with_columns(method.alias("method"), open_to_people.alias("open"))
    names = book.accounts["name"]
    shown = frame.with_columns(
        names.gather(frame["a"]).alias("name"), names.gather(frame["others"].list.first()).alias("near_name")
    )
    return shown.select(
        "k",
        "a",
        "method",
        pl.when(pl.col("a").is_null()).then(0.0).otherwise(_confidence(settings)).round(3).alias("confidence"),
        _evidence().alias("evidence"),
        pl.col("others").list.first().alias("runner_up"),
        pl.when(some).then(_candidate_confidence(settings)).round(3).alias("runner_up_confidence"),
        pl.when("open").then("others").alias("candidates"),
    )


def _scaled(likeness: pl.Expr, settings: MatchSettings) -> pl.Expr:
    least, most = CONFIDENCE["fuzzy_least"], CONFIDENCE["fuzzy_most"]
    span = max(100.0 - settings.threshold, 1.0)
    return least + (most - least) * ((likeness - settings.threshold) / span).clip(0.0, 1.0)


def _confidence(settings: MatchSettings) -> pl.Expr:
    kinds = {kind: CONFIDENCE[kind] for kind in ("name_country", "name_full", "name_alone")}
    exact = pl.col("kind").replace_strict(kinds, default=None, return_dtype=pl.Float64)
    base = pl.when(pl.col("exact").is_not_null()).then(exact).otherwise(_scaled(pl.col("likeness"), settings))
    relation = pl.col("relation")
    return base + first_case([(relation == SPEAKS, _SPEAKS_UP), (relation == NEUTRAL, -_NEUTRAL_DOWN)], 0.0)


def _candidate_confidence(settings: MatchSettings) -> pl.Expr:
    """The first of the others: a namesake, or as much of its likeness as a candidate gets."""
    likeness = pl.when(pl.col("a").is_null()).then("likeness").otherwise("next_likeness")
    part = CONFIDENCE["fuzzy_candidate"] / CONFIDENCE["fuzzy_most"]
    return (
        pl.when(pl.col("kind").is_not_null())
        .then(CONFIDENCE["name_candidate"])
        .otherwise(_scaled(likeness, settings) * part)
    )


def _evidence() -> pl.Expr:
    chosen, exact = pl.col("a").is_not_null(), pl.col("exact").is_not_null()
    several = pl.format("company '{}' is the name of several accounts, or of one in another country", "company")
    return first_case(
        [
            (chosen & exact, pl.format("company '{}' = '{}', {}{}", "company", "name", _where(), _domain())),
            (chosen, _resembling()),
            (pl.col("open") & pl.col("kind").is_not_null() & ~pl.col("against"), several),
            (pl.col("open"), pl.format("company '{}' might be '{}'{}", "company", "near_name", _domain())),
        ],
        pl.concat_str(_mail(), pl.lit("; "), _company()),
    )


def _where() -> pl.Expr:
    alone = (pl.col("kind") == "name_alone") | pl.col("country").is_null()
    return first_case([(alone, "the only account of this name")], pl.format("country {}", "country"))


def _domain() -> pl.Expr:
    relation = pl.col("relation")
    return first_case(
        [
            (relation == SPEAKS, pl.format("; mail domain {} speaks for it", "host")),
            (relation == LOOKS_ALIKE, pl.format("; mail domain {} only looks like its own", "host")),
            (relation == NEUTRAL, pl.format("; mail domain {} is nobody's", "host")),
        ],
        "",
    )


def _resembling() -> pl.Expr:
    likeness = pl.col("likeness").round(0).cast(pl.Int32)
    return pl.format("company '{}' ~ '{}', {}, likeness {}{}", "company", "name", "why", likeness, _domain())


def _mail() -> pl.Expr:
    provider = pl.format("{} is a consumer mailbox provider", "host")
    listed = pl.format("no account lists {}", "host")
    return first_case([(pl.col("free"), provider), (pl.col("host").is_not_null(), listed)], "no valid mail")


def _company() -> pl.Expr:
    unlike = pl.format("no account is named like '{}'", "company")
    unreal = pl.format("'{}' is no company's name", "company")
    return first_case([(pl.col("core").is_not_null(), unlike), (pl.col("company").is_not_null(), unreal)], "no company")
