"""What does not go into a list, and why: counts with samples, never silent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from abm.tables.findings import SAMPLE_SIZE

if TYPE_CHECKING:
    import polars as pl

REASONS = {
    "opted_out": "opted out",
    "suppressed": "on the list of those to leave out",
    "without_account": "people without an account",
    "consumer_domain": "without a domain of their own: it is a consumer mailbox provider's",
    "lacks_required": "without what the platform needs to know them by",
    "too_long": "with a value that is too long for the platform",
    "duplicate": "the same to the platform as another row, which ranks higher",
}
"""The reasons, in the order in which they are looked at, in words."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """Rows that were left out for one reason.

    Attributes:
        reason: one of `REASONS`.
        count: how many.
        samples: ids of some; of an id that is a mail address only the domain.
    """

    reason: str
    count: int
    samples: tuple[str, ...]

    def __str__(self) -> str:
        """The reason in words, with the count."""
        return f"{self.count:,} {REASONS[self.reason]}"


def dropped(reason: str, entities: pl.Series) -> list[Dropped]:
    """Return what was left out for a reason, or nothing if nothing was."""
    if entities.is_empty():
        return []
    samples = tuple(_shown(each) for each in entities.head(SAMPLE_SIZE).to_list())
    return [Dropped(reason, len(entities), samples)]


def _shown(entity: str) -> str:
    return f"...@{entity.rpartition('@')[2]}" if "@" in entity else entity
