"""Which files of cases a path means: the file itself, the one beside a model, or all in a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abm.errors import CaseError
from abm.evaluation.cases.loader import ENDING
from abm.workspace.bundled import model_file
from abm.workspace.loader import WORKSPACE_FILE
from abm.workspace.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_YAML = (".yaml", ".yml")


def case_files(paths: Sequence[Path]) -> list[Path]:
    """Return the files of cases that some paths, or names of shipped models, mean: each once, in order, then by name.

    Raises:
        CaseError, WorkspaceError: a path does not exist, or means no file of cases.
    """
    found = [file for path in paths for file in _files(model_file(path))]
    return list({file.resolve(): file for file in found}.values())


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return _in_folder(path)
    if not path.is_file():
        raise CaseError(f"{path}: is not there. Expected a NAME{ENDING}, a model with one beside it, or a folder.")
    if path.name.endswith(ENDING):
        return [path]
    if path.suffix in _YAML:
        return [_beside(path)]
    raise CaseError(f"{path}: is no file of cases. Expected a NAME{ENDING}, a model with one beside it, or a folder.")


def _in_folder(folder: Path) -> list[Path]:
    """All files of cases below a folder, those of hidden folders left out; else the one of the workspace's model."""
    inside = [file for file in folder.rglob(f"*{ENDING}") if file.is_file()]
    found = [file for file in inside if not any(part.startswith(".") for part in file.relative_to(folder).parts)]
    if found:
        return sorted(found)
    if (folder / WORKSPACE_FILE).is_file():
        settings, _ = read_settings(folder / WORKSPACE_FILE)
        if settings.model is not None:
            return [_beside(folder / settings.model)]
    raise CaseError(f"{folder}: holds no *{ENDING}. Write one beside the model, or name another folder.")


def _beside(model: Path) -> Path:
    file = model.with_name(model.stem + ENDING)
    if file.is_file():
        return file
    raise CaseError(f"{model}: there is no {file.name} beside it. Write one, or name a file of cases.")
