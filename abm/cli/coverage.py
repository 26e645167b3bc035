"""`abm coverage`: how far into the target accounts, by segment, tier, owner or any other column."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from abm.cli.faults import FINE
from abm.cli.formats import format_of
from abm.cli.opening import opened, tell_advice, tell_problems
from abm.cli.streams import emit, tell, to_terminal
from abm.cli.waiting import Waiting
from abm.errors import ConditionError, NotFoundError
from abm.model.conditions import Condition
from abm.output.files import require_place
from abm.output.penetration import penetration_json, penetration_lines
from abm.output.screen import Screen, screen_of
from abm.output.spreadsheet import for_spreadsheet
from abm.output.text import safe_lines
from abm.output.writers import encoded, write_file
from abm.scoring.penetration import penetration, penetration_table
from abm.scoring.selections import saved_selection

if TYPE_CHECKING:
    from pathlib import Path

    from abm.cli.opening import Choice, Opened
    from abm.scoring.penetration import Penetration

Format = Literal["table", "json", "csv"]

WIDTH_OF_FILE = 120
_ENDINGS: dict[str, Format] = {".csv": "csv", ".json": "json"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What `abm coverage` was asked for.

    Attributes:
        saved: a saved selection, or None.
        where: a condition over accounts, or None; without either, the accounts with is_target.
        by: columns of accounts; none is segment, tier and owner.
        excluded: whether to count accounts that the model excludes.
        kind: the format; None is told from the file's ending, else a table.
        output: a file, or None for stdout.
    """

    saved: str | None = None
    where: str | None = None
    by: tuple[str, ...] = ()
    excluded: bool = False
    kind: Format | None = None
    output: Path | None = None

    @property
    def format(self) -> Format:
        """The format that was asked for, in so many words or by the file's ending."""
        return format_of(self.kind, self.output, _ENDINGS, "table")

    @property
    def asked(self) -> str:
        """Which accounts are counted, in words."""
        if self.saved is None and self.where is None:
            return "target accounts (is_target)"
        listed = "accounts" if self.saved is None else f"accounts on the list {self.saved}"
        return listed if self.where is None else f"{listed} where {self.where}"


def run(choice: Choice, wanted: Wanted) -> int:
    """Count how far one is into a list of accounts."""
    if wanted.output is not None:
        require_place(wanted.output)
    _ = wanted.format
    try:
        Condition.parse("true" if wanted.where is None else wanted.where)
    except ConditionError as error:
        raise ConditionError(f"--where: {error}") from None
    targets = [] if wanted.output is None else [wanted.output]
    with Waiting() as waiting:
        source = opened(choice, waiting, targets)
        waiting("counting")
        found = _found(source, wanted)
    _write(found, wanted, choice.name)
    tell_advice(source.result)
    tell_problems(source.result)
    return FINE


def _found(source: Opened, wanted: Wanted) -> Penetration:
    saved = None if wanted.saved is None else saved_selection(source.workspace, wanted.saved)
    try:
        return penetration(
            source.result, where=wanted.where, saved=saved, by=wanted.by or None, excluded=wanted.excluded
        )
    except ConditionError as error:
        raise ConditionError(f"--{error}") from None
    except NotFoundError as error:
        said = str(error)
        raise NotFoundError(f"--{said}" if said.startswith("by: ") else f"{wanted.asked}: {said}") from None


def _write(found: Penetration, wanted: Wanted, workspace: str) -> None:
    if wanted.output is None:
        content = _said(found, wanted, workspace, screen_of(sys.stdout))
        shown = wanted.format == "csv" and to_terminal()
        emit(safe_lines(content) if shown else content.encode() if wanted.format != "table" else content)
        return
    content = _said(found, wanted, workspace, Screen(WIDTH_OF_FILE))
    stamp = {**found.result.stamp, "accounts": wanted.asked} if wanted.format == "csv" else None
    written = write_file(content.encode(), wanted.output, stamp)
    tell(f"wrote {' and '.join(map(str, written))}")


def _said(found: Penetration, wanted: Wanted, workspace: str, screen: Screen) -> str:
    if wanted.format == "json":
        return penetration_json(found, wanted.asked)
    if wanted.format == "csv":
        return encoded(for_spreadsheet(penetration_table(found)), "csv", found.result.stamp).decode()
    return screen.rendered(penetration_lines(found, workspace, wanted.asked, screen))
