"""What the parts of a model share: their frozen base and the kinds of values they are written with."""

from __future__ import annotations

import unicodedata
from collections.abc import Hashable, Mapping
from datetime import date, datetime
from typing import Annotated, Any, ClassVar

from pydantic import AllowInfNan, BaseModel, BeforeValidator, ConfigDict, Field, Strict, model_validator

from abm.model.conditions import Condition

_SHOWN = 60


class Part(BaseModel):
    """A frozen piece of a model that refuses keys it does not know.

    A known key that is written without a value (`mql:`), or with the word `none` where nothing is the default, means
    its default, so that a section may be commented out line by line.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    _speaks_none: ClassVar[frozenset[str]] = frozenset()
    """Keys for which `none` is a value of its own."""

    @model_validator(mode="before")
    @classmethod
    def _empty_means_default(cls, data: Any) -> Any:
        if data is None:
            return {}
        if not isinstance(data, Mapping):
            return data
        return {key: value for key, value in data.items() if not cls._is_left_out(key, value)}

    @classmethod
    def _is_left_out(cls, key: object, value: object) -> bool:
        known = cls.model_fields.get(key) if isinstance(key, str) else None
        if known is None or known.is_required() or key in cls._speaks_none:
            return False
        nothing = known.get_default(call_default_factory=True) in (None, (), {})
        says_none = isinstance(value, str) and value.strip().lower() == "none"
        return value is None or (nothing and says_none)

    def __hash__(self) -> int:
        # Parts hold dictionaries, which have no hash of their own.
        return hash((type(self), self.model_dump_json()))


def _name(value: object) -> str:
    if not isinstance(value, str):
        msg = f"expected a name, got {describe(value)}. Write it in quotes"
        raise ValueError(msg)  # noqa: TRY004 - pydantic turns only a ValueError into an error of the field
    name = value.strip()
    if not name:
        msg = "expected a name, got empty text"
        raise ValueError(msg)
    if ";" in name or any(unicodedata.category(sign) == "Cc" for sign in name):
        msg = f"the name {name!r} has a ';', a line break or another control character. Lists are joined by ';'"
        raise ValueError(msg)
    return name


def _names(value: object) -> object:
    if isinstance(value, str):
        return (value,)
    return tuple(dict.fromkeys(value)) if isinstance(value, list) and _hashable(value) else value


def _hashable(values: list[object]) -> bool:
    return all(isinstance(value, Hashable) for value in values)


def _day(value: object) -> object:
    if isinstance(value, datetime):
        msg = f"expected a day such as 2026-01-31, got the time {value}"
        raise ValueError(msg)  # noqa: TRY004 - pydantic turns only a ValueError into an error of the field
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        msg = f"expected a day such as 2026-01-31, got {describe(value)}"
        raise ValueError(msg) from None


def unique_keys(normalise: Any) -> BeforeValidator:
    """Return a validator that puts the text keys of a mapping into one form and refuses two that become one."""

    def check(value: object) -> object:
        if not isinstance(value, Mapping):
            return value
        by_key: dict[object, object] = {}
        for key, item in value.items():
            same = normalise(key) if isinstance(key, str) else key
            if same in by_key:
                msg = f"'{key}' is given twice; capitals and surrounding blanks do not matter"
                raise ValueError(msg)
            by_key[same] = item
        return by_key

    return BeforeValidator(check)


def topic_key(topic: str) -> str:
    """Return a topic as it is compared: trimmed and lower-cased.

    >>> topic_key(" CRM Software ")
    'crm software'
    """
    return topic.strip().lower()


def role_key(role: str) -> str:
    """Return a role of a CRM as it is compared: trimmed, lower-cased, blanks and hyphens as underscores.

    >>> role_key("Technical Buyer")
    'technical_buyer'
    """
    return role.strip().lower().replace(" ", "_").replace("-", "_")


def describe(value: object) -> str:
    """Return what a YAML value is, in plain words, for "expected ..., got ...".

    >>> describe(True), describe("abc"), describe([1])
    ('true', "text 'abc'", 'a list')
    """
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        shown = value if len(value) <= _SHOWN else f"{value[:_SHOWN]}..."
        return f"text '{shown}'" if value.strip() else "empty text"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list"
    return f"the day {value}" if isinstance(value, date) else f"number {value}"


Name = Annotated[str, BeforeValidator(_name)]
"""Text without `;` and control characters, trimmed."""
Names = Annotated[tuple[Name, ...], BeforeValidator(_names)]
"""One name, or a list of names; repeated ones count once."""
Day = Annotated[date, BeforeValidator(_day)]
"""A day, as a YAML date or as ISO text."""
Number = Annotated[float, Strict(), AllowInfNan(allow_inf_nan=False)]
"""A finite number; text and true/false are not numbers."""
Points = Annotated[Number, Field(ge=-1e6, le=1e6)]
Positive = Annotated[Number, Field(gt=0, le=1e9)]
NotNegative = Annotated[Number, Field(ge=0, le=1e9)]
Share = Annotated[Number, Field(ge=0, le=1)]
Weight = Annotated[Number, Field(gt=0, le=1e6)]
Count = Annotated[int, Strict(), Field(ge=1, le=1_000_000)]
"""A whole number of days, people or times, at least 1."""
Flag = Annotated[bool, Strict()]

_ALWAYS = Condition.parse("true")


def always() -> Condition:
    """Return the condition that always holds."""
    return _ALWAYS


class NamedCondition(Part):
    """A name and the condition under which it applies."""

    name: Name = Field(description="what the result calls it")
    when: Condition = Field(description="the condition under which it applies")
