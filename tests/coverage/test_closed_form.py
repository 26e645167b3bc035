"""The closed form equals brute force, networkx's flow and greedy seating on thousands of random committees."""

from __future__ import annotations

import random

import pytest

from abm.model import BuyingGroup, Role
from tests.coverage.committees import Committee, Seating, closed_form, committees, template
from tests.coverage.seatings import best_by_flow, best_of_all, greedily, share, value

TEMPLATES, MORE_TEMPLATES = 6, 70
COMMITTEES = 150
"""For each template, scored in one frame."""


def check(group: BuyingGroup, many: list[Committee]) -> None:
    """Worth as by flow, exactly; seats as by augmenting paths; coverage the share of that worth."""
    for committee, seated in zip(many, closed_form(group, many), strict=True):
        said = f"{group!r}, people {[f'{mask:b}' for mask in committee]}"
        best = best_by_flow(group, committee)
        assert value(group, seated.filled) == best, said
        assert seated == Seating(greedily(group, committee), share(group, best)), said


@pytest.mark.parametrize("seed", range(TEMPLATES))
def test_flow_and_augmenting_paths(seed: int) -> None:
    group = template(seed)
    check(group, committees(group, seed, COMMITTEES))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(TEMPLATES, TEMPLATES + MORE_TEMPLATES))
def test_flow_and_augmenting_paths_at_length(seed: int) -> None:
    group = template(seed)
    check(group, committees(group, seed, COMMITTEES, most=40))


@pytest.mark.parametrize("seed", range(10))
def test_every_assignment(seed: int) -> None:
    group = template(seed, most=4)
    many = committees(group, seed, 50, most=5)
    for committee, seated in zip(many, closed_form(group, many), strict=True):
        best = best_of_all(group, committee)
        assert (value(group, seated.filled), seated.coverage) == (best, share(group, best)), (group, committee)


@pytest.mark.parametrize("seed", range(0, TEMPLATES, 2))
def test_one_more_person_never_takes_away(seed: int) -> None:
    """Whoever comes: coverage does not fall, and no role loses a seat that was filled."""
    draw = random.Random(seed)
    group = template(seed + 1000)
    many = committees(group, seed, COMMITTEES)
    joined = [(*committee, draw.randrange(1 << len(group.roles))) for committee in many]
    seated = closed_form(group, [*many, *joined])
    for before, after in zip(seated[: len(many)], seated[len(many) :], strict=True):
        assert after.coverage >= before.coverage
        assert all(now >= then for now, then in zip(after.filled, before.filled, strict=True))
        assert sum(after.filled) <= sum(before.filled) + 1


@pytest.mark.parametrize("seed", range(4))
def test_only_those_who_count_are_seated(seed: int) -> None:
    """People left out of the count do not sit, though their kinds of people have columns."""
    group, draw = template(seed), random.Random(seed)
    many = committees(group, seed, COMMITTEES)
    first = [draw.randint(0, len(committee)) for committee in many]
    alone = closed_form(group, [committee[:count] for committee, count in zip(many, first, strict=True)])
    assert closed_form(group, many, first) == alone


def test_one_person_for_two_seats() -> None:
    """Somebody who could be both buyer and champion sits once, in the seat that is worth more."""
    group = BuyingGroup(name="two", roles={"champion": Role(weight=2.0), "buyer": Role(weight=3.0)})
    assert closed_form(group, [(0b11,)]) == [Seating((0, 1), 60_000_000)]


def test_those_who_can_move_make_room() -> None:
    """The generalist leaves the dearer seat to the specialist; greed by person would leave the user's seat empty."""
    group = BuyingGroup(name="three", roles={"buyer": Role(weight=3.0), "champion": Role(weight=2.0), "user": Role()})
    assert closed_form(group, [(0b001, 0b011, 0b110)]) == [Seating((1, 1, 1), 100_000_000)]


def test_seats_that_tie_are_filled_in_the_order_of_the_template() -> None:
    """0.7 for one seat and 2.1 for three are worth the same a seat, though not as floats."""
    group = BuyingGroup(name="tie", roles={"first": Role(weight=0.7), "second": Role(weight=2.1, people=3)})
    assert 2.1 / 3 > 0.7
    assert closed_form(group, [(0b11,), (0b11,) * 4]) == [Seating((1, 0), 25_000_000), Seating((1, 3), 100_000_000)]


def test_more_people_than_seats() -> None:
    group = BuyingGroup(name="crowd", roles={"user": Role(people=2), "buyer": Role(weight=4.0)})
    assert closed_form(group, [(0b01,) * 1000]) == [Seating((2, 0), 20_000_000)]


def test_nobody() -> None:
    group = template(1)
    assert closed_form(group, [()]) == [Seating((0,) * 8, 0)]
    assert closed_form(group, [(0, 0, 0)]) == [Seating((0,) * 8, 0)]
