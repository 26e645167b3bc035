"""Names in a file of cases held against what there is: columns, ids, groups, roles, and what can give points."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from abm.errors import did_you_mean
from abm.evaluation.cases.schema import RESULTS, Wanted
from abm.model.accounts import COMPONENTS
from abm.model.fields import describe, topic_key
from abm.scoring.binding import conditions_of
from abm.scoring.columns import TABLES
from abm.tables.contracts import CONTRACTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from abm.evaluation.cases.expected import Expected
    from abm.evaluation.cases.facts import Fact, Tables
    from abm.evaluation.cases.schema import Expectations
    from abm.model import Model
    from abm.model.places import Path

    Problem = tuple[Path, str]

_BESIDES = {
    "accounts": ("contacts", "events", "intent", "opportunities"),
    "contacts": ("events", "copies"),
    "events": ("days_ago",),
    "intent": ("days_ago",),
    "opportunities": ("roles",),
}
"""Keys of a row that are no columns."""

_FILLED_IN = ("occurred_at", "observed_on", "created_on")
"""Required days, which are the as-of day where none is written."""

_POINTS = {"leads": ("fit", "engagement"), "accounts": COMPONENTS}
_LINES = ("floor", "clamp", "anonymous")
"""What contribution lines are called that no part of the model names."""


def fact_problems(facts: list[Fact], model: Model) -> Iterator[Problem]:
    """Say what is wrong with rows of facts by themselves."""
    read = {name.rpartition(".")[2] for _, condition, _ in conditions_of(model) for name in condition.names}
    places: dict[tuple[str, str], Path] = {}
    for fact in facts:
        contract = CONTRACTS[fact.table]
        for name, value in fact.values.items():
            if name in contract.columns or name in _BESIDES.get(fact.table, ()):
                continue
            if name not in read:
                known = [*contract.columns, *_BESIDES.get(fact.table, ())]
                yield (
                    (*fact.path, name),
                    (
                        f"unknown column '{name}' of {fact.table}, which no condition of the model reads."
                        f"{did_you_mean(name, known) or f' Columns: {_listed(known)}.'}"
                    ),
                )
            elif not isinstance(value, (str, int, float, date, type(None))):
                yield (*fact.path, name), f"expected one value, got {describe(value)}"
        for name in fact.twice:
            yield (*fact.path, name), f"{name} is '{fact.values[name]}' by where this is written. Remove it"
        yield from ((fact.path, text) for text in _missing(fact))
        if fact.key is not None:
            before = places.setdefault((fact.table, fact.key), fact.path)
            if before != fact.path:
                yield fact.path, f"'{fact.key}' is given twice among the {fact.table}. Keep one of them"


def reference_problems(facts: list[Fact], tables: Tables) -> Iterator[Problem]:
    """Say which rows speak of an account or a person that is not given."""
    named = {table: {fact.key or "" for fact in facts if fact.table == table} for table in ("accounts", "contacts")}
    known = {table: {*names, *tables.ids(table)} for table, names in named.items()}
    for fact in facts:
        for column, table in (
            ("account_id", "accounts"),
            ("parent_account_id", "accounts"),
            ("contact_id", "contacts"),
        ):
            name = fact.values.get(column)
            if name is not None and name not in known[table]:
                place = fact.path if fact.path[-1] == name else (*fact.path, column)
                yield place, _stranger(name, table, known[table])


def expectation_problems(expect: Expectations, tables: Tables, model: Model, path: Path) -> Iterator[Problem]:
    """Say what is wrong with what a case expects: columns, ids and names that are not there."""
    rows = list(rows_wanted(expect, path))
    if not rows:
        yield path, f"nothing is expected. Expected some of {_listed(RESULTS)}, such as leads: {{C1: {{status: mql}}}}"
    for name, keys, wanted, here in rows:
        yield from ((here, text) for text in _key_problems(name, keys, tables, model))
        if wanted is not None:
            yield from _column_problems(name, wanted, here)
            yield from _point_problems(name, wanted, tables, model, here)


def _column_problems(name: str, wanted: Wanted, path: Path) -> Iterator[Problem]:
    columns = [column for column in TABLES[name] if column not in RESULTS[name]]
    columns += ["points"] if name in _POINTS else []
    for key in wanted.model_extra or {}:
        if key in RESULTS[name]:
            yield (*path, key), "is told by where this is written. Remove it"
        else:
            hint = did_you_mean(key, columns) or f" Columns: {_listed(columns)}."
            yield (*path, key), f"unknown column '{key}' of {name}.{hint}"


def _point_problems(name: str, wanted: Wanted, tables: Tables, model: Model, path: Path) -> Iterator[Problem]:
    names = [*_POINTS.get(name, ()), *_givers(model, tables)]
    known = set(map(point_key, names))
    for key in getattr(wanted, "points", {}):
        if point_key(key) not in known:
            hint = did_you_mean(key, names) or f" Components: {_listed(_POINTS[name])}."
            what = "Expected a component, signal, rule, role, topic or person"
            yield (*path, "points", key), f"nothing here gives points under the name '{key}'. {what}.{hint}"


def rows_wanted(expect: Expectations, path: Path) -> Iterator[tuple[str, tuple[str, ...], Any, Path]]:
    """Return every row that a case speaks of: table, keys, what is wanted (None: no such row), and where it stands."""
    for name in RESULTS:
        yield from _leaves(name, (), getattr(expect, name), (*path, name))


def values_wanted(wanted: Wanted, path: Path) -> Iterator[tuple[str, bool, Expected, Path]]:
    """Return every value that a case speaks of: its name, whether it is a sum of points, and where it stands."""
    for column, value in wanted.columns.items():
        yield column, False, value, (*path, column)
    for item, value in getattr(wanted, "points", {}).items():
        yield item, True, value, (*path, "points", item)


def point_key(name: str) -> str:
    """Return a name of points as it is compared: topics know no capitals, and nothing else is told apart by them."""
    return topic_key(name)


def _leaves(
    name: str, keys: tuple[str, ...], value: Any, path: Path
) -> Iterator[tuple[str, tuple[str, ...], Any, Path]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(name, (*keys, key), inner, (*path, key))
    else:
        yield name, keys, value, path


def _key_problems(name: str, keys: tuple[str, ...], tables: Tables, model: Model) -> Iterator[str]:
    table = "contacts" if name == "leads" else "accounts"
    if keys[0] not in tables.ids(table):
        yield _stranger(keys[0], table, tables.ids(table))
    if name == "families" and model.family == "none":
        yield "the model does not score families. Write family: rollup in the model, or remove this"
    if name not in ("groups", "committee"):
        return
    groups = {group.name: group for group in model.buying_groups}
    if keys[1] not in groups:
        hint = did_you_mean(keys[1], groups) or f" Groups: {_listed(groups)}."
        yield f"the model has no buying group '{keys[1]}'.{hint}"
    elif name == "committee" and keys[2] not in groups[keys[1]].roles:
        roles = groups[keys[1]].roles
        hint = did_you_mean(keys[2], roles) or f" Roles: {_listed(roles)}."
        yield f"the group '{keys[1]}' has no role '{keys[2]}'.{hint}"


def _givers(model: Model, tables: Tables) -> Iterator[str]:
    """Everything that a contribution line may be called."""
    yield from (signal.name for signal in model.signals)
    yield from model.signal_groups
    yield from (rule.name for rule in (*model.fit.person, *model.fit.account))
    yield from (role for group in model.buying_groups for role in group.roles)
    yield from _LINES
    yield from model.intent.topics
    yield from (row["topic"] for row in tables.rows("intent") if row.get("topic"))
    yield from tables.ids("contacts")


def _missing(fact: Fact) -> Iterator[str]:
    contract = CONTRACTS[fact.table]
    given = {name for name, value in fact.values.items() if value is not None}
    for name in contract.required:
        if name not in given and name not in _FILLED_IN:
            yield f"the column '{name}' is missing, without which there is no row of {fact.table}"
    for names in contract.needs_one_of:
        if not given & set(names):
            yield f"one of {_listed(names)} is missing, without which the row counts for nothing"


def _stranger(name: str, table: str, known: Iterable[str]) -> str:
    return f"no '{name}' is among the {table} of this case.{did_you_mean(name, known) or f' There: {_listed(known)}'}"


def _listed(names: Iterable[str] | Mapping[str, Any]) -> str:
    some = list(names)
    more = f" and {len(some) - 40} more" if len(some) > 40 else ""  # noqa: PLR2004 - enough to choose from
    return (", ".join(some[:40]) or "none") + more
