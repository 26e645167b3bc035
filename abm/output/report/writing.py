"""Writing reports: a run, and where it stood a while before, as one HTML file that works offline."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from abm.errors import TableError
from abm.history.trend import earlier
from abm.output.files import require_place
from abm.output.report.bundles import bundles, require_drawing
from abm.output.report.contents import contents
from abm.output.report.page import page_html
from abm.output.writers import write_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from abm.scoring.result import ScoreResult
    from abm.workspace.loader import Workspace

DAYS = 30
"""So many days lie between the run and the one it is compared with."""
DETAILS = 1000
"""So many accounts can be opened, if nothing else is asked for."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a report holds.

    Attributes:
        path: the file, or None if none was asked for.
        html: the page.
        accounts: how many accounts there are.
        rows: how many of them the ranking lists.
        details: how many can be opened with all that is known of them.
        then: the day of the run it is compared with, or None.
    """

    path: Path | None
    html: str
    accounts: int
    rows: int
    details: int
    then: date | None


def report(
    result: ScoreResult,
    path: Path | str | None = None,
    *,
    facts: Workspace | Mapping[str, Any] | None = None,
    details: int = DETAILS,
    title: str = "Accounts",
    progress: Callable[[str], None] = lambda _step: None,
) -> Report:
    """Write a report: one HTML file with everything in it, for a browser without network.

    Headline figures and how they moved in 30 days, the ranking, score against coverage, stages, leads beside accounts,
    topics, target accounts, the quality of the data; and each account with its points line by line, its buying group,
    topics, activity and what next. People are named in it, without their mail addresses.

    Args:
        result: what `score` gave.
        path: the file; it appears whole or not at all. None only returns the page.
        facts: what `result` was scored from, to score it 30 days earlier under the same model; without it, or where
            nothing is known from before that day, the report says nothing of movement.
        details: how many accounts can be opened with all that is known of them, the best ranked first.
        title: what the page is called, such as the name of the workspace.
        progress: called with the name of each step as it begins.

    Returns:
        What was written. The same result gives the same bytes.

    Raises:
        OutputError: an optional package is missing, or the file cannot be written.
        TableError: `details` is negative, or there is no account to report on.

    >>> import abm
    >>> result = abm.score(abm.load_workspace(abm.demo_folder()))
    >>> written = report(result, details=1)
    >>> written.accounts, written.details, written.html[:15]
    (60, 1, '<!doctype html>')
    """
    if details < 0:
        raise TableError(f"details: {details} accounts cannot be opened. Expected a whole number from 0 on.")
    if result.polars["accounts"].is_empty():
        raise TableError("report: there is no account. Expected at least one in the table accounts.")
    require_drawing()
    if path is not None:
        require_place(Path(path))
    # The earlier run is handed over and kept by nobody else: most of it can go before accounts are opened.
    made = contents(
        result, None if facts is None else earlier(result, facts, DAYS, progress=progress), details, DAYS, progress
    )
    html = page_html(made.said(title), made.data(), [each.content for each in made.details], bundles())
    if path is not None:
        write_file(html.encode(), Path(path))
    return Report(
        path=None if path is None else Path(path),
        html=html,
        accounts=made.rows.height,
        rows=made.listed.height,
        details=len(made.details),
        then=made.then,
    )
