"""`abm score`: every result table as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from abm.cli.faults import FINE
from abm.cli.opening import Choice, opened, tell_advice, tell_problems
from abm.cli.streams import tell
from abm.cli.waiting import Waiting
from abm.output.files import require_folder
from abm.output.writers import MANIFEST, write_result
from abm.scoring.result import TABLE_ORDER

if TYPE_CHECKING:
    from pathlib import Path

    from abm.scoring.result import ScoreResult

Format = Literal["parquet", "csv", "jsonl"]


def run(choice: Choice, folder: Path, kind: Format) -> int:
    """Write the tables and say so."""
    require_folder(folder)
    targets = [folder / MANIFEST, *(folder / f"{name}.{kind}" for name in TABLE_ORDER)]
    with Waiting() as waiting:
        source = opened(choice, waiting, targets)
        waiting("writing")
        written = write_result(source.result, folder, kind)
    tell_advice(source.result)
    tell_problems(source.result)
    tell(_said(source.result, folder, [path.name for path in written]))
    older = _older(folder, {path.name for path in written})
    if older:
        more = f" and {len(older) - 3} more" if len(older) > 3 else ""  # noqa: PLR2004 - enough to know which
        tell(f"older files lie there too, which {MANIFEST} does not list: {', '.join(older[:3])}{more}")
    return FINE


def _older(folder: Path, written: set[str]) -> list[str]:
    """Find tables that another run left: in another format, or families of a model that rolled them up."""
    candidates = {f"{name}.{ending}" for name in TABLE_ORDER for ending in get_args(Format)}
    return sorted(name for name in candidates - written if (folder / name).exists())


def _said(result: ScoreResult, folder: Path, names: list[str]) -> str:
    stamp = result.stamp
    rows = [f"{len(table):,}" for table in result.tables().values()]
    width, digits = max(map(len, names)), max(map(len, rows))
    listed = [f"  {name:<{width}}  {count:>{digits}} rows" for name, count in zip(names, rows, strict=False)]
    model = f"{stamp['model']} v{stamp['model_version']} ({stamp['model_hash'][:8]}), as of {stamp['as_of']}"
    return "\n".join([f"wrote {len(names)} files to {folder}: model {model}", *listed, f"  {names[-1]}"])
