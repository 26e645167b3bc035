"""`abm sweep`: what if a threshold, a weight, points, the model or the day were another?"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from abm.cli.faults import FINE
from abm.cli.formats import format_of
from abm.cli.opening import facts_of
from abm.cli.streams import emit, tell, to_terminal
from abm.cli.waiting import Waiting
from abm.errors import InputError, OutputError
from abm.evaluation.sweep import sweep
from abm.evaluation.sweep.values import read_days, read_values, split_variation
from abm.output.files import require_place
from abm.output.screen import Screen, screen_of
from abm.output.sweep.files import data, head, picture, require_picture
from abm.output.sweep.screen import Shown, sweep_lines
from abm.output.text import safe_lines
from abm.output.writers import write_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from abm.cli.opening import Choice

Format = Literal["table", "csv", "json", "jsonl", "parquet", "html", "svg", "png"]

PICTURES = ("html", "svg", "png")
WIDTH_OF_FILE = 120
_WARNINGS_TOLD = 3

_ENDINGS: dict[str, Format] = {
    ".csv": "csv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".html": "html",
    ".htm": "html",
    ".svg": "svg",
    ".png": "png",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What `abm sweep` was asked for.

    Attributes:
        vary: `KEY=VALUES` of the model.
        models: models to try, if several.
        days: days to try, as they were written; None is the workspace's.
        kind: the format; None is told from the file's ending, else a table.
        output: a file, or None for stdout.
        jobs: how many processes share the runs.
    """

    vary: Sequence[str] = ()
    models: Sequence[Path] = ()
    days: str | None = None
    kind: Format | None = None
    output: Path | None = None
    jobs: int = 1

    @property
    def format(self) -> Format:
        """The format that was asked for, in so many words or by the file's ending."""
        return format_of(self.kind, self.output, _ENDINGS, "table")


def run(choice: Choice, wanted: Wanted) -> int:
    """Score a workspace under many variants of its model.

    One model, or one day, is that of all runs and of the base, as everywhere; several are tried.
    """
    vary, days = _varied(wanted.vary), [] if wanted.days is None else read_days(wanted.days)
    models = wanted.models if len(wanted.models) > 1 else ()
    only = replace(
        choice,
        model=wanted.models[0] if len(wanted.models) == 1 else choice.model,
        as_of=days[0] if len(days) == 1 else None,
    )
    tried = days if len(days) > 1 else []
    _check(wanted, vary, models, tried)
    if wanted.jobs > 1 and choice.ledger is None:
        raise InputError(
            f"--jobs {wanted.jobs}: processes share a ledger that is kept in a folder, which each of them opens."
            " Name one with --ledger DIR; it is made if need be."
        )
    with Waiting() as waiting:
        facts, _, day = facts_of(only, waiting, [] if wanted.output is None else [wanted.output])
        found = sweep(facts, vary, models=models, days=tried, as_of=day, jobs=wanted.jobs, progress=waiting)
        shown = Shown(found, choice.name)
        content = _content(shown, wanted)
    _write(shown, content, wanted)
    for warning in found.warnings[:_WARNINGS_TOLD]:
        tell(f"model: {warning}")
    return FINE


def _varied(vary: Sequence[str]) -> dict[str, list[Any]]:
    read: dict[str, list[Any]] = {}
    for text in vary:
        key, values = split_variation(text)
        if key in read:
            raise InputError(f"--vary {key}: is given twice. Write all its values in one: {key}=V1,V2.")
        read[key] = read_values(values, key)
    return read


def _check(wanted: Wanted, vary: dict[str, list[Any]], models: Sequence[Path], days: Sequence[date]) -> None:
    """Find what cannot work before anything is read."""
    if not (vary or models or days):
        raise InputError(
            "sweep: nothing varies. Expected values to try, several models, or several days:"
            " abm sweep --vary mqa.threshold=40..80:5, abm sweep --model starter --model hubspot,"
            " abm sweep --as-of 2026-01-05..2026-06-29:7d."
        )
    if wanted.format in PICTURES:
        require_picture(sum(len(each) > 1 for each in (models, days, *vary.values())))
    if wanted.output is not None:
        require_place(wanted.output)
        if wanted.output.resolve() in {path.resolve() for path in wanted.models}:
            raise OutputError(f"{wanted.output}: is one of the models. Write to another place with -o.")
    elif wanted.format in {"parquet", "png"} and to_terminal():
        raise OutputError(
            f"{wanted.format} is not for a terminal to show. Name a file with -o, or choose another --format."
        )


def _content(shown: Shown, wanted: Wanted) -> bytes | str:
    kind = wanted.format
    if kind == "table":
        screen = screen_of(sys.stdout) if wanted.output is None else Screen(WIDTH_OF_FILE)
        return screen.rendered(sweep_lines(shown, screen))
    if kind in {"html", "svg", "png"}:
        return picture(shown, kind)
    return data(shown.sweep, kind)  # type: ignore[arg-type]


def _write(shown: Shown, content: bytes | str, wanted: Wanted) -> None:
    if wanted.output is None:
        hostile = isinstance(content, bytes) and wanted.format == "csv" and to_terminal()
        emit(safe_lines(content.decode()).encode() if hostile and isinstance(content, bytes) else content)
        return
    stamp = head(shown.sweep) if wanted.format in {"csv", "jsonl"} else None
    written = write_file(content.encode() if isinstance(content, str) else content, wanted.output, stamp)
    tell(f"wrote {shown.sweep.polars.height:,} runs to {' and '.join(map(str, written))}")
