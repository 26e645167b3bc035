"""Presets shown: which there are, and one shape column by column."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlglot
from rich.cells import cell_len
from rich.style import Style
from rich.syntax import ANSISyntaxTheme, Syntax
from rich.text import Text
from sqlglot import expressions as exp

from abm.output.layout import flowing, wrapped
from abm.output.text import safe, safe_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from abm.output.screen import Screen
    from abm.sources.presets.schema import Header, Preset, PresetColumn, Shape, TableRule

_MARGIN = 2
_WIDEST_NAME = 28
_NARROWEST_TEXT = 24
_THEME = ANSISyntaxTheme(
    {
        ("Comment",): Style(dim=True),
        ("Name", "Tag"): Style(color="cyan"),
        ("Keyword",): Style(color="blue"),
        ("Literal", "String"): Style(color="green"),
    }
)
"""Keys stand out, comments stand back; the sixteen colours of the person's own terminal."""
_NOT_OF_A_ROW = "dim"
_FIRST_STOP = re.compile(r"[.:;](?:\s|$)|\s\(")


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A page about files, as the list names it.

    Attributes:
        name: how references begin.
        title: what it is about.
        shapes: title by reference, such as `hubspot.contact`.
        tables: the canonical tables that its shapes fill.
        own: whether it is a page of the workspace.
    """

    name: str
    title: str
    shapes: dict[str, str]
    tables: tuple[str, ...]
    own: bool = False


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A shipped model, as the list names it: `about` is how its page begins."""

    name: str
    about: str


@dataclass(frozen=True, slots=True)
class Listing:
    """The presets there are, pages about files and models, each in the order to show."""

    sources: tuple[PageEntry, ...]
    models: tuple[ModelEntry, ...]


def page_entry(page: Preset, *, own: bool = False) -> PageEntry:
    """Return the entry of a page."""
    tables = dict.fromkeys(table for shape in page.shapes.values() for table in shape.tables)
    shapes = {f"{page.name}.{name}": shape.title for name, shape in page.shapes.items()}
    return PageEntry(page.name, page.title, shapes, tuple(tables), own)


def first_words(page: str) -> str:
    r"""Return what a page of YAML says of itself first, in a comment: up to its first stop, colon or bracket.

    >>> first_words("# Counts people as X does\n# with minutes: 10 each. More.\nname: x\n")
    'Counts people as X does with minutes'
    >>> first_words("name: starter   # what counts: both teams own this page\nversion: 1\n")
    'what counts'
    """
    comment: list[str] = []
    for line in page.splitlines():
        before, sign, said = line.partition("#")
        if before.strip() and not before.startswith("name:"):
            break
        if sign:
            comment.append(said.strip())
        if (before.strip() and sign) or (not sign and comment):
            break
    return _FIRST_STOP.split(" ".join(comment), maxsplit=1)[0]


def listing_lines(listing: Listing, screen: Screen) -> list[Text]:
    """Return the list as lines: pages about files with their shapes, then models."""
    names = [entry.name for entry in listing.sources] + [model.name for model in listing.models]
    indent = min(max(map(cell_len, names), default=0), _WIDEST_NAME) + 2
    drawn = _heading("Source presets", "the files of known systems; in workspace.yaml: preset: NAME.SHAPE", screen)
    for entry in listing.sources:
        own = [Text("yours, in presets/", style="green")] if entry.own else []
        drawn += _hanging(Text(safe(entry.name), style="bold"), [Text(safe(entry.title)), *own], indent, screen)
        shapes = [Text(safe(each), style="cyan") for each in entry.shapes]
        drawn += _hanging(Text(), shapes, indent, screen)
    drawn += [Text(), *_heading("Models", "ready to score with; --model NAME, or model: in workspace.yaml", screen)]
    for model in listing.models:
        drawn += _hanging(Text(safe(model.name), style="bold"), [Text(safe(model.about))], indent, screen)
    advice = "abm presets NAME shows a page, abm presets NAME.SHAPE one kind of file, abm presets model.NAME a model"
    return [*drawn, Text(), *wrapped([Text(advice, style=_NOT_OF_A_ROW)], screen.width)]


def page_lines(page: str, screen: Screen) -> list[Text]:
    """Return a page of YAML as lines that fit, highlighted; nothing in it can do anything to the terminal."""
    code = Syntax("", "yaml", theme=_THEME).highlight(safe_lines(page))
    code.rstrip()
    return [
        piece
        for line in code.split("\n", allow_blank=True)
        for piece in (wrapped([line], screen.width) if line.cell_len > screen.width else [line])
    ]


def shape_lines(shape: Shape, screen: Screen) -> list[Text]:
    """Return a shape as lines: how it is recognised, what leaves, and each table column by column."""
    drawn = flowing([Text(safe(shape.reference), style="bold"), Text(safe(shape.title))], screen.width)
    drawn += wrapped([Text(safe(" ".join(shape.about.split())))], screen.width) if shape.about.strip() else []
    drawn.append(Text())
    facts = list(_facts(shape))
    indent = max(len(name) for name, _ in facts) + 2
    for name, values in facts:
        drawn += _hanging(Text(name, style=_NOT_OF_A_ROW), values, indent, screen)
    for name, rule in shape.tables.items():
        drawn += [Text(), *_table(name, rule, screen)]
    uses = [Text(safe(f"  {table}: {{preset: {shape.reference}, file: YOUR FILE}}")) for table in shape.tables]
    drawn += [Text(), Text.assemble(("in workspace.yaml: ", _NOT_OF_A_ROW), "tables:")]
    return [*drawn, *wrapped(uses, screen.width)]


def _facts(shape: Shape) -> Iterator[tuple[str, list[Text]]]:
    """What is said of the file as a whole."""
    if shape.header:
        yield "recognised by", _alternatives(shape.header)
    else:
        yield "recognised by", [Text("no header")]
    if shape.files:
        yield "file name", [Text(safe(shape.files))]
    if shape.names:
        yield "without header", [Text(f"{len(shape.names)} columns"), *(Text(safe(name)) for name in shape.names)]
    if shape.nulls:
        yield "means nothing", [Text(safe(word)) for word in shape.nulls]
    if shape.dates:
        yield "days like 3/4/2026", [Text(shape.dates.replace("_", " "))]
    if shape.timezone:
        yield "time zone", [Text(safe(shape.timezone))]
    for name, file in shape.with_.items():
        need = "needed" if file.required else "optional"
        known = Text.assemble("its columns: ", Text(", ").join(_alternatives(file.header))) if file.header else None
        about = Text(safe(file.about)) if file.about else None
        yield f"with {safe(name)}", [each for each in (Text(need), about, known) if each]
    for name, condition in shape.drop.items():
        yield "left out", [Text.assemble((safe(name), "red"), f" where {_one_line(condition)}")]


def _alternatives(header: Header) -> list[Text]:
    return [_names(names) for names in header]


def _names(names: Sequence[str]) -> Text:
    first, *others = names
    said = Text(safe(first), style="cyan")
    return Text.assemble(said, (f" (or {', '.join(map(safe, others))})", _NOT_OF_A_ROW)) if others else said


def _table(name: str, rule: TableRule, screen: Screen) -> list[Text]:
    """A table of a shape: a line per column, or the SELECT with a line per column it gives."""
    drawn = [Text.assemble((name, "bold"), (" by one SELECT" if rule.sql else "", _NOT_OF_A_ROW))]
    rows = (
        [(safe(column), [Text(_one_line(said))]) for column, said in _selected(rule.sql)]
        if rule.sql
        else [(safe(column), list(_origin(given))) for column, given in rule.columns.items()]
    )
    indent = min(max((cell_len(column) for column, _ in rows), default=0), _WIDEST_NAME) + _MARGIN * 2
    for column, said in rows:
        drawn += _hanging(Text(f"{' ' * _MARGIN}{column}"), said, indent, screen)
    notes = [f"rows where {_one_line(rule.keep)}"] if rule.keep else []
    notes += [] if rule.sql else ["other columns of the file stay beside these"]
    for note in notes:
        drawn += _indented([Text(note, style=_NOT_OF_A_ROW)], _MARGIN, screen)
    if rule.sql:
        code = Syntax("", "sql", theme=_THEME).highlight(safe_lines(rule.sql))
        code.rstrip()
        drawn += [Text(), *_indented(code.split("\n", allow_blank=True), _MARGIN, screen)]
    return drawn


def _origin(given: PresetColumn) -> Iterator[Text]:
    """Where a column comes from, and what becomes of its values."""
    if given.value is not None:
        yield Text.assemble("always ", (safe(given.value) or "empty", "green"))
    if given.sql is not None:
        yield Text(_one_line(given.sql))
    if given.from_:
        first, *others = (Text(safe(name), style="cyan") for name in given.from_)
        yield Text(", else ").join([first, *others])
    for word, meaning in given.values.items():
        yield Text.assemble(safe(word), " → ", (safe(meaning) if meaning else "empty", "green"))
    if given.values:
        yield Text("other values stay" if given.otherwise == "keep" else "other values: empty, and reported")
    if given.id is not None:
        yield Text(f"an id of {safe(given.id)}: 15 characters become 18")


def _selected(sql: str) -> list[tuple[str, str]]:
    """The columns that a SELECT gives, each with its expression; none where the parser does not know the dialect."""
    try:
        tree = sqlglot.parse_one(sql, dialect="duckdb")
    except sqlglot.errors.SqlglotError:
        return []
    if not isinstance(tree, exp.Query):
        return []
    return [(each.alias_or_name, each.unalias().sql(dialect="duckdb")) for each in tree.selects]


def _one_line(text: str | None) -> str:
    return safe(" ".join((text or "").split()))


def _heading(title: str, said: str, screen: Screen) -> list[Text]:
    return [*flowing([Text(title, style="bold underline"), Text(said, style=_NOT_OF_A_ROW)], screen.width), Text()]


def _hanging(name: Text, segments: Sequence[Text], indent: int, screen: Screen) -> list[Text]:
    """A name, and beside it segments that flow; below it where there is too little room."""
    room = screen.width - indent
    if room < _NARROWEST_TEXT:
        below = _indented(flowing(segments, max(screen.width - 2 * _MARGIN, 1)), 2 * _MARGIN, screen)
        return [*(wrapped([name], screen.width) if name.plain.strip() else []), *below]
    beside = flowing(segments, room) or [Text()]
    if name.cell_len > indent - _MARGIN:
        return [name, *_indented(beside, indent, screen)]
    head = name.copy()
    head.pad_right(indent - name.cell_len)
    return [Text.assemble(head, beside[0]), *_indented(beside[1:], indent, screen)]


def _indented(lines: Iterable[Text], by: int, screen: Screen) -> list[Text]:
    pieces = (piece for line in lines for piece in wrapped([line], max(screen.width - by, 1)) or [line])
    return [Text.assemble(" " * by, piece) for piece in pieces]
