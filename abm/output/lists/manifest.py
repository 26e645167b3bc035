"""What a list was made of and what is in it, beside its files: enough to check them, and to say later what changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl

from abm.errors import SourceError
from abm.output.lists.cells import KEY_LENGTH

if TYPE_CHECKING:
    from pathlib import Path

    from abm.output.lists.target import Target

SUFFIX = ".manifest.json"
FORMAT = 1
_MOST_BYTES = 1 << 30


def manifest_path(path: Path) -> Path:
    """Return where the manifest of a list lies: beside it."""
    return path.with_name(path.name + SUFFIX)


def joined_keys(keys: pl.Series) -> str:
    """Return keys as one text, in their own order, so that the order of the rows does not tell whose they are."""
    return " ".join(keys.sort().to_list())


def earlier_keys(path: Path, target: Target) -> pl.Series:
    """Return the keys of an earlier list from its manifest.

    Raises:
        SourceError: it cannot be read, is no manifest of a list, or of another target.
    """
    where = f"{path}: "
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise SourceError(f"{where}is too large for a manifest. Name the file that ends in {SUFFIX}.")
        content: Any = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise SourceError(f"{where}there is no such file. Name the manifest of an earlier list.") from None
    except OSError as error:
        raise SourceError(f"{where}cannot be opened ({error.strerror or error}). Check its permissions.") from error
    except (ValueError, RecursionError):
        raise SourceError(f"{where}is not JSON. Name the manifest of an earlier list; it ends in {SUFFIX}.") from None
    if not isinstance(content, dict) or content.get("abm_list") != FORMAT or not isinstance(content.get("keys"), str):
        raise SourceError(f"{where}is no manifest of a list. Name a file of `abm export` that ends in {SUFFIX}.")
    if content.get("target") != target.name:
        raise SourceError(
            f"{where}is of the target '{content.get('target')}', not '{target.name}'."
            " Name a manifest of the same target."
        )
    keys = pl.Series("key", content["keys"].split(), dtype=pl.String)
    if not keys.str.contains(f"^[0-9a-f]{{{KEY_LENGTH}}}$").all():
        raise SourceError(f"{where}its keys were changed. Restore it, or export the whole list again.")
    return keys
