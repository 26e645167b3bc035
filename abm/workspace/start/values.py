"""What the values of a column look like, whatever its name says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MOSTLY = 0.8
"""The share of the values that must look like something for the column to be of it."""

_MAIL = re.compile(r"[^@\s;,<>]+@[^@\s;,<>]+\.[^@\s;,<>]+")
_DOMAIN = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[^\W\d]{2,}(?:[/:?].*)?", re.IGNORECASE)
_DATE = re.compile(
    r"\d{4}[-/]\d{1,2}[-/]\d{1,2}(?:[T ].*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}(?:[ ,T].*)?|\d{8}"
    r"|\d{1,2}[ -][A-Za-z]{3,9}[ -,]+\d{2,4}.*|[A-Za-z]{3,9} \d{1,2},? \d{4}.*"
)
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?")
_NUMBER = re.compile(r"[-+]?[$€£]?\s?\d[\d.,' ]*(?:[eE][-+]?\d+)?%?")
_PARTS = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](?:\d{4}|\d{2})(?!\d)")
_TRUTH = frozenset({"true", "false", "yes", "no", "y", "n", "t", "f", "0", "1"})
_LAST_MONTH = 12


@dataclass(frozen=True)
class Values:
    """The values of a column in a sample; blank ones are left out.

    Attributes:
        given: the values, trimmed, in the order of the rows.
    """

    given: tuple[str, ...]

    @classmethod
    def of(cls, values: Sequence[str | None]) -> Values:
        """Keep what is more than blank."""
        return cls(tuple(stripped for value in values if value and (stripped := value.strip())))

    @cached_property
    def mails(self) -> bool:
        """Whether they are e-mail addresses."""
        return self._mostly(_MAIL.fullmatch)

    @cached_property
    def domains(self) -> bool:
        """Whether they are mail domains or addresses of web sites."""
        return self._mostly(_DOMAIN.fullmatch)

    @cached_property
    def dates(self) -> bool:
        """Whether they are days or times."""
        return self._mostly(_DATE.fullmatch) or self._mostly(_EPOCH.fullmatch)

    @cached_property
    def numbers(self) -> bool:
        """Whether they are numbers."""
        return self._mostly(_NUMBER.fullmatch)

    @cached_property
    def truths(self) -> bool:
        """Whether they are yes or no."""
        return self._mostly(lambda value: value.lower() in _TRUTH)

    @cached_property
    def scores(self) -> bool:
        """Whether they are numbers from 0 to 100."""
        return self.numbers and self._mostly(lambda value: len(value) <= 6 and _between(value))  # noqa: PLR2004 - 99.999

    @cached_property
    def unique(self) -> bool:
        """Whether no value is there twice."""
        return bool(self.given) and len(set(self.given)) == len(self.given)

    @cached_property
    def order_unknown(self) -> bool:
        """Whether they are days such as 03/04/2026, of which nothing says which number is the month."""
        found = [match for value in self.given if (match := _PARTS.match(value))]
        if not found or not self._mostly(_PARTS.match):
            return False
        unlike = any(match[1] != match[2] for match in found)
        return unlike and all(int(match[1]) <= _LAST_MONTH and int(match[2]) <= _LAST_MONTH for match in found)

    def _mostly(self, test: Callable[[str], object]) -> bool:
        return bool(self.given) and sum(bool(test(value)) for value in self.given) >= MOSTLY * len(self.given)


def _between(value: str) -> bool:
    try:
        return 0 <= float(value) <= 100  # noqa: PLR2004 - the range of a score
    except ValueError:
        return False
