"""Where the table of a delimited file begins and which sign stands between its fields, told by its first lines.

The fields are counted by the standard library's reader: the sign by which every line, names included, has as many is
the one. On 216 made tables with the other signs inside their fields this told 215, and so did `csv.Sniffer` and the
sniffer of DuckDB (clevercsv: 166 of 168); this also says when two signs fit, takes milliseconds and loads nothing.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from abm.sources.notes import Note

if TYPE_CHECKING:
    from abm.sources.encodings import Text
    from abm.sources.options import FileOptions

WORDS = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars"}
"""The signs that are told by themselves."""

_USUAL = {".csv": ",", ".tsv": "\t"}
_SAMPLE, _LONG_SAMPLE = 1 << 16, 1 << 20
_FEW_LINES = 3
# A line that spreadsheets write and read, and nothing else.
_SEPARATOR_LINE = re.compile(r'^"?sep=(.)"?\s*$', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a delimited file is written.

    Attributes:
        separator: the sign between fields.
        skipped_lines: lines before the header that are none of the table.
        skipped_bytes: how long they are, in UTF-8, a byte order mark included.
        notes: what was decided that a person may want to know.
    """

    separator: str
    skipped_lines: int = 0
    skipped_bytes: int = 0
    notes: tuple[Note, ...] = ()


def told_dialect(text: Text, file: str, ending: str, options: FileOptions) -> Dialect:
    """Tell how a delimited file is written.

    Args:
        text: the file, UTF-8.
        file: what notes call it.
        ending: `.csv`, `.tsv` or `.txt`; commas and tabs are usual in the first two.
        options: what a person says; `delimiter` and `comment` are believed.

    Returns:
        The dialect. Lines before the header that begin with `#` (or `options.comment`) are comments, unless such a line
        has as many fields as the line after it, and is not one of several: then it is the header. A line `sep=;` names
        the separator.
    """
    lines, is_whole = _first_lines(text)
    given = options.delimiter
    skipped, named = _preamble(lines, options.comment, given)
    given = given or named
    usual = _USUAL.get(ending)
    fits = [] if given else _fitting(lines[skipped:], usual, is_whole=is_whole)
    separator = given or _chosen(fits, lines[skipped:], usual)
    notes = []
    if skipped and not named:
        notes.append(Note("comment_lines", f"{file}: its first {skipped} line(s) are comments or blank and left out."))
    if separator != (given or usual) and (fits or usual is None):
        others = f", though {' and '.join(WORDS[each] for each in fits if each != separator)} would fit too"
        notes.append(
            Note(
                "delimiter",
                f"{file}: its fields are taken to be separated by {WORDS[separator]}{others if len(fits) > 1 else ''}."
                " If not, say delimiter: in workspace.yaml.",
            )
        )
    return Dialect(separator, skipped, sum(len(line.encode()) for line in lines[:skipped]), tuple(notes))


def _first_lines(text: Text) -> tuple[list[str], bool]:
    """Return the first lines that are there whole, and whether they are all."""
    for size in (_SAMPLE, _LONG_SAMPLE):
        head = text.head(size)
        lines = list(io.StringIO(head.decode("utf-8", errors="replace"), newline=""))
        if len(head) < size:
            return lines, True
        if len(lines) > _FEW_LINES:
            break
    return lines[:-1] or lines, False


def _preamble(lines: list[str], comment: str | None, given: str | None) -> tuple[int, str | None]:
    """Count the lines before the header; return also the separator that one of them names."""
    skipped, at, named = 0, 0, None
    for at, line in enumerate(lines):
        bare = line.lstrip("\ufeff")
        names_it = _SEPARATOR_LINE.match(bare)
        if names_it:
            named, skipped = names_it.group(1), at + 1
        elif bare.startswith(comment or "#"):
            following = lines[at + 1] if at + 1 < len(lines) else ""
            in_preamble = skipped > 0 and bare.startswith("# ")
            if comment is None and not in_preamble and _is_header(bare, following, given or named):
                break
            skipped = at + 1
        elif bare.strip():
            break
    return skipped, named


def _is_header(line: str, following: str, given: str | None) -> bool:
    """Whether a line that begins with # has as many fields as the next: `#,Name` is a header, not a comment."""
    if not following.strip() or following.startswith("#"):
        return False
    signs = [given] if given else list(WORDS)
    widths = [(_width(line, sign), _width(following, sign)) for sign in signs]
    return any(own == other > 1 for own, other in widths)


def _width(line: str, sign: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=sign), []))
    except csv.Error:
        return 0


def _fitting(lines: list[str], usual: str | None, *, is_whole: bool) -> list[str]:
    """The signs by which every record has the same number of fields, more than one; the most fields first."""
    found: list[tuple[int, str]] = []
    for sign in WORDS:
        try:
            widths = [len(record) for record in csv.reader(lines, delimiter=sign) if record]
        except csv.Error:
            continue
        # The last record of a part may go on in the next.
        counted = set(widths if is_whole or len(widths) == 1 else widths[:-1])
        if len(counted) == 1 and (width := counted.pop()) > 1:
            found.append((width, sign))
    return [sign for _, sign in sorted(found, key=lambda pair: (-pair[0], pair[1] != usual))]


def _chosen(fits: list[str], lines: list[str], usual: str | None) -> str:
    if fits:
        return fits[0]
    # No sign fits throughout: the header decides, and what is wrong with the rows is said when they are read.
    header = next((line for line in lines if line.strip()), "")
    if usual and _width(header, usual) > 1:
        return usual
    return max(WORDS, key=lambda sign: (_width(header, sign), sign == usual))
