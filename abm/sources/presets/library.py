"""The pages there are: shipped ones, and those of a workspace, which win."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from pydantic import ValidationError

from abm.errors import SourceError, did_you_mean
from abm.model.messages import in_plain_words, without_echoes
from abm.model.yaml_text import read_yaml
from abm.sources.presets.schema import Preset
from abm.sources.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from abm.model.places import Path as PlacePath
    from abm.model.places import Places
    from abm.sources.presets.schema import Shape

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def load_preset(path: Path) -> Preset:
    """Return the page that a YAML file writes.

    Args:
        path: a UTF-8 file in YAML 1.2, named as the page: `salesforce.yaml` holds `name: salesforce`.

    Raises:
        SourceError: it cannot be read, or is no page; one line per mistake, sorted by line:
            `salesforce.yaml:14: shapes.lead: unknown key 'heeder'. Keys here: ... Did you mean 'header'?`
    """
    data, places = read_yaml(path, "a preset", SourceError)
    try:
        preset = Preset.model_validate(data)
    except ValidationError as error:
        found = [in_plain_words(detail, Preset) for detail in error.errors(include_url=False)]
        by_line = sorted(without_echoes(found), key=lambda problem: places.number(problem[0]))
        raise SourceError("\n".join(dict.fromkeys(_line(where, text, places) for where, text in by_line))) from None
    if preset.name != path.stem:
        raise SourceError(
            f"{places.line(('name',))}: the page is called '{preset.name}' and its file {path.name}."
            f" Expected the same name. Rename the file, or write name: {path.stem}."
        )
    return preset.placed(places)


def shipped_presets() -> dict[str, Preset]:
    """Return the pages that come with abm, by name, in the order of the alphabet."""
    return dict(_presets_in(shipped("config", "sources")))


def presets_for(root: Path | None = None) -> dict[str, Preset]:
    """Return the shipped pages and those of the folder `presets` below a workspace, which win, by name.

    Args:
        root: the workspace's folder; None for the shipped pages alone.

    Raises:
        SourceError: a page of the workspace is none; see `load_preset`.
    """
    own = root / "presets" if root is not None else None
    if own is None or not own.is_dir():
        return shipped_presets()
    return dict(sorted((shipped_presets() | _read_folder(own)).items()))


def find_shape(reference: str, presets: Mapping[str, Preset] | None = None, *, root: Path | None = None) -> Shape:
    """Return the shape that a reference names.

    Args:
        reference: page and shape, such as `salesforce.lead`.
        presets: the pages to look in; if not given, those that `presets_for(root)` gives, of which one is read.
        root: a workspace's folder, for its own pages.

    Raises:
        SourceError: there is no such page, or no such shape on it.
    """
    name, _, shape = reference.partition(".")
    paths = {} if presets is not None else _paths(root)
    pages = paths if presets is None else presets
    if name not in pages:
        raise SourceError(
            f"preset '{reference}': there is no preset '{name}'.{did_you_mean(name, pages)} There are"
            f" {', '.join(pages)}. `abm presets` shows them; a page of your own lies in the folder presets/."
        )
    shapes = (_unchanged(paths[name], paths[name].stat().st_mtime_ns) if presets is None else presets[name]).shapes
    if shape not in shapes:
        said = f"'{name}' has no shape '{shape}'." if shape else "a preset is named with one of its shapes."
        raise SourceError(
            f"preset '{reference}': {said}{did_you_mean(shape, shapes)}"
            f" Shapes are {', '.join(f'{name}.{each}' for each in shapes)}."
        )
    return shapes[shape]


def _paths(root: Path | None) -> dict[str, Path]:
    """The files of the pages, by name; those of a workspace win."""
    folders = [shipped("config", "sources")] + ([root / "presets"] if root is not None else [])
    return {path.stem: path for folder in folders for path in sorted(folder.glob("*.yaml"))}


@lru_cache(maxsize=32)
def _unchanged(path: Path, _changed: int) -> Preset:
    # A workspace names the same page for many sources; to read one takes a third of a second.
    return load_preset(path)


@lru_cache(maxsize=4)
def _presets_in(folder: Path) -> tuple[tuple[str, Preset], ...]:
    # Shipped pages do not change while the program runs.
    return tuple(_read_folder(folder).items())


def _read_folder(folder: Path) -> dict[str, Preset]:
    pages: dict[str, Preset] = {}
    errors: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        if not path.stat().st_size:
            # `abm presets NAME > presets/NAME.yaml`: the shell makes the file before the program reads what is there.
            continue
        try:
            page = load_preset(path)
        except SourceError as error:
            errors.append(str(error))
        else:
            pages[page.name] = page
    if errors:
        raise SourceError("\n".join(errors))
    return pages


def _line(where: PlacePath, text: str, places: Places) -> str:
    # Pydantic knows the keys 'from' and 'with', words of Python, by their names in the code.
    said = _CONTROL.sub(" ", text.replace("from_", "from").replace("with_", "with"))
    path = ".".join(str(part) for part in where)
    return f"{places.line(where)}: {f'{path}: ' if path else ''}{said}{'' if said.endswith(('.', '?')) else '.'}"
