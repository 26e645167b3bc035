"""The smallest set: put into the facts it qualifies the group, and nothing smaller does, by brute force."""

from __future__ import annotations

from itertools import combinations_with_replacement
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest
from ruamel.yaml import YAML

import abm
from abm.scoring.what_next import Steps, smallest_sets, smallest_steps
from tests.benchmarks.data import AS_OF, read_tables, write_tables
from tests.what_next.newcomers import World, plain, world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from abm.scoring.result import ScoreResult

ROOT = Path(__file__).parents[2]

Key = tuple[str, int]


def of_size(result: ScoreResult, key: Key, size: int) -> Iterator[tuple[str, ...]]:
    """Every multiset of roles that has so many empty engaged seats, in the order of the template."""
    account, index = key
    group = result.model.buying_groups[index]
    rows = result.committee.filter(account_id=account, group=group.name)
    empty = {role: seats - filled for role, seats, filled in rows.select("role", "seats", "filled_engaged").rows()}
    for chosen in combinations_with_replacement(group.roles, size):
        if all(chosen.count(role) <= empty[role] for role in chosen):
            yield chosen


def brute_force(world: World, result: ScoreResult) -> dict[Key, set[tuple[str, ...]]]:
    """For each group that can be qualified, every set of the smallest size that does it.

    Accounts do not see each other, so one run tries one set in each of them.
    """
    names = [group.name for group in result.model.buying_groups]
    waiting = {(account, names.index(group)) for account, group in _judged(result, is_mqa=False)}
    found: dict[Key, set[tuple[str, ...]]] = {}
    for size in (1, 2, 3):
        # One group of an account at a time: newcomers of one group would be people of the other, too.
        for index in range(len(names)):
            open_sets = {key: list(of_size(result, key, size)) for key in waiting - found.keys() if key[1] == index}
            for turn in range(max(map(len, open_sets.values()), default=0)):
                added = {key: sets[turn] for key, sets in open_sets.items() if turn < len(sets)}
                after = set(_judged(world.scored(added), is_mqa=True))
                for (account, at), chosen in added.items():
                    if (account, names[at]) in after:
                        found.setdefault((account, at), set()).add(chosen)
    return found


def _judged(result: ScoreResult, *, is_mqa: bool) -> list[tuple[str, str]]:
    rows = result.groups.filter(pl.col("is_mqa") == is_mqa)
    return [(account, group) for account, group in rows.select("account_id", "group").rows()]


def checked(here: World) -> int:
    """Compare with brute force; give the number of groups that were not MQAs."""
    result = here.scored({})
    names = [group.name for group in result.model.buying_groups]
    told = {(row["account_id"], names.index(row["group"])): row for row in smallest_sets(result).iter_rows(named=True)}
    expected = brute_force(here, result)
    assert told.keys() == expected.keys()
    for index in range(len(names)):
        after = here.scored({key: row["roles"] for key, row in told.items() if key[1] == index})
        scores = {key[:2]: key[2] for key in after.groups.select("account_id", "group", "score").rows()}
        for key, row in told.items():
            assert tuple(row["roles"]) in expected[key], key
            if key[1] == index:
                assert scores[key[0], row["group"]] == row["score"], key
    return len(_judged(result, is_mqa=False))


@pytest.mark.parametrize("seed", [pytest.param(36, marks=pytest.mark.slow)])
def test_it_qualifies_and_nothing_smaller_does(seed):
    here = world(seed)
    assert here is not None
    assert checked(here) > 0


@pytest.mark.slow
@pytest.mark.parametrize("seed", [12])
def test_it_holds_under_many_models(seed):
    here = world(seed)
    assert here is not None
    assert checked(here) > 0


@pytest.mark.slow
def test_two_hundred_groups_by_brute_force(tmp_path):
    write_tables(tmp_path, 30_000)
    tables = read_tables(tmp_path)
    raw = YAML(typ="safe").load(ROOT / "config" / "starter.yaml")
    assert checked(World(tables, plain(raw), AS_OF)) >= 200


@pytest.mark.slow
def test_the_demo_is_told_in_words_that_can_be_acted_on():
    result = abm.score(abm.load_workspace(abm.demo_folder()))
    told = smallest_sets(result)
    assert told.height > 0
    row = told.row(0, named=True)
    assert smallest_steps(result, row["account_id"], row["group"]) == Steps(tuple(row["roles"]), row["score"])
    assert told["roles"].list.len().is_between(1, 3).all()
    qualified = set(result.groups.filter("is_mqa")["account_id"])
    assert qualified.isdisjoint(told["account_id"])


def test_without_events_nobody_knows():
    workspace = abm.load_workspace(abm.demo_folder())
    tables = {name: table.frame.drop("_row", strict=False) for name, table in workspace.tables.items()}
    del tables["events"]
    result = abm.score(tables, workspace.model, as_of="2026-06-30")
    assert smallest_sets(result).height == 0
