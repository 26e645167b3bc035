"""Finishing: the plan's integer columns and keys become the columns that people read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from abm.engines.base import TEXT_SEPARATOR, Engine, Finish, Parting, Spilling, Step
from abm.engines.polars import DTYPES, PolarsEngine, on_driver
from abm.scoring.arithmetic import points_of
from abm.scoring.columns import ACCOUNTS, COMMITTEE, CONTRIBUTIONS, FAMILIES, GROUPS, INTENT, LEADS, MATCHES, MILLIONTHS
from abm.scoring.facts.accounts import ACCOUNT
from abm.scoring.facts.contacts import CONTACT
from abm.scoring.standings import GROUP
from abm.scoring.thresholds import REASON_SEPARATOR
from abm.tables.contracts import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from abm.model import Model
    from abm.scoring.contributions import Level
    from abm.scoring.plan import Scored
    from abm.tables.findings import Finding

_SEPARATORS = {"reasons": REASON_SEPARATOR, "spiking_topics": TEXT_SEPARATOR, "candidates": TEXT_SEPARATOR}
_CONTACTS_AT_ONCE, _ACCOUNTS_AT_ONCE = 1 << 17, 1 << 15
"""A contact has about five lines, an account twenty: two thirds of a million at once, either way.

With four times as many a run takes a sixth more memory, and longer, for all that memory is new to it.
"""

_CONTACT, _ACCOUNT = 3_000, 12_000
"""Bytes that the lines of a contact and of an account take while they are put together, as measured."""

_PLACES = 1 << 43
"""More than there are places for the lines of one entity (see `abm.scoring.contributions.lines`)."""

_ISSUES = ("table", "code", "level", "count", "column", "file", "rows", "samples", "message")


class Tables(Mapping[str, Any]):
    """The tables of a result by name, as the engine's own frames, each finished once, when it is first asked for."""

    def __init__(self, engine: Engine, steps: Mapping[str, tuple[Step, Finish]], others: Mapping[str, Any]) -> None:
        self._engine, self._steps, self._made = engine, steps, dict(others)

    def __getitem__(self, name: str) -> Any:
        """Finish it, or give it again."""
        if name not in self._made:
            (self._made[name],) = self._engine.finish(self._steps[name])
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        """Whether there is such a table; it is not finished for that."""
        return name in self._steps or name in self._made

    def __iter__(self) -> Iterator[str]:
        """Go through the names."""
        return iter(dict.fromkeys((*self._steps, *self._made)))

    def __len__(self) -> int:
        """How many there are."""
        return len({*self._steps, *self._made})


def finished(scored: Scored, model: Model, as_of: date, engine: Engine, findings: tuple[Finding, ...]) -> Tables:
    """Give every table its ids, its columns in order and its unit, sorted by key.

    Returns:
        `leads`, `accounts`, `groups`, `committee`, `intent`, `families` if the model rolls them up, `matches` and
        `issues`.
    """
    groups = engine.scatter(_group_names(model))
    found = scored.standings
    ids = scored.accounts.select(ACCOUNT, "account_id")
    steps: dict[str, tuple[Step, dict[str, Kind], list[str]]] = {
        "accounts": (found.accounts, ACCOUNTS, [ACCOUNT]),
        "groups": (found.groups, GROUPS, [ACCOUNT, GROUP]),
        "committee": (_committee(found.committee, ids, scored.leads, groups), COMMITTEE, [ACCOUNT, GROUP, "slot"]),
    }
    if scored.leads is not None:
        steps["leads"] = (scored.leads, LEADS, [CONTACT])
    if scored.topics is not None:
        topics = scored.topics.join(ids, on=ACCOUNT, how="left")
        steps["intent"] = (topics, INTENT, [ACCOUNT, "topic"])
    if scored.families is not None:
        steps["families"] = (scored.families, FAMILIES, [ACCOUNT])
    contacts = scored.facts.contacts
    if contacts is not None and not isinstance(contacts.matches, pl.DataFrame):
        steps["matches"] = (contacts.matches, MATCHES, ["contact_id"])
    others = {"issues": engine.native(issues(findings))}
    for name, schema in (("leads", LEADS), ("intent", INTENT)):
        if name not in steps:
            others[name] = engine.native(_empty(schema))
    matches = _empty(MATCHES) if contacts is None else contacts.matches
    if isinstance(matches, pl.DataFrame):
        others["matches"] = engine.native(matches.select(*MATCHES))
    days = {"intent": "observed_on"}
    return Tables(engine, {name: _finish(*step, days.get(name), as_of) for name, step in steps.items()}, others)


def contributions_table(
    scored: Scored,
    model: Model,
    as_of: date,
    engine: Engine,
    level: Level | None = None,
    *,
    entity_id: str | Sequence[str] | None = None,
    group: str | None = None,
) -> Any:
    """The contribution lines with ids and days, leads before accounts, by id, in the order of the score.

    They are the engine's own frame. With a level, those of that level or of one entity of it (see
    `contributions_of`), and the column `group`.
    """
    from abm.scoring.contributions import contributions_of  # noqa: PLC0415 - loaded only when asked for

    if level is None and isinstance(engine, Parting):
        return engine.stacked(contribution_batches(scored, model, as_of, engine))
    if level is None and isinstance(engine, PolarsEngine):
        return pl.concat(contribution_batches(scored, model, as_of, engine))
    if level is None:
        levels: tuple[Level, ...] = ("lead", "account")
        parts = [contributions_of(model, engine, scored, each) for each in levels]
        given, schema = [part.drop("group") for part in parts if part is not None], CONTRIBUTIONS
        lines = nw.concat(given) if given else None
    else:
        lines = contributions_of(model, engine, scored, level, entity_id=entity_id, group=group)
        schema = {**CONTRIBUTIONS, "group": Kind.TEXT}
    if lines is None:
        return engine.native(_empty(schema))
    (frame,) = engine.finish(_finish(lines, schema, ["level_place", "key", "place"], "last_day", as_of))
    return frame


def contribution_batches(scored: Scored, model: Model, as_of: date, engine: Engine) -> Iterator[pl.DataFrame]:
    """The contributions table in parts, one below the other: so many contacts or accounts at a time.

    There are several times as many lines as events have cells; put together and sorted at once they would be the
    largest thing in memory, by far. There is always a first part, empty where nothing can give a point. Engines
    that put them together elsewhere give them in one part.
    """
    from abm.scoring.contributions import contributions_of  # noqa: PLC0415 - loaded only when asked for

    yield _empty(CONTRIBUTIONS)
    contacts, accounts = _CONTACTS_AT_ONCE, _ACCOUNTS_AT_ONCE
    if isinstance(engine, Parting):
        contacts, accounts = min(contacts, engine.at_once(_CONTACT)), min(accounts, engine.at_once(_ACCOUNT))
        engine = engine.within
    if isinstance(engine, Spilling):
        yield from engine.batches(contributions_table(scored, model, as_of, engine))
        return
    if not isinstance(engine, PolarsEngine):
        yield on_driver(contributions_table(scored, model, as_of, engine)).collect()
        return
    sizes: tuple[tuple[Level, Step | None, str, int], ...] = (
        ("lead", scored.leads, CONTACT, contacts),
        ("account", scored.standings.accounts, ACCOUNT, accounts),
    )
    for level, entities, key, at_once in sizes:
        if entities is None:
            continue
        (last,) = engine.gather(entities.select(nw.col(key).max()))
        for first in range(0, (-1 if last.item() is None else last.item()) + 1, at_once):
            lines = contributions_of(model, engine, scored, level, keys=range(first, first + at_once))
            if lines is not None:
                # One integer sorts in less time than two columns.
                turn = (nw.col("key") - first) * _PLACES + nw.col("place")
                lines = lines.with_columns(turn.alias("turn"))
                yield from engine.finish(_finish(lines, CONTRIBUTIONS, ["turn"], "last_day", as_of))


def _empty(schema: Mapping[str, Kind]) -> pl.DataFrame:
    return pl.DataFrame(schema={column: DTYPES[kind] for column, kind in schema.items()})


def issues(findings: tuple[Finding, ...]) -> pl.DataFrame:
    """The hygiene report as a table, in the order in which it was found."""
    schema = dict.fromkeys(_ISSUES, pl.String()) | {"count": pl.Int64()}
    lists = {"rows": pl.List(pl.Int64), "samples": pl.List(pl.String)}
    rows = [{name: getattr(finding, name) for name in _ISSUES} for finding in findings]
    for row in rows:
        row["rows"], row["samples"], row["level"] = list(row["rows"]), list(row["samples"]), str(row["level"])
    return pl.DataFrame(rows, schema={**schema, **lists}, orient="row")


def _group_names(model: Model) -> pl.DataFrame:
    rows = [(i, group.name) for i, group in enumerate(model.buying_groups)]
    return pl.DataFrame(rows, schema={GROUP: pl.Int64, "group": pl.String}, orient="row")


def _committee(committee: Step, ids: Step, leads: Step | None, groups: Step) -> Step:
    step = committee.join(ids, on=ACCOUNT, how="left").join(groups, on=GROUP, how="left")
    if leads is None:
        return step.with_columns(nw.lit(None, dtype=nw.String).alias("best_contact"))
    return step.join(leads.select(CONTACT, nw.col("contact_id").alias("best_contact")), on=CONTACT, how="left")


def _finish(
    step: Step, schema: Mapping[str, Kind], keys: list[str], day: str | None, as_of: date
) -> tuple[Step, Finish]:
    """A step in points, with what is still to be done to it."""
    names = dict.fromkeys((*schema, *keys, *(["age"] if day is not None else [])))
    points = {name: name for name in names if name in MILLIONTHS}
    step = points_of(step, points).select(*(name for name in names if name != day))
    return step, Finish(dict(schema), tuple(keys), _SEPARATORS, day, as_of)
