"""Targets: how far one is into the target accounts, or into all of them where none are named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from abm.errors import NotFoundError
from abm.output.brief.words import capital, plain
from abm.scoring.penetration import STEPS, penetration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from abm.scoring.penetration import Reach
    from abm.scoring.result import ScoreResult

_PARTS = 12
_WORDS = {
    "known": "Somebody is known",
    "engaged": "Somebody is engaged",
    "covered": "All required roles engaged",
    "qualified": "Qualified",
}


@dataclass(frozen=True, slots=True)
class Targets:
    """How far one is into a list of accounts.

    Attributes:
        named: whether these are target accounts; else none are named, and it is all that are not excluded.
        accounts: how many.
        steps: rows of the chart of steps.
        roles: rows of the chart of roles that are required (of all roles where none is).
        required: whether these roles are required.
        parts: by column: its name, and per value the value, how many, the share of each step (0-100 or None), and the
            role that is missing most often.
    """

    named: bool
    accounts: int
    steps: list[dict[str, Any]]
    roles: list[dict[str, Any]]
    required: bool
    parts: list[tuple[str, list[tuple[str, int, list[float | None], str]]]]


def targets(result: ScoreResult) -> Targets | None:
    """Count how far one is into the target accounts; None where there is no account to count.

    Args:
        result: the run.
    """
    named = True
    try:
        found = penetration(result)
    except NotFoundError:
        named = False
        try:
            found = penetration(result, where="true")
        except NotFoundError:
            return None
    total = found.total
    # Without contacts nothing is known of committees, which is not the same as nobody.
    told = [step for step in STEPS if step == "qualified" or total.engaged is not None or step == "known"]
    bars = [_bar("step", _WORDS[step], getattr(total, step), total.accounts) for step in told]
    demanded = [each for each in total.roles if each.required]
    roles = [
        _bar(
            "role",
            capital(plain(each.role)),
            (None if each.missing is None else each.required - each.missing) if demanded else each.engaged,
            each.required if demanded else each.accounts,
        )
        for each in (demanded or total.roles)
    ]
    return Targets(
        named=named,
        accounts=total.accounts,
        steps=[each for each in bars if each is not None],
        roles=[each for each in roles if each is not None],
        required=bool(demanded),
        parts=[(name, [_part(each) for each in parts[:_PARTS]]) for name, parts in found.parts],
    )


def _bar(what: str, name: str, count: int | None, of: int) -> dict[str, Any] | None:
    if count is None or not of:
        return None
    share = round(100 * count / of, 1)
    # Cut, so that 99.9 never looks like all; what there is at all is at least 1.
    whole = max(int(share), 1) if count else 0
    counted = "accounts" if what == "step" else "engaged"
    return {what: name, counted: count, "share": share, "whole": 100, "told": f"{whole} %, {count:,} of {of:,}"}


def _part(reach: Reach) -> tuple[str, int, list[float | None], str]:
    shares = [reach.share(step) for step in STEPS]
    return reach.value or "none", reach.accounts, shares, _most_missing(reach)


def _most_missing(reach: Reach) -> str:
    lacking: Sequence[str] = [plain(each.role) for each in reach.roles if each.missing]
    return lacking[0] if lacking else ""
