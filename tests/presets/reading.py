"""A table read through a preset, from files written out in a test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

from abm.sources.presets.header import fits
from abm.sources.presets.library import shipped_presets
from abm.workspace.loader import load_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from abm.sources.tables import Table

_ACCOUNTS = "account_id\nA1\n"


def read(folder: Path, table: str, preset: str, file: str, content: str | bytes, **options: Any) -> Table:
    """Return a table of a workspace whose only file besides a list of accounts is this one.

    Args:
        folder: an empty folder, or one that was read from before.
        table: the canonical table.
        preset: the shape, such as `bombora.surge`.
        file: the file's name.
        content: what stands in it.
        options: other keys of the source in `workspace.yaml`.
    """
    data = folder / "data"
    path = data / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    source = {"preset": preset, "file": file, **options}
    tables: dict[str, Any] = {table: source}
    if table != "accounts":
        (data / "known.csv").write_text(_ACCOUNTS)
        tables["accounts"] = "known.csv"
    if table != "intent":
        (data / "nothing.csv").write_text("account_id,topic,observed_on,score\n")
        tables["intent"] = "nothing.csv"
    with (folder / "workspace.yaml").open("w") as stream:
        YAML(typ="safe").dump({"data": "data", "tables": tables}, stream)
    return load_workspace(folder).tables[table]


def rows(table: Table, *columns: str) -> list[tuple[Any, ...]]:
    """Return the rows of some columns, sorted as text."""
    return sorted(table.frame.select(columns).collect().rows(), key=str)


def codes(table: Table) -> dict[str, int]:
    """Return how often each kind of finding was counted."""
    counted: dict[str, int] = {}
    for finding in table.findings:
        counted[finding.code] = counted.get(finding.code, 0) + finding.count
    return counted


def shapes_for(header: list[str]) -> list[str]:
    """Return the shapes of shipped pages that recognise a header."""
    pages = shipped_presets().values()
    return [shape.reference for page in pages for shape in page.shapes.values() if fits(shape, header)]
