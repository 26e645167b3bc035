"""A family's graph is the graphs of its members, with the links between them."""

from __future__ import annotations

import abm
from tests.graph.small import family


def test_it_is_the_same_from_every_member(demo) -> None:
    nodes = [set(abm.family_graph(demo, member)) for member in ("A006", "A007", "A008")]
    assert nodes[0] == nodes[1] == nodes[2]


def test_it_holds_what_the_graphs_of_its_members_hold(demo) -> None:
    whole = abm.family_graph(demo, "A007")
    for member in ("A006", "A007", "A008"):
        single = abm.account_graph(demo, member)
        assert set(single) <= set(whole)
        assert set(single.edges(keys=True)) <= set(whole.edges(keys=True))
        for node in single:
            if node[0] != "account":
                assert single.nodes[node] == whole.nodes[node]


def test_it_goes_down_to_the_last_branch_and_stops_at_strangers() -> None:
    result = family({"A": None, "B": "A", "C": "B", "D": "A", "X": None, "Y": "X", "Z": "nobody"})
    graph = abm.family_graph(result, "C")
    assert [node[1] for node in graph if node[0] == "account"] == ["A", "B", "C", "D"]
    assert graph.graph["account_id"] == "A"
    parents = [(child[1], parent[1]) for child, parent, kind in graph.edges(keys=True) if kind == "parent"]
    assert parents == [("B", "A"), ("C", "B"), ("D", "A")]
    assert [graph.nodes["account", each]["kind"] for each in "ABCD"] == ["account", *["subsidiary"] * 3]


def test_an_account_alone_is_a_family_of_one() -> None:
    graph = abm.family_graph(family({"A": None, "Z": "nobody"}), "Z")
    assert [node for node in graph if node[0] == "account"] == [("account", "Z")]


def test_a_topic_is_one_node_whoever_researches_it() -> None:
    graph = abm.family_graph(family({"A": None, "B": "A"}), "B")
    assert list(graph.predecessors(("topic", "crm"))) == [("account", "A"), ("account", "B")]
