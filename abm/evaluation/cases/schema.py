"""The vocabulary of a `*.test.yaml`: facts, cases, and what is expected of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model

from abm.evaluation.cases.expected import Expected, expected
from abm.evaluation.cases.rows import Facts
from abm.model.fields import Day, Name, Part, describe
from abm.scoring.columns import ACCOUNTS, COMMITTEE, FAMILIES, GROUPS, INTENT, LEADS
from abm.tables.contracts import Kind

ABSENT = "absent"
"""What is written where there must be no row at all."""

RESULTS: dict[str, tuple[str, ...]] = {
    "leads": ("contact_id",),
    "accounts": ("account_id",),
    "groups": ("account_id", "group"),
    "committee": ("account_id", "group", "role"),
    "intent": ("account_id", "topic"),
    "families": ("account_id",),
}
"""The result tables that a case may speak of, and the columns that its keys stand for."""


class Wanted(BaseModel):
    """What is expected of one row of a result; a column that is not named is not looked at."""

    model_config = ConfigDict(frozen=True, extra="allow", arbitrary_types_allowed=True)

    @property
    def columns(self) -> dict[str, Expected]:
        """The columns that are named, in the order of the table."""
        return {name: value for name, value in self if name in self.model_fields_set and isinstance(value, Expected)}


def _reader(kind: Kind) -> BeforeValidator:
    return BeforeValidator(lambda value: expected(value, kind))


def _wanted(name: str, columns: Mapping[str, Kind], base: type[Wanted] = Wanted) -> Any:
    keys = RESULTS[name]
    fields: dict[str, Any] = {
        column: (Annotated[Any, _reader(kind)], Field(default=None, description=f"{kind.value} column of {name}"))
        for column, kind in columns.items()
        if column not in keys
    }
    return Annotated[create_model(f"{name}_row", __base__=base, **fields) | None, BeforeValidator(_row_or_absent)]


def _row_or_absent(value: object) -> object:
    if isinstance(value, Mapping) and value:
        return value
    if isinstance(value, str) and value.strip().lower() == ABSENT:
        return None
    got = "nothing" if isinstance(value, Mapping) else describe(value)
    msg = f"expected columns with values, such as {{score: at least 60}}, or {ABSENT}; got {got}"
    raise ValueError(msg)


class _Counted(Wanted):
    points: dict[Name, Annotated[Any, _reader(Kind.NUMBER)]] = Field(
        default={}, description="points by component (fit, engagement ...) or by signal, rule, role, topic or person"
    )


if TYPE_CHECKING:
    LeadWanted = Wanted | None
    AccountWanted = Wanted | None
    GroupWanted = Wanted | None
    SeatWanted = Wanted | None
    TopicWanted = Wanted | None
    FamilyWanted = Wanted | None
else:
    LeadWanted = _wanted("leads", LEADS, _Counted)
    AccountWanted = _wanted("accounts", ACCOUNTS, _Counted)
    GroupWanted = _wanted("groups", GROUPS)
    SeatWanted = _wanted("committee", COMMITTEE)
    TopicWanted = _wanted("intent", INTENT)
    FamilyWanted = _wanted("families", FAMILIES)


class Expectations(Part):
    """What the results must be, by table and id."""

    leads: dict[Name, LeadWanted] = Field(default={}, description="contact_id: columns of leads")
    accounts: dict[Name, AccountWanted] = Field(default={}, description="account_id: columns of accounts")
    groups: dict[Name, dict[Name, GroupWanted]] = Field(default={}, description="account_id: group: columns of groups")
    committee: dict[Name, dict[Name, dict[Name, SeatWanted]]] = Field(
        default={}, description="account_id: group: role: columns of committee"
    )
    intent: dict[Name, dict[Name, TopicWanted]] = Field(default={}, description="account_id: topic: columns of intent")
    families: dict[Name, FamilyWanted] = Field(default={}, description="ultimate parent: columns of families")


def _sentence(value: object) -> object:
    if isinstance(value, str) and value.strip():
        return " ".join(value.split())
    msg = f"expected the case in a sentence, got {describe(value)}"
    raise ValueError(msg)


class Case(Part):
    """One case: facts, and what the model must say of them."""

    name: Annotated[str, BeforeValidator(_sentence)] = Field(
        description="the case in a sentence, such as: a keen student is not handed to sales"
    )
    given: Facts = Field(default_factory=Facts, description="facts, added to the shared ones")
    expect: Expectations = Field(description="what must come out")


def _some_cases(value: object) -> object:
    if isinstance(value, list) and value:
        return value
    msg = f"expected a list of cases, such as - {{name: ..., given: ..., expect: ...}}; got {describe(value or None)}"
    raise ValueError(msg)


class CaseFile(Part):
    """A `*.test.yaml`: the cases that a model must keep."""

    model: str | None = Field(
        default=None, description="the model's file, beside this one; default: this file's name without .test"
    )
    as_of: Day = Field(description="the day on which the cases play, such as 2026-06-30")
    facts: Facts = Field(default_factory=Facts, description="facts that all cases share")
    cases: Annotated[tuple[Case, ...], BeforeValidator(_some_cases)] = Field(description="the cases")
