"""What is written can be read again, and is the same graph."""

from __future__ import annotations

import json
from datetime import date
from io import BytesIO
from typing import Any

import networkx as nx
import pytest

import abm
from abm.graph.exchange import graphml, node_link, portable

HOSTILE = ["<script>alert(1)</script>", "]]>", 'a"b', "=cmd()", "\u202eevil", "x" * 300, "a/b", "a:b", "a%2Fb", " "]
HOSTILE += ["日本", "سلام", "tab\there", "line\nbreak"]
FORBIDDEN = ["\x1b[31m", "\x00", "\ufffe", "\r"]
"""No XML may hold these."""


def from_graphml(data: bytes) -> Any:
    return nx.read_graphml(BytesIO(data), force_multigraph=True)


def from_json(text: str) -> Any:
    return nx.node_link_graph(json.loads(text), edges="links")


def same(left: Any, right: Any) -> bool:
    def edges(graph):
        return {(source, target, key): told for source, target, key, told in graph.edges(keys=True, data=True)}

    return dict(left.nodes(data=True)) == dict(right.nodes(data=True)) and edges(left) == edges(right)


def hostile(names: list[str]) -> Any:
    graph: Any = nx.MultiDiGraph(account_id=names[0], as_of=date(2026, 6, 30))
    for name in names:
        graph.add_node(("person", name), kind="person", label=name, title=None, seen=date(2026, 6, 30))
        graph.add_edge(("person", name), ("account", names[0]), key="member", kind="member", note=name)
    graph.nodes["account", names[0]].update(kind="account", label=names[0])
    return graph


@pytest.mark.parametrize("draw", [abm.account_graph, abm.family_graph])
def test_the_demo_comes_back(demo, draw) -> None:
    graph = draw(demo, "A006")
    moved = portable(graph)
    assert (len(moved), moved.number_of_edges()) == (len(graph), graph.number_of_edges())
    for back in (from_graphml(graphml(graph)), from_json(node_link(graph))):
        assert same(back, moved)
        assert moved.graph.items() <= back.graph.items()


def test_hostile_names_come_back() -> None:
    graph = hostile(HOSTILE)
    assert len(portable(graph)) == len(graph), "different nodes stay different"
    assert same(from_graphml(graphml(graph)), portable(graph))
    assert same(from_json(node_link(graph)), portable(graph))


def test_what_no_xml_may_hold_is_shown_as_such() -> None:
    graph = hostile(["A", *FORBIDDEN])
    back = from_graphml(graphml(graph))
    assert set(back) == set(portable(graph))
    assert {label for _, label in back.nodes(data="label")} == {"A", "\ufffd[31m", "\ufffd"}
    assert same(from_json(node_link(graph)), portable(graph))


def test_what_is_unknown_is_left_out() -> None:
    facts = portable(hostile(["A"])).nodes["person:A"]
    assert facts == {"kind": "person", "label": "A", "seen": "2026-06-30"}
