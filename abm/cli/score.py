"""`abm score`: every result table as a file."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, get_args

from abm.cli.faults import FINE
from abm.cli.opening import Choice, opened, tell_advice, tell_problems
from abm.cli.streams import tell
from abm.cli.waiting import Waiting
from abm.engines.room import memory_of
from abm.output.aside import aside
from abm.output.files import folder as within
from abm.output.files import require_folder
from abm.output.workbook import WORKBOOK, require_xlsxwriter, write_workbook
from abm.output.writers import MANIFEST, write_result
from abm.scoring.result import TABLE_ORDER

if TYPE_CHECKING:
    from pathlib import Path

    from abm.scoring.result import ScoreResult

Format = Literal["parquet", "csv", "jsonl", "xlsx"]


def run(choice: Choice, folder: Path, kind: Format, memory: str | None = None) -> int:
    """Write the tables and say so."""
    if memory is not None:
        choice = replace(choice, memory=memory_of(memory))
    require_folder(folder)
    if kind == "xlsx":
        require_xlsxwriter()
    targets = [folder / MANIFEST, *(folder / name for name in _names(kind))]
    with Waiting() as waiting, ExitStack() as until_written:
        source = opened(choice, waiting, targets, aside=lambda: _aside(until_written, folder))
        waiting("writing")
        written, notes = _written(source.result, folder, kind)
    for note in notes:
        tell(note)
    tell_advice(source.result)
    tell_problems(source.result)
    tell(_said(source.result, folder, [path.name for path in written]))
    older = _older(folder, {path.name for path in written})
    if older:
        more = f" and {len(older) - 3} more" if len(older) > 3 else ""  # noqa: PLR2004 - enough to know which
        tell(f"older files lie there too, which {MANIFEST} does not list: {', '.join(older[:3])}{more}")
    return FINE


def _aside(until_written: ExitStack, folder: Path) -> Path:
    """A folder beside the results for what has no room in memory, as long as it is needed."""
    until_written.enter_context(within(folder))
    return until_written.enter_context(aside(folder))


def _names(kind: Format) -> list[str]:
    return [WORKBOOK] if kind == "xlsx" else [f"{name}.{kind}" for name in TABLE_ORDER]


def _written(result: ScoreResult, folder: Path, kind: Format) -> tuple[list[Path], tuple[str, ...]]:
    return write_workbook(result, folder) if kind == "xlsx" else (write_result(result, folder, kind), ())


def _older(folder: Path, written: set[str]) -> list[str]:
    """Find tables that another run left: in another format, or families of a model that rolled them up."""
    candidates = {name for kind in get_args(Format) for name in _names(kind)}
    return sorted(name for name in candidates - written if (folder / name).exists())


def _said(result: ScoreResult, folder: Path, names: list[str]) -> str:
    stamp = result.stamp
    rows = {name: f"{each['rows']:,}" for name, each in json.loads((folder / MANIFEST).read_text())["files"].items()}
    # A workbook holds every table as a sheet; else there is a file for each, in their order.
    tables = [f"sheet {name}" for name in rows] if names[0] == WORKBOOK else names[:-1]
    width, digits = max(map(len, tables)), max(map(len, rows.values()))
    listed = [f"  {name:<{width}}  {count:>{digits}} rows" for name, count in zip(tables, rows.values(), strict=True)]
    if names[0] == WORKBOOK:
        listed = [f"  {WORKBOOK}", *(f"  {line}" for line in listed)]
    model = f"{stamp['model']} v{stamp['model_version']} ({stamp['model_hash'][:8]}), as of {stamp['as_of']}"
    return "\n".join([f"wrote {len(names)} files to {folder}: model {model}", *listed, f"  {names[-1]}"])
