"""The text of `workspace.yaml`: every table with its sources, every doubt as a comment beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abm.tables.contracts import CONTRACTS
from abm.workspace.start.yaml_words import WIDTH, comment, scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from abm.workspace.start.source import Source

_ABOUT = {
    "accounts": "the companies",
    "contacts": "the people",
    "events": "what people did",
    "intent": "what companies research elsewhere",
    "opportunities": "deals, open, won and lost",
    "opportunity_contacts": "who plays which part in a deal",
    "lead_stages": "how far sales took each person",
    "corrections": "what a person has corrected; it outranks everything",
}
_HEAD = """\
# What abm reads in this folder, and as what. `abm init` wrote it at its first look; now it is yours: change it as you
# like. Running `abm init` again never changes this file; it says what is new in the folder. What you may uncomment
# stands behind #, why behind ##.
#
#   abm check -w DIR    what is wrong with the data
#   abm rank -w DIR     which accounts are worth a call today, and why
"""


def page(sources: Sequence[Source], model: str | None, missing: Sequence[str], left: Sequence[str]) -> str:
    """Return the text of a `workspace.yaml`.

    Args:
        sources: the entries, by table; those that are off become comments.
        model: the model's file, or None for no such line.
        missing: what is lacking before anything can be scored, a sentence each.
        left: files that are not read, with the reason, a line each.
    """
    lines = _HEAD.splitlines()
    lines.append("")
    for sentence in missing:
        lines += comment(f"NOT YET: {sentence}")
    if missing:
        lines.append("")
    if model is not None:
        lines += [f"model: {scalar(model)}", ""]
    lines += comment(
        "as_of: 2026-06-30   the day on which the scores are true; without it, the newest day of the facts"
    )
    lines.append("")
    lines += _tables(sources)
    if left:
        lines += ["", "# Not read:"]
        for each in left:
            lines += comment(f"- {each}")
    return "\n".join(lines) + "\n"


def entry(source: Source, indent: int = 0) -> list[str]:
    """Return one source as an entry of a list of sources, commented out if it is off."""
    return _entry(source, indent, listed=True)


def _tables(sources: Sequence[Source]) -> Iterator[str]:
    active = [source for source in sources if source.off is None]
    yield "tables:" if active else "# tables:"
    for table in CONTRACTS:
        own = [source for source in sources if source.table == table]
        if own:
            yield from _table(table, own)


def _table(table: str, sources: Sequence[Source]) -> Iterator[str]:
    active = [source for source in sources if source.off is None]
    yield f"{'  ' if active else '  # '}{table}:{' ' * (22 - len(table))}# {_ABOUT[table]}"
    for source in sources:
        yield from _entry(source, 4, listed=len(sources) > 1 or source.off is not None)


def _entry(source: Source, indent: int, *, listed: bool) -> list[str]:
    margin = " " * indent
    lines = [line for each in source.remarks for line in comment(each, indent)]
    if source.off is not None:
        lines += comment(f"Not read until you uncomment it: {source.off}.", indent, sign="##")
    body = _body(source)
    flow = "{" + ", ".join(f"{key}: {value}" for key, value in body) + "}"
    is_short = len(flow) + indent + 4 <= WIDTH and source.sql is None and not source.hints and not _maps(source)
    if is_short and listed:
        written = [f"- {flow}"]
    else:
        written = [*_block(body), *_columns(source), *_hints(source)]
        if listed:
            written = [f"{'- ' if place == 0 else '  '}{line}" for place, line in enumerate(written)]
    mark = "# " if source.off is not None else ""
    return [*lines, *(f"{margin}{mark}{line}".rstrip() for line in written)]


def _body(source: Source) -> list[tuple[str, str]]:
    """The keys and values of an entry but for its columns."""
    body: list[tuple[str, str]] = []
    if source.preset:
        body.append(("preset", scalar(source.preset)))
    if source.sql is not None:
        body.append(("sql", source.sql))
    else:
        names = [scalar(name) for name in source.written]
        body.append(("file", names[0] if len(names) == 1 else f"[{', '.join(names)}]"))
    if source.sheet is not None:
        body.append(("sheet", scalar(source.sheet)))
    if source.with_:
        files = ", ".join(f"{scalar(name)}: {scalar(file)}" for name, file in source.with_.items())
        body.append(("with", f"{{{files}}}"))
    return [*body, *source.options.items()]


def _block(body: Iterable[tuple[str, str]]) -> Iterator[str]:
    for key, value in body:
        if key != "sql":
            yield from _wrapped(key, value)
        elif _is_calm(value):
            yield "sql: |"
            yield from (f"  {line}" for line in value.splitlines())
        else:
            yield f"sql: {scalar(value)}"


def _wrapped(key: str, value: str) -> Iterator[str]:
    """A long list of files, a line each."""
    if value.startswith("[") and len(value) > WIDTH - 10:
        yield f"{key}:"
        # The brackets and separators are ours: no name holds `", "` unless it is quoted.
        yield from (f"  - {name}" for name in _items(value))
    else:
        yield f"{key}: {value}"


def _items(flow: str) -> list[str]:
    items, quoted, start, escaped = [], False, 1, False
    for place, sign in enumerate(flow):
        if escaped or sign == "\\":
            escaped = not escaped
        elif sign == '"':
            quoted = not quoted
        elif not quoted and (sign == "," or place == len(flow) - 1):
            items.append(flow[start:place].strip())
            start = place + 1
    return items


def _is_calm(sql: str) -> bool:
    """Whether a query can stand in a block as it is: its lines are ours, not part of a name."""
    lines = sql.split("\n")
    return all(line.isprintable() and line.count('"') % 2 == 0 and line.count("'") % 2 == 0 for line in lines)


def _columns(source: Source) -> Iterator[str]:
    if _maps(source):
        yield "columns:"
        for column, origin in source.columns.items():
            yield f"  {scalar(column)}: {scalar(origin)}"
        for column, value in source.constants.items():
            yield f"  {scalar(column)}: {{value: {scalar(value)}}}"
        for column, expression in source.expressions.items():
            yield f"  {scalar(column)}: {{sql: {scalar(expression)}}}"


def _maps(source: Source) -> bool:
    return bool(source.columns or source.constants or source.expressions)


def _hints(source: Source) -> Iterator[str]:
    for key, reason in source.hints:
        yield from comment(reason, sign="##")
        yield from comment(key)
