"""The targets there are: shipped pages, and those of a workspace, which win."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydantic import ValidationError

from abm.errors import NotFoundError, WorkspaceError, did_you_mean
from abm.model.messages import in_plain_words, without_echoes
from abm.model.yaml_text import read_yaml
from abm.output.lists.target import Target
from abm.sources.shipped import shipped

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "targets"
"""Where a workspace keeps its own pages."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def load_target(path: Path) -> Target:
    """Return the target that a YAML file writes.

    Args:
        path: a UTF-8 file in YAML 1.2, named as the target: `meta.yaml` holds `name: meta`.

    Raises:
        WorkspaceError: it cannot be read, or is no target; one line per mistake, sorted by line.
    """
    data, places = read_yaml(path, "a target", WorkspaceError)
    try:
        target = Target.model_validate(data)
    except ValidationError as error:
        found = [in_plain_words(detail, Target) for detail in error.errors(include_url=False)]
        by_line = sorted(without_echoes(found), key=lambda problem: places.number(problem[0]))
        lines = []
        for where, text in by_line:
            said = _CONTROL.sub(" ", text.replace("from_", "from").replace("as_", "as"))
            name = ".".join(str(part) for part in where)
            stop = "" if said.endswith((".", "?")) else "."
            lines.append(f"{places.line(where)}: {f'{name}: ' if name else ''}{said}{stop}")
        raise WorkspaceError("\n".join(dict.fromkeys(lines))) from None
    if target.name != path.stem:
        raise WorkspaceError(
            f"{places.line(('name',))}: the target is called '{target.name}' and its file {path.name}."
            f" Expected the same name. Rename the file, or write name: {path.stem}."
        )
    return target


def target_files(root: Path | None = None) -> dict[str, Path]:
    """Return the pages by name, in the order of the alphabet; those of a workspace's folder `targets` win."""
    folders = [shipped("config", FOLDER), *([root / FOLDER] if root is not None else [])]
    found = {path.stem: path for folder in folders for path in sorted(folder.glob("*.yaml")) if path.stat().st_size}
    return dict(sorted(found.items()))


def find_target(name: str, root: Path | None = None) -> Target:
    """Return a target by its name.

    Args:
        name: such as `linkedin-companies`.
        root: a workspace's folder, for its own pages.

    Raises:
        NotFoundError: there is none of this name.
        WorkspaceError: its page is wrong.

    >>> find_target("sixsense-accounts").limits.most
    25000
    """
    return load_target(target_file(name, root))


def target_file(name: str, root: Path | None = None) -> Path:
    """Return the page of a target.

    Raises:
        NotFoundError: there is none of this name.
    """
    files = target_files(root)
    if name not in files:
        raise NotFoundError(
            f"there is no target '{name}'.{did_you_mean(name, files)} Targets are {', '.join(files)}."
            f" `abm export` says what they are; a page of your own lies in the workspace's folder {FOLDER}/."
        )
    return files[name]
