"""`abm presets`: which presets there are, and what one of them says."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from abm.cli.faults import FINE
from abm.cli.streams import emit, to_terminal
from abm.errors import NotFoundError, WorkspaceError, did_you_mean
from abm.model.loader import load_model
from abm.output.preset_files import listing_json, listing_yaml, part_json, part_yaml
from abm.output.preset_pages import Listing, ModelEntry, first_words, listing_lines, page_entry, page_lines, shape_lines
from abm.output.screen import screen_of
from abm.output.text import safe_lines
from abm.sources.presets.library import find_shape, presets_for
from abm.sources.shipped import shipped
from abm.workspace.bundled import shipped_models
from abm.workspace.loader import WORKSPACE_FILE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from rich.text import Text

    from abm.sources.presets.schema import Preset, Shape

Format = Literal["table", "json", "yaml"]
_MODEL = "model"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for.

    Attributes:
        name: a page, a shape (`hubspot.contact`), a model (`starter`, `model.hubspot`), or None for the list.
        workspace: the folder whose own pages count too; None for the current one if it is a workspace.
        kind: how to print it; None for what reads best on a terminal, and the page itself elsewhere.
    """

    name: str | None
    workspace: Path | None
    kind: Format | None


def run(wanted: Wanted, here: Path) -> int:
    """Print the list, a page, or a shape of it."""
    root = _root(wanted.workspace, here)
    pages = presets_for(root)
    models = shipped_models()
    if wanted.name is None:
        _show_list(pages, models, root, wanted.kind)
        return FINE
    name = wanted.name.strip()
    page, dot, shape = name.partition(".")
    if page == _MODEL and dot and page not in pages:
        _show_model(shape, models, wanted.kind)
    elif dot:
        _show_shape(find_shape(name, pages), wanted.kind)
    elif name in pages:
        _show_page(pages[name], _file_of(name, root), wanted.kind)
    elif name in models:
        _show_model(name, models, wanted.kind)
    else:
        raise _unknown(name, pages, models)
    return FINE


def _root(workspace: Path | None, here: Path) -> Path | None:
    """The folder whose own pages count; any other folder may hold a `presets` that means something else."""
    if workspace is None:
        return here if (here / WORKSPACE_FILE).is_file() else None
    if not workspace.is_dir():
        raise WorkspaceError(f"{workspace}: there is no such folder. Name a workspace with -w, or leave it out.")
    return workspace


def _show_list(pages: dict[str, Preset], models: dict[str, Path], root: Path | None, kind: Format | None) -> None:
    sources = tuple(page_entry(page, own=_own(name, root) is not None) for name, page in pages.items())
    entries = tuple(ModelEntry(name, first_words(path.read_text("utf-8"))) for name, path in models.items())
    listing = Listing(sources, entries)
    if kind == "json":
        emit(listing_json(listing).encode())
    elif kind == "yaml":
        emit(_safe(listing_yaml(listing)))
    else:
        screen = screen_of(sys.stdout)
        emit(screen.rendered(listing_lines(listing, screen)))


def _show_page(page: Preset, path: Path, kind: Format | None) -> None:
    if kind == "json":
        emit(part_json(page).encode())
    else:
        _show_text(path, kind)


def _show_model(name: str, models: dict[str, Path], kind: Format | None) -> None:
    if name not in models:
        raise _unknown(name, (), models)
    if kind == "json":
        emit(part_json(load_model(models[name])).encode())
    else:
        _show_text(models[name], kind)


def _show_text(path: Path, kind: Format | None) -> None:
    """A page for a person, or the very bytes of it for a file: an editable copy."""
    if kind == "table" or (kind is None and to_terminal()):
        screen = screen_of(sys.stdout)
        _emit_lines(page_lines(path.read_text("utf-8-sig"), screen))
    else:
        content = path.read_bytes()
        emit(_safe(content.decode("utf-8-sig")) if to_terminal() else content)


def _show_shape(shape: Shape, kind: Format | None) -> None:
    if kind == "json":
        emit(part_json(shape).encode())
    elif kind == "yaml":
        emit(_safe(part_yaml(shape)))
    else:
        _emit_lines(shape_lines(shape, screen_of(sys.stdout)))


def _emit_lines(lines: list[Text]) -> None:
    emit(screen_of(sys.stdout).rendered(lines))


def _safe(text: str) -> bytes:
    return (safe_lines(text) if to_terminal() else text).encode()


def _own(name: str, root: Path | None) -> Path | None:
    path = root / "presets" / f"{name}.yaml" if root is not None else None
    # An empty one is being written at this moment, by what this command prints.
    return path if path is not None and path.is_file() and path.stat().st_size else None


def _file_of(name: str, root: Path | None) -> Path:
    return _own(name, root) or shipped("config", "sources", f"{name}.yaml")


def _unknown(name: str, pages: Iterable[str], models: Iterable[str]) -> NotFoundError:
    pages, models = list(pages), list(models)
    sources = f" Source presets are {', '.join(pages)}." if pages else ""
    return NotFoundError(
        f"there is no preset '{name}'.{did_you_mean(name, [*pages, *models])}{sources}"
        f" Models are {', '.join(models)}. `abm presets` says what they are."
    )
