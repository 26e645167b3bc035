"""Seating: which person sits where, when roles are filled in the order of what a seat is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def seating(eligible: Mapping[str, Sequence[str]], seats: Mapping[str, int]) -> dict[str, str]:
    """Give people seats, at most one each, so that no other seating fills earlier roles better.

    Roles are filled in the order of `seats`; a new person may move earlier ones to other roles they are eligible for,
    but never takes a filled seat away (augmenting paths). With roles in the order of weight per seat this is an optimal
    seating, and the number of people per role is that of the closed form of coverage.

    Args:
        eligible: the roles each person may take; earlier people are asked first.
        seats: the number of seats of each role, the most valuable first.

    Returns:
        The role of each seated person.

    >>> seating({"cfo": ["buyer", "champion"], "coo": ["champion"]}, {"buyer": 1, "champion": 1})
    {'cfo': 'buyer', 'coo': 'champion'}
    """
    able = {role: [person for person, roles in eligible.items() if role in roles] for role in seats}
    sitting: dict[str, str] = {}
    for role, count in seats.items():
        for _ in range(count):
            if not _one_more(role, able, sitting):
                break
    return {person: sitting[person] for person in eligible if person in sitting}


def _one_more(role: str, able: Mapping[str, Sequence[str]], sitting: dict[str, str]) -> bool:
    """Seat one more person in a role, moving others on where need be; the fewest moves first."""
    freed: dict[str, tuple[str, str]] = {}  # a role that could give somebody: the person, and the role to move to
    queue = [role]
    for here in queue:
        for person in able[here]:
            place = sitting.get(person)
            if place is None:
                _move(person, here, role, freed, sitting)
                return True
            if place not in freed and place != role:
                freed[place] = person, here
                queue.append(place)
    return False


def _move(person: str, here: str, last: str, freed: Mapping[str, tuple[str, str]], sitting: dict[str, str]) -> None:
    sitting[person] = here
    while here != last:
        person, here = freed[here]
        sitting[person] = here
