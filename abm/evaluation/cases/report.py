"""What came of the cases: which hold, and of those that do not, where and why."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class Line:
    """A contribution line: what gave how many points.

    Attributes:
        component: `fit`, `leads`, `engagement`, `coverage` or `intent`.
        item: the rule, signal, role, person or topic.
        points: millionths of a point.
        count: occurrences, where they were counted.
        last_day: of the newest activity.
        note: what kind of line it is, or whom it belongs to.
    """

    component: str
    item: str
    points: int
    count: int | None
    last_day: date | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that is not as expected.

    Attributes:
        place: `starter.test.yaml:14`, where the expectation stands.
        what: the value in words: `lead 'Frida': status`.
        expected: what the case expects.
        actual: what the model says.
        because: what the verdict rests on, where the value is a verdict: its reasons, score and threshold.
        lines: the contribution lines that made the number.
    """

    place: str
    what: str
    expected: str
    actual: str
    because: str | None = None
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """One case, tried.

    Attributes:
        name: the case in a sentence.
        file: the file it stands in.
        place: `starter.test.yaml:14`.
        expectations: how many values were looked at.
        differences: those that are not as expected, in the order of the file.
    """

    name: str
    file: str
    place: str
    expectations: int
    differences: tuple[Difference, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether every value is as expected."""
        return not self.differences


@dataclass(frozen=True, slots=True)
class TriedModel:
    """A model whose cases were tried: the file of the cases, the model's file, name, version and content hash."""

    file: str
    model_file: str
    name: str
    version: int
    content_hash: str


@dataclass(frozen=True)
class CaseReport:
    """What came of the cases, in the order of the files and of the cases in them.

    Attributes:
        models: the models, one per file of cases.
        cases: the cases that were tried.
        left_out: how many cases were there but not asked for.
    """

    models: tuple[TriedModel, ...]
    cases: tuple[CaseOutcome, ...]
    left_out: int = 0

    @cached_property
    def failed(self) -> int:
        """How many cases do not hold."""
        return sum(not case.holds for case in self.cases)

    @property
    def holds(self) -> bool:
        """Whether all cases hold."""
        return not self.failed
