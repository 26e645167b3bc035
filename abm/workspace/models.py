"""A model by the name of a shipped one, or from a file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from abm.errors import ModelError
from abm.model import loader
from abm.workspace.bundled import model_file

if TYPE_CHECKING:
    from abm.model import Model


def load_model(path: str | os.PathLike[str]) -> Model:
    """Return the model that a YAML file writes, or a shipped one.

    Args:
        path: A UTF-8 file in YAML 1.2, or the name of a shipped model, as `abm presets` lists them. A file of that name
            wins.

    Returns:
        The validated model, defaults filled in; `model.warnings` lists what is legal but probably not meant, and
        `model.place(...)` says on which line a value stands.

    Raises:
        WorkspaceError: A bare name, but neither a file nor a shipped model.
        ModelError: The file cannot be read, or is not a model. The message has one line per error, sorted by line:
            `model.yaml:14: signal 'pricing_view': unknown key 'pionts'. Keys here: ... Did you mean 'points'?`
            Or what is given names no file at all.

    >>> load_model("starter").mql.threshold
    65.0
    """
    if not isinstance(path, str | os.PathLike):
        raise ModelError(
            f"expected a model, the path of its file, or the name of a shipped one; got {type(path).__name__}."
            " Of plain values `abm.model.model_from` makes one."
        )
    return loader.load_model(model_file(Path(path)))
