"""The rows of work lists: what somebody who calls needs to know of a lead, or of an account and its best lead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from abm.scoring.explanation.words import DISQUALIFY, EXCLUDE, MISSING, REQUIRE, TRIGGER, enumerated, plain
from abm.scoring.leads import HAND_RAISER
from abm.scoring.opted_out import opted_out
from abm.scoring.routing.waiting import raised_hands

if TYPE_CHECKING:
    from abm.scoring.result import ScoreResult
    from abm.workspace.routing import Level

COLUMNS = (
    *("place", "due", "waiting_days", "name", "title", "email", "phone", "account", "why", "did"),
    *("score", "status", "role", "owner", "account_owner", "since", "account_id", "contact_id", "queue", "rule"),
)
"""The columns of a work list. `phone` is there if contacts have a column of this name."""

BARS = ("opted_out", "disqualified", "excluded")
"""Why somebody is kept out, in the order in which it is said."""

BAR = "bar:"
"""What the Boolean columns begin with that say so."""

OWNER_OF_ACCOUNT = "account_owner"
_VERDICTS = {
    "mql": "qualified (MQL)",
    "nurture": "not qualified yet",
    "insufficient_data": "nothing is known to judge by",
}
"""What a status says that nothing else in the sentence does."""
_TENTH, _TENTHS_IN = 100_000, 10


def entities(result: ScoreResult, level: Level) -> pl.DataFrame:
    """Return every lead or account with what its row and its place need, by its key.

    Returns:
        `key`; `hand`, whether somebody raised a hand; `since`; a Boolean column `BAR` + each of `BARS`; and the columns
        of a work list that do not depend on the queue, but `did`.
    """
    frame = _leads(result) if level == "lead" else _accounts(result)
    days = (pl.lit(result.as_of) - pl.col("since")).dt.total_days()
    return frame.with_columns(days.cast(pl.Int64).alias("waiting_days"))


def _leads(result: ScoreResult) -> pl.DataFrame:
    frame = result.polars["leads"].join(_people(result), on="contact_id", how="left", maintain_order="left")
    frame = frame.join(_companies(result), on="account_id", how="left", maintain_order="left")
    frame = frame.join(raised_hands(result), on="contact_id", how="left", maintain_order="left")
    return frame.with_columns(
        pl.col("contact_id").alias("key"),
        (pl.col("status") == HAND_RAISER).alias("hand"),
        pl.coalesce("raised_on", "last_activity").alias("since"),
        *_bars(
            opted_out=pl.col("opted_out"),
            disqualified=pl.col("status") == "disqualified",
            excluded=pl.col("is_excluded"),
        ),
        _sentences(
            pl.concat_str(pl.lit("Raised a hand: "), "raised"),
            pl.col("status").replace_strict(_VERDICTS, default=None, return_dtype=pl.String),
            _coded(frame, {DISQUALIFY: "disqualified by the rule {}"}),
            pl.concat_str(_tenths("score"), pl.lit(" points, "), _general(frame), pl.lit(" needed")),
            _coded(frame, {REQUIRE: "lacks what the model requires besides the points"}),
        ).alias("why"),
    )


def _accounts(result: ScoreResult) -> pl.DataFrame:
    accounts = result.polars["accounts"]
    frame = accounts.rename({"name": "_"}).join(_companies(result).drop("is_excluded"), on="account_id", how="left")
    people = (
        _people(result)
        .filter(~pl.col("opted_out"))
        .join(result.polars["leads"].select("contact_id", "role"), on="contact_id", how="left")
    )
    frame = frame.join(people, left_on="best_lead", right_on="contact_id", how="left", coalesce=False)
    hands = raised_hands(result).join(result.polars["leads"].select("contact_id", "account_id"), on="contact_id")
    raised = hands.group_by("account_id").agg(pl.col("raised_on").max(), pl.len().alias("hands"))
    frame = frame.join(raised, on="account_id", how="left").join(_researched(result), on="account_id", how="left")
    frame = frame.sort("account_id")
    verdict = pl.when("is_mqa").then(pl.lit("qualified (MQA)")).otherwise(pl.lit("not qualified yet"))
    points = pl.concat_str(_tenths("score"), pl.lit(" points, "), _general(frame), pl.lit(" needed"))
    seen = pl.max_horizontal("last_activity", "researched_on")
    topics = pl.col("spiking_topics").list.head(3).list.join(", ")
    return frame.with_columns(
        pl.col("account_id").alias("key"),
        pl.col("raised_on").is_not_null().alias("hand"),
        pl.coalesce("raised_on", seen).alias("since"),
        pl.col("stage").alias("status"),
        *_bars(excluded=pl.col("is_excluded")),
        _sentences(
            pl.when("is_excluded").then(_coded(frame, {EXCLUDE: "excluded by the rule {}"})).otherwise(verdict),
            points,
            _coded(frame, {TRIGGER: "at once by the trigger {}"}),
            pl.when(pl.col("hands").is_not_null()).then(
                pl.concat_str("hands", pl.lit(" raised a hand, last on "), pl.col("raised_on").cast(pl.String))
            ),
            _coded(frame, {MISSING: "no engaged {}"}),
            pl.when(pl.col("spiking_topic_count") > 0).then(pl.concat_str(pl.lit("researches "), topics)),
        ).alias("why"),
    )


def _people(result: ScoreResult) -> pl.DataFrame:
    """Name, title, address and phone of every person, and whether they opted out; `contact_id`."""
    contacts = result.contact_rows()
    names = ["title", "email"]
    if contacts is None:
        schema = {**dict.fromkeys(("contact_id", "name", *names), pl.String), "opted_out": pl.Boolean}
        return pl.DataFrame(schema=schema)
    if "phone" in contacts.collect_schema().names():
        names.append("phone")
    written = pl.concat_str("first_name", "last_name", separator=" ", ignore_nulls=True)
    name = pl.coalesce(pl.when(written != "").then(written), "email", "contact_id").alias("name")
    rows = contacts.select("contact_id", name, *names).collect()
    out = opted_out(result).with_columns(opted_out=pl.lit(value=True))
    return rows.join(out, on="contact_id", how="left").with_columns(pl.col("opted_out").fill_null(value=False))


def _companies(result: ScoreResult) -> pl.DataFrame:
    """`account` (its name, else its id), `account_owner` and `is_excluded` of every account."""
    owners = result.account_rows().select("account_id", pl.col("owner").alias(OWNER_OF_ACCOUNT)).collect()
    names = result.polars["accounts"].select(
        "account_id", pl.coalesce("name", "account_id").alias("account"), "is_excluded"
    )
    return names.join(owners, on="account_id", how="left", maintain_order="left")


def _researched(result: ScoreResult) -> pl.DataFrame:
    """The newest day on which intent of an account was observed."""
    return result.polars["intent"].group_by("account_id").agg(pl.col("observed_on").max().alias("researched_on"))


def _bars(**tests: pl.Expr) -> list[pl.Expr]:
    never = pl.lit(value=False)
    return [tests.get(bar, never).fill_null(value=False).alias(f"{BAR}{bar}") for bar in BARS]


def bars() -> pl.Expr:
    """Why somebody is kept out: a list of `BARS`, empty if nothing is against them."""
    told = [pl.when(f"{BAR}{bar}").then(pl.lit(bar)) for bar in BARS]
    return pl.concat_list(told).list.drop_nulls()


def _sentences(*parts: pl.Expr) -> pl.Expr:
    """The parts that are known, the first with a capital letter, as one line."""
    joined = pl.concat_str(*parts, separator="; ", ignore_nulls=True)
    return pl.concat_str(joined.str.slice(0, 1).str.to_uppercase(), joined.str.slice(1))


def _coded(frame: pl.DataFrame, sayings: dict[str, str]) -> pl.Expr:
    """Reason codes in words, worked out once for each different list of them; null where none of the sayings fits."""
    text = pl.col("reasons").list.join("\n")
    different = frame.select(text.alias("codes").unique()).get_column("codes").drop_nulls().to_list()
    words = {codes: _said(codes.split("\n"), sayings) for codes in different}
    return text.replace_strict(words, default=None, return_dtype=pl.String)


def _said(codes: list[str], sayings: dict[str, str]) -> str | None:
    told = []
    for prefix, saying in sayings.items():
        names = [plain(code.removeprefix(prefix)) for code in codes if code.startswith(prefix)]
        if names:
            told.append(saying.format(enumerated(names, "or" if prefix == MISSING else "and")))
    return "; ".join(told) or None


def _tenths(name: str) -> pl.Expr:
    """Points with one decimal, cut and not rounded; null stays null."""
    tenths = (pl.col(name) * 1_000_000).round().cast(pl.Int64) // _TENTH
    return pl.concat_str((tenths // _TENTHS_IN).cast(pl.String), pl.lit("."), (tenths % _TENTHS_IN).cast(pl.String))


def _general(frame: pl.DataFrame) -> pl.Expr:
    """The threshold as the model writes it."""
    words = {value: f"{value:g}" for value in frame["threshold"].unique().drop_nulls()}
    return pl.col("threshold").replace_strict(words, default=None, return_dtype=pl.String)
