"""Presets for programs: lists, pages and shapes as JSON and YAML."""

from __future__ import annotations

import json
from dataclasses import asdict
from io import StringIO
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

from abm.output.text import safe_json

if TYPE_CHECKING:
    from abm.model.fields import Part
    from abm.output.preset_pages import Listing

_YAML_WIDTH = 120


def listing_json(listing: Listing) -> str:
    """Return the list as one JSON object, `sources` and `models`."""
    return _json(asdict(listing))


def listing_yaml(listing: Listing) -> str:
    """Return the list as YAML, `sources` and `models`."""
    return _yaml(json.loads(listing_json(listing)))


def part_json(part: Part) -> str:
    """Return a page, a shape or a model as one JSON object, without what is left at its default."""
    return _json(_content(part))


def part_yaml(part: Part) -> str:
    """Return a page or a shape as YAML, without what is left at its default; comments are not in it."""
    return _yaml(_content(part))


def _content(part: Part) -> dict[str, Any]:
    content: dict[str, Any] = part.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return content


def _json(content: object) -> str:
    return safe_json(json.dumps(content, indent=2, ensure_ascii=False, default=str) + "\n")


def _yaml(content: object) -> str:
    writer = YAML(typ="rt")
    writer.width = _YAML_WIDTH
    sink = StringIO()
    writer.dump(_with_blocks(content), sink)
    return sink.getvalue()


def _with_blocks(value: object) -> object:
    """Texts of several lines as blocks, which people can read."""
    if isinstance(value, dict):
        return {key: _with_blocks(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_blocks(each) for each in value]
    return LiteralScalarString(value) if isinstance(value, str) and "\n" in value else value
