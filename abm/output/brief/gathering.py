"""Gathering: what the tables of a result say of many accounts, read once for all of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from abm.engines.polars import on_driver
from abm.scoring.explanation.requirements import requirements_by
from abm.scoring.members import crowd
from abm.scoring.what_next import lapse_days, smallest_sets

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from abm.engines.base import Step
    from abm.model import BuyingGroup, Model
    from abm.scoring.contributions import Level
    from abm.scoring.explanation.explanation import Requirement
    from abm.scoring.result import ScoreResult

Row = dict[str, Any]

_GIVEN = ("domain", "industry", "employees", "country", "owner")


@dataclass(frozen=True)
class Case:
    """Everything about one account that a brief may say, as rows of tables.

    Attributes:
        model, as_of, stamp, given: of the run.
        workspace: what to call the workspace.
        ranked: the last rank there is; null without any.
        row: of `accounts`.
        own: of the accounts as they were given.
        group: the buying group that the row shows, or null.
        lines: of `contributions`, of the account, with `line`, their place from 1.
        doings: of `contributions`, of each person, the signals: what somebody did that counts.
        seats: of `committee`, of that group.
        people: of `abm.scoring.members.crowd`, each with what `leads` says: `status`, `reasons`, `last_activity`.
        topics: of `intent`.
        others: of `groups`: the other buying groups.
        ahead: whether it was tried what would qualify it and when it lapses; if not, the next three are empty.
        steps: of the smallest sets of people that would qualify the group; null where there is none.
        lapses_on: when what is qualified lapses; null where it does not, or is not qualified.
        lapses: whether there is a row about it.
        required: the terms of `mqa.require`.
        fit: the terms of each fit rule of accounts.
        parent: of `accounts`: what it belongs to; null where nothing.
        children: of `accounts`: what belongs to it directly.
    """

    model: Model
    as_of: date
    stamp: Mapping[str, str]
    given: Sequence[str]
    workspace: str | None
    ranked: int | None
    row: Row
    own: Row
    lines: Sequence[Row]
    doings: Mapping[str, Sequence[Row]]
    seats: Sequence[Row]
    people: Sequence[Row]
    topics: Sequence[Row]
    others: Sequence[Row]
    ahead: bool
    steps: Row | None
    lapses_on: date | None
    lapses: bool
    required: Sequence[Requirement]
    fit: Mapping[str, Sequence[Requirement]]
    parent: Row | None
    children: Sequence[Row]

    @property
    def account_id(self) -> str:
        """The account."""
        found: str = self.row["account_id"]
        return found

    @property
    def group(self) -> str | None:
        """The buying group that its row shows."""
        found: str | None = self.row["group"]
        return found

    @property
    def template(self) -> BuyingGroup | None:
        """That group in the model."""
        return next((each for each in self.model.buying_groups if each.name == self.group), None)

    @property
    def counting(self) -> list[Row]:
        """The people who are not disqualified, the warmest first."""
        return [each for each in self.people if not each["disqualified"]]


def gathered(
    result: ScoreResult,
    account_ids: Sequence[str],
    workspace: str | None = None,
    *,
    ahead: Collection[str] | None = None,
) -> dict[str, Case]:
    """Gather what there is to say of several accounts, in the order in which they are named.

    Args:
        result: a run.
        account_ids: accounts of it.
        workspace: what to call the workspace, if anything.
        ahead: for which of them to try what would qualify them and when they lapse, which costs more than all the
            rest; None is all.
    """
    wanted = list(dict.fromkeys(account_ids))
    tried = [each for each in wanted if ahead is None or each in ahead]
    parents, children = _kin(result, wanted)
    ranked, result = result.ranked, result.near(wanted)
    accounts = _by(result.polars["accounts"], "account_id", wanted)
    own = result.account_rows().filter(pl.col("account_id").is_in(wanted)).select("account_id", *_GIVEN).collect()
    given = {row["account_id"]: row for row in own.iter_rows(named=True)}
    shown = {each: accounts[each][0]["group"] for each in wanted}
    lines, people = _lines(result, wanted), _people(result, shown)
    doings = _doings(result, [row["contact_id"] for rows in people.values() for row in rows])
    seats = _shown(result.polars["committee"], shown)
    topics = _by(result.polars["intent"], "account_id", wanted)
    groups = _by(result.polars["groups"], "account_id", wanted)
    required, fit = _required(result, wanted), _fit(result, wanted)
    steps, lapses = _what_next(result, {each: shown[each] for each in tried})
    return {
        each: Case(
            model=result.model,
            as_of=result.as_of,
            stamp=result.stamp,
            given=result.given,
            workspace=workspace,
            ranked=ranked,
            row=accounts[each][0],
            own=given[each],
            lines=lines[each],
            doings={row["contact_id"]: doings[row["contact_id"]] for row in people[each]},
            seats=seats[each],
            people=people[each],
            topics=topics[each],
            others=[row for row in groups[each] if row["group"] != shown[each]],
            ahead=ahead is None or each in ahead,
            steps=steps.get(each),
            lapses_on=lapses.get(each),
            lapses=each in lapses,
            required=required[each],
            fit={name: terms[each] for name, terms in fit.items()},
            parent=parents.get(each),
            children=children[each],
        )
        for each in wanted
    }


def _by(table: pl.DataFrame, key: str, wanted: Sequence[str]) -> defaultdict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in table.filter(pl.col(key).is_in(wanted)).iter_rows(named=True):
        found[row[key]].append(row)
    return found


def _shown(table: pl.DataFrame, shown: Mapping[str, str | None]) -> defaultdict[str, list[Row]]:
    """The rows of the group that the account shows."""
    found = _by(table, "account_id", list(shown))
    return defaultdict(list, {key: [row for row in rows if row["group"] == shown[key]] for key, rows in found.items()})


def _lines(result: ScoreResult, wanted: Sequence[str]) -> defaultdict[str, list[Row]]:
    """The lines of each account with their places."""
    return _by(_placed(result, "account", wanted), "entity_id", wanted)


def _doings(result: ScoreResult, wanted: Sequence[str]) -> defaultdict[str, list[Row]]:
    """The signals of each lead, with their places among all its lines."""
    signals = _placed(result, "lead", wanted).filter(component="engagement", note="signal")
    return _by(signals, "entity_id", wanted)


def _placed(result: ScoreResult, level: Level, wanted: Sequence[str]) -> pl.DataFrame:
    place = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("entity_id")
    return result.contributions_of(level, wanted).with_columns(line=place)


def _people(result: ScoreResult, shown: Mapping[str, str | None]) -> defaultdict[str, list[Row]]:
    contacts = result.scored.facts.contacts
    rows = None if contacts is None else contacts.rows
    leads = result.polars["leads"].select("contact_id", "status", "is_mql", "score", "reasons", "last_activity")
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for group in dict.fromkeys(shown.values()):
        mine = [each for each, own in shown.items() if own == group]
        seen = crowd(result.scored.leads, rows, result.model, mine, group)
        judged = seen.join(leads, on="contact_id", how="left", maintain_order="left")
        for row in judged.iter_rows(named=True):
            found[row["account_id"]].append(row)
    return found


def _required(result: ScoreResult, wanted: Sequence[str]) -> dict[str, tuple[Requirement, ...]]:
    ctx, rows = result.scored.ctx, _among(result.scored.standings.accounts, wanted)
    held = requirements_by(ctx, rows, result.model.mqa.require, "mqa", "account_id")
    return {each: held[each] for each in wanted}


def _fit(result: ScoreResult, wanted: Sequence[str]) -> dict[str, dict[str, tuple[Requirement, ...]]]:
    ctx, rows = result.scored.ctx, _among(result.scored.accounts, wanted)
    found = {}
    for rule in result.model.fit.account:
        held = requirements_by(ctx, rows, rule.when, "accounts", "account_id")
        found[rule.name] = {each: held[each] for each in wanted}
    return found


def _among(rows: Step, wanted: Sequence[str]) -> Step:
    return rows.filter(nw.col("account_id").is_in(list(wanted)))


def _what_next(result: ScoreResult, shown: Mapping[str, str | None]) -> tuple[dict[str, Row], dict[str, date | None]]:
    """The smallest sets and the days of lapse of the groups that are shown."""
    rows = result.polars["accounts"].filter(pl.col("account_id").is_in(list(shown)))
    qualified = rows.filter("is_mqa")["account_id"].to_list()
    open_ones = rows.filter(~pl.col("is_mqa"), ~pl.col("is_excluded"))["account_id"].to_list()
    sets = smallest_sets(result, open_ones).iter_rows(named=True) if open_ones else ()
    days = lapse_days(result, qualified).iter_rows(named=True) if qualified else ()
    steps = {row["account_id"]: row for row in sets if row["group"] == shown[row["account_id"]]}
    lapses = {row["account_id"]: row["lapses_on"] for row in days if row["group"] == shown[row["account_id"]]}
    return steps, lapses


def _kin(result: ScoreResult, wanted: Sequence[str]) -> tuple[dict[str, Row], defaultdict[str, list[Row]]]:
    """The parents, and the direct subsidiaries by id."""
    frame = on_driver(result.scored.facts.accounts.frame.select("account_id", "parent_account_id"))
    near = pl.col("account_id").is_in(wanted) | pl.col("parent_account_id").is_in(wanted)
    links = frame.filter(near, pl.col("parent_account_id").is_not_null()).sort("account_id")
    pairs = links.select("account_id", "parent_account_id").collect().rows()
    ids = {each for pair in pairs for each in pair}
    related = result.polars["accounts"].filter(pl.col("account_id").is_in(list(ids)))
    rows = {row["account_id"]: row for row in related.iter_rows(named=True)}
    parents: dict[str, Row] = {}
    children: defaultdict[str, list[Row]] = defaultdict(list)
    for child, parent in pairs:
        if parent in rows and child != parent:
            parents[child] = rows[parent]
            children[parent].append(rows[child])
    return parents, children
