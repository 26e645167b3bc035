"""`abm brief`: a page per account that a salesperson reads before a call."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from abm.cli.faults import FINE
from abm.cli.formats import format_of
from abm.cli.opening import Choice, Opened, opened, tell_advice, tell_problems
from abm.cli.streams import emit, tell, to_terminal
from abm.cli.waiting import Waiting
from abm.errors import ConditionError, NotFoundError, OutputError, did_you_mean
from abm.model.conditions import Condition
from abm.output.brief import briefs
from abm.output.brief.rendering import ENDINGS, FOLDER, Format, Templates, brief_json, index_json
from abm.output.files import draft, folder, require_folder, require_place
from abm.output.text import safe_lines
from abm.output.writers import write_file
from abm.scoring.explanation.entity import find
from abm.scoring.ranking import ranking

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from abm.output.brief import Brief

_ENDINGS: dict[str, Format] = {".json": "json", ".md": "markdown", ".markdown": "markdown", ".html": "html"}
_ENDINGS |= {".htm": "html"}
_LONGEST = 60
"""So long a part of a file's name may be."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What `abm brief` was asked for.

    Attributes:
        accounts: ids, domains or parts of names.
        where: a condition, or None; with `top` it selects accounts of the ranking, besides those that are named.
        top: at most so many of them.
        saved: the name of a list that workspace.yaml saves, or None; both conditions must hold then.
        kind: the format; None is told by the ending of `output`, else by the template's name, else Markdown.
        template: a template to use instead of the shipped one.
        output: a file for one account, a folder for several; None is stdout.
    """

    accounts: tuple[str, ...] = ()
    where: str | None = None
    top: int | None = None
    saved: str | None = None
    kind: Format | None = None
    template: Path | None = None
    output: Path | None = None

    @property
    def selects(self) -> bool:
        """Whether accounts are selected from the ranking."""
        return self.where is not None or self.top is not None or self.saved is not None

    @property
    def several(self) -> bool:
        """Whether there is a file for each account."""
        return self.selects or len(self.accounts) > 1

    @property
    def format(self) -> Format:
        """The format that was asked for, in so many words, by the file's ending or the template's."""
        by_template = None if self.template is None else _told_by(self.template)
        if self.kind is not None:
            return self.kind
        if self.several or self.output is None or self.output.is_dir():
            return by_template or "markdown"
        return format_of(None, self.output, _ENDINGS, by_template or "markdown")


def run(choice: Choice, wanted: Wanted) -> int:
    """Write the briefs that were asked for."""
    _check(wanted)
    single = wanted.output is not None and not wanted.several and not wanted.output.is_dir()
    with Waiting() as waiting:
        source = opened(choice, waiting, [wanted.output] if single and wanted.output is not None else [])
        waiting("writing briefs")
        chosen = _chosen(source, wanted)
        written = briefs(source.result, chosen, workspace=choice.name)
        pages = _pages(written, wanted, choice.workspace, source)
    _write(pages, wanted)
    tell_advice(source.result)
    tell_problems(source.result)
    return FINE


def _check(wanted: Wanted) -> None:
    """Find what cannot work before anything is read."""
    if not wanted.accounts and not wanted.selects:
        raise NotFoundError(
            "say which account, such as `abm brief acme.com`, or several: `abm brief A001 A002 -o briefs`,"
            " `abm brief --where 'is_mqa' -o briefs`."
        )
    if wanted.several and wanted.output is None:
        raise OutputError("several briefs are files in a folder. Name the folder with -o.")
    if wanted.output is not None and (wanted.several or wanted.output.is_dir()):
        require_folder(wanted.output)
    elif wanted.output is not None:
        require_place(wanted.output)
    if wanted.template is not None:
        if wanted.format == "json":
            raise OutputError(
                "JSON has no template: it holds all that templates see. Leave out --template or --format."
            )
        if not wanted.template.is_file():
            raise OutputError(f"{wanted.template}: there is no such file. Name a Jinja2 template.")
    _ = wanted.format  # asked for what it refuses: a file whose ending tells no format
    try:
        Condition.parse("true" if wanted.where is None else wanted.where)
    except ConditionError as error:
        raise ConditionError(f"--where: {error}") from None


def _told_by(template: Path) -> Format | None:
    """The format in the name of a template, such as brief.html.jinja."""
    endings = [_ENDINGS[each.lower()] for each in template.suffixes if each.lower() in _ENDINGS]
    return endings[-1] if endings else None


def _chosen(source: Opened, wanted: Wanted) -> list[str]:
    result = source.result
    named = [find(result, each, level="account").entity_id for each in wanted.accounts]
    if not wanted.selects:
        return named
    try:
        ranked = ranking(result, where=wanted.where, excluded=True)
    except ConditionError as error:
        raise ConditionError(f"--{error}") from None
    ids: list[str] = ranked["account_id"].to_list()
    if wanted.saved is not None:
        listed = ranking(result, where=_saved(source, wanted.saved), excluded=True)
        ids = [each for each in ids if each in set(listed["account_id"].to_list())]
    return list(dict.fromkeys([*named, *ids[: wanted.top]]))


def _saved(source: Opened, name: str) -> str:
    lists = source.workspace.lists
    if name not in lists:
        known = f"Saved are: {', '.join(lists)}." if lists else "None are saved: say `lists: {NAME: CONDITION}` there."
        raise NotFoundError(f"workspace.yaml saves no list '{name}'. {known}{did_you_mean(name, lists)}")
    return lists[name].text


def _pages(written: Sequence[Brief], wanted: Wanted, workspace: Path, source: Opened) -> dict[str, str]:
    """The texts by the names of their files; the index last, where there is one."""
    kind = wanted.format
    names = file_names([(each.account_id, each.name.shown) for each in written], ENDINGS[kind])
    entries = list(zip(names, written, strict=True))
    index = f"index{ENDINGS[kind]}" if wanted.several else None
    if kind == "json":
        pages = {name: brief_json(each) for name, each in entries}
        return pages if index is None else {**pages, index: index_json(entries, source.result.stamp)}
    templates = Templates(kind, wanted.template, (workspace / FOLDER,))
    pages = {name: templates.page(each, index=index) for name, each in entries}
    return pages if index is None else {**pages, index: templates.index(entries, source.result.stamp)}


def _write(pages: dict[str, str], wanted: Wanted) -> None:
    output = wanted.output
    if output is None:
        (page,) = pages.values()
        emit(safe_lines(page) if to_terminal() and wanted.format != "json" else page)
        return
    if not wanted.several and not output.is_dir():
        (page,) = pages.values()
        (one,) = write_file(page.encode(), output)
        tell(f"wrote {one}")
        return
    with folder(output), draft() as files:
        for name, page in pages.items():
            with files.open(output / name) as stream:
                stream.write(page.encode())
    count = len(pages) - wanted.several
    tell(f"wrote {count:,} {'brief' if count == 1 else 'briefs'} to {output}")


def file_names(accounts: Iterable[tuple[str, str]], ending: str) -> list[str]:
    """Return a name for the file of each account: its id and name, in letters that every disk takes; no two alike.

    >>> file_names([("A001", "Brandstätter & Co."), ("../x", "a/b"), (".. x", "a b")], ".md")
    ['A001-brandstatter-co.md', 'x-a-b.md', 'x-a-b-2.md']
    """
    taken: set[str] = {"index"}
    names = []
    for account_id, name in accounts:
        parts = [_plain(account_id), _plain(name).lower()]
        stem = "-".join(dict.fromkeys(part for part in parts if part)) or "account"
        unique, count = stem, 1
        while unique.lower() in taken:
            count += 1
            unique = f"{stem}-{count}"
        taken.add(unique.lower())
        names.append(unique + ending)
    return names


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", letters).strip("-")[:_LONGEST].strip("-")
