"""What is missing, and the next best step with its effect on the score."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abm.output.brief.cells import constant, of_account, of_lead, of_model, of_seat, on_day, person_name, titled
from abm.output.brief.facts import Fact, Phrase, listed, phrase, say
from abm.output.brief.fitting import cell, held
from abm.output.brief.words import plain
from abm.scoring.explanation.numbers import general, tenths
from abm.scoring.what_next.lapse import HORIZON

if TYPE_CHECKING:
    from collections.abc import Iterator

    from abm.output.brief.facts import Statement
    from abm.output.brief.gathering import Case, Row

_CANDIDATES = 3


def next_steps(case: Case) -> Iterator[Statement]:
    """What to do, in the order in which to do it."""
    row = case.row
    if row["is_excluded"]:
        yield say("excluded", "Nothing to do for a new deal: the model keeps it out.")
        return
    if row["is_mqa"]:
        yield from _call(case)
        yield from _kept(case)
        yield from _missing(case)
    else:
        yield from _best(case)
        yield from _enough(case)
        yield from _missing(case)
        yield from _unmet(case)
        yield from _assumed(case)
    yield from _risks(case)
    if case.group is None:
        yield say("no_group", "No buying group of the model applies: there is no committee to fill.")


def _call(case: Case) -> Iterator[Statement]:
    """Whom to call first: who asked for it, else the lead with the highest score."""
    asked = [each for each in case.counting if each["status"] == "hand_raiser"]
    best = [each for each in case.counting if each["contact_id"] == case.row["best_lead"] and each["score"] is not None]
    for row in (asked or best)[:1]:
        mail = " No mail: this person opted out." if row["opted_out"] else ""
        if asked:
            yield say("call", f"Call {{who}} first: this person asked for it.{mail}", who=titled(row))
        else:
            score = of_lead(row, "score", tenths)
            pattern = f"Call {{who}} first: the best lead there, with {{score}} points.{mail}"
            yield say("call", pattern, who=titled(row), score=score)


def _kept(case: Case) -> Iterator[Statement]:
    """Until when it stays qualified."""
    if not case.lapses:
        return
    key = {"account_id": case.account_id, "group": case.group}
    who = phrase("its buying group {group}", group=of_account(case, "group", plain)) if case.others else Phrase("it")
    if case.lapses_on is None:
        horizon = constant(HORIZON, "horizon_days")
        yield say("lapse", "With nothing new {who} stays qualified for the next {days} days.", who=who, days=horizon)
        return
    lapses = on_day(case, lambda show: Fact(show(case.lapses_on), case.lapses_on, "lapses", key, "lapses_on"))
    days = (case.lapses_on - case.as_of).days
    ahead = Fact(f"{days:,} day{'' if days == 1 else 's'}", -days, "lapses", key, "lapses_on", "days")
    pattern = "With nothing new {who} stops being qualified on {day}, {days} from now."
    yield say("lapse", pattern, who=who, day=lapses, days=ahead)


def _best(case: Case) -> Iterator[Statement]:
    role = case.row["next_role"]
    if role is None:
        return
    yield say(
        "next_step",
        "Next best step: an engaged {role} would lift the score from {score} to {next}.",
        role=of_account(case, "next_role", plain),
        score=of_account(case, "score", tenths),
        next=of_account(case, "next_score", tenths),
    )
    idle = [each for each in case.counting if role in each["roles"] and not each["engaged"] and not each["blocker"]]
    if idle:
        named = listed([_candidate(each) for each in idle[:_CANDIDATES]], "or")
        yield say("candidates", "Known already and not engaged: {people}.", people=named)
    else:
        yield say("candidates", "Nobody free is known who could be it: find somebody new.")


def _candidate(row: Row) -> Phrase:
    name = person_name(row)
    key = {"contact_id": row["contact_id"]}
    told: list[Fact | Phrase] = (
        [Fact(str(row["title"]), row["title"], "given contacts", key, "title")] if row["title"] else []
    )
    told += [Phrase("do not mail")] if row["opted_out"] else []
    return phrase("{name} ({told})", name=name, told=_commas(told)) if told else Phrase(name.shown, (name,))


def _commas(parts: list[Fact | Phrase]) -> Phrase:
    texts = [each.shown if isinstance(each, Fact) else each.text for each in parts]
    facts = [fact for each in parts for fact in ((each,) if isinstance(each, Fact) else each.facts)]
    return Phrase(", ".join(texts), tuple(facts))


def _enough(case: Case) -> Iterator[Statement]:
    """The fewest engaged people who would do."""
    if not case.ahead:
        return
    steps = case.steps
    if steps is None:
        if case.row["next_role"] is not None:
            yield say(
                "not_enough", "That does not make it qualified, nor would a few more people: something else is too low."
            )
        return
    key = {"account_id": case.account_id, "group": case.group}
    roles = steps["roles"]
    score = Fact(tenths(steps["score"]), steps["score"], "steps", key, "score")
    bar = of_account(case, "threshold", general)
    if roles == [case.row["next_role"]]:
        yield say("enough", "That alone would qualify it, with {score} points ({bar} needed).", score=score, bar=bar)
        return
    told = [
        phrase("an engaged {role}", role=Fact(plain(each), ";".join(roles), "steps", key, "roles")) for each in roles
    ]
    pattern = "To qualify it takes {roles}: {score} points ({bar} needed)."
    yield say("enough", pattern, roles=listed(told), score=score, bar=bar)


def _assumed(case: Case) -> Iterator[Statement]:
    """What is assumed of one more engaged person."""
    if case.row["next_role"] is None or case.template is None:
        return
    index = case.model.buying_groups.index(case.template)
    mql, segment = case.model.mql, case.row["segment"]
    own = segment in mql.threshold_by_segment
    bar = mql.threshold_by_segment[segment] if own else mql.threshold
    score = of_model(bar, f"mql.threshold_by_segment.{segment}" if own else "mql.threshold", general)
    points = of_model(case.template.engaged_at, f"buying_groups.{index}.engaged_at", general)
    pattern = "Every newcomer is counted here as a lead of {score} points, {points} of them for engagement."
    yield say("assumed", pattern, score=score, points=points)


def _missing(case: Case) -> Iterator[Statement]:
    """Roles that the model requires and nobody engaged fills."""
    missing = [of_seat(case, each, "role", plain) for each in case.seats if each["missing"]]
    if missing:
        yield say("missing", "Required and missing: an engaged {roles}.", roles=listed(missing, "and an engaged"))


def _unmet(case: Case) -> Iterator[Statement]:
    """The terms of the requirement that do not hold."""
    unmet = [(i, term) for i, term in enumerate(case.required) if not term.holds]
    told = []
    for index, term in unmet:
        path = f"mqa.require.{index}"
        cells = [cell(case, "mqa.require", name, value) for name, value in term.values.items()]
        words = of_model(term.words, path)
        if len(term.values) == 1:
            (value,) = term.values.items()
            told.append(phrase("{words} (it is {value})", words=words, value=held(case, "mqa.require", *value)))
            continue
        told.append(
            phrase("{words} ({cells})", words=words, cells=listed(cells)) if cells else Phrase(words.shown, (words,))
        )
    if told:
        yield say("unmet", "Also needed to qualify: {terms}.", terms=listed(told))


def _risks(case: Case) -> Iterator[Statement]:
    if case.row["single_threaded"] and (case.row["known_contacts"] or 0) >= 1:
        yield say("single_thread", "Find a second person there.")
    blockers = [each for each in case.counting if each["blocker"] and each["engaged"]]
    if blockers:
        yield say(
            "blockers", "Engaged, and may block it: {names}.", names=listed([person_name(each) for each in blockers])
        )
