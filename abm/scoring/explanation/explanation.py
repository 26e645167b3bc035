"""What an explanation consists of: plain frozen values, read from the result tables and the contributions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import Any, Literal

from abm.scoring.explanation.numbers import points

Value = str | float | int | bool | date | None
"""What a column of a result may hold, lists joined."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the contributions table, with the lines that only list what its person did.

    Attributes:
        component: `fit`, `leads`, `engagement`, `coverage` or `intent`.
        item: as in the table: a rule, signal, role, topic or contact_id.
        label: the same in words; people by name.
        kind: what sort of line it is: the table's note, but `person` for people, `anonymous` for the stream.
        role: of a person's line, the role it counts for (`other` for none of the template), else null.
        points: integer millionths of a point; null where the line only lists an activity.
        raw_points: points before caps and decay, in millionths.
        count: occurrences.
        last_day: of the newest activity.
        activity: lines without points that belong to this one.
    """

    component: str
    item: str
    label: str
    kind: str
    role: str | None
    points: int | None
    raw_points: int | None
    count: int | None
    last_day: date | None
    activity: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Requirement:
    """One term of a condition of the model, held against the entity.

    Attributes:
        condition: the term as SQL.
        words: the same in words, where it is a simple comparison.
        holds: whether it holds; null where something it needs is unknown.
        values: what the columns it names hold.
    """

    condition: str
    words: str
    holds: bool | None
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason code of the result.

    Attributes:
        code: as in the table: `score>=60`, `missing:champion`, `disqualify:student`.
        words: the same as a sentence.
        requirements: of a code that stands for a condition, its terms.
    """

    code: str
    words: str
    requirements: tuple[Requirement, ...] = ()


@dataclass(frozen=True, slots=True)
class Component:
    """One of the five components of an account score.

    Attributes:
        name: `fit`, `leads`, `engagement`, `coverage` or `intent`.
        value: 0-100; null is unknown.
        weight: its share in the model, 0-1.
        points: the sum of its lines, in millionths; null when unknown.
        unknown: why it is unknown, or null.
    """

    name: str
    value: float | None
    weight: float
    points: int | None
    unknown: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody known of an account, as the group sees them.

    Attributes:
        contact_id: key.
        name: first and last name; the address or the id where there is none.
        title: as given.
        role: primary role in the group, or null.
        roles: every role of the group the person is eligible for.
        points: engagement points that count for the group; null without events or when disqualified.
        engaged: whether engaged for the group; null without events or without group.
        blocker: has a role that is reported and never seated.
        opted_out: wants no mail; null is not said.
        status, grade, score, last_activity, reasons: of the lead.
    """

    contact_id: str
    name: str
    title: str | None
    role: str | None
    roles: tuple[str, ...]
    points: float | None
    engaged: bool | None
    blocker: bool
    opted_out: bool | None
    status: str
    grade: str | None
    score: float | None
    last_activity: date | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Seat:
    """One role of the committee; the columns of the table `committee`, and who they are.

    Attributes:
        required: whether the model reports the role as missing while nobody engaged sits there.
        best_name: name of `best_contact`.
        others: names of people who could take the role and are not engaged, the warmest first.
    """

    role: str
    weight: float
    required: bool
    seats: int
    known: int | None
    filled: int | None
    filled_engaged: int | None
    missing: bool | None
    warmth: float | None
    best_contact: str | None
    best_name: str | None
    others: tuple[str, ...]

    @property
    def empty(self) -> int:
        """Seats without an engaged person."""
        return self.seats - (self.filled_engaged or 0)


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic of the table `intent`; `points` is its line's, in millionths, null when it is not among those."""

    topic: str
    source: str | None
    strength: float | None
    spike: bool | None
    decay: float | None
    value: float | None
    observed_on: date | None
    points: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How an account, or one of its other buying groups, stands.

    Attributes:
        account_id: the account.
        name: its name.
        group: the buying group, or null.
        score: 0-100, or null.
        threshold: the score from which it qualifies.
        is_mqa: whether it is qualified.
        stage: of the account; null for a group.
    """

    account_id: str
    name: str
    group: str | None
    score: float | None
    threshold: float | None
    is_mqa: bool
    stage: str | None


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What is assumed of one more engaged person.

    Attributes:
        points: engagement points, just enough to be engaged.
        lead_score: the lead score, the MQL threshold of the segment.
    """

    points: float
    lead_score: float


@dataclass(frozen=True, slots=True)
class NextSteps:
    """The fewest newly engaged people that would qualify the group, by role, and the score with them."""

    roles: tuple[str, ...]
    score: float | None


@dataclass(frozen=True)
class Explanation:
    """What explanations of leads, accounts and groups have in common.

    Attributes:
        level: `lead`, `account` or `group`.
        entity_id: contact_id or account_id.
        name: what to call it.
        verdict: the outcome in a sentence.
        score: as in the result table.
        threshold: as in the result table.
        reasons: the reason codes in words.
        lines: the contribution lines in the order of the score; their points sum to the score exactly.
        stamp: model, version, hash, day.
    """

    level: Literal["lead", "account", "group"]
    entity_id: str
    name: str
    verdict: str
    score: float | None
    threshold: float | None
    reasons: tuple[Reason, ...]
    lines: tuple[Line, ...]
    stamp: Mapping[str, str]

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain values for JSON: days as ISO text; points of lines are integer millionths of a point."""
        plain: dict[str, Any] = _plain(self)
        return plain

    def __str__(self) -> str:
        kept = [line for line in self.lines if line.points]
        width = max((len(line.label) for line in kept), default=0)
        shown = [f"  {line.component:<10}  {line.label:<{width}}  {points(line.points):>8}" for line in kept]
        return "\n".join([self.verdict, *shown])


@dataclass(frozen=True, repr=False)
class AccountExplanation(Explanation):
    """Why an account, or one of its buying groups, stands where it stands.

    Attributes:
        group: the buying group explained; null where none applies.
        motion: of the group.
        facts: what the accounts tables say of it: segment, tier, stage, rank, industry, counts of people, ...
        is_mqa: whether it is qualified.
        is_excluded: whether an exclude rule holds.
        components: the five components.
        committee: the roles of the group: those with empty seats first, the weightiest first.
        people: who counts for it, the warmest first.
        disqualified: known people who never count, with the reasons.
        topics: what it researches, what gave most points first.
        groups: its other applicable buying groups.
        next_role: the role in which one more engaged person would raise the score most, or null.
        next_score: the score with that person.
        newcomer: what is assumed of such a person; null where nobody is missing.
        steps: the smallest set of at most three such people that qualifies it; null if none does, or it is qualified.
        lapses_on: for what is qualified, the first day within 90 on which it is not any more; null if there is none.
    """

    group: str | None
    motion: str | None
    facts: Mapping[str, Value]
    is_mqa: bool
    is_excluded: bool
    components: tuple[Component, ...]
    committee: tuple[Seat, ...]
    people: tuple[Person, ...]
    disqualified: tuple[Person, ...]
    topics: tuple[Topic, ...]
    groups: tuple[Standing, ...]
    next_role: str | None
    next_score: float | None
    newcomer: Newcomer | None
    steps: NextSteps | None
    lapses_on: date | None

    def __repr__(self) -> str:
        return str(self)


@dataclass(frozen=True, repr=False)
class LeadExplanation(Explanation):
    """Why a lead has its score and status.

    Attributes:
        facts: the lead's row, and title, address and such of the contact.
        status: as in the table.
        is_mql: whether it is handed to sales.
        hand_raises: the signals of its lines by which somebody asks to be called.
        account: how its account stands, or null.
    """

    facts: Mapping[str, Value]
    status: str
    is_mql: bool
    hand_raises: tuple[str, ...]
    account: Standing | None

    def __repr__(self) -> str:
        return str(self)


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, (tuple, list)):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value
