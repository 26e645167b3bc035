"""Where results may be written: anywhere but over what they were made of."""

from __future__ import annotations

from os.path import realpath
from pathlib import Path
from typing import TYPE_CHECKING

from abm.errors import OutputError
from abm.sources.files import is_data_file, table_name
from abm.tables.contracts import CONTRACTS
from abm.workspace.loader import CORRECTIONS, WORKSPACE_FILE
from abm.workspace.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from abm.sources.tables import Table
    from abm.workspace.loader import Workspace


def refuse_inputs(
    targets: Sequence[Path], workspace: Workspace, data: Path | None = None, answers: Path | None = None
) -> None:
    """Refuse to overwrite the facts, the model or `workspace.yaml`, or to add what would next be read as a table.

    Args:
        targets: the files to be written.
        workspace: what they are made of.
        data: the folder of the data, if not the workspace's own choice.
        answers: the file to be written for people to correct matching in; it keeps what it holds, so that it may be
            the one that the workspace reads.

    Raises:
        OutputError: one of the targets is an input, or would become one.
    """
    if not targets and answers is None:
        return
    declared = workspace.root / WORKSPACE_FILE
    folder = data or _data_folder(declared)
    inputs = {_real(path) for path in _inputs(workspace, folder, declared)}
    mentions = declared.read_text("utf-8") if declared.is_file() else ""
    conventional = not declared.is_file() or not read_settings(declared)[0].tables
    own = {_real(folder / file) for file in _files(workspace.tables.get(CORRECTIONS))}
    kept = [] if answers is None or _real(answers) in own or _is_corrections(answers, workspace) else [answers]
    for target in [*targets, *kept]:
        path = _real(target)
        mentioned = path.name in mentions and path.parent == _real(folder) and path.exists()
        if path in inputs or mentioned:
            raise OutputError(f"{target}: is what this result was made of. Write it to another place with -o.")
        reread = path.parent == _real(folder) and table_name(path.name) in CONTRACTS and is_data_file(path.name)
        if (conventional and reread) or _is_corrections(target, workspace):
            raise OutputError(
                f"{target}: would next be read as the table {table_name(path.name)} of this workspace."
                " Write it to another folder with -o."
            )


def _is_corrections(path: Path, workspace: Workspace) -> bool:
    """Whether a file is read as corrections wherever the data lies and whatever is declared."""
    beside = _real(path).parent == _real(workspace.root)
    return beside and table_name(path.name) == CORRECTIONS and is_data_file(path.name)


def _files(table: Table | None) -> list[str]:
    return [file for file in ((table.file if table is not None else None) or "").split(", ") if file]


def _real(path: Path) -> Path:
    # `Path.resolve` fails on links that lead round in a circle; what is wrong with them is said when they are opened.
    return Path(realpath(path))


def _data_folder(declared: Path) -> Path:
    return declared.parent / (read_settings(declared)[0].data or "." if declared.is_file() else ".")


def _inputs(workspace: Workspace, folder: Path, declared: Path) -> Iterator[Path]:
    yield declared
    if workspace.model_path is not None:
        yield workspace.model_path
    for table in workspace.tables.values():
        yield from (folder / file for file in _files(table))
