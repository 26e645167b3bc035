"""How the files of one table are written, as far as a person has to say it."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

DELIMITERS: dict[str, str] = {"comma": ",", "tab": "\t", "semicolon": ";", "bar": "|", "pipe": "|"}
"""Words for the signs between fields."""


@dataclass(frozen=True, slots=True)
class FileOptions:
    """How the files of one table are written; what is not said is told by the files.

    Attributes:
        header: whether delimited files and sheets begin with column names.
        names: the column names of files without header.
        encoding: of text files, a name that Python knows; None: told by the bytes.
        delimiter: one character between the fields of delimited files; None: told by the file.
        comment: what lines before the header begin with that are none of it; None: `#`.
        sheet: the sheet of a workbook; None: its only one.
        nulls: words that mean nothing in text columns, compared trimmed.
    """

    header: bool = True
    names: tuple[str, ...] = ()
    encoding: str | None = None
    delimiter: str | None = None
    comment: str | None = None
    sheet: str | None = None
    nulls: tuple[str, ...] = ()


def encoding_name(encoding: str) -> str:
    """Return Python's name of an encoding.

    Raises:
        ValueError: there is none of that name, or it is not of text.

    >>> encoding_name("Windows-1252"), encoding_name("utf8")
    ('cp1252', 'utf-8')
    """
    try:
        found = codecs.lookup(encoding)
        "".encode(encoding)
    except (LookupError, ValueError):
        msg = f"'{encoding}' is no encoding. Expected a name such as utf-8, windows-1252, latin-1 or utf-16"
        raise ValueError(msg) from None
    return found.name


def delimiter_sign(delimiter: str) -> str:
    r"""Return the sign that is meant by itself or by a word.

    Raises:
        ValueError: it is not one sign that can stand between fields.

    >>> delimiter_sign("tab"), delimiter_sign(";")
    ('\t', ';')
    """
    sign = DELIMITERS.get(delimiter.strip().lower(), delimiter).replace("\\t", "\t")
    if len(sign) != 1 or sign in '"\r\n' or not sign.isascii() or sign.isalnum():
        msg = f"{delimiter!r} cannot stand between fields. Expected one sign such as ; or {', '.join(DELIMITERS)}"
        raise ValueError(msg)
    return sign
