"""Critical people: whose loss empties a required seat."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from abm.graph.committee import committees

if TYPE_CHECKING:
    from abm.graph.committee import Committee
    from abm.graph.nodes import Graph, Node


def critical_people(graph: Graph) -> dict[Node, tuple[Node, ...]]:
    """Find the people whose loss empties a required seat.

    A person is critical in a buying group when, without them, one more of its required roles has nobody engaged in it:
    the optimal seating (that of coverage: a maximum matching of engaged people and seats which fills the most valuable
    roles first) of everybody else leaves a required role empty in which somebody sits now. It is what scoring again
    without the person would say: `missing` has that role more. Nobody is critical for whom somebody else could take
    over, even if others have to change seats for it, or who shares the role with a second person.

    The loss of one person empties one seat or none, so that at most one role is named per group.

    Args:
        graph: what `account_graph` or `family_graph` gave.

    Returns:
        The roles that would be empty, by person; people who are critical in none are left out. In the order of the
        graph's groups, in each the warmest person first. Nobody is critical where nothing is known of engagement.

    >>> import abm
    >>> graph = abm.account_graph(abm.score(abm.load_workspace(abm.demo_folder())), "A009")
    >>> critical_people(graph)
    {('person', 'C0055'): (('role', 'A009', 'core', 'economic_buyer'),)}
    """
    found: dict[Node, tuple[Node, ...]] = {}
    for committee in committees(graph):
        for contact, role in _critical(committee).items():
            person = ("person", contact)
            found[person] = (*found.get(person, ()), committee.role(role))
    return found


def _critical(committee: Committee) -> dict[str, str]:
    taken = Counter(committee.sitting.values())
    losses = {role: _loses(committee, role) for role in taken}
    emptied = {role: loses for role, loses in losses.items() if loses in committee.required and taken[loses] == 1}
    return {person: emptied[role] for person, role in committee.sitting.items() if role in emptied}


def _loses(committee: Committee, role: str) -> str | None:
    """The role that has a seat less when somebody who sits in `role` is lost; None when somebody else takes over.

    The seat goes to whoever has none and is able; else somebody moves there from another role, and so on. Where
    nobody without a seat is reached, the least valuable of the roles reached does without. It is the same for
    everybody who sits in `role`.
    """
    reached = [role]
    for here in reached:
        for person, roles in committee.able.items():
            if here not in roles:
                continue
            place = committee.sitting.get(person)
            if place is None:
                return None
            if place not in reached:
                reached.append(place)
    order = list(committee.seats)
    return max(reached, key=order.index)
