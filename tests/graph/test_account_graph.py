"""An account's graph holds what the result says of it, and nothing else."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest

import abm
from abm.graph.critical import critical_people

BUSY = "A006"
"""An account of the demo with two subsidiaries."""


@pytest.fixture(scope="module")
def graph(demo):
    return abm.account_graph(demo, BUSY)


def kinds(graph) -> Counter[str]:
    return Counter(kind for _, kind in graph.nodes(data="kind"))


def test_every_node_says_what_it_is(demo, graph) -> None:
    row = demo.accounts.row(by_predicate=pl.col("account_id") == BUSY, named=True)
    topics = demo.intent.filter(account_id=BUSY).height
    expected = {"account": 1, "subsidiary": 2, "group": 1, "role": 4, "person": row["known_contacts"], "topic": topics}
    assert kinds(graph) == Counter(expected)
    assert all(facts["label"] and node[0] in {facts["kind"], "account"} for node, facts in graph.nodes(data=True))


def test_every_edge_says_what_it_is(graph) -> None:
    known = {"member", "eligible", "seated", "engaged", "part_of", "researches", "parent"}
    assert {kind for _, _, kind in graph.edges(keys=True)} <= known
    assert all(told["kind"] == key for _, _, key, told in graph.edges(keys=True, data=True))


def test_seated_and_engaged_edges_are_the_numbers_of_the_tables(demo) -> None:
    for account_id in ("A001", "A002", "A003", BUSY, "A009"):
        graph = abm.account_graph(demo, account_id)
        seats = demo.committee.filter(account_id=account_id)
        seated = Counter(role for _, role, kind in graph.edges(keys=True) if kind == "seated")
        for row in seats.iter_rows(named=True):
            assert seated["role", account_id, row["group"], row["role"]] == row["filled_engaged"]
        (group,) = demo.groups.filter(account_id=account_id).iter_rows(named=True)
        weights = [told["weight"] for _, _, told in graph.edges(data=True) if told["kind"] == "engaged"]
        assert len(weights) == group["engaged_contacts"]
        assert weights == sorted(weights, reverse=True)
        assert sum(weights) <= group["engagement_points"] + 1e-6


def test_a_subsidiary_sees_its_parent_and_not_its_sister(demo) -> None:
    graph = abm.account_graph(demo, "A008")
    assert graph.has_edge(("account", "A008"), ("account", BUSY), key="parent")
    assert graph.nodes["account", BUSY]["kind"] == "account"
    assert ("account", "A007") not in graph


def test_the_disqualified_are_members_and_no_more(demo) -> None:
    out = demo.leads.filter(pl.col("status") == "disqualified", pl.col("account_id").is_not_null()).row(0, named=True)
    graph = abm.account_graph(demo, out["account_id"])
    person = ("person", out["contact_id"])
    assert [kind for _, _, kind in graph.out_edges(person, keys=True)] == ["member"]
    assert graph.nodes[person]["disqualified"] is True


def test_people_have_names(demo) -> None:
    graph = abm.account_graph(demo, "A009")
    person = graph.nodes["person", "C0055"]
    assert (person["label"], person["title"]) == ("Katharina Vogelsang", "CFO")


def scored_again(demo, tables, place: int) -> int:
    """Lose one person of every account, the one in that place by warmth, and score again; how many were critical."""
    graphs = {each: abm.account_graph(demo, each) for each in demo.accounts["account_id"]}
    lost = {}
    for account_id, graph in graphs.items():
        people = [node for node, _, kind in graph.edges(keys=True) if kind == "member"]
        if place < len(people):
            lost[people[place]] = account_id
    rest = tables["contacts"].filter(~pl.col("contact_id").is_in([node[1] for node in lost]))
    after = abm.score({**tables, "contacts": rest}, "starter", as_of=demo.as_of)
    said = {role for node, account_id in lost.items() for role in critical_people(graphs[account_id]).get(node, ())}
    assert said == empty(after) - empty(demo)
    assert empty(demo) <= empty(after)
    return len(said)


def empty(result) -> set[tuple[str, ...]]:
    found = result.committee.filter(pl.col("missing")).select("account_id", "group", "role")
    return {("role", *row) for row in found.iter_rows()}


@pytest.mark.slow
def test_critical_people_are_those_without_whom_the_next_score_misses_a_role(demo, demo_tables) -> None:
    assert scored_again(demo, demo_tables, 0) > 5


@pytest.mark.slow
def test_and_so_are_the_colder_ones(demo, demo_tables) -> None:
    assert sum(scored_again(demo, demo_tables, place) for place in range(1, 8)) > 1
