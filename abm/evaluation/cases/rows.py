"""Rows of facts as people write them in a case: short, nested under what they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model, model_validator

from abm.evaluation.cases.days import When, ages, when
from abm.model.fields import Count, Flag, Name, Number, Part, describe
from abm.tables.contracts import CONTRACTS, Kind


class Row(BaseModel):
    """A row of facts, written in short. Null is a value here: what is not known.

    Columns that the contract does not have are kept; the loader asks whether anything reads them.
    """

    model_config = ConfigDict(frozen=True, extra="allow")


def _joined(value: object) -> object:
    """A list column, as a list or as `;`-joined text."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ";".join(value)
    msg = f"expected text or a list of texts, got {describe(value)}"
    raise ValueError(msg)


def _moment(value: object) -> object:
    return None if value is None else when(value)


_VALUES: dict[Kind, Any] = {
    Kind.TEXT: str | None,
    Kind.LIST: Annotated[str | None, BeforeValidator(_joined)],
    Kind.INTEGER: Count | None,
    Kind.NUMBER: Number | None,
    Kind.DATE: Annotated[When | None, BeforeValidator(_moment)],
    Kind.BOOLEAN: Flag | None,
}


def _facts_of(table: str, key: str | None = None) -> dict[str, Any]:
    """The columns of a table as fields, without the one that the key of the mapping gives."""
    columns = CONTRACTS[table].columns.items()
    return {
        name: (_VALUES[kind], Field(default=None, description=f"{kind.value} column of {table}"))
        for name, kind in columns
        if name != key
    }


def _rows(value: object) -> object:
    if isinstance(value, Mapping):
        msg = "expected a list of rows, such as - {type: demo_request, days_ago: 2}; got a mapping"
        raise ValueError(msg)  # noqa: TRY004 - pydantic turns only a ValueError into an error of the field
    return () if value is None else value


def _by_name(example: str) -> BeforeValidator:
    """Rows by their id, and a message that shows how they are written."""

    def check(value: object) -> object:
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            msg = f"expected ids with their columns, such as {example}; got {describe(value)}"
            raise ValueError(msg)  # noqa: TRY004 - as above
        return {key: {} if row is None else row for key, row in value.items()}

    return BeforeValidator(check)


class Aged(Row):
    """A row of something that happened on a day, or on each of several days."""

    days_ago: Annotated[tuple[int, ...] | None, BeforeValidator(ages)] = Field(
        default=None, description="days before as_of: 3, [1, 8] or 30 to 59, a row for each; default: as_of itself"
    )

    @model_validator(mode="after")
    def _one_day(self) -> Aged:
        columns = [name for name in ("occurred_at", "observed_on") if getattr(self, name, None) is not None]
        if columns and self.days_ago is not None:
            msg = f"both days_ago and {columns[0]} are given. Keep one of them"
            raise ValueError(msg)
        return self


if TYPE_CHECKING:
    EventRow = Aged
else:
    EventRow = create_model("EventRow", __base__=Aged, **_facts_of("events"))

if TYPE_CHECKING:
    IntentRow = Aged
else:
    IntentRow = create_model("IntentRow", __base__=Aged, **_facts_of("intent"))

Events = Annotated[tuple[EventRow, ...], BeforeValidator(_rows)]
Observations = Annotated[tuple[IntentRow, ...], BeforeValidator(_rows)]


class _Opportunity(Row):
    roles: Annotated[dict[Name, Annotated[str | None, BeforeValidator(_joined)]], _by_name("{C1: champion}")] = Field(
        default={}, description="contact: role it plays in the opportunity, or a list of roles"
    )


if TYPE_CHECKING:
    OpportunityRow = _Opportunity
else:
    OpportunityRow = create_model(
        "OpportunityRow", __base__=_Opportunity, **_facts_of("opportunities", "opportunity_id")
    )

Opportunities = Annotated[dict[Name, OpportunityRow], _by_name("{O1: {created_on: 40 days ago}}")]


class _Contact(Row):
    events: Events = Field(default=(), description="what the person did")
    copies: Annotated[Count, Field(le=10_000)] = Field(
        default=1, description="so many people alike, called ID-1, ID-2 ..."
    )


if TYPE_CHECKING:
    ContactRow = _Contact
else:
    ContactRow = create_model("ContactRow", __base__=_Contact, **_facts_of("contacts", "contact_id"))

Contacts = Annotated[dict[Name, ContactRow], _by_name("{C1: {title: CFO}}")]


class _Account(Row):
    contacts: Contacts = Field(default={}, description="people of the account, by contact_id")
    events: Events = Field(default=(), description="visits of the account that nobody is known for")
    intent: Observations = Field(default=(), description="what the account researches elsewhere")
    opportunities: Opportunities = Field(default={}, description="deals with the account, by opportunity_id")


if TYPE_CHECKING:
    AccountRow = _Account
else:
    AccountRow = create_model("AccountRow", __base__=_Account, **_facts_of("accounts", "account_id"))

Accounts = Annotated[dict[Name, AccountRow], _by_name("{A1: {industry: Software}}")]


class Facts(Part):
    """Facts, each either under the account or contact it belongs to, or in a table of its own.

    Accounts, contacts and events are always given, if empty; `intent` and `opportunities` only where a case or the
    shared facts speak of them, be it as an empty list: what was never given is unknown, which is not zero.
    """

    accounts: Accounts = Field(default={}, description="companies, by account_id")
    contacts: Contacts = Field(default={}, description="people without an account, or with account_id, by contact_id")
    events: Events = Field(default=(), description="events that name their contact, account or domain themselves")
    intent: Observations = Field(default=(), description="intent that names its account or domain itself")
    opportunities: Opportunities = Field(default={}, description="deals that name their account_id themselves")
