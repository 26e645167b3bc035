"""What a graph of accounts consists of: its nodes by name, and what of a result it is drawn from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import networkx as nx
    import polars as pl

    from abm.model import Model

Node = tuple[str, ...]
"""A node is a tuple that begins with what it is.

`("account", id)`, of subsidiaries as well; `("group", account, name)`; `("role", account, group, name)`;
`("person", contact_id)`; `("topic", name)`, one for all accounts that research it.
"""

if TYPE_CHECKING:
    Graph = nx.MultiDiGraph[Node]
else:
    Graph = Any


class Result(Protocol):
    """What the graphs read of a result of `score`."""

    @property
    def model(self) -> Model:
        """The model of the run."""
        ...

    @property
    def stamp(self) -> Mapping[str, str]:
        """Model, version, day: what is written beside every file."""
        ...

    @property
    def polars(self) -> Mapping[str, pl.DataFrame]:
        """The result tables by name."""
        ...

    def columns(self, table: str, *names: str) -> pl.DataFrame:
        """Some columns of a result table."""
        ...

    def near(self, account_ids: Sequence[str]) -> Result:
        """What is known of some accounts, where it costs little to ask."""
        ...

    def members(self, account_id: str) -> pl.DataFrame:
        """People with the roles they are eligible for."""
        ...

    def people(self, account_id: str) -> pl.DataFrame:
        """Everybody known of an account, by name."""
        ...

    def greedy_roles(self, group: str) -> list[str]:
        """The roles of a buying group, the most valuable seat first."""
        ...

    def parents(self) -> pl.DataFrame:
        """Every account with its parent: `account_id`, `parent_account_id`."""
        ...
