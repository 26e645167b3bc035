"""The family graph: every account of a family below its ultimate parent, each with all that belongs to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx

from abm.graph.account import require_account
from abm.graph.building import add_account, add_parents
from abm.graph.families import ultimate_parents
from abm.graph.measures import mark

if TYPE_CHECKING:
    from abm.graph.nodes import Graph, Result


def family_graph(result: Result, account_id: str) -> Graph:
    """Draw the family of an account as one graph.

    Args:
        result: what `score` gave; its model need not roll families up.
        account_id: any account of the family.

    Returns:
        What `account_graph` gives of each member, in one graph: the ultimate parent is of kind `account`, all below it
        are of kind `subsidiary`, and `parent` edges lead from each to the one above it. A topic is one node, whoever
        researches it. Accounts come from the top down, sisters by id. The graph itself carries the ultimate parent as
        `account_id`, and the stamp of the run. An account without relatives is a family of one.

        The committees are those of the single accounts: no seat is filled by somebody of another company.

    Raises:
        NotFoundError: there is no such account.

    >>> import abm
    >>> graph = family_graph(abm.score(abm.load_workspace(abm.demo_folder())), "A008")
    >>> [node for node, kind in graph.nodes(data="kind") if kind in ("account", "subsidiary")]
    [('account', 'A006'), ('account', 'A007'), ('account', 'A008')]
    """
    require_account(result, account_id)
    parents = dict(result.parents().iter_rows())
    above = {child: parent for child, parent in parents.items() if parent in parents}
    roots = ultimate_parents(parents)
    top = roots[account_id]
    members = _from_the_top(top, {child: parent for child, parent in above.items() if roots[child] == top})
    graph: Graph = nx.MultiDiGraph(account_id=top, **result.stamp)
    known = result.near(members)
    for member in members:
        home = add_account(graph, known, member)
        if member != top:
            graph.nodes[home]["kind"] = "subsidiary"
    add_parents(graph, result, ((member, above[member]) for member in members if member != top))
    mark(graph)
    return graph


def _from_the_top(top: str, above: dict[str, str]) -> list[str]:
    """All accounts of a family, each behind its parent, a branch at a time."""
    below: dict[str, list[str]] = {}
    for child in sorted(above, reverse=True):
        below.setdefault(above[child], []).append(child)
    found, waiting = [], [top]
    while waiting:
        found.append(waiting.pop())
        waiting += below.get(found[-1], [])
    return found
