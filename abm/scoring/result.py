"""The result: what `score` gives back, one frame per table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import polars as pl

    from abm.model import Model
    from abm.tables.contracts import Kind
    from abm.tables.findings import Finding


@dataclass(frozen=True)
class ScoreResult:
    """The tables of one run, in the kind of frame that was given (Polars DataFrames for a workspace).

    Numbers are Float64 points or percent (0-100), exact to a millionth; days are UTC dates; lists are lists of text; a
    null is unknown, never zero. Rows are in the order of their key; columns are those of DESIGN 6, in order.

    Attributes:
        leads: one row per contact, key `contact_id`; empty without contacts.
        accounts: one row per account, key `account_id`.
        groups: one row per account and applicable buying group, key `account_id`, `group` (model order).
        committee: one row per account, applicable buying group and role.
        intent: one row per account and weighted topic that a source speaks of; empty without intent.
        families: one row per ultimate parent, or None without `family: rollup`.
        issues: the hygiene report: table, code, level, count, column, file, rows, samples, message.
        as_of: the day of the run.
        model: the model it ran under.
        stamp: what is written beside every file: model name, version, owners, hash, as_of, abm version.
        given: names of the tables that were given.
        findings: the hygiene report as objects.
    """

    leads: Any
    accounts: Any
    groups: Any
    committee: Any
    intent: Any
    families: Any | None
    issues: Any
    as_of: date
    model: Model
    stamp: Mapping[str, str]
    given: tuple[str, ...]
    findings: tuple[Finding, ...]
    _account_rows: pl.LazyFrame = field(repr=False)
    _account_kinds: Mapping[str, Kind] = field(repr=False)

    def tables(self) -> dict[str, Any]:
        """The tables by name, in the order in which they are written."""
        names = ("accounts", "leads", "groups", "committee", "intent", "families", "issues")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}
