"""`abm export`: lists for ad platforms and CRMs; which targets there are, and what a page says."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from abm.cli.faults import FINE
from abm.cli.opening import Choice, opened, tell_problems
from abm.cli.streams import emit, tell, to_terminal
from abm.cli.targets import refuse_inputs
from abm.cli.waiting import Waiting
from abm.errors import ConditionError, NotFoundError, OutputError, TableError, did_you_mean
from abm.model.conditions import Condition
from abm.output.lists.export import Wanted as Asked
from abm.output.lists.export import final_path, prepared
from abm.output.lists.library import find_target, load_target, target_file, target_files
from abm.output.lists.pages import export_lines, page_lines, targets_lines
from abm.output.lists.selection import Selection
from abm.output.lists.suppression import read_suppression
from abm.output.screen import screen_of
from abm.output.text import safe_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from abm.output.lists.export import Prepared
    from abm.output.lists.target import Level, Target
    from abm.workspace.loader import Workspace


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for.

    Attributes:
        target: the name of a target, or None for the list of them.
        output: the file; None with `dry` or `show`.
        show: print the page of the target instead.
        dry: say what would be written, and write nothing.
        where: a condition over accounts.
        top: at most so many accounts.
        tiers: names of tiers.
        stages: names of stages.
        saved: the name of a selection that `workspace.yaml` saves.
        suppress: a file of those to leave out.
        people_where: a condition over leads.
        roles: primary roles of people.
        excluded: also accounts that the model excludes.
        level: what a row is, for targets that take either.
        options: NAME=VALUE.
        since: the manifest of an earlier list.
    """

    target: str | None = None
    output: Path | None = None
    show: bool = False
    dry: bool = False
    where: str | None = None
    top: int | None = None
    tiers: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    saved: str | None = None
    suppress: Path | None = None
    people_where: str | None = None
    roles: tuple[str, ...] = ()
    excluded: bool = False
    level: Level | None = None
    options: tuple[str, ...] = ()
    since: Path | None = None


def run(choice: Choice, wanted: Wanted) -> int:
    """List the targets, show one, or write a list."""
    if wanted.target is None:
        pages = [load_target(path) for path in target_files(choice.workspace).values()]
        emit(screen_of(sys.stdout).rendered(targets_lines(pages, screen_of(sys.stdout))))
        return FINE
    if wanted.show:
        _show(target_file(wanted.target, choice.workspace))
        return FINE
    target = find_target(wanted.target, choice.workspace)
    output = _checked(target, wanted)
    with Waiting() as waiting:
        source = opened(choice, waiting)
        waiting("choosing")
        asked = _asked(source.workspace, wanted, output)
        ready = prepared(source.result, target, asked)
        if not wanted.dry:
            refuse_inputs(ready.paths, source.workspace, choice.data)
            waiting("writing")
            done = ready.write()
    tell_problems(source.result)
    if wanted.dry:
        tell("\n".join(export_lines(ready.export, target, ready)))
        return FINE
    tell("\n".join(export_lines(done, target)))
    _tell_older(ready, output)
    return FINE


def _show(path: Path) -> None:
    """A page for a person, or the very bytes of it for a file: an editable copy."""
    content = path.read_bytes()
    if to_terminal():
        screen = screen_of(sys.stdout)
        emit(screen.rendered(page_lines(safe_lines(content.decode("utf-8-sig")), screen)))
    else:
        emit(content)


def _checked(target: Target, wanted: Wanted) -> Path:
    """Find what cannot work before anything is read."""
    for option, text in (("where", wanted.where), ("people-where", wanted.people_where)):
        try:
            Condition.parse("true" if text is None else text)
        except ConditionError as error:
            raise ConditionError(f"--{option}: {error}") from None
    if wanted.output is None and not wanted.dry:
        raise OutputError(
            f"{target.name}: no file is named to write to. Name one with -o, or see with --dry-run what it would hold."
        )
    if wanted.suppress is not None and wanted.output is not None and _same(wanted.suppress, wanted.output):
        raise OutputError(f"{wanted.output}: is the file of those to leave out. Write to another with -o.")
    return final_path(target, wanted.output if wanted.output is not None else Path(target.name))


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def _asked(workspace: Workspace, wanted: Wanted, output: Path) -> Asked:
    suppress = None if wanted.suppress is None else read_suppression(wanted.suppress)
    saved = None if wanted.saved is None else (wanted.saved, _saved(workspace, wanted.saved))
    selection = Selection(
        wanted.where,
        wanted.top,
        wanted.tiers,
        wanted.stages,
        saved,
        suppress,
        wanted.people_where,
        wanted.roles,
        wanted.excluded,
    )
    # When a list was made is what people ask first; nothing in it hangs on the clock.
    return Asked(output, selection, wanted.level, _options(wanted.options), wanted.since, datetime.now(UTC))


def _saved(workspace: Workspace, name: str) -> str:
    lists = getattr(workspace, "lists", None) or {}
    if name not in lists:
        there = f"There are {', '.join(lists)}." if lists else "There are none: add lists: {NAME: CONDITION} to it."
        raise NotFoundError(
            f"--list {name}: workspace.yaml saves no list of this name. {there}{did_you_mean(name, lists)}"
        )
    return str(getattr(lists[name], "text", lists[name]))


def _options(given: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in given:
        name, sign, value = each.partition("=")
        if not sign or not name.strip():
            raise TableError(f"--option {each}: is not NAME=VALUE. Write such as --option list_name=Targets.")
        found[name.strip()] = value.strip()
    return found


def _tell_older(ready: Prepared, output: Path) -> None:
    """Say which files of an earlier, otherwise divided list lie there still."""
    written = {path.name for path in ready.paths}
    beside = [path.name for path in output.parent.iterdir() if path.suffix == output.suffix]
    older = sorted(name for name in beside if name not in written and _of_list(name, output))
    if older:
        tell(f"older files lie there too, which the manifest does not list: {', '.join(older[:5])}")


def _of_list(name: str, output: Path) -> bool:
    rest = name.removesuffix(output.suffix).removeprefix(output.stem)
    parts = rest.split("-")
    return name.startswith(output.stem) and all(each.isdigit() or each in ("", "added", "removed") for each in parts)
