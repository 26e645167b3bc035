"""Why now: who asked, who is active, what spikes, in the order of what a call would begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abm.output.brief.cells import (
    component_points,
    days_since,
    doing,
    first,
    is_stream,
    of_account,
    of_lead,
    of_line,
    of_person,
    of_topic,
    on_day,
    person_name,
    points_of,
    titled,
    whole,
)
from abm.output.brief.facts import Phrase, listed, phrase, say
from abm.output.brief.words import plain
from abm.scoring.explanation.numbers import tenths
from abm.scoring.explanation.words import HAND_RAISE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from abm.output.brief.facts import Statement
    from abm.output.brief.gathering import Case, Row

_PEOPLE = 3
_DOINGS = 4
_TOPICS = 3


def why_now(case: Case) -> Iterator[Statement]:
    """The few contributions that matter."""
    raised = list(_hands(case))
    yield from raised
    yield from _engagement(case)
    yield from _active(case)
    yield from _strangers(case)
    yield from _spikes(case)
    yield from _goodbyes(case)


def _hands(case: Case) -> Iterator[Statement]:
    for row in case.people:
        codes = [each.removeprefix(HAND_RAISE) for each in row["reasons"] if each.startswith(HAND_RAISE)]
        done = [each for each in case.doings[row["contact_id"]] if each["item"] in codes and each["last_day"]]
        if row["status"] != "hand_raiser" or not done:
            continue
        newest = max(done, key=lambda each: each["last_day"])
        seen = on_day(case, lambda show, line=newest: of_line(line, "last_day", show))  # type: ignore[misc]
        yield say(
            "hand_raise",
            "{who} asked to be called: {signal} on {day}, {ago}.",
            who=titled(row),
            signal=of_line(newest, "item", plain),
            day=seen,
            ago=days_since(case, seen),
        )


def _engagement(case: Case) -> Iterator[Statement]:
    """How many are engaged, of how many; where nobody is, when it was last otherwise."""
    row = case.row
    if row["known_contacts"] is None:
        yield say("nobody_known", "Nobody can be named: no contacts were given.")
    elif row["known_contacts"] == 0:
        yield say("nobody_known", "Nobody is known there, so there is nobody to call yet.")
    elif row["engaged_contacts"]:
        yield _engaged(case)
    elif row["engaged_contacts"] == 0:
        who = "person is" if row["known_contacts"] == 1 else "people are"
        known = of_account(case, "known_contacts", whole)
        yield say("nobody_engaged", f"Nobody is engaged; {{known}} {who} known.", known=known)
    if row["last_activity"] is not None and not row["engaged_contacts"]:
        yield from _quiet(case)
    elif row["last_activity"] is None and row["known_contacts"] and "events" in case.given:
        yield say("quiet", "Nothing that counts has happened yet.")


def _engaged(case: Case) -> Statement:
    row = case.row
    count, known = of_account(case, "engaged_contacts", whole), of_account(case, "known_contacts", whole)
    who = "person" if row["known_contacts"] == 1 else "people"
    if row["single_threaded"] and row["known_contacts"] > 1:
        pattern = f"All engagement hangs on {{count}} of {{known}} known {who}."
        return say("single_thread", pattern, count=count, known=known)
    be = "is" if row["engaged_contacts"] == 1 else "are"
    pattern = f"{{count}} of {{known}} known {who} {be} engaged"
    if not row["engaged_roles"]:
        nowhere = ", in no role of the committee" if case.group is not None else ""
        return say("engaged", f"{pattern}{nowhere}.", count=count, known=known)
    roles = of_account(case, "engaged_roles", whole)
    noun = "role" if row["engaged_roles"] == 1 else "roles"
    return say("engaged", f"{pattern}, in {{roles}} {noun}.", count=count, known=known, roles=roles)


def _quiet(case: Case) -> Iterator[Statement]:
    """When something that counts happened last, and who was there last."""
    seen = on_day(case, lambda show: of_account(case, "last_activity", show))
    yield say("quiet", "The last activity that counts was on {day}, {ago}.", day=seen, ago=days_since(case, seen))
    there = [each for each in case.counting if each["last_activity"] is not None]
    if there:
        last = max(there, key=lambda each: each["last_activity"])
        day = on_day(case, lambda show: of_lead(last, "last_activity", show))
        pattern = "The last person to be seen was {who}, on {day}, {ago}."
        yield say("last_person", pattern, who=titled(last), day=day, ago=days_since(case, day))


def _active(case: Case) -> Iterator[Statement]:
    """The warmest engaged people and what they did."""
    engaged = [each for each in case.counting if each["engaged"] and each["status"] != "hand_raiser"]
    mine = [row for row in case.lines if row["component"] == "engagement" and row["points"] and not is_stream(row)]
    lines = {row["item"]: row for row in mine}
    for row in engaged[:_PEOPLE]:
        line = lines.get(row["contact_id"])
        worth = None if line is None else _worth(case, line)
        yield say(
            "active",
            "{who}: {doings}{worth}.",
            who=titled(row),
            doings=doings(case, row),
            worth=worth or Phrase(""),
        )


def doings(case: Case, row: Row) -> Phrase:
    """What somebody did that counts most, and when last."""
    done = [each for each in case.doings[row["contact_id"]] if (each["points"] or 0) > 0]
    done.sort(key=lambda each: -each["points"])
    if not done:
        points = of_person(case, row, "points", tenths)
        return phrase("{points} points of engagement", points=points)
    told = listed([doing(each) for each in done[:_DOINGS]])
    newest = max(done, key=lambda each: each["last_day"])
    seen = on_day(case, lambda show: of_line(newest, "last_day", show))
    return phrase("{told}, last on {day}", told=told, day=seen)


def _worth(case: Case, line: Row) -> Phrase:
    """What the person gives to the score of the account."""
    if case.row["score"] is None:
        return Phrase("")
    return phrase("; worth {points} points", points=points_of(line))


def _strangers(case: Case) -> Iterator[Statement]:
    """Visitors of whom only the company is known, if they came as lately as people must who are engaged."""
    stream = [row for row in case.lines if is_stream(row) and row["points"]]
    if not stream:
        return
    done = [
        row
        for row in case.lines
        if row["component"] == "engagement"
        and row["points"] is None
        and row["note"] == "anonymous"
        and row["line"] > stream[0]["line"]
    ]
    if not done:
        return
    newest = max(done, key=lambda each: each["last_day"])
    if case.template is not None and (case.as_of - newest["last_day"]).days > case.template.engaged_days:
        return
    told = listed([doing(each) for each in done[:_DOINGS]])
    seen = on_day(case, lambda show: of_line(newest, "last_day", show))
    yield say("strangers", "Visitors without a name: {told}, last on {day}.", told=told, day=seen)


def _spikes(case: Case) -> Iterator[Statement]:
    spiking = [row for row in case.topics if row["spike"]]
    if not spiking:
        return
    spiking.sort(key=lambda row: (-(row["strength"] or 0), row["topic"]))
    names = listed([of_topic(case, row, "topic", plain) for row in spiking[:_TOPICS]])
    more = "and more " if len(spiking) > _TOPICS else ""
    if case.row["intent"] and case.row["score"] is not None:
        worth = component_points(case, "intent")
        pattern = f"They research {{names}} {more}far more than usual (worth {{worth}} points)."
        yield say("spikes", pattern, names=names, worth=worth)
    else:
        yield say("spikes", f"They research {{names}} {more}far more than usual.", names=names)


def _goodbyes(case: Case) -> Iterator[Statement]:
    """What counts against: signals that take points."""
    for row in case.counting:
        for line in case.doings[row["contact_id"]]:
            if (line["points"] or 0) < 0:
                seen = on_day(case, lambda show, line=line: of_line(line, "last_day", show))  # type: ignore[misc]
                yield say(
                    "against",
                    "{signal} by {who} on {day}, {ago}: it counts {points} points for that lead.",
                    signal=first(of_line(line, "item", plain)),
                    who=person_name(row),
                    day=seen,
                    ago=days_since(case, seen),
                    points=points_of(line),
                )
