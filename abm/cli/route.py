"""`abm route`: leads and accounts into work lists, one per queue, and what is on none."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from abm.cli.faults import FINE
from abm.cli.opening import opened, tell_advice, tell_problems
from abm.cli.streams import emit, tell
from abm.cli.targets import refuse_inputs
from abm.cli.waiting import Waiting
from abm.output.files import require_folder
from abm.output.routing import routing_lines
from abm.output.screen import screen_of
from abm.output.work_lists import Format, list_files, routing_yaml, write_lists
from abm.output.workbook import require_xlsxwriter
from abm.output.writers import MANIFEST
from abm.scoring.routing import route
from abm.sources.files import is_data_file
from abm.sources.shipped import shipped
from abm.workspace.loader import WORKSPACE_FILE
from abm.workspace.routing import Routing
from abm.workspace.settings import ROUTING_FILE, default_routing, read_settings

if TYPE_CHECKING:
    from pathlib import Path

    from abm.cli.opening import Choice, Opened
    from abm.output.work_lists import Written
    from abm.scoring.routing import Routed

DEFAULT = "abm's defaults (abm route --show)"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What `abm route` was asked for.

    Attributes:
        output: the folder to write into, or None to look only.
        kind: the format of the lists.
        show: print the queues as YAML instead.
    """

    output: Path | None = None
    kind: Format = "csv"
    show: bool = False


def run(choice: Choice, wanted: Wanted) -> int:
    """Route a workspace, write its lists, and show what came of it."""
    if wanted.show:
        emit(_shown(choice.workspace))
        return FINE
    if wanted.output is not None:
        require_folder(wanted.output)
        if wanted.kind == "xlsx":
            require_xlsxwriter()
    with Waiting() as waiting:
        source = opened(choice, waiting)
        if wanted.output is not None:
            names = list_files(source.workspace.routing or default_routing()[0], wanted.kind)
            refuse_inputs([wanted.output / name for name in names], source.workspace, choice.data)
        waiting("routing")
        workspace = source.workspace
        routed = route(source.result, workspace.routing, workspace.places if workspace.routing else None)
        said = DEFAULT if workspace.routing is None else WORKSPACE_FILE
        written = None
        if wanted.output is not None:
            waiting("writing")
            written = write_lists(routed, wanted.output, wanted.kind, "default" if workspace.routing is None else said)
    screen = screen_of(sys.stdout)
    emit(screen.rendered(routing_lines(routed, choice.name, said, screen)))
    _tell(source, routed, written, wanted)
    return FINE


def _tell(source: Opened, routed: Routed, written: Written | None, wanted: Wanted) -> None:
    tell_advice(source.result)
    tell_problems(source.result)
    if written is None or wanted.output is None:
        tell("nothing was written; -o DIR writes a list per queue.")
        return
    for note in written.notes:
        tell(note)
    rows = sum(frame.height for frame in routed.lists.values())
    tell(f"wrote {len(written.files)} files to {wanted.output}: {rows:,} rows of work, {MANIFEST} lists them")
    names = {path.name for path in written.files}
    older = sorted(each.name for each in wanted.output.iterdir() if each.name not in names and is_data_file(each.name))
    if older:
        more = f" and {len(older) - 3} more" if len(older) > 3 else ""  # noqa: PLR2004 - enough to know which
        tell(f"other files lie there too, which {MANIFEST} does not list: {', '.join(older[:3])}{more}")


def _shown(folder: Path) -> str:
    """The queues as YAML: the workspace's own, else the shipped ones with their comments."""
    declared = folder / WORKSPACE_FILE
    own = read_settings(declared)[0].routing if declared.is_file() else Routing()
    return routing_yaml(own) if own.queues else shipped("config", ROUTING_FILE).read_text("utf-8")
