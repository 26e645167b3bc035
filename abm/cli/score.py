"""`abm score`: every result table as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from abm.cli.faults import FINE
from abm.cli.opening import Choice, opened, tell_advice, tell_problems
from abm.cli.streams import tell
from abm.cli.targets import refuse_inputs
from abm.cli.waiting import Waiting
from abm.output.writers import MANIFEST, as_polars, write_result

if TYPE_CHECKING:
    from pathlib import Path

    from abm.scoring.result import ScoreResult

Format = Literal["parquet", "csv", "jsonl"]


def run(choice: Choice, folder: Path, kind: Format) -> int:
    """Write the tables and say so."""
    with Waiting() as waiting:
        source = opened(choice, waiting)
        tables = source.result.tables()
        refuse_inputs([folder / MANIFEST, *(folder / f"{name}.{kind}" for name in tables)], source)
        waiting("writing")
        written = write_result(source.result, folder, kind)
    tell_advice(source.result)
    tell_problems(source.result)
    tell(_said(source.result, folder, [path.name for path in written]))
    return FINE


def _said(result: ScoreResult, folder: Path, names: list[str]) -> str:
    stamp = result.stamp
    rows = [f"{as_polars(table).height:,}" for table in result.tables().values()]
    width, digits = max(map(len, names)), max(map(len, rows))
    listed = [f"  {name:<{width}}  {count:>{digits}} rows" for name, count in zip(names, rows, strict=False)]
    model = f"{stamp['model']} v{stamp['model_version']} ({stamp['model_hash'][:8]}), as of {stamp['as_of']}"
    return "\n".join([f"wrote {len(names)} files to {folder}: model {model}", *listed, f"  {names[-1]}"])
