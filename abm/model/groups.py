"""Buying groups: the committee an account needs, and what counts as engaging with it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, TypeAdapter, ValidationError, WithJsonSchema

from abm.model.conditions import Condition  # noqa: TC001 - pydantic reads annotations
from abm.model.fields import (
    Count,
    Flag,
    Name,
    Names,
    NotNegative,
    Part,
    Positive,
    Weight,
    always,
    describe,
    topic_key,
)

MAX_ROLES = 8

_NAMES: TypeAdapter[tuple[str, ...]] = TypeAdapter(Names)


def _all_or_names(value: object) -> Literal["all"] | tuple[str, ...]:
    if isinstance(value, str) and value.strip().lower() == "all":
        return "all"
    try:
        return _NAMES.validate_python(value)
    except ValidationError as error:
        msg = f"expected all, or a list of names; got {describe(value)}"
        raise ValueError(msg) from error


def _all_or_topics(value: object) -> Literal["all"] | tuple[str, ...]:
    names = _all_or_names(value)
    return "all" if names == "all" else tuple(dict.fromkeys(topic_key(name) for name in names))


_JSON = WithJsonSchema({"anyOf": [{"const": "all"}, {"type": "array", "items": {"type": "string"}}]})
SignalNames = Annotated[Literal["all"] | tuple[str, ...], BeforeValidator(_all_or_names), _JSON]
TopicNames = Annotated[Literal["all"] | tuple[str, ...], BeforeValidator(_all_or_topics), _JSON]


class Role(Part):
    """One role of a committee."""

    weight: Weight = Field(default=1.0, description="how much the role matters beside the others")
    people: Annotated[Count, Field(le=1000)] = Field(default=1, description="seats of the role")
    required: Flag = Field(default=False, description="reported as missing while nobody engaged sits there")


def _seats(roles: dict[str, Role]) -> dict[str, Role]:
    if not roles:
        msg = "expected at least one role, such as champion: {weight: 3, people: 1}"
        raise ValueError(msg)
    if len(roles) > MAX_ROLES:
        msg = f"{len(roles)} roles are given; at most {MAX_ROLES} are possible. Join roles that buy alike"
        raise ValueError(msg)
    return roles


class BuyingGroup(Part):
    """A committee template. The order of `roles` settles ties and belongs to the model."""

    name: Name = Field(description="what the groups table calls it")
    applies_when: Condition = Field(default_factory=always, description="to which accounts it applies")
    motion: Literal["new", "expansion", "renewal"] = Field(default="new", description="stamped on results")
    signals: SignalNames = Field(default="all", description="signals that count for this group")
    topics: TopicNames = Field(default="all", description="intent topics that count for this group")
    roles: Annotated[dict[Name, Role], AfterValidator(_seats)] = Field(description="roles of the committee, at most 8")
    blockers: Names = Field(default=(), description="roles that are reported, never seated")
    other_weight: NotNegative = Field(default=0.5, description="weight of the warmest person without one of the roles")
    anonymous_weight: NotNegative = Field(default=0.5, description="weight of account activity without a person")
    engaged_at: Positive = Field(default=10.0, description="recent points from which a person is engaged")
    engaged_days: Count = Field(default=90, description="days that are recent")
