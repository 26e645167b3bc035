"""`abm match`: how contacts find their accounts, what is unsure, and a file for a person to settle it."""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from abm.cli.faults import FINE
from abm.cli.formats import format_of
from abm.cli.streams import emit, tell, to_terminal
from abm.cli.targets import refuse_inputs
from abm.cli.waiting import Waiting
from abm.errors import OutputError, did_you_mean
from abm.evaluation.matching import TABLES, matching
from abm.output.contact import contact_json, contact_lines
from abm.output.corrections import (
    ENDINGS,
    answers_of,
    corrections_bytes,
    corrections_sheet,
    earlier_answers,
    fragile_ids,
    separator_of,
)
from abm.output.files import require_place
from abm.output.matching import MatchingPage, many, matching_json, matching_lines
from abm.output.screen import Screen, screen_of
from abm.output.spreadsheet import for_spreadsheet
from abm.output.text import safe_lines
from abm.output.workbook import require_xlsxwriter, workbook
from abm.output.writers import encoded, write_file
from abm.version import __version__
from abm.workspace.loader import CORRECTIONS, load_workspace

if TYPE_CHECKING:
    import polars as pl

    from abm.cli.opening import Choice
    from abm.evaluation.matching import Matching
    from abm.workspace.loader import Workspace

Format = Literal["table", "json", "csv", "jsonl", "parquet", "xlsx"]

WIDTH_OF_FILE = 120

_ENDINGS: dict[str, Format] = {
    ".csv": "csv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".xlsx": "xlsx",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What `abm match` was asked for.

    Attributes:
        contact: one contact to explain, or None for all.
        corrections: the file for a person to fill in, or None.
        top: at most so many rows of each kind of case.
        kind: the format; None is told from the file's ending, else a table.
        output: a file, or None for stdout.
    """

    contact: str | None = None
    corrections: Path | None = None
    top: int = 10
    kind: Format | None = None
    output: Path | None = None

    @property
    def format(self) -> Format:
        """The format that was asked for, in so many words or by the file's ending."""
        return format_of(self.kind, self.output, _ENDINGS, "table")


def run(choice: Choice, wanted: Wanted) -> int:
    """Match a workspace and show, or write, what came of it."""
    _check(wanted)
    with Waiting() as waiting:
        waiting("reading")
        workspace = load_workspace(choice.workspace, data=choice.data, only=TABLES)
        _refuse(wanted, workspace, choice)
        # Answers that could not be kept are better known of before the work.
        earlier = None if wanted.corrections is None else earlier_answers(wanted.corrections)
        found = matching(workspace, waiting)
        if wanted.corrections is not None:
            waiting("writing")
            known = [] if CORRECTIONS not in workspace.tables else [answers_of(workspace.tables[CORRECTIONS].frame)]
            given = ([] if earlier is None else [earlier]) + known
            _write_corrections(found, wanted.corrections, given, workspace)
    if wanted.output is not None or wanted.corrections is None:
        _write(found, wanted, choice)
    return FINE


def _check(wanted: Wanted) -> None:
    """Find what cannot work before anything is read."""
    if wanted.corrections is not None:
        _check_corrections(wanted.corrections, wanted)
    if wanted.output is not None:
        require_place(wanted.output)
    elif wanted.format in {"parquet", "xlsx"} and to_terminal():
        raise OutputError(
            f"{wanted.format} is not for a terminal to show. Name a file with -o, or choose another --format."
        )
    if wanted.contact is not None and wanted.format not in {"table", "json"}:
        raise OutputError(f"one contact is shown as table or json, not {wanted.format}. Choose another --format.")
    if wanted.format == "xlsx":
        require_xlsxwriter()


def _check_corrections(path: Path, wanted: Wanted) -> None:
    if wanted.contact is not None:
        raise OutputError("--corrections is about all contacts. Leave out the contact, or --corrections.")
    require_place(path)
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise OutputError(
            f"{path}: corrections are written as {' or '.join(ENDINGS)}. Give the file one of these endings."
            f"{did_you_mean(ending, ENDINGS)}"
        )
    if ending == ".xlsx":
        require_xlsxwriter()


def _refuse(wanted: Wanted, workspace: Workspace, choice: Choice) -> None:
    """Refuse to write over facts; the workspace's own corrections are written anew with all their answers."""
    targets = [] if wanted.output is None else [wanted.output]
    refuse_inputs(targets, workspace, choice.data, answers=wanted.corrections)


def _write_corrections(found: Matching, path: Path, earlier: list[pl.DataFrame], workspace: Workspace) -> None:
    made = corrections_sheet(found, *earlier)
    content = corrections_bytes(made, path.suffix.lower(), _stamp(found), separator_of(path))
    (written,) = write_file(content, path)
    kept = f", {many(made.answered, 'answer')} kept" if made.answered else ""
    tell(f"wrote {written}: {many(made.open, 'row')} to decide about {many(made.contacts, 'person', 'people')}{kept}")
    home = workspace.root / f"{CORRECTIONS}{path.suffix.lower()}"
    place = "it is read with the workspace" if _same(path, home) else f"put it into the workspace as {home}"
    if made.open:
        tell(f"fill in account_id, or none where there is no account; leave blank what you do not know. Then {place}.")
    fragile = [] if path.suffix.lower() == ".xlsx" else fragile_ids(made.frame)
    if fragile:
        tell(f"a spreadsheet changes ids such as {fragile[0]} when it saves CSV; corrections.xlsx keeps them.")


def _same(path: Path, other: Path) -> bool:
    return path.resolve() == other.resolve()


def _command(choice: Choice) -> str:
    """The command that writes the file of corrections where the workspace reads it."""
    given = [] if choice.workspace == Path() else ["-w", str(choice.workspace)]
    given += [] if choice.data is None else ["--data", str(choice.data)]
    return shlex.join(["abm", "match", *given, "--corrections", str(choice.workspace / f"{CORRECTIONS}.csv")])


def _write(found: Matching, wanted: Wanted, choice: Choice) -> None:
    page = MatchingPage(found, choice.name, wanted.top, _command(choice))
    if wanted.output is None:
        emit(_said(page, wanted, screen_of(sys.stdout)))
        return
    content = _said(page, wanted, Screen(WIDTH_OF_FILE))
    stamp = _stamp(found) if wanted.format in {"csv", "jsonl"} else None
    written = write_file(content.encode() if isinstance(content, str) else content, wanted.output, stamp)
    rows = "" if wanted.format in {"table", "json"} else f"{found.matches.height:,} rows to "
    tell(f"wrote {rows}{' and '.join(map(str, written))}")


def _stamp(found: Matching) -> dict[str, str]:
    return {"abm_version": __version__, "contacts": str(found.contacts), "accounts": str(found.accounts.height)}


def _said(page: MatchingPage, wanted: Wanted, screen: Screen) -> str | bytes:
    kind, found = wanted.format, page.matching
    if wanted.contact is not None:
        if kind == "json":
            return contact_json(found, wanted.contact)
        return screen.rendered(contact_lines(found, wanted.contact, screen))
    if kind == "table":
        return screen.rendered(matching_lines(page, screen))
    if kind == "json":
        return matching_json(page)
    if kind == "xlsx":
        book = workbook({"matches": found.matches}, _stamp(found))
        for note in book.notes:
            tell(note)
        return book.content
    frame = for_spreadsheet(found.matches) if kind == "csv" else found.matches
    content = encoded(frame, kind, _stamp(found))
    shown = kind == "csv" and wanted.output is None and to_terminal()
    return safe_lines(content.decode()).encode() if shown else content
