"""Random templates and committees, and what abm's closed form says of many committees at once."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

import narwhals as nw
import polars as pl

from abm.model import BuyingGroup, Role
from abm.scoring.coverage import counts_by_mask, filled_share, seated_worth, with_filled

if TYPE_CHECKING:
    from collections.abc import Sequence

WEIGHTS = (1, 3, 0.3, 1.1, 2, 0.7, 1.000001, 100)
Committee = tuple[int, ...]
"""The people of one account: for each the set of template roles they are eligible for, as a bit mask."""


@dataclass(frozen=True)
class Seating:
    """What the closed form says: seats filled per role, and coverage in millionths of a percent."""

    filled: tuple[int, ...]
    coverage: int


def template(seed: int, most: int = 8) -> BuyingGroup:
    """A random committee template; every other one has the most roles, and many have roles that tie."""
    draw = random.Random(seed)
    count = most if seed % 2 else draw.randint(1, most)
    weights = draw.choice((WEIGHTS, WEIGHTS[:2], (0.3, 0.6, 0.9), (1,)))
    people = draw.choice(((1,), (1, 2, 3), (2, 4), (1, 1, 2, 5, 12)))
    roles = {f"r{i}": Role(weight=float(draw.choice(weights)), people=draw.choice(people)) for i in range(count)}
    return BuyingGroup(name=f"template {seed}", roles=roles)


def committees(group: BuyingGroup, seed: int, number: int, most: int = 14) -> list[Committee]:
    """Random committees for a template: from nobody to crowds, from specialists to people fit for anything."""
    draw = random.Random(seed)
    return [_committee(draw, len(group.roles), most) for _ in range(number)]


def _committee(draw: random.Random, roles: int, most: int) -> Committee:
    likely = draw.choice((0.15, 0.3, 0.6, 0.9))
    # A set of roles that many share, so that they compete for the same seats.
    fashionable = draw.randrange(1 << roles)
    people = draw.randint(0, most)
    masks = (sum(1 << role for role in range(roles) if draw.random() < likely) for _ in range(people))
    return tuple(sorted(mask & fashionable if draw.random() < 0.4 else mask for mask in masks))


def closed_form(group: BuyingGroup, many: Sequence[Committee], engaged: Sequence[int] | None = None) -> list[Seating]:
    """Seat every committee, all in one frame; only the first `engaged[i]` people of committee i count if given."""
    rows = [
        (account, mask, engaged is None or place < engaged[account])
        for account, committee in enumerate(many)
        for place, mask in enumerate(committee)
    ]
    schema = {"a": pl.Int64, "mask": pl.Int64, "counts": pl.Boolean}
    people = nw.from_native(pl.DataFrame(rows, schema=schema, orient="row").lazy())
    accounts = nw.from_native(pl.DataFrame({"a": range(len(many))}, schema={"a": pl.Int64}).lazy())
    masks = {mask for _, mask, _ in rows if mask}
    names: dict[int, str] = {}
    seated = accounts
    if masks:
        counts, names = counts_by_mask(people, masks, "n", nw.col("counts"), "a")
        seated = accounts.join(counts, on="a", how="left").with_columns(nw.col(*names.values()).fill_null(0))
    seated = with_filled(seated, group, names, "filled").with_columns(
        filled_share(group, seated_worth(group, "filled")).alias("coverage")
    )
    slots = [f"filled_{slot}" for slot in range(len(group.roles))]
    native = seated.select("a", "coverage", *slots).to_native()
    assert isinstance(native, pl.LazyFrame)
    return [Seating(tuple(row[2:]), row[1]) for row in native.collect().sort("a").iter_rows()]
