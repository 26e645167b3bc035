"""What next in sentences: who is missing most, the fewest people who would do, the day on which it lapses."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from abm.scoring.explanation.numbers import counted, general, tenths
from abm.scoring.explanation.words import enumerated, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from abm.scoring.explanation.explanation import AccountExplanation

_MOST_NAMED = 3


def next_sentences(explained: AccountExplanation) -> list[str]:
    """What somebody could do about an account or group, one sentence each."""
    if explained.is_excluded:
        return []
    if explained.is_mqa:
        return [*_kept(explained), *_risks(explained)]
    return [*_gained(explained), *_assumed(explained), *_risks(explained)]


def _kept(explained: AccountExplanation) -> Iterator[str]:
    # The day is that of the group that is shown: an account stays an MQA as long as any of its groups does.
    others = [plain(each.group or "") for each in explained.groups if each.is_mqa and explained.level == "account"]
    who = f"its buying group {plain(explained.group or '')}" if others else "it"
    if explained.lapses_on is None:
        yield f"With no new activity {who} stays an MQA for the next 90 days."
        return
    days = (explained.lapses_on - date.fromisoformat(explained.stamp["as_of"])).days
    when = f"on {explained.lapses_on.isoformat()}, in {counted(days, 'day')}"
    yield f"With no new activity {who} stops being an MQA {when}{_besides(others)}."


def _besides(others: list[str]) -> str:
    if not others:
        return ""
    verb = "qualifies" if len(others) == 1 else "qualify"
    return f"; {enumerated(others)} {verb}, too: the account is an MQA as long as one of them is"


def _gained(explained: AccountExplanation) -> Iterator[str]:
    if explained.next_role is not None:
        role = plain(explained.next_role)
        score = tenths(explained.next_score)
        yield f"One more engaged {role} would bring it to {score} points{_candidates(explained)}."
    if explained.steps is not None:
        roles = [plain(role) for role in explained.steps.roles]
        told = [f"{roles.count(role)} x {role}" if roles.count(role) > 1 else role for role in dict.fromkeys(roles)]
        people = "This one person" if len(roles) == 1 else f"These {len(roles)} newly engaged people together"
        alone = len(roles) == 1 and explained.steps.roles == (explained.next_role,)
        who = "That alone" if alone else f"{people} ({enumerated(told)})"
        yield f"{who} would make it an MQA, with {tenths(explained.steps.score)} points ({_bar(explained)} needed)."
    elif explained.next_role is not None:
        yield "No three more people would make it an MQA: something else is too low, see the components."


def _assumed(explained: AccountExplanation) -> Iterator[str]:
    newcomer = explained.newcomer
    if newcomer is not None:
        bar, points = general(newcomer.lead_score), general(newcomer.points)
        yield f"Each newcomer is counted as a lead at the MQL threshold ({bar}) with {points} points of engagement."


def _bar(explained: AccountExplanation) -> str:
    return "none" if explained.threshold is None else general(explained.threshold)


def _candidates(explained: AccountExplanation) -> str:
    (seat,) = [each for each in explained.committee if each.role == explained.next_role]
    if not seat.others:
        return ", and nobody is known who could be it: find somebody new"
    return f"; known already: {enumerated(list(seat.others[:_MOST_NAMED]), 'or')}"


def _risks(explained: AccountExplanation) -> Iterator[str]:
    facts = explained.facts
    if facts["single_threaded"]:
        yield "All engagement hangs on one person: find a second."
    blockers = [each.name for each in explained.people if each.blocker and each.engaged]
    if blockers:
        yield (
            f"{enumerated(blockers)} may block it, and is engaged."
            if len(blockers) == 1
            else (f"{enumerated(blockers)} may block it, and are engaged.")
        )
