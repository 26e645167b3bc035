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
    chairs: dict[tuple[str, int], str] = {}
    seated: dict[str, tuple[str, int]] = {}

    def fill(chair: tuple[str, int], asked: set[str]) -> bool:
        for person in able[chair[0]]:
            if person in asked:
                continue
            asked.add(person)
            if person not in seated or fill(seated[person], asked):
                chairs[chair], seated[person] = person, chair
                return True
        return False

    for role, count in seats.items():
        for chair in range(count):
            if not fill((role, chair), set()):
                break
    return {person: seated[person][0] for person in eligible if person in seated}
