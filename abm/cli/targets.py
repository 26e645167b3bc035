"""Where results may be written: anywhere but over what they were made of."""

from __future__ import annotations

from os.path import realpath
from pathlib import Path
from typing import TYPE_CHECKING

from abm.errors import OutputError
from abm.sources.files import is_data_file, table_name
from abm.tables.contracts import CONTRACTS
from abm.workspace.loader import WORKSPACE_FILE
from abm.workspace.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from abm.workspace.loader import Workspace


def refuse_inputs(targets: Sequence[Path], workspace: Workspace, data: Path | None = None) -> None:
    """Refuse to overwrite the facts, the model or `workspace.yaml`, or to add what would next be read as a table.

    Args:
        targets: the files to be written.
        workspace: what they are made of.
        data: the folder of the data, if not the workspace's own choice.

    Raises:
        OutputError: one of the targets is an input, or would become one.
    """
    if not targets:
        return
    declared = workspace.root / WORKSPACE_FILE
    folder = data or _data_folder(declared)
    inputs = {_real(path) for path in _inputs(workspace, folder, declared)}
    mentions = declared.read_text("utf-8") if declared.is_file() else ""
    conventional = not declared.is_file() or not read_settings(declared)[0].tables
    for target in targets:
        path = _real(target)
        mentioned = path.name in mentions and path.parent == _real(folder) and path.exists()
        if path in inputs or mentioned:
            raise OutputError(f"{target}: is what this result was made of. Write it to another place with -o.")
        reread = path.parent == _real(folder) and table_name(path.name) in CONTRACTS and is_data_file(path.name)
        if conventional and reread:
            raise OutputError(
                f"{target}: would next be read as the table {table_name(path.name)} of this workspace."
                " Write it to another folder with -o."
            )


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
        yield from (folder / file for file in (table.file or "").split(", ") if file)
