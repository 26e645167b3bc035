"""Untrusted text made safe for a terminal."""

from __future__ import annotations

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_JOINERS = {"\N{ZERO WIDTH NON-JOINER}", "\N{ZERO WIDTH JOINER}"}
"""Invisible, but Persian, Hindi and many emoji are misspelt without them."""


def safe(text: str) -> str:
    r"""Return text that can do nothing to a terminal but be read on one line.

    Control characters (escape sequences begin with one), bidirectional overrides and other invisible characters become
    U+FFFD, so that one sees there was something; line breaks, tabs and odd spaces become a space.

    >>> safe("Acme\x1b[31m Inc.\nBerlin")
    'Acme�[31m Inc. Berlin'
    """
    return text if text.isprintable() else "".join(map(_safe_character, text))


def safe_lines(text: str) -> str:
    r"""Return text of several lines, each made safe.

    >>> safe_lines("one\ntwo\x07")
    'one\ntwo�'
    """
    return "\n".join(safe(line) for line in text.split("\n"))


def safe_json(text: str) -> str:
    r"""Return JSON with what a terminal might obey written as an escape; it means the same.

    Outside its strings JSON holds nothing of the kind, and inside them the escape is the character.

    >>> safe_json('{"name": "\x9b31m"}')
    '{"name": "\\u009b31m"}'
    """
    if text.isascii():
        return text.replace("\x7f", "\\u007f")
    hostile = {each for each in set(text) if not each.isprintable() and each not in "\r\n\t" and each not in _JOINERS}
    return text.translate({ord(each): _escape(each) for each in hostile})


def _safe_character(character: str) -> str:
    if character.isprintable() or character in _JOINERS:
        return character
    return " " if character.isspace() and character not in "\x1c\x1d\x1e\x1f\x85" else REPLACEMENT


def _escape(character: str) -> str:
    code = ord(character)
    if code <= 0xFFFF:  # noqa: PLR2004 - the last code point that JSON escapes in one piece
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
