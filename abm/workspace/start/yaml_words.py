"""Values and comments that stand in a YAML file as what they are, whatever text they hold."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH = 116

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./()-]+)*")
_SPECIAL = frozenset({"true", "false", "null", "yes", "no", "on", "off", "none", "y", "n"})
_LONGEST_COMMENT = 400


def scalar(text: str) -> str:
    r"""Return a text as a YAML 1.2 scalar that is read as just that text, in block and in flow style.

    >>> print(scalar("Account Name"), scalar("yes"), scalar("a: b # c"), scalar('say "hi"\n'))
    Account Name "yes" "a: b # c" "say \"hi\"\n"
    """
    if _PLAIN.fullmatch(text) and text.lower() not in _SPECIAL:
        return text
    return '"' + "".join(_escaped(character) for character in text) + '"'


def comment(text: str, indent: int = 0, sign: str = "#") -> Iterator[str]:
    r"""Return a text as lines of comment; what could end the comment, or does not show, is replaced.

    >>> list(comment("one\ntwo"))
    ['# one two']
    """
    shown = "".join(character if character.isprintable() else " " for character in text)[:_LONGEST_COMMENT]
    margin = " " * indent
    for line in textwrap.wrap(shown, WIDTH - indent - len(sign) - 1, break_on_hyphens=False) or [""]:
        yield f"{margin}{sign} {line}".rstrip()


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character.isprintable():
        return character
    named = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(character)
    code = ord(character)
    if named:
        return named
    return f"\\x{code:02X}" if code <= 0xFF else f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"  # noqa: PLR2004
