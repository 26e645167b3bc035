"""Text files become UTF-8: a byte order mark is believed, what is not UTF-8 is told by chardet and said."""

from __future__ import annotations

import codecs
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, TextIO

from abm.errors import SourceError
from abm.sources.notes import Note

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Why chardet: of names of companies and people in eleven encodings, three to three hundred lines, it told nearly all,
# where charset-normalizer took most of Windows-1252 for Windows-1250. It is never sure of so little text, so what it
# says is always passed on. These are what programs of offices still write; rarer ones are named by a person.
_CANDIDATES = (
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "koi8-r"),
    *("cp932", "euc-jp", "gb18030", "big5", "cp949", "mac_roman", "cp850"),
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Western names of several languages in one table look Central European to a model of single languages. With this weight
# ten lines of either, or of Turkish, are told in 38 of 40 trials; without it Western ones in 27.
_COMMON = 1.5
_CHUNK = 1 << 22
_HEAD = 1 << 16
_SAMPLE = 100_000
# What no text holds; a form feed, or the end-of-file sign of old machines, does occur.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f]")
_SAY = "say encoding: in workspace.yaml"


@dataclass(frozen=True, slots=True)
class Text:
    """The UTF-8 text of a file: where it lies on disk, or its bytes if it had to be unpacked or decoded.

    Attributes:
        source: the file, or the bytes without byte order mark.
        encoding: what it was written in; "utf-8" also stands for what nobody has looked at yet.
    """

    source: Path | bytes
    encoding: str = "utf-8"

    def opened(self) -> TextIO:
        """Open it for reading; line ends stay."""
        return io.TextIOWrapper(self.binary(), encoding="utf-8-sig", newline="")

    def binary(self) -> BinaryIO:
        """Open its bytes for reading."""
        return io.BytesIO(self.source) if isinstance(self.source, bytes) else self.source.open("rb")

    def is_utf8(self) -> bool:
        """Whether all of it is."""
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            with self.binary() as handle:
                while chunk := handle.read(_CHUNK):
                    decoder.decode(chunk)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
        return True

    def head(self, size: int = _HEAD) -> bytes:
        """Return its first bytes."""
        with self.binary() as handle:
            return handle.read(size)


def as_utf8(text: Text, file: str, encoding: str | None) -> Text:
    """Decode a file if it says by its first bytes, or a person says, that it is not UTF-8.

    Args:
        text: the file as it is.
        file: what messages call it.
        encoding: what a person says; None: a byte order mark, or the NULs of UTF-16, is believed.

    Raises:
        SourceError: it is not written in this encoding.
    """
    head = text.head()
    named = encoding or next((name for mark, name in _MARKS if head.startswith(mark)), None) or _by_nulls(head)
    if named in (None, "utf-8", "utf-8-sig", "ascii"):
        return text
    return decoded(text, file, named or "utf-8")


def decoded(text: Text, file: str, encoding: str) -> Text:
    """Decode a file.

    Raises:
        SourceError: it is not written in this encoding.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    content = io.BytesIO()
    line = 1
    with text.binary() as handle:
        try:
            while chunk := handle.read(_CHUNK):
                letters = decoder.decode(chunk)
                line += letters.count("\n")
                content.write(letters.encode())
            content.write(decoder.decode(b"", final=True).encode())
        except UnicodeError as error:
            raise SourceError(
                f"{file}: is not {encoding} text (line {line} or one soon after). Save it as UTF-8, or {_SAY}."
            ) from error
    return Text(content.getvalue().removeprefix(codecs.BOM_UTF8), encoding)


def is_utf8(head: bytes) -> bool:
    """Whether the beginning of a file is UTF-8, as far as it goes."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def guessed(text: Text, file: str, said: str | None = None) -> tuple[Text, Note]:
    """Decode a file that is not UTF-8 by the most likely encoding.

    Args:
        text: the file as it is.
        file: what messages call it.
        said: what a person says it is written in; then nothing is guessed.

    Returns:
        The text, and the note that says what was taken.

    Raises:
        SourceError: it is said to be UTF-8; most of it is and a few lines are not; it is no text, or nothing fits.
    """
    odd = _OddLines(text)
    if said is not None:
        raise SourceError(f"{file}: line {odd.first} is not {said} text. Say another encoding:, or none.")
    if odd.utf8 >= odd.other:
        raise SourceError(
            f"{file}: line {odd.first} is not UTF-8, but other lines are. Two encodings are mixed: save it as UTF-8"
            f" (spreadsheets: 'CSV UTF-8'), or {_SAY}."
        )
    for encoding in _ranked(odd.sample):
        try:
            found = decoded(text, file, encoding)
        except SourceError:
            continue
        if _CONTROL.search(found.head().decode(errors="replace")):
            break
        message = (
            f"{file}: is not UTF-8 (line {odd.first}) and does not say what it is; read as {_shown(encoding)}."
            f" If letters come out wrong, {_SAY}, or save it as UTF-8 (spreadsheets: 'CSV UTF-8')."
        )
        return found, Note("encoding", message)
    raise SourceError(
        f"{file}: line {odd.first} is not UTF-8, and its encoding cannot be told. Save the file as UTF-8 (spreadsheets:"
        f" 'CSV UTF-8'), or {_SAY}."
    )


class _OddLines:
    """The lines of a file that are not plain ASCII: how many are UTF-8, how many not, and some of the latter."""

    def __init__(self, text: Text) -> None:
        self.utf8 = self.other = self.first = 0
        self.sample = b""
        for number, line in _lines(text):
            if _is_whole_utf8(line):
                self.utf8 += 1
                continue
            self.other += 1
            self.first = self.first or number
            if len(self.sample) < _SAMPLE:
                self.sample += line[: _SAMPLE // 10]


def _lines(text: Text) -> Iterator[tuple[int, bytes]]:
    with text.binary() as handle:
        for number, line in enumerate(handle, start=1):
            if not line.isascii():
                yield number, line


def _is_whole_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _ranked(sample: bytes) -> list[str]:
    """The encodings that fit, the likeliest first."""
    from chardet import detect_all  # noqa: PLC0415 - loaded only for files that are not UTF-8

    found = detect_all(sample, ignore_threshold=True, include_encodings=_CANDIDATES, compat_names=False)
    likely = {"cp1252": 0.0}
    for each in found:
        name = codecs.lookup(each["encoding"] or "cp1252").name
        likely[name] = max(likely.get(name, 0.0), each["confidence"] * (_COMMON if name == "cp1252" else 1))
    return sorted(likely, key=lambda name: -likely[name])


def _shown(encoding: str) -> str:
    return encoding.replace("cp125", "windows-125")


def _by_nulls(head: bytes) -> str | None:
    """Text in two bytes a letter has a NUL in nearly every other place: where, says which of the two comes first."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if (even + odd) * 4 <= len(head):
        return None
    if (even + odd) * 5 > len(head) * 3:
        return "utf-32-le" if head[0] else "utf-32-be"
    return "utf-16-le" if odd > even else "utf-16-be"
