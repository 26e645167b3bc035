"""`abm test`: agreed cases, tried on their models."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Literal

from abm.cli.faults import FINE, PROBLEMS
from abm.cli.streams import emit
from abm.cli.waiting import Waiting
from abm.evaluation.cases import run_cases
from abm.output.case_report import case_json, case_junit, case_lines
from abm.output.screen import screen_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from abm.evaluation.cases import CaseReport

Format = Literal["table", "json", "junit"]


def run(paths: Sequence[Path], model: Path | None, named: str | None, kind: Format) -> int:
    """Try the cases and print what came of them; return 0 if all of them hold, else 1."""
    with Waiting() as waiting:
        report = run_cases(paths, model=model, named=named, progress=waiting)
    emit(_printed(report, kind))
    return FINE if report.holds else PROBLEMS


def _printed(report: CaseReport, kind: Format) -> str | bytes:
    if kind == "json":
        return case_json(report).encode()
    if kind == "junit":
        return case_junit(report).encode()
    screen = screen_of(sys.stdout)
    return screen.rendered(case_lines(report, screen))
