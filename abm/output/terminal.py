"""The ranking as a screen: a summary, a table that fits, and a legend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl
from rich.text import Text

from abm.output.boards import TRENDS, account_board, group_board, lead_board
from abm.output.layout import arrange, flowing, lines, stretch
from abm.output.summary import summary
from abm.output.text import safe

if TYPE_CHECKING:
    from abm.output.boards import Board
    from abm.output.screen import Screen
    from abm.scoring.ranking import By
    from abm.scoring.result import ScoreResult


_NOUNS: dict[By, tuple[str, str]] = {
    "account": ("account", "accounts"),
    "group": ("buying group", "buying groups"),
    "lead": ("lead", "leads"),
    "family": ("family", "families"),
}


@dataclass(frozen=True)
class Ranking:
    """A ranking to be shown.

    Attributes:
        result: the whole result it was made of.
        frame: the rows to show, best first, as `rank` gives them (and `with_trend` extends them).
        by: what a row is.
        workspace: what to call the workspace.
        matching: how many rows there would be without `top`.
        where: the condition, if one was given.
        excluded: whether excluded accounts were asked for.
        saved: the name of the saved selection, if one was asked for.
    """

    result: ScoreResult
    frame: pl.DataFrame
    by: By
    workspace: str
    matching: int
    where: str | None = None
    excluded: bool = False
    saved: str | None = None

    @property
    def asked(self) -> str:
        """Which rows were asked for, to stand behind their noun; empty if all."""
        listed = f" on the list {safe(self.saved)}" if self.saved is not None else ""
        return listed + (f" where {safe(self.where)}" if self.where is not None else "")


def ranking_lines(ranking: Ranking, screen: Screen) -> list[Text]:
    """Return the ranking as lines, none wider than the screen.

    From 40 columns on there are rank, name, score, the components as blocks, and the MQA mark; wider screens add stage,
    people, missing roles, a bar, topics, then numbers instead of blocks, and the rest. Nothing wraps: what does not fit
    is cut with an ellipsis or left out, least important first.
    """
    above = summary(ranking.result, ranking.workspace, screen.width, families=ranking.by == "family")
    if ranking.frame.is_empty():
        return [*above, Text(), *flowing([_nothing(ranking)], screen.width)]
    columns, wishes, growing = _board(ranking, screen)
    widths = arrange(columns, wishes, screen.width)
    widths = stretch(columns, widths, growing, screen.width)
    below = [text for text in (*_legend(ranking, set(widths)), *_rest(ranking)) if text.plain]
    return [*above, Text(), *lines(columns, widths, screen.width), Text(), *flowing(below, screen.width)]


def _board(ranking: Ranking, screen: Screen) -> Board:
    frame = ranking.frame
    if ranking.by in ("account", "family"):
        several = len(ranking.result.model.buying_groups) > 1
        return account_board(frame, blocks=screen.blocks, several_groups=several)
    accounts = ranking.result.polars["accounts"].select("account_id", "name", pl.col("rank").alias("account_rank"))
    named = frame.join(accounts, on="account_id", how="left", maintain_order="left")
    board = group_board if ranking.by == "group" else lead_board
    return board(named, blocks=screen.blocks)


def _legend(ranking: Ranking, shown: set[str]) -> list[Text]:
    parts = []
    if "components" in shown:
        parts.append(Text("F fit, L leads, E engagement, C coverage, I intent: 0 to 100", style="dim"))
    if "people" in shown:
        known = "engaged of known people" if ranking.by in ("account", "family") else "engaged people"
        parts.append(Text(f"People: {known}", style="dim"))
        if ranking.frame["single_threaded"].any():
            parts.append(Text("! one engaged person alone", style="dim"))
    if "members" in shown:
        parts.append(Text("Members: with an engaged person, of all accounts of the family", style="dim"))
    trends = [title for name, title in TRENDS.items() if name in shown]
    if trends:
        parts.append(Text(f"{', '.join(trends)}: change of the score since then", style="dim"))
    if "bar" in shown:
        parts.append(Text("the mark behind a bar is the threshold", style="dim"))
    return parts


def _rest(ranking: Ranking) -> list[Text]:
    """How much is not shown, and how to see it."""
    count, parts = ranking.frame.height, []
    noun = _NOUNS[ranking.by][ranking.matching != 1]
    if count < ranking.matching:
        parts.append(Text(f"{count:,} of {ranking.matching:,} {noun} shown (--top N for more)", style="dim"))
    if ranking.asked:
        parts.append(Text(f"{ranking.matching:,} {noun}{ranking.asked}", style="dim"))
    return parts


def _nothing(ranking: Ranking) -> Text:
    noun = _NOUNS[ranking.by][0]
    if ranking.asked:
        return Text(f"No {noun}{ranking.asked}.")
    hint = "" if ranking.excluded or ranking.by == "lead" else " to rank; --all shows excluded accounts too"
    return Text(f"There is no {noun}{hint}.")
