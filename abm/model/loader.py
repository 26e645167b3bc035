"""Reading a model file: YAML in, a checked model out, or every error at once with file and line."""

from __future__ import annotations

import re
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from abm.errors import ModelError
from abm.model.agreement import disagreements
from abm.model.messages import UNKNOWN_KEY, in_plain_words, without_echoes
from abm.model.places import Places, in_words
from abm.model.schema import DISAGREEMENT, Model
from abm.model.yaml_text import read_yaml

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from abm.model.places import Path

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def load_model(path: str | os.PathLike[str]) -> Model:
    """Return the model that a YAML file writes.

    Args:
        path: A UTF-8 file in YAML 1.2.

    Returns:
        The validated model, defaults filled in; `model.warnings` lists what is legal but probably not meant, and
        `model.place(...)` says on which line a value stands.

    Raises:
        ModelError: The file cannot be read, or is not a model. The message has one line per error, sorted by line:
            `model.yaml:14: signal 'pricing_view': unknown key 'pionts'. Keys here: ... Did you mean 'points'?`
    """
    data, places = read_yaml(FilePath(path), "a model")
    return _validated(data, places)


def model_from(data: Mapping[str, Any], *, name: str = "model") -> Model:
    """Return the model that plain Python values write, shaped as the YAML file would be.

    Args:
        data: The keys of a model file.
        name: What messages call it, since there is no file.

    Raises:
        ModelError: As of `load_model`, without line numbers.

    >>> model_from({"name": "tiny", "version": 1}).mql.threshold
    65.0
    """
    return _validated(dict(data), Places(name, {}))


def _validated(data: dict[Any, Any], places: Places) -> Model:
    problems: list[tuple[Path, str]] = disagreements(data)
    model: Model | None = None
    try:
        model = Model.model_validate(data)
    except ValidationError as error:
        found = error.errors(include_url=False)
        problems += without_echoes(
            [in_plain_words(detail, Model) for detail in found if detail["type"] != DISAGREEMENT]
        )
    if model is None or problems:
        raise ModelError(_report(problems, data, places))
    return model.placed(places)


def _report(problems: list[tuple[Path, str]], data: object, places: Places) -> str:
    by_line = sorted(problems, key=lambda problem: places.number(problem[0]))
    lines = [_line(path, text, data, places) for path, text in by_line]
    return "\n".join(dict.fromkeys(lines))


def _line(path: Path, text: str, data: object, places: Places) -> str:
    end = "" if text.endswith((".", "?")) else "."
    about = path[:-1] if text.startswith(UNKNOWN_KEY) else path
    # One error is one line, whatever names it quotes.
    return _CONTROL.sub(" ", f"{places.line(path)}: {in_words(about, data)}: {text}{end}")
