"""`explain`: why a lead, an account or a buying group has its score; it only reads what the run gave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abm.scoring.explanation.entity import find
from abm.scoring.explanation.of_account import explained_account
from abm.scoring.explanation.of_lead import explained_lead

if TYPE_CHECKING:
    from abm.scoring.contributions import Level
    from abm.scoring.explanation.explanation import AccountExplanation, LeadExplanation
    from abm.scoring.result import ScoreResult


def explain(
    result: ScoreResult, entity: str, *, level: Level | None = None, group: str | None = None
) -> AccountExplanation | LeadExplanation:
    """Explain one lead, account or buying group.

    Nothing is scored here: verdict, components, committee, people and topics are those of the result tables, the lines
    those of the contributions.

    Args:
        result: what `score` gave.
        entity: an id, a domain or e-mail address, a unique part of the name, or `account/group`.
        level: `lead`, `account` or `group`, where the same text means several.
        group: one buying group of the account; by default the one that its row shows.

    Returns:
        The explanation: `str()` gives the verdict and the lines, `as_dict()` everything for JSON.

    Raises:
        NotFoundError: nothing is called so, or several are; the message lists them.

    >>> import abm
    >>> result = abm.score(abm.load_workspace(abm.demo_folder()))
    >>> why = explain(result, "copperfinch")
    >>> why.verdict
    'Copperfinch Robotics is an MQA: 86.9 points (60 needed), 100 % of the committee covered, four roles engaged.'
    >>> sum(line.points for line in why.lines) == round(why.score * 1_000_000)
    True
    """
    found = find(result, entity, level=level, group=group)
    if found.level == "lead":
        return explained_lead(result, found.entity_id)
    return explained_account(result, found.entity_id, found.group)
