"""`abm explain`: why a lead, an account or a buying group has its score; or whether every score adds up."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from abm.cli.faults import FINE, PROBLEMS
from abm.cli.formats import format_of
from abm.cli.opening import Choice, Opened, opened, tell_advice, tell_problems
from abm.cli.streams import emit, tell
from abm.cli.waiting import Waiting
from abm.errors import NotFoundError, OutputError
from abm.output.explanation import explanation_json, explanation_lines
from abm.output.explanation_markdown import explanation_markdown
from abm.output.files import require_place
from abm.output.screen import Screen, screen_of
from abm.output.sums import failure_lines
from abm.output.writers import write_file
from abm.scoring.explanation import check_sums, explain

if TYPE_CHECKING:
    from pathlib import Path

    from abm.output.explanation import Explained

Format = Literal["text", "json", "markdown"]
Level = Literal["account", "group", "lead"]

WIDTH_OF_FILE = 120

_ENDINGS: dict[str, Format] = {".json": "json", ".md": "markdown", ".markdown": "markdown"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What `abm explain` was asked for.

    Attributes:
        entity: an id, a domain, an address or a part of a name; None with `check`.
        check: whether to add up every score instead.
        level: what it is, where the text means several.
        group: one buying group of the account.
        kind: the format; None is told from the file's ending, else text.
        output: a file, or None for stdout.
    """

    entity: str | None = None
    check: bool = False
    level: Level | None = None
    group: str | None = None
    kind: Format | None = None
    output: Path | None = None

    @property
    def format(self) -> Format:
        """The format that was asked for, in so many words or by the file's ending."""
        return format_of(self.kind, self.output, _ENDINGS, "text")


def run(choice: Choice, wanted: Wanted) -> int:
    """Explain one entity, or check them all; return 1 if a sum is wrong."""
    if wanted.check == (wanted.entity is not None):
        raise NotFoundError(
            "say what to explain, such as `abm explain acme.com`, or check every sum with `abm explain --check`;"
            " not both, not neither."
        )
    _check(wanted)
    targets = [] if wanted.output is None else [wanted.output]
    with Waiting() as waiting:
        source = opened(choice, waiting, targets)
        if wanted.check:
            waiting("adding up")
            return _checked(source)
        assert wanted.entity is not None
        waiting("explaining")
        explained = explain(source.result, wanted.entity, level=wanted.level, group=wanted.group)
    _write(explained, wanted, choice.name)
    tell_advice(source.result)
    tell_problems(source.result)
    return FINE


def _check(wanted: Wanted) -> None:
    """Find what cannot work before anything is read."""
    if wanted.check and (wanted.level or wanted.group or wanted.kind or wanted.output):
        raise OutputError(
            "--check adds up all scores and says so in a line. Leave out --level, --group, --format and -o;"
            " `abm explain --check > FILE` keeps what it says."
        )
    if wanted.output is not None:
        require_place(wanted.output)
        _ = wanted.format


def _checked(source: Opened) -> int:
    sums = check_sums(source.result)
    if sums.failure is None:
        emit(f"{sums}\n")
        return FINE
    screen = screen_of(sys.stdout)
    emit(screen.rendered(failure_lines(sums.failure, screen)))
    return PROBLEMS


def _write(explained: Explained, wanted: Wanted, workspace: str) -> None:
    if wanted.output is None:
        emit(_said(explained, wanted.format, workspace, screen_of(sys.stdout)))
        return
    content = _said(explained, wanted.format, workspace, Screen(WIDTH_OF_FILE))
    # Model, version and day stand in each of the formats, so there is no manifest beside them.
    (written,) = write_file(content.encode(), wanted.output)
    tell(f"wrote {written}")


def _said(explained: Explained, kind: Format, workspace: str, screen: Screen) -> str:
    if kind == "json":
        return explanation_json(explained)
    if kind == "markdown":
        return explanation_markdown(explained, workspace)
    return screen.rendered(explanation_lines(explained, screen, workspace))
