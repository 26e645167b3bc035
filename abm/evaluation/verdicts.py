"""Accounts or leads of two results side by side: the verdict on each, and because of what it changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from abm.evaluation.line_changes import phrases
from abm.evaluation.subjects import ACCOUNT, Subject, rules
from abm.evaluation.wording import ARROW, general, in_millionths, in_points, moved

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from abm.model.conditions import Condition
    from abm.scoring.result import ScoreResult

SIDES = ("before", "after")

_WORDS = {
    "exclude": ("excluded by", "no longer excluded by"),
    "disqualify": ("disqualified by", "no longer disqualified by"),
    "trigger": ("trigger", "no longer trigger"),
    "hand_raise": ("hand raised by", "hand no longer raised by"),
}
_UP, _DOWN = pl.col("way") >= 0, pl.col("way") <= 0
"""Whether what speaks for it, or against it, can explain the verdict: both where the verdict stays."""
_BOTH = pl.col("in_before") & pl.col("in_after")


def verdicts(subject: Subject, before: ScoreResult, after: ScoreResult, changes: pl.DataFrame) -> pl.DataFrame:
    """Set accounts or leads side by side (see `Comparison` for the columns); rows by key."""
    results = (before, after)
    rows = _paired(subject, results)
    rows = _with_ways(subject, rows)
    rows = _because(subject, rows, results, changes)
    return rows.select(
        subject.key,
        *subject.once,
        "verdict",
        *(name for column in subject.twice for name in _shown(column)),
        "because",
    )


def _shown(column: str) -> list[str]:
    return [f"{column}_{side}" for side in (*SIDES, *(("change",) if column in ("score", "rank") else ()))]


def _paired(subject: Subject, results: tuple[ScoreResult, ScoreResult]) -> pl.DataFrame:
    """Every row of either side, its columns `_before` and `_after`, among them those that rules name."""
    frames = [result.polars[subject.table] for result in results]
    names = {name for result in results for name in rules(subject, result.model).names}
    known = set(frames[0].columns) - {subject.key}
    columns = sorted({*subject.once, *subject.twice, *(names & known)})
    sides = [
        frame.select(
            subject.key,
            *(pl.col(column).alias(f"{column}_{side}") for column in columns),
            pl.lit(value=True).alias(f"in_{side}"),
        )
        for frame, side in zip(frames, SIDES, strict=True)
    ]
    rows = sides[0].join(sides[1], on=subject.key, how="full", coalesce=True).sort(subject.key)
    return rows.with_columns(
        *(pl.coalesce(f"{column}_after", f"{column}_before").alias(column) for column in subject.once),
        *(pl.col(f"in_{side}").fill_null(value=False) for side in SIDES),
    )


def _with_ways(subject: Subject, rows: pl.DataFrame) -> pl.DataFrame:
    """Add verdict and changes, `way` (1 qualifies now, -1 no longer) and `crossed` (1 reaches the threshold now)."""
    qualified = [pl.col(f"{subject.qualifies}_{side}").fill_null(value=False) for side in SIDES]
    if subject is ACCOUNT:
        barred = [pl.col(f"is_excluded_{side}").fill_null(value=False) for side in SIDES]
        places = [pl.col(f"rank_{side}") for side in SIDES]
        rows = rows.with_columns((places[1] - places[0]).alias("rank_change"))
    else:
        barred = [(pl.col(f"status_{side}") == "disqualified").fill_null(value=False) for side in SIDES]
    reached = [
        (pl.col(f"score_{side}") >= pl.col(f"threshold_{side}")).fill_null(value=False).cast(pl.Int8) for side in SIDES
    ]
    scores, bars = ([in_millionths(pl.col(f"{name}_{side}")) for side in SIDES] for name in ("score", "threshold"))
    way = qualified[1].cast(pl.Int8) - qualified[0].cast(pl.Int8)
    verdict = (
        pl.when(way > 0)
        .then(pl.lit(f"becomes_{subject.verdict}"))
        .when(way < 0)
        .then(pl.lit(f"stops_{subject.verdict}"))
        .when(~pl.col("in_before"))
        .then(pl.lit("appears"))
        .when(~pl.col("in_after"))
        .then(pl.lit("disappears"))
        .when(barred[1] & ~barred[0])
        .then(pl.lit(f"becomes_{subject.bars}"))
        .when(barred[0] & ~barred[1])
        .then(pl.lit(f"stops_{subject.bars}"))
        .when(qualified[1])
        .then(pl.lit(f"stays_{subject.verdict}"))
        .when(barred[1])
        .then(pl.lit(f"stays_{subject.bars}"))
        .otherwise(pl.lit("stays_out"))
    )
    return rows.with_columns(
        way.alias("way"),
        verdict.alias("verdict"),
        (reached[1] - reached[0]).alias("crossed"),
        (scores[1] - scores[0]).alias("rise"),
        (bars[1] - bars[0]).alias("bar_rise"),
        in_points(scores[1] - scores[0]).alias("score_change"),
    )


def _because(
    subject: Subject, rows: pl.DataFrame, results: tuple[ScoreResult, ScoreResult], changes: pl.DataFrame
) -> pl.DataFrame:
    """Add `because`: what speaks for the verdict, rules first, then lines and the threshold, the larger move first."""
    old, new = (rules(subject, result.model) for result in results)
    kinds = {name.removesuffix("_before"): dtype for name, dtype in rows.schema.items() if name.endswith("_before")}
    decided = [*_presence(), *_flips(old.against, new.against, kinds, _DOWN, _UP)]
    decided += _flips(old.in_favour, new.in_favour, kinds, _UP, _DOWN)
    later = [_requirement(old.require, new.require, kinds)]
    if subject is ACCOUNT:
        later.append(_group([{group.name for group in result.model.buying_groups} for result in results]))
    rows = rows.with_columns(_listed(decided).alias("decided"), _listed(later).alias("later"))
    rows = rows.with_columns(_threshold().alias("bar"))
    rows = rows.join(_lines(subject, rows, changes), on=subject.key, how="left", maintain_order="left")
    nothing = pl.lit([], dtype=pl.List(pl.String))
    lines, bar = pl.col("lines").fill_null(nothing), pl.col("bar")
    larger = pl.col("bar_rise").abs() > pl.col("rise").fill_null(0).abs()
    first, last = pl.when(larger).then(bar).otherwise(nothing), pl.when(larger).then(nothing).otherwise(bar)
    return rows.with_columns(pl.concat_list("decided", first, lines, last, "later").alias("because"))


def _listed(texts: Sequence[pl.Expr]) -> pl.Expr:
    return pl.concat_list(texts).list.drop_nulls()


def _presence() -> list[pl.Expr]:
    return [
        pl.when(~pl.col("in_before")).then(pl.lit("was not there before")),
        pl.when(~pl.col("in_after")).then(pl.lit("is not there any more")),
    ]


def _flips(
    old: Mapping[str, Condition],
    new: Mapping[str, Condition],
    kinds: Mapping[str, pl.DataType],
    coming: pl.Expr,
    going: pl.Expr,
) -> list[pl.Expr]:
    """Say which rules hold now or no longer, in the order of the models, and what it was that moved."""
    texts: list[pl.Expr] = []
    for code in dict.fromkeys([*old, *new]):
        kind, _, name = code.partition(":")
        held = [pl.col(f"reasons_{side}").list.contains(code).fill_null(value=False) for side in SIDES]
        now, no_longer = (f"{words} {name}" for words in _WORDS[kind])
        why = _why(old.get(code), new.get(code), kinds)
        texts += [
            pl.when(coming & held[1] & ~held[0]).then(pl.concat_str(pl.lit(now), why)),
            pl.when(going & held[0] & ~held[1]).then(pl.concat_str(pl.lit(no_longer), why)),
        ]
    return texts


def _requirement(old: Condition, new: Condition, kinds: Mapping[str, pl.DataType]) -> pl.Expr:
    failed = [pl.col(f"reasons_{side}").list.contains("require:false").fill_null(value=False) for side in SIDES]
    why = _why(old, new, kinds)
    return (
        pl.when(_BOTH & _DOWN & failed[1] & ~failed[0])
        .then(pl.concat_str(pl.lit("requirement fails"), why))
        .when(_BOTH & _UP & failed[0] & ~failed[1])
        .then(pl.concat_str(pl.lit("requirement holds"), why))
    )


def _group(names: list[set[str]]) -> pl.Expr:
    """Another buying group is shown; not where the models only call their groups by other names."""
    before, after = (pl.col(f"group_{side}") for side in SIDES)
    known = before.is_in(sorted(names[1])) | after.is_in(sorted(names[0]))
    return pl.when(_BOTH & known).then(moved("group", pl.String()))


def _why(old: Condition | None, new: Condition | None, kinds: Mapping[str, pl.DataType]) -> pl.Expr:
    """In brackets: the rule is another one, or the values it looks at have moved; nothing where neither is so."""
    if old is None or new is None:
        return pl.lit(" (new rule)" if old is None else " (rule dropped)")
    if old.text != new.text:
        return pl.lit(f" (now: {new.text})")
    names = [name for name in new.names if name in kinds]
    if not names:
        return pl.lit("")
    values = pl.concat_str([moved(name, kinds[name]) for name in names], separator=", ", ignore_nulls=True)
    return pl.when(_BOTH & (values != "")).then(pl.format(" ({})", values)).otherwise(pl.lit(""))


def _threshold() -> pl.Expr:
    """`threshold 60 → 65` where it moved and matters, and the segment if that is why."""
    rise, way = pl.col("bar_rise"), pl.col("way")
    # It matters to a verdict when it moved the other way, across the score; where all stays, when nothing else moved.
    unmoved = (way == 0) & (pl.col("rise").fill_null(0) == 0)
    matters = unmoved | ((pl.col("crossed") == way) & (way != 0) & (rise.sign() == -way))
    numbers = [general(pl.col(f"threshold_{side}")) for side in SIDES]
    text = pl.concat_str(pl.lit("threshold "), numbers[0], pl.lit(ARROW), numbers[1])
    segment = moved("segment", pl.String())
    shown = [pl.when(_BOTH & matters & (rise != 0)).then(text)]
    shown.append(pl.when(_BOTH & matters & ((rise != 0) | unmoved)).then(segment))
    return _listed(shown)


def _lines(subject: Subject, rows: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """The lines to name: of a score that crossed the threshold, or of one that moved where the verdict stays."""
    way, rise = pl.col("way"), pl.col("rise").fill_null(0).sign()
    unexplained = pl.concat_list("decided", "later").list.len() == 0
    crossing = (pl.col("crossed") == way) & (rise == way)
    wanted = rows.filter(_BOTH & ((way == 0) | crossing | unexplained)).select(
        pl.col(subject.key).alias("entity_id"), pl.when(rise == way).then(way).otherwise(0).alias("sign")
    )
    return phrases(changes, subject.level, wanted).rename({"entity_id": subject.key})
