"""`abm check`: the hygiene report."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Literal

from abm.cli.faults import FINE, PROBLEMS
from abm.cli.opening import Choice, opened
from abm.cli.streams import emit, to_terminal
from abm.cli.waiting import Waiting
from abm.output.hygiene import Report, report, report_csv, report_json, report_lines
from abm.output.screen import screen_of
from abm.output.text import safe_lines
from abm.scoring.equal_events import equal_events

if TYPE_CHECKING:
    from abm.cli.opening import Opened

Format = Literal["table", "json", "csv"]


def run(choice: Choice, kind: Format) -> int:
    """Print the report; return 0 if nothing but notes was found, else 1."""
    with Waiting() as waiting:
        source = opened(choice, waiting)
        waiting("equal rows")
        found = _report(source)
    if kind == "table":
        screen = screen_of(sys.stdout)
        emit(screen.rendered(report_lines(found, screen)))
    elif kind == "json":
        emit(report_json(found).encode())
    else:
        content = report_csv(found)
        emit(safe_lines(content.decode()).encode() if to_terminal() else content)
    return PROBLEMS if found.problems else FINE


def _report(source: Opened) -> Report:
    tables = source.workspace.tables
    equal = equal_events(tables["events"], source.result.as_of) if "events" in tables else None
    return report(source.choice.name, source.result, tables, [equal] if equal is not None else [])
