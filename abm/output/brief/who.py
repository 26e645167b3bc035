"""Who: the committee role by role, who else is there, who may block it, and who is not to be called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from abm.output.brief.cells import (
    contact,
    cut,
    first,
    of_account,
    of_lead,
    of_person,
    of_seat,
    on_day,
    person_name,
    sureness,
    titled,
    whole,
)
from abm.output.brief.facts import Fact, Phrase, joined, listed, phrase, say
from abm.output.brief.words import plain
from abm.scoring.explanation.numbers import tenths
from abm.scoring.explanation.words import DISQUALIFY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from abm.output.brief.facts import Statement
    from abm.output.brief.gathering import Case, Row

_WANTED = 2
_OTHERS = 3
_OUT = 5


def who(case: Case) -> Iterator[Statement]:
    """The people, by what they are for the purchase."""
    counting = case.counting
    if case.group is not None and case.row["coverage"] and counting:
        yield say("coverage", "{share} of the committee is engaged.", share=of_account(case, "coverage", cut))
    placed: set[str] = set()
    for seat in case.seats:
        mine = [each for each in counting if each["role"] == seat["role"] and not each["blocker"]]
        placed |= {each["contact_id"] for each in mine}
        if seat["known"]:
            yield _seat(case, seat, mine)
    yield from _empty(case)
    yield from _blockers(case)
    rest = [each for each in counting if each["contact_id"] not in placed and not each["blocker"]]
    warm = [each for each in rest if each["engaged"]] or ([] if case.seats else rest)
    title = "Outside the committee, with no role in it:" if case.seats else "The warmest:"
    if warm:
        yield say("outside", title, below=[_person(case, each) for each in warm[:_OTHERS]])
    yield from _out(case)


def _seat(case: Case, seat: Row, mine: Sequence[Row]) -> Statement:
    """A role, how many of its seats are taken, and by whom; where nobody is, those whom one may want to call."""
    engaged_people = [each for each in mine if each["engaged"]]
    wanted = mine[:_WANTED] if seat["missing"] else ()
    people = [_person(case, each) for each in engaged_people or wanted]
    role = first(of_seat(case, seat, "role", plain))
    weight = "{role}, required" if seat["missing"] else "{role}"
    if seat["filled_engaged"] is None:
        return say("seat", f"{weight}: not known who is engaged.", role=role, below=people)
    seats = of_seat(case, seat, "seats", whole)
    noun = "seat" if seat["seats"] == 1 else "seats"
    known = of_seat(case, seat, "known", whole)
    engaged = of_seat(case, seat, "filled_engaged", whole)
    if seat["filled_engaged"] == seat["seats"]:
        return say(
            "seat",
            f"{weight}: {{engaged}} of {{seats}} {noun} engaged.",
            role=role,
            engaged=engaged,
            seats=seats,
            below=people,
        )
    if not seat["filled_engaged"]:
        pattern = f"{weight}: nobody engaged in {{seats}} {noun}; {{known}} known who could be it."
        if people or not mine:
            return say("seat", pattern, role=role, seats=seats, known=known, below=people)
        such = listed([titled(each) for each in mine[:1]])
        pattern = f"{pattern.removesuffix('.')}, such as {{such}}."
        return say("seat", pattern, role=role, seats=seats, known=known, such=such)
    pattern = f"{weight}: {{engaged}} of {{seats}} {noun} engaged; {{known}} known."
    return say("seat", pattern, role=role, engaged=engaged, seats=seats, known=known, below=people)


def _empty(case: Case) -> Iterator[Statement]:
    """The roles for which nobody is known at all."""
    empty = [seat for seat in case.seats if seat["known"] == 0]
    if not empty or (case.row["is_excluded"] and not case.counting):
        return
    roles = [
        phrase("{role} (required)" if seat["missing"] else "{role}", role=of_seat(case, seat, "role", plain))
        for seat in empty
    ]
    yield say("empty", "Empty, and nobody known who could fill it: {roles}.", roles=listed(roles))


def _person(case: Case, row: Row) -> Statement:
    """Somebody whom one may speak to."""
    told: list[Fact | Phrase | None] = []
    if row["engaged"] and row["points"] is not None:
        told.append(phrase("engaged ({points} points)", points=of_person(case, row, "points", tenths)))
    elif row["engaged"] is False:
        told.append(Phrase("not engaged"))
    if row["is_mql"]:
        told.append(Phrase("qualified lead"))
    if row["last_activity"] is not None:
        seen = on_day(case, lambda show: of_lead(row, "last_activity", show))
        told.append(phrase("last active {day}", day=seen))
    else:
        told.append(Phrase("never active"))
    if row["confidence"] is not None:
        told.append(phrase("{share} sure of the role", share=sureness(case, row)))
    if row["lead_source"] and row["engaged"]:
        told.append(phrase("source {source}", source=contact(row, "lead_source")))
    reach = _reach(row)
    pattern = "{who}: {told}. {reach}" if reach.text else "{who}: {told}."
    slots: dict[str, Any] = {"reach": reach} if reach.text else {}
    return say("person", pattern, who=titled(row), told=joined(told, ", "), **slots)


def _reach(row: Row) -> Phrase:
    """The address, unless the person wants no mail."""
    if row["opted_out"]:
        return Phrase("Do not mail.")
    if not row["email"]:
        return Phrase("")
    mail = contact(row, "email")
    return Phrase(mail.shown, (mail,))


def _blockers(case: Case) -> Iterator[Statement]:
    blockers = [each for each in case.counting if each["blocker"]]
    if blockers:
        blockers.sort(key=lambda each: not each["engaged"])
        yield say("blockers", "May block it:", below=[_person(case, each) for each in blockers[:_OTHERS]])


def _out(case: Case) -> Iterator[Statement]:
    """People who are never handed to sales, as such."""
    out = [each for each in case.people if each["disqualified"]]
    if not out:
        return
    key = {"account_id": case.account_id, "status": "disqualified"}
    count = Fact(whole(len(out)), len(out), "leads", key, "contact_id", "count")
    names = listed([_ruled_out(each) for each in out[:_OUT]]) if len(out) <= _OUT else None
    if names is not None:
        yield say("disqualified", "Disqualified, not to be called: {names}.", names=names)
        return
    some = joined([_ruled_out(each) for each in out[:_OUT]], ", ")
    yield say(
        "disqualified", "Disqualified, not to be called: {count} people, among them {some}.", count=count, some=some
    )


def _ruled_out(row: Row) -> Phrase:
    rules = [each.removeprefix(DISQUALIFY) for each in row["reasons"] if each.startswith(DISQUALIFY)]
    reasons = of_lead(row, "reasons", str)
    named = listed([Fact(plain(each), ";".join(row["reasons"]), "leads", reasons.key, "reasons") for each in rules])
    return phrase("{name} (rule {rules})", name=person_name(row), rules=named)
