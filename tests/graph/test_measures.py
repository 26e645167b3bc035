"""The measures equal what removing people says, on random committees."""

from __future__ import annotations

import pytest

import abm
from abm.errors import NotFoundError
from abm.graph.connectors import connectors
from abm.graph.critical import critical_people
from abm.graph.measures import mark, measures
from abm.graph.threads import independent_threads
from tests.graph import removal
from tests.graph.random_graphs import random_graph

FEW = range(100)
MANY = range(1000, 4000)


def check_critical(seed: int) -> bool:
    graph = random_graph(seed, groups=1 + seed % 2, people=5 - seed % 2)
    found = critical_people(graph)
    assert {person: set(roles) for person, roles in found.items()} == removal.critical(graph)
    for group in removal.groups_of(graph):
        assert set(measures(graph).empty[group]) == removal.missing(graph, group)
        # One person, one seat: the loss of somebody empties at most one role of a group.
        assert all(sum(role[1:3] == group[1:3] for role in roles) <= 1 for roles in found.values())
    return bool(found)


def check_threads(seed: int) -> int:
    graph = random_graph(seed, groups=1 + seed % 3)
    groups = removal.groups_of(graph)
    for group in [*groups, None]:
        found = independent_threads(graph, group)
        assert len(found) == removal.fewest_losses(graph, [group] if group else groups)
        assert len(set(found.values())) == len(found), "a role of one's own"
        assert set(found.items()) <= set(removal.lines(graph, engaged=True))
        for person, role in found.items():
            rest = dict(removal.lines(removal.without(graph, person, role), engaged=True))
            assert set(found) - {person} <= set(rest), "the others keep theirs"
    return len(independent_threads(graph))


def check_connectors(seed: int) -> int:
    graph = random_graph(seed, groups=2 + seed % 3, people=6)
    found = connectors(graph)
    for person in removal.people_of(graph):
        leads = removal.leads_to(graph, person)
        assert (person in found) == (len(leads) > 1)
        if person in found:
            assert set(found[person].groups) == leads
        assert set(found[person].alone if person in found else ()) == removal.parted(graph, person)
    return sum(bool(each.alone) for each in found.values())


def test_critical_people_are_those_whose_removal_empties_a_required_role() -> None:
    hits = [check_critical(seed) for seed in FEW]
    assert 30 < sum(hits) < len(FEW), "the random committees say nothing"


def test_threads_are_the_fewest_losses_that_end_all() -> None:
    assert {check_threads(seed) for seed in FEW} >= {0, 1, 2, 3, 4}


def test_connectors_are_those_whose_removal_parts_groups() -> None:
    assert sum(check_connectors(seed) for seed in FEW) > 30


@pytest.mark.slow
@pytest.mark.parametrize("check", [check_critical, check_threads, check_connectors])
def test_on_many_more(check) -> None:
    for seed in MANY:
        check(seed)


def test_marks_are_the_measures() -> None:
    graph = random_graph(12, groups=3, people=6)
    mark(graph)
    found = measures(graph)
    assert found.critical
    assert found.connectors
    people = {node: facts for node, facts in graph.nodes(data=True) if facts["kind"] == "person"}
    assert {node for node, facts in people.items() if facts["critical"]} == set(found.critical)
    assert {node for node, facts in people.items() if facts["connects"]} == set(found.connectors)
    assert {node for node, facts in people.items() if facts["only_link"]} == {
        node for node, each in found.connectors.items() if each.alone
    }
    assert {node: graph.nodes[node]["threads"] for node in found.threads} == {
        node: len(each) for node, each in found.threads.items()
    }


def test_what_is_not_known_is_no_zero(demo_tables) -> None:
    tables = {name: frame for name, frame in demo_tables.items() if name != "events"}
    graph = abm.account_graph(abm.score(tables, "starter", as_of="2026-06-30"), "A001")
    group = ("group", "A001", "core")
    found = measures(graph)
    assert (found.known, found.empty[group], found.critical) == (frozenset(), (), {})
    assert graph.nodes[group]["threads"] is None


def test_an_unknown_account(demo) -> None:
    for draw in (abm.account_graph, abm.family_graph):
        with pytest.raises(NotFoundError, match=r"no account 'A0001' among 60 accounts\. Did you mean 'A001'\?"):
            draw(demo, "A0001")
