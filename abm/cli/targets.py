"""Where results may be written: anywhere but over what they were made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abm.errors import OutputError
from abm.sources.files import READERS
from abm.tables.contracts import CONTRACTS
from abm.workspace.loader import WORKSPACE_FILE
from abm.workspace.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from abm.cli.opening import Opened


def refuse_inputs(targets: Iterable[Path], source: Opened) -> None:
    """Refuse to overwrite the facts, the model or `workspace.yaml`, or to add what would next be read as a table.

    Raises:
        OutputError: one of the targets is an input, or would become one.
    """
    declared = source.workspace.root / WORKSPACE_FILE
    folder = _data_folder(source, declared)
    inputs = {path.resolve() for path in _inputs(source, folder, declared)}
    mentions = declared.read_text("utf-8") if declared.is_file() else ""
    conventional = not declared.is_file() or not read_settings(declared)[0].tables
    for target in targets:
        path = target.resolve()
        mentioned = path.name in mentions and path.parent == folder.resolve() and path.exists()
        if path in inputs or mentioned:
            raise OutputError(f"{target}: is what this result was made of. Write it to another place with -o.")
        reread = path.parent == folder.resolve() and path.stem in CONTRACTS and path.suffix.lower() in READERS
        if conventional and reread:
            raise OutputError(
                f"{target}: would next be read as the table {path.stem} of this workspace."
                " Write it to another folder with -o."
            )


def _data_folder(source: Opened, declared: Path) -> Path:
    if source.choice.data is not None:
        return source.choice.data
    root = source.workspace.root
    return root / (read_settings(declared)[0].data or ".") if declared.is_file() else root


def _inputs(source: Opened, folder: Path, declared: Path) -> Iterator[Path]:
    yield declared
    if source.workspace.model_path is not None:
        yield source.workspace.model_path
    for table in source.workspace.tables.values():
        yield from (folder / file for file in (table.file or "").split(", ") if file)
