"""`abm report`: a run as one HTML page, for somebody who has never seen the program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from abm.cli.faults import FINE
from abm.cli.opening import opened, tell_advice, tell_problems
from abm.cli.streams import tell
from abm.cli.waiting import Waiting
from abm.errors import OutputError
from abm.output.files import require_place
from abm.output.report import report
from abm.output.report.bundles import require_drawing

if TYPE_CHECKING:
    from pathlib import Path

    from abm.cli.opening import Choice
    from abm.output.report import Report

_ENDINGS = (".html", ".htm")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What `abm report` was asked for.

    Attributes:
        output: the file.
        details: how many accounts can be opened.
        trend: whether to compare with 30 days before.
        title: what to call it; None is the name of the workspace.
    """

    output: Path
    details: int
    trend: bool = True
    title: str | None = None


def run(choice: Choice, wanted: Wanted) -> int:
    """Write the report of a workspace."""
    if wanted.output.suffix.lower() not in _ENDINGS:
        raise OutputError(f"{wanted.output}: a report is an HTML page. Name a file that ends in .html.")
    require_place(wanted.output)
    require_drawing()
    with Waiting() as waiting:
        source = opened(choice, waiting, [wanted.output])
        written = report(
            source.result,
            wanted.output,
            facts=source.workspace if wanted.trend else None,
            details=wanted.details,
            title=wanted.title or choice.name,
            progress=waiting,
        )
    tell(_said(written))
    tell_advice(source.result)
    tell_problems(source.result)
    return FINE


def _said(written: Report) -> str:
    said = f"wrote {written.path}: {written.accounts:,} {'account' if written.accounts == 1 else 'accounts'}"
    if written.rows < written.accounts:
        said += f", the first {written.rows:,} of them listed"
    if written.details < written.accounts:
        said += f", the first {written.details:,} of them with all their details (--details N for more)"
    return said
