"""Binding: every condition of a model held against the columns there are; all problems are reported at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import narwhals as nw

from abm.errors import ModelError
from abm.scoring.columns import ACCOUNTS
from abm.scoring.compiler import check_condition, compile_condition
from abm.tables.contracts import CONTRACTS, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from abm.model import Model
    from abm.model.conditions import Condition

OPPORTUNITY_COUNTS = {"open_opportunities": Kind.INTEGER, "won_opportunities": Kind.INTEGER}
PERSON = {"seniority": Kind.TEXT, "seniority_rank": Kind.INTEGER, "department": Kind.TEXT, "email_kind": Kind.TEXT}
LEAD = {
    "person_fit": Kind.NUMBER,
    "account_fit": Kind.NUMBER,
    "fit_points": Kind.NUMBER,
    "engagement": Kind.NUMBER,
    "score": Kind.NUMBER,
    "segment": Kind.TEXT,
    "grade": Kind.TEXT,
    "role": Kind.TEXT,
    "last_activity": Kind.DATE,
}
JUDGED_LATER = ("is_excluded", "is_mqa", "reasons", "stage", "rank", "qualified_groups", "next_role", "next_score")
"""Account columns in the order in which they come to be known; a condition sees only what is known before it."""

_JUDGING = ("exclude", "mqa", "stages")

DTYPES: dict[Kind, Any] = {
    Kind.TEXT: nw.String,
    Kind.LIST: nw.String,
    Kind.INTEGER: nw.Int64,
    Kind.NUMBER: nw.Float64,
    Kind.DATE: nw.Date,
    Kind.BOOLEAN: nw.Boolean,
}

Place = tuple[str | int, ...]
"""Where a condition stands in the model: the keys and positions that lead to it."""


@dataclass(frozen=True)
class Column:
    """A name that a condition may use: what it holds, and the column of the plan's frames that holds it.

    Columns of the user's tables live under `account:`, `contact:` and `event:` in the plan, numbers of results as
    conditions see them (points, not millionths) under `points:`; so no name a user may choose meets one of the plan's.
    (A dot would mean a field of a struct to Spark.)
    """

    kind: Kind
    physical: str


@dataclass(frozen=True)
class Binding:
    """A model bound to tables: compiles its conditions and knows which columns they need.

    Attributes:
        as_of: the day of the run.
        kinds: columns of each canonical table with their kinds, those of tables that were not given included.
        scopes: the names that conditions of each scope may use.
        physical: columns of the plan that the model's conditions use.
        places: every condition of the model with its place and scope.
        days: on how many days each account is judged (see `Context`).
    """

    as_of: date
    kinds: Mapping[str, Mapping[str, Kind]]
    scopes: Mapping[str, Mapping[str, Column]]
    physical: frozenset[str]
    places: tuple[tuple[Place, Condition, str], ...]
    days: int = 1

    def expr(self, condition: Condition, scope: str) -> nw.Expr:
        """Compile a condition over the columns of the plan."""
        columns = self.scopes[scope]
        kinds = {name: columns[name].kind for name in condition.names}
        physical = {name: columns[name].physical for name in condition.names}
        ahead = self.ahead(nw.col("context_a" if scope == "events" else "a"))
        return compile_condition(condition, kinds, as_of=self.as_of, physical=physical, ahead=ahead)

    def ahead(self, key: nw.Expr) -> nw.Expr:
        """How many days after as_of the contact or account of that key is judged."""
        return nw.lit(0) if self.days == 1 else key % self.days

    def joined(self, scope: str, namespace: str) -> list[str]:
        """Columns of the plan under a namespace that conditions of one scope use, sorted."""
        names = {name for place in self.places if place[2] == scope for name in place[1].names}
        columns = (self.scopes[scope][name].physical for name in names)
        return sorted({column for column in columns if column.startswith(f"{namespace}:")})

    def needs(self, namespace: str) -> list[str]:
        """Names under `account`, `contact`, `event` or `points` that conditions use, sorted, without prefix."""
        prefix = f"{namespace}:"
        return sorted(name.removeprefix(prefix) for name in self.physical if name.startswith(prefix))


def bind(model: Model, kinds: Mapping[str, Mapping[str, Kind]], as_of: date) -> Binding:
    """Hold every condition of the model against the given tables.

    Args:
        model: the model.
        kinds: columns and kinds of the given tables; a table that was not given has its canonical columns.
        as_of: the day of the run.

    Raises:
        ModelError: with one line per condition that names an unknown column or compares kinds that do not go together.
    """
    known = {name: {**contract.columns, **kinds.get(name, {})} for name, contract in CONTRACTS.items()}
    scopes = _scopes(known)
    problems: list[tuple[int, str]] = []
    physical: set[str] = set()
    places = tuple(conditions_of(model))
    for place, condition, scope in places:
        too_early = [name for name in condition.names if name in JUDGED_LATER and name not in scopes[scope]]
        if too_early and scope in _JUDGING:
            found = [
                f"'{name}' is known only after this has been judged; it may stand in stages." for name in too_early
            ]
        else:
            found = check_condition(condition, {name: column.kind for name, column in scopes[scope].items()})
        problems += [(model.line(*place), f"{model.place(*place)}: {problem}") for problem in found]
        physical |= {scopes[scope][name].physical for name in condition.names if name in scopes[scope]}
    if problems:
        raise ModelError("\n".join(text for _, text in sorted(problems, key=lambda problem: problem[0])))
    return Binding(as_of, known, scopes, frozenset(physical), places)


def _scopes(kinds: Mapping[str, Mapping[str, Kind]]) -> dict[str, dict[str, Column]]:
    event = {name: Column(kind, f"event:{name}") for name, kind in kinds["events"].items()}
    account = {name: Column(kind, f"account:{name}") for name, kind in kinds["accounts"].items()}
    of_account = {f"account.{name}": column for name, column in account.items()}
    contact = {name: Column(kind, f"contact:{name}") for name, kind in kinds["contacts"].items()}
    of_contact = {f"contact.{name}": Column(kind, f"contact:{name}") for name, kind in PERSON.items()}
    of_contact = {f"contact.{name}": column for name, column in contact.items()} | of_contact
    own = {name: Column(kind, name) for name, kind in PERSON.items()}
    segment = {"segment": Column(Kind.TEXT, "segment")}
    counts = {name: Column(kind, name) for name, kind in OPPORTUNITY_COUNTS.items()}
    person = {**contact, **own, **of_account}
    results = {name: _result(name, kind) for name, kind in {**ACCOUNTS, "motion": Kind.TEXT}.items()}
    # The result wins where names clash, also over what is judged later: such a name is refused, not read elsewhere.
    own_names = {name: column for name, column in account.items() if name not in results}
    exclude = {**own_names, **{name: column for name, column in results.items() if name not in JUDGED_LATER}}
    trigger = {**exclude, "is_excluded": results["is_excluded"]}
    return {
        "events": {**event, **of_contact, **of_account},
        "accounts": {**account, **segment, **counts},
        "person": person,
        "roles": person,
        "mql": {**person, **{name: _result(name, kind) for name, kind in LEAD.items()}},
        "exclude": exclude,
        "mqa": trigger,
        "stages": {**own_names, **{name: column for name, column in results.items() if name != "stage"}},
        "ranking": {**account, **results},
    }


def _result(name: str, kind: Kind) -> Column:
    return Column(kind, f"points:{name}" if kind is Kind.NUMBER else name)


def conditions_of(model: Model) -> Iterator[tuple[Place, Condition, str]]:
    """Every condition of a model with its place and the scope it is read in."""
    if model.ignore is not None:
        yield ("ignore",), model.ignore, "events"
    for i, signal in enumerate(model.signals):
        if signal.where is not None:
            yield ("signals", i, "where"), signal.where, "events"
    for key, rules in (("segments", model.segments), ("tiers", model.tiers)):
        yield from (((key, i, "when"), rule.when, "accounts") for i, rule in enumerate(rules))
    yield from ((("fit", "account", i, "when"), rule.when, "accounts") for i, rule in enumerate(model.fit.account))
    yield from ((("fit", "person", i, "when"), rule.when, "person") for i, rule in enumerate(model.fit.person))
    yield from ((("roles", "rules", i, "when"), rule.when, "roles") for i, rule in enumerate(model.roles.rules))
    for i, group in enumerate(model.buying_groups):
        yield ("buying_groups", i, "applies_when"), group.applies_when, "accounts"
    yield ("mql", "require"), model.mql.require, "mql"
    yield ("mql", "hand_raise"), model.mql.hand_raise, "mql"
    yield from ((("mql", "disqualify", i, "when"), rule.when, "mql") for i, rule in enumerate(model.mql.disqualify))
    yield from ((("mqa", "exclude", i, "when"), rule.when, "exclude") for i, rule in enumerate(model.mqa.exclude))
    yield from ((("mqa", "triggers", i, "when"), rule.when, "mqa") for i, rule in enumerate(model.mqa.triggers))
    yield ("mqa", "require"), model.mqa.require, "mqa"
    yield from ((("stages", i, "when"), rule.when, "stages") for i, rule in enumerate(model.stages))
