"""The story: what a run says in sentences, for somebody who has never seen it: who is ready, what moved, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from abm.output.brief.cells import person_name
from abm.output.brief.words import day, plain
from abm.scoring.explanation.numbers import counted, general, tenths
from abm.scoring.explanation.words import HAND_RAISE, REACHED, TRIGGER, enumerated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from abm.output.brief.gathering import Case
    from abm.output.report.figures import Figure
    from abm.output.report.movement import Movement

    Row = Mapping[str, Any]

_READY = 6
_NAMED = 3
_STEPS = 4
_HANDS = 3
_STRANGERS = 2
_SOON = 30
"""An account that lapses within so many days is worth a line."""
_BUSY = 0.9
"""From this share of one person on, activity is that person's."""
_LEAST_EMPLOYEES_ALONE = 2


@dataclass(frozen=True, slots=True)
class Mention:
    """An account, named in a sentence; the page opens it.

    Attributes:
        account_id: the account.
        name: what to call it.
    """

    account_id: str
    name: str


Sentence = tuple[str | Mention, ...]
"""A sentence in parts."""


@dataclass(frozen=True, slots=True)
class Story:
    """What the first screen says.

    Attributes:
        headline: the one sentence to take away.
        ready: an account a sentence, with why it is qualified.
        ready_more: how many more there are.
        nearest: who comes nearest, where none is qualified.
        moved: what is different from before; empty without an earlier run.
        steps: what to do, the most urgent first.
    """

    headline: str
    ready: tuple[Sentence, ...]
    ready_more: int
    nearest: tuple[Sentence, ...]
    moved: tuple[Sentence, ...]
    steps: tuple[Sentence, ...]


def story(
    rows: pl.DataFrame, heads: Sequence[Figure], moved: Movement | None, cases: Mapping[str, Case], then: date | None
) -> Story:
    """Tell a run.

    Args:
        rows: what `account_rows` gives.
        heads: the headline figures.
        moved: what moved, or None without an earlier run.
        cases: what was gathered of accounts; sentences name only these.
        then: the day of the earlier run.
    """
    ranked = rows.filter(~pl.col("is_excluded"))
    qualified = ranked.filter("is_mqa")
    return Story(
        headline=_headline(heads[0], then is not None),
        nearest=() if qualified.height else tuple(_nearest(ranked)),
        ready=tuple(_ready(row, cases.get(row["account_id"])) for row in qualified.head(_READY).iter_rows(named=True)),
        ready_more=max(0, qualified.height - _READY),
        moved=() if moved is None or then is None else tuple(_moved(moved, then, next(iter(cases.values()), None))),
        steps=tuple(_steps(ranked, cases)),
    )


def _headline(head: Figure, compared: bool) -> str:
    now = head.now or 0
    number = counted(now, "x").partition(" ")[0].capitalize() if now else "None"
    said = f"{number} of {head.of:,} accounts {'are' if now > 1 else 'is'} ready for sales"
    if not compared or head.change is None:
        return f"{said}."
    if not head.change:
        return f"{said}, as {'many as ' if now else ''}30 days before."
    if not head.then:
        return f"{said}; 30 days before none was."
    more = "more" if head.change > 0 else "fewer"
    return f"{said}, {counted(abs(head.change), 'x').partition(' ')[0]} {more} than 30 days before."


def _nearest(ranked: pl.DataFrame) -> Iterator[Sentence]:
    """Who comes next, where nobody is qualified."""
    for row in ranked.filter(pl.col("score").is_not_null()).head(_NAMED).iter_rows(named=True):
        reached = any(each.startswith(REACHED) for each in row["reasons"])
        bar = general(row["threshold"])
        score = tenths(row["score"])
        short = f"{score} of the {bar} points needed"
        held = f"its {score} points reach the {bar} needed, but the model requires more than points"
        yield (_mention(row), f": {held if reached else short}.")


def _ready(row: Row, case: Case | None) -> Sentence:
    """Why an account is qualified."""
    name = _mention(row)
    reasons = row["reasons"]
    triggers = [plain(each.removeprefix(TRIGGER)) for each in reasons if each.startswith(TRIGGER)]
    reached = any(each.startswith(REACHED) for each in reasons)
    if triggers and not reached:
        hand = _hand(case)
        why = f"at once, because {hand}" if hand else f"at once, by the rule {enumerated(triggers)}"
        return (name, f", {why}{_thin(row)}.")
    parts = []
    if row["engaged_contacts"]:
        roles = f", in {counted(row['engaged_roles'], 'role')}" if row["engaged_roles"] else ""
        parts.append(f"{row['engaged_contacts']:,} of {row['known_contacts']:,} known people are engaged{roles}")
    if row["spiking_topics"]:
        parts.append(f"it researches {enumerated([str(each) for each in row['spiking_topics'][:_NAMED]])}")
    told = "; ".join(parts)
    score = "" if row["score"] is None else f" ({tenths(row['score'])} points, {general(row['threshold'])} needed)"
    return (name, f"{score}{': ' if told else ''}{told}.")


def _thin(row: Row) -> str:
    if row["known_contacts"] == 1:
        return "; nobody else is known there"
    return "; nobody else is engaged" if row["single_threaded"] else ""


def _hand(case: Case | None) -> str | None:
    """Who asked to be called."""
    asked = [] if case is None else [row for row in case.counting if row["status"] == "hand_raiser"]
    if not asked:
        return None
    row = asked[0]
    what = [plain(each.removeprefix(HAND_RAISE)) for each in row["reasons"] if each.startswith(HAND_RAISE)]
    deed = f" ({enumerated(what)})" if what else ""
    return f"{_person(row)} asked to be called{deed}"


def _person(row: Row) -> str:
    name = person_name(dict(row)).shown
    return f"{name} ({' '.join(str(row['title']).split())})" if row["title"] else name


def _moved(moved: Movement, then: date, case: Case | None) -> Iterator[Sentence]:
    since = day(then, then if case is None else case.as_of)
    if moved.gained.height:
        yield (f"Newly qualified since {since}: ", *_names(moved.gained), ".")
    else:
        yield (f"No account has qualified since {since} that did not before.",)
    if moved.lapsed.height:
        yield ("No longer qualified: ", *_names(moved.lapsed), ".")
    elif moved.gained.height:
        yield ("None that was qualified then has been lost.",)
    for row in moved.risers.head(1).iter_rows(named=True):
        yield ("The largest rise: ", _mention(row), f", from {tenths(row['score_then'])} to {tenths(row['score'])}.")
    for row in moved.fallers.head(1).iter_rows(named=True):
        yield ("The largest fall: ", _mention(row), f", from {tenths(row['score_then'])} to {tenths(row['score'])}.")
    if moved.risen or moved.fallen:
        yield (f"In all {counted(moved.risen, 'account')} rose and {moved.fallen:,} fell by half a point or more.",)


def _names(frame: pl.DataFrame) -> Iterator[str | Mention]:
    shown = frame.head(_NAMED + 1)
    more = frame.height - shown.height
    for i, row in enumerate(shown.iter_rows(named=True)):
        last = i == shown.height - 1 and not more
        yield from [] if i == 0 else [" and " if last else ", "]
        yield _mention(row)
    if more:
        yield f" and {more:,} more"


def _steps(ranked: pl.DataFrame, cases: Mapping[str, Case]) -> Iterator[Sentence]:
    yield from _calls(cases)
    yield from _near(cases, all_tried=ranked["account_id"].is_in(list(cases)).all())
    yield from _lapsing(cases)
    yield from _strangers(ranked)
    yield from _second(ranked)
    yield from _busy(ranked)


def _calls(cases: Mapping[str, Case]) -> Iterator[Sentence]:
    """Whoever asked for it."""
    asked = [
        (case, row)
        for case in cases.values()
        if not case.row["is_excluded"]
        for row in case.counting
        if row["status"] == "hand_raiser"
    ]
    asked.sort(key=lambda each: (-(each[1]["score"] or 0), each[1]["contact_id"]))
    for case, row in asked[:_HANDS]:
        yield ("Call ", _person(row), " of ", _mention(case.row), " first: this person asked for it.")


def _near(cases: Mapping[str, Case], *, all_tried: bool) -> Iterator[Sentence]:
    """Accounts that one more person would qualify."""
    near = [case for case in cases.values() if case.steps is not None and len(case.steps["roles"]) == 1]
    near.sort(key=lambda case: (-(case.row["score"] or 0), case.account_id))
    for case in near[:_STEPS]:
        assert case.steps is not None
        (role,) = case.steps["roles"]
        idle = [row for row in case.counting if role in row["roles"] and not row["engaged"] and not row["blocker"]]
        who = f", such as {_person(idle[0])}" if idle else ", nobody known yet could be it"
        effect = f"{tenths(case.row['score'])} points become {tenths(case.steps['score'])}, and it qualifies"
        yield (f"Win an engaged {plain(role)} at ", _mention(case.row), f"{who}: {effect}.")
    rest = len(near) - _STEPS
    if rest > 0 and all_tried:
        need = "needs" if rest == 1 else "need"
        yield (f"{counted(rest, 'more account').capitalize()} {need} just one engaged person, too.",)


def _lapsing(cases: Mapping[str, Case]) -> Iterator[Sentence]:
    soon = [
        (case.lapses_on, case)
        for case in cases.values()
        if case.row["is_mqa"] and case.lapses_on is not None and (case.lapses_on - case.as_of).days <= _SOON
    ]
    soon.sort(key=lambda each: (each[0], each[1].account_id))
    for when, case in soon[:_NAMED]:
        yield (
            "Keep ",
            _mention(case.row),
            f" warm: with nothing new it stops being qualified on {day(when, case.as_of)}.",
        )


def _strangers(ranked: pl.DataFrame) -> Iterator[Sentence]:
    """In the market, and nobody is known."""
    unknown = ranked.filter(pl.col("spiking_topic_count") >= 1, pl.col("known_contacts").fill_null(0) == 0)
    found = unknown.sort(["intent", "rank"], descending=[True, False], nulls_last=True)
    for row in found.head(_STRANGERS).iter_rows(named=True):
        topics = enumerated([str(each) for each in row["spiking_topics"][:_NAMED]])
        yield ("Find people at ", _mention(row), f": it researches {topics}, and nobody is known there.")


def _second(ranked: pl.DataFrame) -> Iterator[Sentence]:
    """Qualified, and hanging on one person."""
    alone = ranked.filter(pl.col("is_mqa"), pl.col("single_threaded"))
    if alone.height:
        yield ("Find a second person at ", *_names(alone), ": everything there hangs on one.")


def _busy(ranked: pl.DataFrame) -> Iterator[Sentence]:
    """Activity that looks like interest of a company, and is one person's."""
    alone = ranked.filter(
        ~pl.col("is_mqa"),
        pl.col("mqls") == 0,
        pl.col("top_contact_share") >= _BUSY,
        pl.col("known_contacts") >= _LEAST_EMPLOYEES_ALONE,
        pl.col("best_lead_score") >= pl.col("threshold"),
    ).sort(["best_lead_score", "rank"], descending=[True, False])
    for row in alone.head(1).iter_rows(named=True):
        share = int(row["top_contact_share"] * 100)
        yield ("Do not be misled by ", _mention(row), f": {share} % of its activity is one person's.")


def _mention(row: Row) -> Mention:
    name = row["name"] if row["name"] is not None else row["account_id"]
    return Mention(row["account_id"], str(name))
