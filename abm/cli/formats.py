"""The format of what a command writes: said in so many words, or told from the ending of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from abm.errors import OutputError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Format = TypeVar("Format", bound=str)

PLAIN = (".txt", "")
"""Endings of files for reading as they are."""


def format_of(said: Format | None, output: Path | None, endings: Mapping[str, Format], plain: Format) -> Format:
    """Tell in which format to write.

    Args:
        said: what --format said, if anything.
        output: the file of -o, or None for stdout.
        endings: the formats by the endings that tell them.
        plain: the format of what is for reading: on stdout, and in files that end in .txt or in nothing.

    Raises:
        OutputError: nothing was said and the ending tells nothing, so that a file would not hold what its name says.

    >>> from pathlib import Path
    >>> format_of(None, Path("a.CSV"), {".csv": "csv"}, "table"), format_of(None, None, {".csv": "csv"}, "table")
    ('csv', 'table')
    """
    if said is not None or output is None:
        return said or plain
    ending = output.suffix.lower()
    if ending in PLAIN:
        return plain
    if ending not in endings:
        raise OutputError(
            f"{output}: the ending {output.suffix} tells no format. Expected one of {', '.join([*endings, PLAIN[0]])},"
            f" or say with --format what to write.{did_you_mean(ending, endings)}"
        )
    return endings[ending]
