"""The model: what counts, for whom, and from when on; every key of a model file, its meaning and its default."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr, Strict, model_validator
from pydantic_core import PydanticCustomError

from abm.model.accounts import AccountScore, Mqa
from abm.model.advice import advice
from abm.model.agreement import disagreements
from abm.model.conditions import Condition
from abm.model.fields import Day, Name, NamedCondition, Names, Part
from abm.model.groups import BuyingGroup  # noqa: TC001 - pydantic reads annotations
from abm.model.intent import Intent
from abm.model.people import Fit, Mql, Roles
from abm.model.places import Places, in_words
from abm.model.signals import Signal, SignalGroup  # noqa: TC001 - pydantic reads annotations

DISAGREEMENT = "abm_disagreement"
"""The type of the error that holds what `disagreements` found, for the loader, which reports each on its own line."""


def _stages(**conditions: str) -> tuple[NamedCondition, ...]:
    return tuple(NamedCondition(name=name, when=Condition.parse(text)) for name, text in conditions.items())


_STAGES = _stages(
    customer="lifecycle = 'customer'",
    excluded="is_excluded",
    opportunity="open_opportunities > 0",
    qualified="is_mqa",
    engaged="engaged_contacts >= 1",
    in_market="spiking_topic_count >= 1",
    aware="days_since(last_activity) < 180 or intent > 0",
    unaware="true",
)


def default_stages() -> tuple[NamedCondition, ...]:
    """Return the stages of a model that names none, from customer down to unaware."""
    return _STAGES


class Model(Part):
    """A scoring model. Its fields are the keys of a model file; the file is read by `abm.model.loader.load_model`.

    Two models are equal, and hash alike, when their `content_hash` is the same.
    """

    name: Name = Field(description="name of the model, stamped on results")
    version: Annotated[int, Strict(), Field(ge=0, le=2**31)] = Field(description="version, stamped on results")
    owners: Names = Field(default=(), description="who agreed on it, stamped on results")
    effective_from: Day | None = Field(default=None, description="first day on which it is in force, stamped")
    frozen_until: Day | None = Field(default=None, description="day until which it is not changed, stamped")
    segments: tuple[NamedCondition, ...] = Field(default=(), description="first match wins; else `default`")
    tiers: tuple[NamedCondition, ...] = Field(default=(), description="first match wins; else null")
    ignore: Condition | None = Field(default=None, description="events that never count: bots, own staff")
    signals: tuple[Signal, ...] = Field(default=(), description="what counts; an event counts for the first it matches")
    signal_groups: dict[Name, SignalGroup] = Field(default={}, description="budgets that signals share")
    fit: Fit = Field(default_factory=Fit, description="who fits")
    mql: Mql = Field(default_factory=Mql, description="when a lead is handed to sales")
    roles: Roles = Field(default_factory=Roles, description="which role somebody plays")
    buying_groups: tuple[BuyingGroup, ...] = Field(
        default=(), description="committees; the first that applies is the account's"
    )
    intent: Intent = Field(default_factory=Intent, description="topics, vendor scores and counts")
    account: AccountScore = Field(default_factory=AccountScore, description="how components become a score")
    mqa: Mqa = Field(default_factory=Mqa, description="when an account is qualified")
    stages: tuple[NamedCondition, ...] = Field(default_factory=default_stages, description="first match from the top")
    family: Literal["none", "rollup"] = Field(default="none", description="whether families are scored as one account")

    _places: Places | None = PrivateAttr(None)

    @model_validator(mode="after")
    def _parts_agree(self) -> Model:
        problems = disagreements(self.model_dump())
        if problems:
            said = "; ".join(f"{in_words(path, self)}: {text}" for path, text in problems)
            raise PydanticCustomError(DISAGREEMENT, "{problems}", {"problems": said})
        return self

    @cached_property
    def content_hash(self) -> str:
        """SHA-256, in hex, of the canonical JSON of the model with its defaults filled in.

        Comments, the order of keys and how a value is written (`50` or `50.0`) do not change it; the order of lists
        does, and so does the order of the roles of a buying group, because it settles ties.
        """
        content: dict[str, Any] = self.model_dump(mode="json")
        for group in content["buying_groups"]:
            group["roles"] = list(group["roles"].items())
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()

    @cached_property
    def warnings(self) -> tuple[str, ...]:
        """What is legal but probably not meant, one sentence each, in the order of the file."""
        return tuple(f"{self.place(*path)}: {text}" for path, text in advice(self))

    def place(self, *path: str | int) -> str:
        """Return where a value is written and what it belongs to, for messages.

        Args:
            *path: Keys and list positions from the top, such as `"signals", 3, "where"`.

        Returns:
            `model.yaml:14: signal 'pricing_view': where`; without file and line when it was not read from a file.
        """
        words = in_words(path, self)
        return f"{self._places.line(path)}: {words}" if self._places is not None else words

    def line(self, *path: str | int) -> int:
        """Return the line on which a value is written; 0 when the model was not read from a file."""
        return self._places.number(path) if self._places is not None and self._places.lines else 0

    def placed(self, places: Places) -> Model:
        """Return the same model, knowing where its values are written."""
        copy = self.model_copy()
        copy._places = places  # noqa: SLF001 - of its own class
        return copy

    def with_families(self) -> Model:
        """Return the same model with `family: rollup`; its hash is that of a model that says so."""
        if self.family == "rollup":
            return self
        copy = self.model_copy(update={"family": "rollup"})
        for name in ("content_hash", "warnings"):
            copy.__dict__.pop(name, None)
        return copy

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Model) and self.content_hash == other.content_hash

    def __hash__(self) -> int:
        return hash(self.content_hash)
