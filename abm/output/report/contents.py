"""Contents: all that a report says, gathered from two runs; what the template words, and what the scripts read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from abm.output.brief.words import plain
from abm.output.report.beside import Beside, beside
from abm.output.report.details import Detail, details
from abm.output.report.figures import Figure, figures
from abm.output.report.movement import Movement, had_begun, movement
from abm.output.report.pictures import heat_cells, legible, movements, stage_bars, stage_kind
from abm.output.report.quality import quality
from abm.output.report.rows import account_rows
from abm.output.report.story import Story, story
from abm.output.report.table import columns, filters, values
from abm.output.report.targets import Targets, targets
from abm.output.report.topics import Heat, heat
from abm.output.report.words import GLOSSARY, STANDINGS

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from abm.scoring.result import ScoreResult

LISTED = 20_000
"""So many accounts the ranking lists at most; all of them are counted."""
_CROWD = 150
"""With more accounts the dots of the map are spread."""
_LASTING, _NEAR = 20, 40
"""For so many qualified accounts it is tried when they lapse, and for so many others what would qualify them."""


@dataclass(frozen=True)
class Contents:
    """What a report is made of.

    Attributes:
        result: the run.
        then: the day of the run it is compared with, or None.
        blank: the day of an earlier run that says nothing, because no fact is older; then there is nothing to compare.
        days: so many days lie between the two.
        rows: every account.
        listed: those that the ranking lists.
        heads: the headline figures.
        moved: what moved, or None.
        details: the accounts that can be opened, the first for the first row.
        story: the sentences.
        beside: leads beside accounts, or None.
        heat: topics, or None.
        targets: how far into the targets, or None.
    """

    result: ScoreResult
    then: date | None
    blank: date | None
    days: int
    rows: pl.DataFrame
    listed: pl.DataFrame
    heads: tuple[Figure, ...]
    moved: Movement | None
    details: tuple[Detail, ...]
    story: Story
    beside: Beside | None
    heat: Heat | None
    targets: Targets | None

    def said(self, title: str) -> dict[str, Any]:
        """What the template words."""
        ranked = int((~self.rows["is_excluded"]).sum())
        return {
            "title": title,
            "stamp": dict(self.result.stamp),
            "as_of": self.result.as_of.isoformat(),
            "then": None if self.then is None else self.then.isoformat(),
            "blank": None if self.blank is None else self.blank.isoformat(),
            "days": self.days,
            "sections": self._sections(),
            "story": self.story,
            "figures": self.heads,
            "moved": self.moved is not None and bool(self.moved.risen or self.moved.fallen),
            "filters": list(filters(self.listed)),
            "excluded": self.listed["is_excluded"].sum(),
            "ranking_note": _ranking_note(ranked, self.listed.height, self.rows.height, len(self.details)),
            "mapped": self.rows["coverage"].null_count() < self.rows.height,
            "crowded": self.listed.height > _CROWD,
            "intent": self.heat is not None,
            "beside": None if self.beside is None else _plain_beside(self.beside),
            "standings": STANDINGS,
            "heat": None
            if self.heat is None
            else {
                "shown": self.heat.shown,
                "accounts": self.heat.accounts,
                "topics": self.heat.topics.head(8).to_dicts(),
            },
            "targets": self.targets,
            "quality": quality(self.result),
            "glossary": GLOSSARY,
            "detail_note": self._detail_note(),
            "places": _Places(self._places()),
        }

    def data(self) -> dict[str, Any]:
        """What the scripts read."""
        from abm.output.report.charts import drawings  # noqa: PLC0415

        model = self.result.model
        shown = columns(self.listed)
        bars = self.rows["threshold"].drop_nulls().unique()
        weights = [name for name, weight in model.account.weights.items() if weight]
        known = [name for name in weights if self.rows[name].null_count() < self.rows.height]
        signals = [plain(each.name) for each in model.signals]
        return {
            "as_of": self.result.as_of.isoformat(),
            "days": self.days,
            "columns": [
                {"key": each.key, "title": each.title, "show": each.show, "about": each.about, "seen": each.seen}
                for each in shown
            ],
            "values": values(self.listed, shown),
            "components": weights,
            "signals": signals,
            "ranked": int((~self.rows["is_excluded"]).sum()),
            "named": list(legible(self.listed)),
            "goal": next((each.name for each in model.stages if stage_kind(each) == "goal"), None),
            "aside": [each.name for each in model.stages if stage_kind(each) == "aside"],
            "detail_note": self._detail_note(),
            "drawings": drawings(tuple(signals), tuple(known), bars[0] if bars.len() == 1 else None),
            "rows": {
                "stages": stage_bars(model, self.rows, compared=self.then is not None),
                "moved": [] if self.moved is None else list(movements(self.moved, self._places())),
                "heat": [] if self.heat is None else list(heat_cells(self.heat, self._places())),
                "reach": [] if self.targets is None else self.targets.steps,
                "roles": [] if self.targets is None else self.targets.roles,
            },
        }

    def _places(self) -> dict[str, int]:
        return {account_id: place for place, account_id in enumerate(self.listed["account_id"])}

    def _sections(self) -> list[tuple[str, str]]:
        there = {
            "story": ("Summary", True),
            "where": ("Map", True),
            "ranking": ("Ranking", True),
            "beside": ("Leads", self.beside is not None),
            "topics": ("Topics", self.heat is not None),
            "targets": ("Targets", self.targets is not None),
            "quality": ("Data", True),
            "words": ("Words", True),
        }
        return [(anchor, name) for anchor, (name, shown) in there.items() if shown]

    def _detail_note(self) -> str:
        count = len(self.details)
        if count >= self.rows.height:
            return "Every account can be opened."
        return (
            f"Only the first {count:,} of {self.rows.height:,} accounts can be opened with their points, people and"
            " activity; `abm explain` shows any other, and `abm report --details N` opens more."
        )


class _Places(dict[str, int]):
    """The row of each account; accounts that the ranking does not list have none that a script would find."""

    def __missing__(self, account_id: str) -> int:
        return -1


def contents(
    result: ScoreResult, before: ScoreResult | None, count: int, days: int, progress: Callable[[str], None]
) -> Contents:
    """Gather a report.

    Args:
        result: the run.
        before: the same model over the facts of an earlier day, or None.
        count: how many accounts can be opened, the best ranked first.
        days: so many days lie between the two.
        progress: called with the name of each step as it begins.
    """
    progress("report: movement")
    blank = None if before is None or had_begun(before) else before.as_of
    before = None if blank is not None else before
    rows = account_rows(result, before)
    heads = figures(result, before)
    moved = None if before is None else movement(rows)
    then = None if before is None else before.as_of
    del before
    progress("report: accounts")
    listed = rows.head(LISTED)
    opened = listed["account_id"].head(count).to_list()
    ahead = _ahead(listed.head(count))
    found = tuple(details(result, opened, ahead))
    cases = {each.account_id: each.case for each in found if each.account_id in ahead}
    progress("report: page")
    return Contents(
        result=result,
        then=then,
        blank=blank,
        days=days,
        rows=rows,
        listed=listed,
        heads=heads,
        moved=moved,
        details=found,
        story=story(rows, heads, moved, cases, then),
        beside=beside(result, rows),
        heat=heat(result, rows),
        targets=targets(result),
    )


def _ahead(rows: pl.DataFrame) -> frozenset[str]:
    """The accounts to look ahead for, which costs more than all the rest: the best ranked on either side of the bar."""
    ranked = rows.filter(~pl.col("is_excluded"))
    chosen = (ranked.filter("is_mqa").head(_LASTING), ranked.filter(~pl.col("is_mqa")).head(_NEAR))
    return frozenset(account_id for frame in chosen for account_id in frame["account_id"])


def _ranking_note(ranked: int, listed: int, every: int, opened: int) -> str:
    said = f"{ranked:,} accounts by rank"
    if listed < every:
        said = f"The first {listed:,} of {every:,} accounts"
    if opened >= every:
        return f"{said}; select a row to open it."
    return f"{said}. The first {opened:,} open with all that is known of them." if opened else f"{said}."


def _plain_beside(found: Beside) -> dict[str, Any]:
    return {
        "counts": found.counts.to_dicts(),
        "alone": found.alone.to_dicts(),
        "alone_count": found.alone_count,
        "homeless": found.homeless,
        "silent": found.silent.to_dicts(),
        "silent_count": found.silent_count,
    }
