"""The options that all commands share, so that they read the same everywhere."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from abm.tables.contracts import FIRST_YEAR, LAST_YEAR

_WHERE_FROM = "Where from"


def parse_day(text: str) -> date:
    """Read a day of the command line.

    >>> parse_day("2026-06-30")
    datetime.date(2026, 6, 30)
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"'{text}' is not a day. Expected a day such as 2026-06-30.") from None
    if day.year < FIRST_YEAR:
        raise typer.BadParameter(f"{text} lies before {FIRST_YEAR}, from when on facts count. Name a later day.")
    if day.year > LAST_YEAR:
        raise typer.BadParameter(f"{text} lies after {LAST_YEAR}, to when days are counted. Name an earlier day.")
    return day


WorkspaceOption = Annotated[
    Path,
    typer.Option(
        "--workspace",
        "-w",
        metavar="DIR",
        help="Folder with workspace.yaml, or with accounts.csv, events.parquet ... and model.yaml.",
        rich_help_panel=_WHERE_FROM,
    ),
]
DataOption = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="Folder below which the files are read.", rich_help_panel=_WHERE_FROM),
]
ModelOption = Annotated[
    Path | None,
    typer.Option(
        "--model",
        metavar="FILE",
        help="Model, instead of the workspace's: a file, or the name of a shipped one (starter, enterprise, adobe,"
        " hubspot, demandbase, pardot, best_and_rest).",
        rich_help_panel=_WHERE_FROM,
    ),
]
AsOfOption = Annotated[
    date | None,
    typer.Option(
        "--as-of",
        metavar="DAY",
        parser=parse_day,
        help="Day on which the scores are true, such as 2026-06-30; later facts do not exist."
        " Default: the workspace's, else the newest day of an event or of intent, never after today.",
        rich_help_panel=_WHERE_FROM,
    ),
]
LedgerOption = Annotated[
    Path | None,
    typer.Option(
        "--ledger",
        metavar="DIR",
        help="Ledger of the events (see abm ingest): only new files of events are read, and are counted first.",
        rich_help_panel=_WHERE_FROM,
    ),
]
MemoryOption = Annotated[
    str | None,
    typer.Option(
        "--memory",
        metavar="SIZE",
        help="Most memory to take, such as 4GB; what has no room is put aside on disk. Default: most of the machine's.",
    ),
]
