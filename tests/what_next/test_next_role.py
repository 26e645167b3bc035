"""What next is what rescoring says: the newcomer is added to the facts, and everything goes through the normal path."""

from __future__ import annotations

import polars as pl
import pytest

from tests.what_next.newcomers import World, world


def best_roles(here: World) -> dict[tuple[str, str], tuple[str, float]]:
    """For each account and group the role whose newcomer raises the score the most, the first of the template."""
    before = here.scored({})
    seats = before.committee.filter(pl.col("filled_engaged") < pl.col("seats"))
    best: dict[tuple[str, str], tuple[str, float]] = {}
    for index, group in enumerate(before.model.buying_groups):
        for role in group.roles:
            empty = seats.filter(group=group.name, role=role)["account_id"].to_list()
            after = here.scored({(account, index): [role] for account in empty}).groups.filter(group=group.name)
            for account, score in after.select("account_id", "score").rows():
                if account in empty and (score or -1) > best.get((account, group.name), ("", -1))[1]:
                    best[account, group.name] = (role, score)
    return best


@pytest.mark.parametrize("seed", [17, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (4, 29, 36))])
def test_next_score_is_what_rescoring_gives(seed: int) -> None:
    here = world(seed)
    assert here is not None
    told = here.scored({}).groups.filter(~pl.col("is_mqa"))
    best = best_roles(here)
    for account, group, role, score in told.select("account_id", "group", "next_role", "next_score").rows():
        assert (role, score) == best.get((account, group), (None, None)), (account, group)
