"""`abm compare`: what another model would change, or what has changed since a day."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from abm.cli.faults import FINE
from abm.cli.formats import format_of
from abm.cli.opening import Choice, opened, tell_advice
from abm.cli.streams import emit, tell, to_terminal
from abm.cli.waiting import Waiting
from abm.errors import InputError, OutputError
from abm.evaluation.compare import By, Comparison, compare
from abm.output.comparison import Shown, comparison_lines
from abm.output.files import require_place
from abm.output.screen import Screen, screen_of
from abm.output.spreadsheet import for_spreadsheet
from abm.output.text import safe_json, safe_lines
from abm.output.workbook import require_xlsxwriter, workbook
from abm.output.writers import encoded, write_file
from abm.scoring.score import score
from abm.workspace.models import load_model

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    import polars as pl

    from abm.scoring.result import ScoreResult

Format = Literal["table", "json", "csv", "xlsx"]

TOP_OF_TABLE = 10
WIDTH_OF_FILE = 120

_ENDINGS: dict[str, Format] = {".csv": "csv", ".json": "json", ".xlsx": "xlsx"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What `abm compare` was asked for.

    Attributes:
        models: none, one (beside the workspace's) or two model files.
        since: the earlier day, or None to compare models.
        by: what a row is.
        top: at most so many rows; None is 10 of each kind in a table, all as data.
        kind: the format; None is told from the file's ending, else a table.
        output: a file, or None for stdout.
    """

    models: tuple[Path, ...] = ()
    since: date | None = None
    by: By = "account"
    top: int | None = None
    kind: Format | None = None
    output: Path | None = None

    @property
    def format(self) -> Format:
        """The format that was asked for, in so many words or by the file's ending."""
        return format_of(self.kind, self.output, _ENDINGS, "table")


def run(choice: Choice, wanted: Wanted) -> int:
    """Compare two models, or two days."""
    _check(choice, wanted)
    with Waiting() as waiting:
        before, after = _results(choice, wanted, waiting)
        waiting("comparing")
        found = compare(before, after)
    _write(found, choice, wanted)
    tell_advice(after)
    if before.model != after.model:
        tell_advice(before)
    return FINE


def _check(choice: Choice, wanted: Wanted) -> None:
    """Find what cannot work before anything is read."""
    if wanted.models and wanted.since is not None:
        raise InputError("compare: two models or two days, not both at once. Leave out the models, or --since.")
    if not wanted.models and wanted.since is None:
        raise InputError(
            "compare: says nothing of what to compare. Expected a model to hold against the workspace's, two models,"
            " or an earlier day: abm compare new.yaml, abm compare old.yaml new.yaml, abm compare --since 2026-05-31."
        )
    if len(wanted.models) > 1 and choice.model is not None:
        raise InputError("compare: two models are named, and --model is a third. Leave out --model.")
    if wanted.format == "xlsx":
        require_xlsxwriter()
    if wanted.output is not None:
        require_place(wanted.output)
        if wanted.output.resolve() in {path.resolve() for path in wanted.models}:
            raise OutputError(f"{wanted.output}: is one of the models. Write to another place with -o.")
    elif wanted.format == "xlsx" and to_terminal():
        raise OutputError("xlsx is not for a terminal to show. Name a file with -o, or choose another --format.")


def _results(choice: Choice, wanted: Wanted, waiting: Waiting) -> tuple[ScoreResult, ScoreResult]:
    """Score the same facts twice; a model that cannot be read is found before the first time."""
    targets = [] if wanted.output is None else [wanted.output]
    if wanted.since is not None:
        source = opened(choice, waiting, targets)
        after = source.result
        if wanted.since >= after.as_of:
            raise InputError(
                f"--since {wanted.since}: expected a day before {after.as_of}, with which it is compared."
                " Name an earlier day, or a later one with --as-of."
            )
        earlier = score(source.workspace, after.model, as_of=wanted.since, progress=_told(waiting, str(wanted.since)))
        return earlier, after
    new = load_model(wanted.models[-1])
    first = choice if len(wanted.models) == 1 else replace(choice, model=wanted.models[0])
    source = opened(first, waiting, targets)
    day = source.result.as_of
    return source.result, score(source.workspace, new, as_of=day, progress=_told(waiting, new.name))


def _told(waiting: Waiting, what: str) -> Callable[[str], None]:
    return lambda step: waiting(f"{what}: {step}")


def _write(found: Comparison, choice: Choice, wanted: Wanted) -> None:
    if wanted.format == "table":
        screen = screen_of(sys.stdout) if wanted.output is None else Screen(WIDTH_OF_FILE)
        shown = Shown(found, choice.name, wanted.by, wanted.top or TOP_OF_TABLE)
        content: str | bytes = screen.rendered(comparison_lines(shown, screen))
    else:
        content = _data(found, wanted)
    if wanted.output is None:
        emit(safe_lines(content.decode()).encode() if isinstance(content, bytes) and _unsafe(wanted) else content)
        return
    stamp = {"before": dict(found.before), "after": dict(found.after)} if wanted.format == "csv" else None
    written = write_file(content.encode() if isinstance(content, str) else content, wanted.output, stamp)
    tell(f"wrote {' and '.join(map(str, written))}")


def _unsafe(wanted: Wanted) -> bool:
    return wanted.format == "csv" and to_terminal()


def _data(found: Comparison, wanted: Wanted) -> bytes:
    rows = found.rows(wanted.by).head(wanted.top or sys.maxsize)
    if wanted.format == "csv":
        return encoded(for_spreadsheet(rows), "csv", {})
    return _json(found, wanted.by, rows) if wanted.format == "json" else _workbook(found, wanted)


def _json(found: Comparison, by: By, rows: pl.DataFrame) -> bytes:
    """One object: both stamps, the counts of each verdict, segments, the churn of ranks, then the rows."""
    head = {
        "before": dict(found.before),
        "after": dict(found.after),
        "differs": found.differs,
        "verdicts": {"account": found.counts("account"), "lead": found.counts("lead")},
        "rank_correlation": found.rank_correlation,
        "churn": found.churn.to_dicts(),
        "segments": found.segments.to_dicts(),
        "by": by,
    }
    opening = safe_json(json.dumps(head, indent=1, ensure_ascii=False)).removesuffix("\n}")
    return f'{opening},\n "rows": '.encode() + encoded(rows, "json", {}).rstrip() + b"\n}\n"


def _workbook(found: Comparison, wanted: Wanted) -> bytes:
    tables = {
        "accounts": found.rows("account").head(wanted.top or sys.maxsize),
        "leads": found.rows("lead").head(wanted.top or sys.maxsize),
        "segments": found.segments,
        "ranking": found.churn,
    }
    about = {
        "rank correlation": found.rank_correlation,
        **{f"before: {key}": said for key, said in found.before.items()},
    }
    book = workbook(tables, found.after, about)
    for note in book.notes:
        tell(note)
    return book.content
