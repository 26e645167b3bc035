"""Saved selections: the `lists:` of a workspace, held against the columns that accounts have once they are scored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abm.errors import ConditionError, NotFoundError, did_you_mean
from abm.scoring.columns import ACCOUNTS
from abm.scoring.compiler import check_condition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from abm.model.conditions import Condition
    from abm.tables.contracts import Kind
    from abm.workspace.loader import Workspace


def saved_selection(workspace: Workspace, name: str) -> Condition:
    """Return the condition of a saved selection.

    Raises:
        NotFoundError: there is none of this name.
        ConditionError: a condition of `lists:`, this one or another, names an unknown column or compares
            kinds that do not go together; one line per mistake, with its file and line.
    """
    lists = workspace.lists
    if name not in lists:
        there = f"There are {', '.join(lists)}." if lists else "The workspace has none."
        raise NotFoundError(
            f"list '{name}': there is no saved selection of this name. {there}{did_you_mean(name, lists)}"
            ' Save one in workspace.yaml: lists: {NAME: "condition"}.'
        )
    check_selections(workspace)
    return lists[name]


def check_selections(workspace: Workspace) -> None:
    """Make sure that every saved selection of a workspace can be used.

    Raises:
        ConditionError: see `saved_selection`.
    """
    kinds = account_columns(workspace.tables["accounts"].kinds)
    problems = [
        f"{workspace.places.line(('lists', name))}: list '{name}': {problem}"
        for name, condition in workspace.lists.items()
        for problem in check_condition(condition, kinds)
    ]
    if problems:
        raise ConditionError("\n".join(problems))


def account_columns(given: Mapping[str, Kind]) -> dict[str, Kind]:
    """Return what conditions over scored accounts may name: columns of the accounts table, and over them the result's.

    Args:
        given: the columns of the accounts table with their kinds.
    """
    return {**given, **ACCOUNTS}
