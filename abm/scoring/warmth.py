"""Warmth: how people's engagement becomes a role's, and an account's, by each roll-up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from abm.model.units import micro
from abm.scoring.arithmetic import MICRO, PERCENT, divided, millionths, total
from abm.scoring.coverage import whole_weights
from abm.scoring.facts.accounts import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from abm.model import BuyingGroup, EngagementRollup

SAT_UNIT = 1 << 50
"""Saturations are added up as integers of this unit: the sum of floats would depend on the order of rows."""


def saturation(x: nw.Expr, half_at: float) -> nw.Expr:
    """`sat(x) = 1 - 2^(-x / half_at)` for x in millionths of a point; null stays null."""
    points = x.cast(nw.Float64) / float(MICRO)
    return 1.0 - nw.lit(2.0) ** (points * -1.0 / float(half_at))


def saturation_units(x: nw.Expr, half_at: float) -> nw.Expr:
    """`sat(x)` as an integer of `SAT_UNIT`."""
    return (saturation(x, half_at) * float(SAT_UNIT) + 0.5).floor().cast(nw.Int64)


def role_warmth(group: BuyingGroup) -> list[nw.Expr]:
    """`warmth_r` in millionths from `sat_{slot}`, the summed units of the m_r warmest people of each role."""
    return [
        warmth(nw.col(f"sat_{slot}").fill_null(0), role.people).alias(f"warmth_{slot}")
        for slot, role in enumerate(group.roles.values())
    ]


def warmth(units: nw.Expr, people: int) -> nw.Expr:
    """Saturation, in units summed over people, as a share of so many seats, in millionths."""
    return millionths(units.cast(nw.Float64) / float(SAT_UNIT) / float(people))


def warm_sums(group: BuyingGroup, half_at: float) -> tuple[nw.Expr, nw.Expr]:
    """The weighted warmth of the roles, and that of the rest: people without a template role, and nobody in person.

    Whole weights and warmth in millionths keep the sum over roles exact, halves of a millionth included. From the
    columns `warmth_{slot}`, `x_other`, `x_anonymous`; what is null counts as 0.
    """
    weights = whole_weights(group)
    unit = sum(micro(role.weight) for role in group.roles.values()) / sum(weights)
    warm, rest = total(nw.col(f"warmth_{slot}") * weight for slot, weight in enumerate(weights)), nw.lit(0.0)
    for share, name in ((group.other_weight, "x_other"), (group.anonymous_weight, "x_anonymous")):
        rest = rest + saturation(nw.col(name).fill_null(0), half_at) * (micro(share) * MICRO / unit)
    return warm, rest


def by_role(group: BuyingGroup, warm: nw.Expr, rest: nw.Expr) -> nw.Expr:
    """The default roll-up, in millionths of a percent.

    `min(100, 100 * (sum of w_r * warmth_r + other_weight * sat(x_other) + anonymous_weight * sat(x_anonymous)) / sum of
    w_r)`, from what `warm_sums` gives.
    """
    value = divided((warm.cast(nw.Float64) + rest) * 100.0, float(sum(whole_weights(group))), ACCOUNT)
    return (value.clip(upper_bound=float(PERCENT)) + 0.5).floor().cast(nw.Int64)


def rolled_up(
    rule: EngagementRollup, group: BuyingGroup | None, changed: Mapping[str, nw.Expr] | None = None
) -> nw.Expr:
    """The other roll-ups over people, in millionths of a percent, from the sums of `people_sums`.

    `changed` holds sums that are to be taken for those in the columns of these names.

    With v in points: `sum`; `max`; `mean` over people with x > 0; `best_and_rest`, `0.6 * max + 0.4 * mean of the rest
    with x > 0`, which is not monotone: one more lukewarm person may lower it; `role_sum`, the sum over roles that are
    somebody's primary role of `w_r / sum of those w * sum of x`. Scale `saturating` gives `100 * sat(v)`, `none`
    `min(100, v)`. Nobody gives 0.
    """
    sums = changed or {}
    top, every, warm = (_sum(name, sums).cast(nw.Float64) for name in ("x_top", "engagement_points", "x_people"))
    if rule.rollup == "sum":
        value = every
    elif rule.rollup == "max":
        value = top
    elif rule.rollup == "mean":
        value = nw.when(warm > 0).then(every / warm).otherwise(nw.lit(0.0))
    elif rule.rollup == "best_and_rest":
        rest = nw.when(warm > 1).then((every - top) / (warm - 1.0)).otherwise(nw.lit(0.0))
        value = divided(top * 6.0 + rest * 4.0, 10.0, ACCOUNT)
    elif group is None:
        return nw.lit(None, dtype=nw.Int64)
    else:
        value = _role_sum(group, sums)
    if rule.scale == "none":
        return (value.clip(upper_bound=float(PERCENT)) + 0.5).floor().cast(nw.Int64)
    points = value / float(MICRO)
    return millionths((1.0 - nw.lit(2.0) ** (points * -1.0 / float(rule.half_at))) * 100.0)


def _sum(name: str, changed: Mapping[str, nw.Expr]) -> nw.Expr:
    return changed.get(name, nw.col(name)).fill_null(0)


def _role_sum(group: BuyingGroup, changed: Mapping[str, nw.Expr]) -> nw.Expr:
    weighted, weights = nw.lit(0.0), nw.lit(0.0)
    for slot, whole in enumerate(whole_weights(group)):
        filled = _sum(f"people_{slot}", changed) > 0
        weights = weights + nw.when(filled).then(nw.lit(float(whole))).otherwise(nw.lit(0.0))
        weighted = weighted + _sum(f"sum_{slot}", changed).cast(nw.Float64) * float(whole)
    return nw.when(weights > 0).then(weighted / weights).otherwise(nw.lit(0.0))
