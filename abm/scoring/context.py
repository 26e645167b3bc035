"""What every step of one scoring run shares: model, day, engine, bound conditions and the hygiene report."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar, cast

from abm.model.matching import DEFAULT_SETTINGS, MatchSettings
from abm.tables.findings import SAMPLE_SIZE, Finding, Level
from abm.tables.hygiene import REPEAT, Flaw, Flaws

if TYPE_CHECKING:
    from datetime import date

    import polars as pl

    from abm.engines.base import Engine, Step
    from abm.model import Model
    from abm.scoring.binding import Binding
    from abm.tables.contracts import Kind

_T = TypeVar("_T")


class Shelf(Protocol):
    """Where runs of one program leave for those of another what took long to make of the same tables."""

    def take(self, what: str, of: str) -> tuple[dict[str, pl.DataFrame], tuple[Finding, ...]] | None:
        """Give back the frames and findings that were put there; None where they are not, or not of these tables."""
        ...

    def put(self, what: str, of: str, frames: Mapping[str, pl.DataFrame], findings: Sequence[Finding]) -> None:
        """Keep frames by name, and what was found wrong with them, in the place of what was there."""
        ...


class Kept:
    """What runs over the same tables have read, and what they found wrong with it: of each thing the last two.

    Args:
        shelf: where other programs find some of it.
    """

    _MOST = 2  # the run at hand and the one it is compared with; a year of weeks would not fit into memory

    def __init__(self, shelf: Shelf | None = None) -> None:
        self.shelf = shelf
        self._values: dict[str, dict[Hashable, tuple[object, tuple[Finding, ...]]]] = {}

    def value(self, what: str, of: Hashable, read: Callable[[], object], findings: list[Finding]) -> object:
        """Read something, or bring what was read before; `findings` gets what was found wrong with it."""
        known = self._values.setdefault(what, {})
        if of in known:
            value, found = known[of]
            findings.extend(found)
            return value
        before = len(findings)
        value = read()
        while len(known) >= self._MOST:
            known.pop(next(iter(known)))
        known[of] = (value, tuple(findings[before:]))
        return value


Progress = Callable[[str], None]
"""Told the name of each step as it begins; the library itself prints nothing."""


@dataclass(frozen=True)
class Input:
    """One given table: its lazy frame with every canonical column, their kinds, its file, and what it was given."""

    frame: Step
    kinds: Mapping[str, Kind]
    file: str | None = None
    given: frozenset[str] = frozenset()
    marked: bool = False


@dataclass(frozen=True)
class Context:
    """One run of the plan. Frozen but for `findings`, which steps append to in order.

    A run judges every account on one day, `as_of`; unless its binding has several `days`: then the key `k` of a contact
    or account stands for its number `k // days`, judged `k % days` days after as_of on the facts of as_of.

    Runs over the same tables may share what they read: `kept` is theirs together.
    """

    model: Model
    as_of: date
    engine: Engine
    inputs: Mapping[str, Input]
    binding: Binding
    findings: list[Finding] = field(default_factory=list)
    progress: Progress = field(default=lambda _step: None)
    matching: MatchSettings = DEFAULT_SETTINGS
    kept: Kept | None = None

    def once(self, what: str, of: tuple[Hashable, ...], read: Callable[[], _T]) -> _T:
        """Read something, or bring what another run over the same tables read before.

        Args:
            what: its name.
            of: what it depends on, beside the tables, the columns that conditions look at and how leads are matched.
            read: reads it.
        """
        if self.kept is None:
            return read()
        key = (*of, self.binding.physical, self.matching)
        return cast("_T", self.kept.value(what, key, read, self.findings))

    def scan(self, table: str, step: Step, *flaws: Flaw) -> dict[str, int]:
        """Count flaws of a table in one pass, report those that occur, and return count by code."""
        wanted = Flaws(table, self.inputs[table].file, flaws)
        (counts,) = self.engine.gather(wanted.counts(step))
        present = wanted.present(counts)
        samples = self.engine.gather(*(wanted.samples(step, flaw) for flaw, _ in present))
        for (flaw, count), sample in zip(present, samples, strict=True):
            self.findings.append(wanted.finding(flaw, count, sample))
        return {flaw.code: count for flaw, count in present}

    def report_repeats(self, table: str, repeats: pl.DataFrame, key: str, message: str) -> None:
        """Report rows that were dropped because their key was seen before; `repeats` has the key and `extra`."""
        asked = key == REPEAT
        self.findings.append(
            Finding(
                table=table,
                code="duplicate_row" if asked else "duplicate_key",
                count=int(repeats["extra"].sum()),
                message=message,
                level=Level.NOTE if asked else Level.PROBLEM,
                column=None if asked else key,
                file=self.inputs[table].file,
                samples=() if asked else tuple(repeats[key].cast(str).sort().head(SAMPLE_SIZE)),
            )
        )
