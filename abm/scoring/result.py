"""The result: what `score` gives back, one frame per table."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from abm.engines.base import Spilling
from abm.engines.polars import OnDriver, on_driver
from abm.scoring.coverage import greedy_order
from abm.scoring.facts.accounts import ACCOUNT
from abm.scoring.families import family_keys
from abm.scoring.members import members, people
from abm.scoring.near import near
from abm.sources.frames import FrameKind, to_kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from abm.model import Model
    from abm.scoring.contributions import Level
    from abm.scoring.plan import Scored
    from abm.tables.contracts import Kind
    from abm.tables.findings import Finding

TABLE_ORDER = ("accounts", "leads", "groups", "committee", "intent", "families", "contributions", "matches", "issues")
"""The tables of a result in the order in which they are written."""


@dataclass(frozen=True)
class ScoreResult:
    """The tables of one run, in the kind of frame that was given (Polars DataFrames for a workspace).

    Numbers are Float64 points or percent (0-100), exact to a millionth; days are UTC dates; lists are lists of text; a
    null is unknown, never zero. Rows are in the order of their key; columns are those of DESIGN 6, in order.

    Tables of DuckDB and Spark stay there. `rank` ranks them there; explanations, graphs, people and members fetch what
    belongs to their accounts; lists, reports and comparisons fetch the tables that they are made of.

    Attributes:
        as_of: the day of the run.
        model: the model it ran under.
        stamp: what is written beside every file: model name, version, owners, hash, as_of, abm version.
        given: names of the tables that were given.
        findings: the hygiene report as objects.
        frames: the tables by name, as the engine of the run has them.
        kind: the kind of frame in which tables are given back.
    """

    as_of: date
    model: Model
    stamp: Mapping[str, str]
    given: tuple[str, ...]
    findings: tuple[Finding, ...]
    frames: Mapping[str, Any] = field(repr=False)
    kind: FrameKind
    account_kinds: Mapping[str, Kind] = field(repr=False)
    scored: Scored = field(repr=False)
    contribution_lines: Callable[..., Any] = field(repr=False)
    contribution_batches: Callable[[], Iterator[pl.DataFrame]] = field(repr=False)

    @cached_property
    def polars(self) -> Mapping[str, pl.DataFrame]:
        """The tables by name as Polars frames, whatever kind was given; another engine's are fetched when asked for."""
        return OnDriver(self.frames)

    @cached_property
    def accounts(self) -> Any:
        """One row per account, key `account_id`."""
        return self._table("accounts")

    @cached_property
    def leads(self) -> Any:
        """One row per contact, key `contact_id`; empty without contacts."""
        return self._table("leads")

    @cached_property
    def groups(self) -> Any:
        """One row per account and applicable buying group, key `account_id`, `group` (model order)."""
        return self._table("groups")

    @cached_property
    def committee(self) -> Any:
        """One row per account, applicable buying group and role, all in model order."""
        return self._table("committee")

    @cached_property
    def intent(self) -> Any:
        """One row per account and weighted topic that a source speaks of; empty without intent."""
        return self._table("intent")

    @cached_property
    def families(self) -> Any | None:
        """One row per ultimate parent, or None without `family: rollup`."""
        return self._table("families") if "families" in self.frames else None

    @cached_property
    def matches(self) -> Any:
        """How each contact found its account, or why it found none; key `contact_id`; empty without contacts.

        `method`: one of `abm.identity.matching.METHODS`, or `duplicate` for a contact that is one person with another;
        `confidence` 0-1, an order of trust; `evidence` what equalled what; `candidates` of ambiguous contacts.
        """
        return self._table("matches")

    @cached_property
    def contributions(self) -> Any:
        """Every point as a line, in integer millionths; the lines of a lead or account sum to its score exactly.

        Put together when first asked for, from columns that the run kept.
        """
        return self._given_back(self.contribution_lines())

    def contributions_of(
        self, level: Level, entity_id: str | Sequence[str] | None = None, group: str | None = None
    ) -> pl.DataFrame:
        """The lines of one lead, account or buying group of an account, of several, or of all of a level.

        They come from the same plan as `contributions`, over fewer rows.

        Args:
            level: `lead`, `account` or `group`.
            entity_id: the contact_id or account_id, or several; None is every one.
            group: the buying group, at the level of groups; None is every one.

        Returns:
            The columns of `contributions` and `group` (null but at the level of groups), as a Polars frame.
        """
        return on_driver(self.contribution_lines(level, entity_id=entity_id, group=group)).collect()

    @cached_property
    def issues(self) -> Any:
        """The hygiene report: table, code, level, count, column, file, rows, samples, message."""
        return self._table("issues")

    def columns(self, table: str, *names: str) -> pl.DataFrame:
        """Some columns of a table as a Polars frame; of another engine's, only these are fetched."""
        return on_driver(nw.from_native(self.frames[table]).select(*names)).collect()

    @cached_property
    def ranked(self) -> int | None:
        """How many accounts have a rank; None if none has."""
        found: int | None = self.columns("accounts", "rank")["rank"].max()  # type: ignore[assignment]
        return found

    def near(self, account_ids: Sequence[str]) -> ScoreResult:
        """What is known of some accounts, on the driver (see `abm.scoring.near.near`)."""
        return near(self, account_ids)

    def names(self) -> list[str]:
        """The names of the tables, in the order in which they are written."""
        given = {*self.frames, "contributions"}
        return [name for name in TABLE_ORDER if name in given]

    def tables(self) -> dict[str, Any]:
        """The tables by name, in the order in which they are written."""
        return {name: getattr(self, name) for name in self.names()}

    def parts(self, name: str) -> Iterator[pl.DataFrame]:
        """One table as Polars frames, one below the other: what is large batch by batch, and not kept."""
        engine, frame = self.scored.ctx.engine, self.frames.get(name)
        if name == "contributions":
            yield from self.contribution_batches()
        elif isinstance(engine, Spilling) and not isinstance(frame, pl.DataFrame):
            yield from engine.batches(frame)
        else:
            yield self.polars[name]

    def account_rows(self) -> pl.LazyFrame:
        """Every column of the accounts table, one row per account_id, as it was given."""
        return on_driver(self.scored.account_rows)

    def parents(self) -> pl.DataFrame:
        """Every account and the parent it names, if any: `account_id`, `parent_account_id`; by account_id."""
        links = on_driver(self.scored.facts.accounts.frame.select(ACCOUNT, "account_id", "parent_account_id"))
        return links.sort(ACCOUNT).drop(ACCOUNT).collect()

    def family_of(self, account_id: str) -> str | None:
        """The ultimate parent of an account, itself if it has no parent; None without `family: rollup`."""
        if "families" not in self.frames:
            return None
        links, here = self.parents(), account_id
        while True:
            (parent,) = links.filter(pl.col("account_id") == here)["parent_account_id"]
            if parent is None or links.filter(pl.col("account_id") == parent).is_empty():
                return here
            here = parent

    def family_members(self) -> pl.DataFrame:
        """How many accounts each family has: `account_id` of the ultimate parent, `family_members`; by account_id."""
        ctx, accounts = self.scored.ctx, self.scored.facts.accounts.frame
        links, ids = ctx.engine.gather(family_keys(ctx, accounts), accounts.select(ACCOUNT, "account_id"))
        counted = links.group_by(ACCOUNT).agg(pl.len().cast(pl.Int64).alias("family_members"))
        return counted.join(ids, on=ACCOUNT).select("account_id", "family_members").sort("account_id")

    def members(self, account_id: str) -> pl.DataFrame:
        """The people of an account with the roles they are eligible for (see `abm.scoring.members.members`)."""
        return members(self.scored.leads, self.model, account_id)

    def contact_rows(self) -> pl.LazyFrame | None:
        """Every column of the contacts table, one row per contact_id, as it was given; None without contacts."""
        contacts = self.scored.facts.contacts
        return None if contacts is None else on_driver(contacts.rows)

    def people(self, account_id: str, group: str | None = None) -> pl.DataFrame:
        """Everybody known of an account, as one buying group sees them (see `abm.scoring.members.people`)."""
        contacts = self.scored.facts.contacts
        rows = None if contacts is None else contacts.rows
        return people(self.scored.leads, rows, self.model, account_id, group)

    def greedy_roles(self, group: str) -> list[str]:
        """The roles of a buying group, the most valuable seat first."""
        (template,) = [each for each in self.model.buying_groups if each.name == group]
        return [list(template.roles)[slot] for slot in greedy_order(template)]

    def _table(self, name: str) -> Any:
        return self._given_back(self.frames[name])

    def in_kind(self, frame: pl.DataFrame) -> Any:
        """Give a frame that was made of these tables back in their kind."""
        engine = self.scored.ctx.engine
        return engine.native(frame) if self.kind == engine.name else to_kind(frame, self.kind)

    def _given_back(self, frame: Any) -> Any:
        """Leave a table in the engine, or fetch it and convert it."""
        return frame if self.kind == self.scored.ctx.engine.name else to_kind(on_driver(frame).collect(), self.kind)
