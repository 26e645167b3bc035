"""`abm rank`: the accounts, groups, leads or families that somebody wants to see, best first."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from abm.cli.faults import FINE
from abm.cli.formats import format_of
from abm.cli.opening import Choice, Opened, opened, tell_advice, tell_problems
from abm.cli.streams import emit, tell, to_terminal
from abm.cli.waiting import Waiting
from abm.errors import ConditionError, OutputError
from abm.history.trend import with_trend
from abm.model.conditions import Condition
from abm.output.files import require_place
from abm.output.screen import Screen, screen_of
from abm.output.spreadsheet import for_spreadsheet
from abm.output.terminal import Ranking, ranking_lines
from abm.output.text import safe_lines
from abm.output.writers import encoded, write_file
from abm.scoring.ranking import TABLE_OF, By, ranking
from abm.scoring.selections import saved_selection

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

Format = Literal["table", "csv", "json", "jsonl", "parquet", "xlsx"]

TOP_OF_TABLE = 20
WIDTH_OF_FILE = 120
_HASH_SHOWN = 8

_ENDINGS: dict[str, Format] = {
    ".csv": "csv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".xlsx": "xlsx",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What `abm rank` was asked for.

    Attributes:
        by: what a row is.
        top: at most so many rows; None is 20 in a table, all as data.
        where: a condition, or None.
        excluded: whether to show excluded accounts too.
        trend: whether to show the scores of a week and a month ago.
        kind: the format; None is told from the file's ending, else a table.
        output: a file, or None for stdout.
        saved: a saved selection of accounts, or None.
    """

    by: By = "account"
    top: int | None = None
    where: str | None = None
    excluded: bool = False
    trend: bool = False
    kind: Format | None = None
    output: Path | None = None
    saved: str | None = None

    @property
    def format(self) -> Format:
        """The format that was asked for, in so many words or by the file's ending."""
        return format_of(self.kind, self.output, _ENDINGS, "table")


def run(choice: Choice, wanted: Wanted) -> int:
    """Rank a workspace."""
    _check(wanted)
    targets = [] if wanted.output is None else [wanted.output]
    with Waiting() as waiting:
        source = opened(choice, waiting, targets, families=wanted.by == "family")
        ranking = _ranking(source, wanted, waiting)
    _write(ranking, wanted)
    if wanted.by == "family" and source.workspace.model.family != "rollup":
        given = source.workspace.model.content_hash[:_HASH_SHOWN]
        tell(
            f"the model ({given}) says family: none; families are scored as with family: rollup, and the hash shown"
            " is that of such a model. Nothing else in it differs."
        )
    tell_advice(source.result)
    tell_problems(source.result)
    return FINE


def _check(wanted: Wanted) -> None:
    """Find what cannot work before anything is read."""
    if wanted.output is not None:
        require_place(wanted.output)
    elif wanted.format in {"parquet", "xlsx"} and to_terminal():
        raise OutputError(
            f"{wanted.format} is not for a terminal to show. Name a file with -o, or choose another --format."
        )
    if wanted.format == "xlsx":
        from abm.output.workbook import require_xlsxwriter  # noqa: PLC0415 - loaded only for workbooks

        require_xlsxwriter()
    try:
        Condition.parse("true" if wanted.where is None else wanted.where)
    except ConditionError as error:
        raise ConditionError(f"--where: {error}") from None


def _ranking(source: Opened, wanted: Wanted, waiting: Waiting) -> Ranking:
    accounts = None if wanted.saved is None else saved_selection(source.workspace, wanted.saved)
    try:
        whole = ranking(source.result, by=wanted.by, where=wanted.where, accounts=accounts, excluded=wanted.excluded)
    except ConditionError as error:
        raise ConditionError(f"--{error}") from None
    top = wanted.top or (TOP_OF_TABLE if wanted.format == "table" else None)
    frame = whole.head(min(top or len(whole), len(whole)))
    if wanted.trend:
        frame = with_trend(frame, source.result, source.facts, by=wanted.by, progress=waiting)
    return Ranking(
        source.result,
        frame,
        wanted.by,
        source.choice.name,
        len(whole),
        wanted.where,
        excluded=wanted.excluded,
        saved=wanted.saved,
    )


def _write(ranking: Ranking, wanted: Wanted) -> None:
    if wanted.output is None:
        emit(_for_stdout(ranking, wanted.format))
        return
    table = wanted.format == "table"
    screen = Screen(WIDTH_OF_FILE)
    content = screen.rendered(ranking_lines(ranking, screen)).encode() if table else _data(ranking, wanted.format)
    # A table names its model in its first line, Parquet carries the stamp, a workbook has a sheet about it.
    stamp = None if wanted.format in {"table", "parquet", "xlsx"} else {**ranking.result.stamp, **_made_by(ranking)}
    written = write_file(content, wanted.output, stamp)
    tell(f"wrote {ranking.frame.height:,} rows to {' and '.join(map(str, written))}")


def _made_by(ranking: Ranking) -> dict[str, str | int | bool | None]:
    asked = {"by": ranking.by, "where": ranking.where, "list": ranking.saved, "excluded": ranking.excluded}
    return {**asked, "rows": ranking.frame.height, "rows_without_top": ranking.matching}


def _for_stdout(ranking: Ranking, kind: Format) -> str | bytes:
    if kind == "table":
        screen = screen_of(sys.stdout)
        return screen.rendered(ranking_lines(ranking, screen))
    content = _data(ranking, kind)
    return safe_lines(content.decode()).encode() if kind == "csv" and to_terminal() else content


def _data(ranking: Ranking, kind: Format) -> bytes:
    assert kind != "table"
    if kind == "xlsx":
        from abm.output.workbook import workbook  # noqa: PLC0415 - loaded only for workbooks

        book = workbook({TABLE_OF[ranking.by]: ranking.frame}, ranking.result.stamp, _made_by(ranking))
        for note in book.notes:
            tell(note)
        return book.content
    frame: pl.DataFrame = for_spreadsheet(ranking.frame) if kind == "csv" else ranking.frame
    return encoded(frame, kind, ranking.result.stamp)
