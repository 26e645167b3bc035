"""The account graph: an account, its buying groups, roles, people and topics as networkx sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import polars as pl

from abm.errors import NotFoundError, did_you_mean
from abm.graph.building import add_account, add_parents
from abm.graph.measures import mark

if TYPE_CHECKING:
    from abm.graph.nodes import Graph, Result


def account_graph(result: Result, account_id: str) -> Graph:
    """Draw one account as a graph.

    Args:
        result: what `score` gave.
        account_id: the account.

    Returns:
        A directed `networkx.MultiDiGraph`. Nodes are tuples that begin with what they are (`abm.graph.nodes.Node`) and
        carry `kind`, `label` and the numbers of the result tables; null is unknown:

        - `account`: the account itself, and its parent; `subsidiary`: those directly below it
        - `group`: a buying group that applies; `threads`: its independent threads
        - `role`: a role of it, `required` or not; `place`: 1 is the role whose seats are worth most
        - `person`: every known contact, by name; `critical`, `connects`, `only_link` (`abm.graph.measures.mark`)
        - `topic`: what it researches

        Edges have a `kind`, which is also their key:

        - `member`: person to account, for every known contact of it
        - `eligible`: person to role (`confidence` 0-1, `primary`, `engaged`), for people who are not disqualified
        - `seated`: person to role (`confidence`, `engaged`): one optimal seating of the engaged people, the warmest
          first; as many as `filled_engaged` says
        - `engaged`: person to group, for people who are engaged as it counts: `weight`, their points, after decay and
          caps, and `warmth`, 0-1, the share of full warmth that the model sees in them
        - `part_of`: role to group, group to account
        - `researches`: account to topic (`strength` 0-1, `spike`, `decay`, `observed_on`, `intent_source`)
        - `parent`: account to its parent, and its subsidiaries to it

        The graph itself carries `account_id` and the stamp of the run. The people of a group stand the warmest first.

    Raises:
        NotFoundError: there is no such account.

    >>> import abm
    >>> graph = account_graph(abm.score(abm.load_workspace(abm.demo_folder())), "A009")
    >>> [role for _, role, kind in graph.edges(keys=True) if kind == "seated"]
    [('role', 'A009', 'core', 'economic_buyer')]
    """
    require_account(result, account_id)
    graph: Graph = nx.MultiDiGraph(account_id=account_id, **result.stamp)
    add_account(graph, result.near([account_id]), account_id)
    links = result.parents().filter((pl.col("account_id") == account_id) | (pl.col("parent_account_id") == account_id))
    add_parents(graph, result, links.iter_rows())
    mark(graph)
    return graph


def require_account(result: Result, account_id: str) -> None:
    """Make sure that there is such an account.

    Raises:
        NotFoundError: there is none.
    """
    known = result.columns("accounts", "account_id")["account_id"]
    if account_id not in known:
        hint = did_you_mean(account_id, known)
        raise NotFoundError(f"there is no account '{account_id}' among {len(known)} accounts.{hint}")
