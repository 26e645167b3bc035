"""Coverage: how much of a template's seats the people of an account can fill, in closed form.

The people who can sit and the seats they may take form a transversal matroid, so seating roles greedily by weight per
seat is optimal, and how many seats the first k roles can fill together is given by the deficiency version of Hall's
theorem: `rho_k = min over subsets B of the first k roles of N(B) + sum of the seats of the others`, with N(B) the
people eligible for at least one role of B (Edmonds & Fulkerson 1965; DESIGN 5). It needs only counts of people per
set of eligible roles.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import gcd, lcm
from typing import TYPE_CHECKING

import narwhals as nw

from abm.model.units import micro
from abm.scoring.arithmetic import PERCENT, exact_ratio, millionths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from abm.engines.base import Step
    from abm.model import BuyingGroup, Role


def counts_by_mask(
    members: Step, masks: Iterable[int], prefix: str, counted: nw.Expr, by: str
) -> tuple[Step, dict[int, str]]:
    """Count people per account and set of eligible roles.

    Args:
        members: people with `by` and `mask`.
        masks: the masks that occur, 0 left out.
        prefix: begins the names of the count columns.
        counted: which people count.
        by: the account key.

    Returns:
        The counts, one row per `by` that has people who count, and the column name of each mask.
    """
    names = {mask: f"{prefix}_{mask}" for mask in sorted(masks)}
    sums = [(nw.col("mask") == mask).cast(nw.Int64).sum().cast(nw.Int64).alias(name) for mask, name in names.items()]
    return members.filter(counted).group_by(by).agg(*sums), names


def greedy_order(group: BuyingGroup) -> list[int]:
    """Slots by weight per seat descending, then template order; compared exactly."""
    roles = list(group.roles.values())
    worth = [Fraction(micro(role.weight), role.people) for role in roles]
    return sorted(range(len(roles)), key=lambda slot: (-worth[slot], slot))


def with_filled(step: Step, group: BuyingGroup, counts: Mapping[int, str], prefix: str) -> Step:
    """Add `{prefix}_{slot}`: the seats of each role that an optimal seating fills.

    Args:
        step: a frame with the columns named in `counts` (people per set of eligible roles).
        group: the template.
        counts: column per mask; a mask that never occurs may be left out.
        prefix: begins the names of the new columns.
    """
    roles = list(group.roles.values())
    step, below = _subset_sums(step, counts, len(roles), prefix)
    order = greedy_order(group)
    filled_so_far: nw.Expr = nw.lit(0)
    previous = None
    for position, slot in enumerate(order):
        earlier = order[:position]
        options = [_option(roles, below, slot=slot, chosen=chosen, earlier=earlier) for chosen in _subsets(earlier)]
        options.append(filled_so_far + roles[slot].people)
        name = f"{prefix}_rho_{position}"
        step = step.with_columns(_least(options).cast(nw.Int64).alias(name))
        now = nw.col(name)
        step = step.with_columns((now if previous is None else now - previous).alias(f"{prefix}_{slot}"))
        filled_so_far, previous = now, now
    return step


def seat_worths(group: BuyingGroup) -> list[int] | list[float]:
    """What one seat of each role is worth, in the smallest whole numbers in proportion to weight per seat.

    Dozens of seats a role in numbers without common divisors make numbers that no integer holds; those are floats, in
    the weights' own unit.
    """
    people = [role.people for role in group.roles.values()]
    seats, weights = lcm(*people), whole_weights(group)
    if seats * sum(weights) >= 1 << 62:
        return [weight / count for weight, count in zip(weights, people, strict=True)]
    return [weight * (seats // count) for weight, count in zip(weights, people, strict=True)]


def seated_worth(group: BuyingGroup, prefix: str) -> nw.Expr:
    """The worth of all filled seats, from the columns `{prefix}_{slot}`."""
    worths = [nw.col(f"{prefix}_{slot}") * worth for slot, worth in enumerate(seat_worths(group))]
    return nw.sum_horizontal(*worths) if worths else nw.lit(0)


def filled_share(group: BuyingGroup, seated: nw.Expr) -> nw.Expr:
    """`100 * sum of w * filled / m over sum of w`, in millionths, from the worth of the filled seats."""
    roles = group.roles.values()
    whole = sum(worth * role.people for worth, role in zip(seat_worths(group), roles, strict=True))
    if isinstance(whole, int):
        return exact_ratio(seated, whole, PERCENT)
    return millionths(seated * (100.0 / whole))


def whole_weights(group: BuyingGroup) -> list[int]:
    """The weights of the roles as the smallest whole numbers in the same proportion."""
    weights = [micro(role.weight) for role in group.roles.values()]
    divisor = gcd(*weights)
    return [weight // divisor for weight in weights]


def eligible_for(counts: Mapping[int, str], slot: int) -> nw.Expr:
    """How many people are eligible for one role."""
    names = [name for mask, name in counts.items() if mask >> slot & 1]
    return nw.sum_horizontal(*names) if names else nw.lit(0)


def _subset_sums(step: Step, counts: Mapping[int, str], bits: int, prefix: str) -> tuple[Step, dict[int, str | None]]:
    """For every set S of roles the column of people eligible for nothing outside S; None stands for no people.

    One pass a role (the zeta transform), so eight roles need 1,024 additions instead of 6,561.
    """
    sums: dict[int, str | None] = {mask: counts.get(mask) for mask in range(1 << bits)}
    for bit in range(bits):
        new: dict[int, str | None] = dict(sums)
        added = []
        for mask in range(1 << bits):
            if not mask >> bit & 1:
                continue
            here, without = sums[mask], sums[mask ^ (1 << bit)]
            if here is not None and without is not None:
                new[mask] = f"{prefix}_sum_{bit}_{mask}"
                added.append((nw.col(here) + nw.col(without)).alias(f"{prefix}_sum_{bit}_{mask}"))
            else:
                new[mask] = here or without
        step = step.with_columns(*added) if added else step
        sums = new
    return step, sums


def _subsets(slots: list[int]) -> list[tuple[int, ...]]:
    return [chosen for size in range(len(slots) + 1) for chosen in combinations(slots, size)]


def _option(
    roles: list[Role], below: dict[int, str | None], *, slot: int, chosen: tuple[int, ...], earlier: list[int]
) -> nw.Expr:
    """N(chosen and slot) + the seats of the earlier roles that were not chosen."""
    full = (1 << len(roles)) - 1
    taken = sum(1 << s for s in (*chosen, slot))
    seats = sum(roles[s].people for s in earlier if s not in chosen)
    everybody, nobody_of = below[full], below[full & ~taken]
    able: nw.Expr = nw.lit(0) if everybody is None else nw.col(everybody)
    if nobody_of is not None:
        able = able - nw.col(nobody_of)
    return able + seats


def _least(options: list[nw.Expr]) -> nw.Expr:
    return nw.min_horizontal(*options) if len(options) > 1 else options[0]
