"""Export: the accounts or people of a result as the files that a platform accepts, with a manifest beside them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from abm.errors import OutputError, TableError, did_you_mean
from abm.output.files import draft, require_place
from abm.output.lists.cells import Cells, cells
from abm.output.lists.files import ListedFile, content, parts, written
from abm.output.lists.library import find_target
from abm.output.lists.manifest import FORMAT, earlier_keys, joined_keys, manifest_path
from abm.output.lists.selection import Chosen, Selection, chosen
from abm.output.lists.suppression import read_suppression
from abm.output.writers import manifest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from abm.output.lists.dropped import Dropped
    from abm.output.lists.target import Level, Target
    from abm.scoring.result import ScoreResult

_ENDINGS = {"csv": (".csv", ".tsv", ".txt"), "xlsx": (".xlsx",), "parquet": (".parquet", ".pq")}
_Piece = tuple[Path, pl.DataFrame, str]
"""A file to be: where, which rows, and what it holds."""


@dataclass(frozen=True, slots=True)
class Export:
    """What an export wrote.

    Attributes:
        target: the name of the target.
        level: what a row is.
        files: what was written, in order.
        manifest: where the manifest lies.
        selected: how many accounts or people were asked for.
        written: how many rows the whole list has; with `since`, of which the files hold what changed.
        added: rows that were not on the earlier list; None without `since`.
        removed: rows of the earlier list that are not on this one, as far as they are still known.
        lost: rows of the earlier list that nothing is known of any more; they stand in no file.
        dropped: what was left out, by reason.
        warnings: what the platform will probably not accept, in sentences.
        notes: what else to know, in sentences.
    """

    target: str
    level: Level
    files: tuple[ListedFile, ...]
    manifest: Path
    selected: int
    written: int
    added: int | None
    removed: int | None
    lost: int | None
    dropped: tuple[Dropped, ...]
    warnings: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A list that is ready to be written: `write` makes its files.

    Attributes:
        target: the page.
        pieces: of each file its path, its rows, and what it holds (`all`, `added`, `removed`).
        facts: what the manifest says besides the files.
        export: what the export will have written, but for its files.
        options: what was set.
        stamp: what the scores were made by.
    """

    target: Target
    pieces: tuple[_Piece, ...]
    facts: Mapping[str, Any]
    export: Export
    options: Mapping[str, str]
    stamp: Mapping[str, str]

    @property
    def paths(self) -> list[Path]:
        """The files to be written, the manifest last."""
        return [*(path for path, _, _ in self.pieces), self.export.manifest]

    def write(self) -> Export:
        """Write the files and the manifest; they get their names when the last of them is complete.

        The manifest gets its name last: a list whose manifest is there, with the SHA-256 of its files, is whole.

        Raises:
            OutputError: something cannot be written. No file has changed, and none is left half-written.
        """
        files: list[ListedFile] = []
        with draft() as unfinished:
            for path, frame, holds in self.pieces:
                words = self.target.words(dict(self.options), holds, self.stamp["as_of"])
                with unfinished.open(path) as stream:
                    size, digest = written(stream, content(self.target, frame, words, self.stamp))
                files.append(ListedFile(path, frame.height, size, digest, holds))
            listed = [{**asdict(each), "path": None, "file": each.path.name} for each in files]
            said = [{key: value for key, value in each.items() if value is not None} for each in listed]
            facts = {key: value for key, value in self.facts.items() if key != "keys"}
            with unfinished.open(self.export.manifest) as stream:
                stream.write(manifest({**facts, "files": said, "keys": self.facts["keys"]}))
        return Export(**{**_fields(self.export), "files": tuple(files)})


def export(
    result: ScoreResult,
    target: Target | str,
    path: Path | str,
    *,
    where: str | None = None,
    top: int | None = None,
    tier: Sequence[str] = (),
    stage: Sequence[str] = (),
    saved: tuple[str, str] | None = None,
    suppress: Path | str | None = None,
    people_where: str | None = None,
    role: Sequence[str] = (),
    include_excluded: bool = False,
    level: Level | None = None,
    options: Mapping[str, str] | None = None,
    since: Path | str | None = None,
    created: datetime | None = None,
) -> Export:
    """Write a list for a platform: selected, put into form, checked, hashed, divided into files.

    People who opted out are never on it, nor are people without account, nor consumers' mail domains on one of
    companies; accounts that the model excludes only if asked for.

    Args:
        result: what `score` gave.
        target: the name of a shipped target, or one of `find_target`.
        path: the file; several get a number before the ending, what was added and removed `-added` and `-removed`. Of a
            folder, the file in it is named as the target.
        where: a condition over accounts, as of `rank`.
        top: at most so many accounts, the best ranked; those to be left out do not count.
        tier: names of tiers; none is all.
        stage: names of stages; none is all.
        saved: name and condition of a saved selection, which is recorded.
        suppress: a file of ids, domains and mail addresses to leave out (see `read_suppression`).
        people_where: a condition over leads, for a list of people.
        role: primary roles, for a list of people; none is all.
        include_excluded: also accounts that the model excludes.
        level: `account` or `person`, for targets that take either.
        options: words of the target's page, such as the id of a list.
        since: the manifest of an earlier list: only what was added and what was removed is written, into two files.
        created: when; recorded, and nothing else hangs on it.

    Returns:
        What was written, and what was left out by reason. The manifest, `path` with `.manifest.json`, holds the same.

    Raises:
        ConditionError: a condition cannot be read or names an unknown column.
        NotFoundError: there is no such target, tier, stage or role.
        OutputError: it cannot be written there; nothing has changed.
        SourceError: `suppress` or `since` cannot be read.
        TableError: the target and what was asked for do not fit.
    """
    page = find_target(target) if isinstance(target, str) else target
    read = None if suppress is None else read_suppression(Path(suppress))
    names = tuple(tier), tuple(stage), tuple(role)
    selection = Selection(where, top, names[0], names[1], saved, read, people_where, names[2], include_excluded)
    earlier = None if since is None else Path(since)
    wanted = Wanted(Path(path), selection, level, dict(options or {}), earlier, created)
    return prepared(result, page, wanted).write()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an export was asked for, besides the target: see `export`."""

    path: Path
    selection: Selection
    level: Level | None
    options: Mapping[str, str]
    since: Path | None
    created: datetime | None


def prepared(result: ScoreResult, target: Target, wanted: Wanted) -> Prepared:
    """Make a list ready to be written; nothing is written yet.

    Raises:
        InputError: as of `export`.
    """
    level = _level(target, wanted.level)
    path = final_path(target, wanted.path)
    manifest_file = manifest_path(path)
    _require_options(target, wanted)
    earlier = None if wanted.since is None else earlier_keys(wanted.since, target)
    words = target.words(dict(wanted.options), "all", result.stamp["as_of"])
    columns = None if target.takes_all else target.sources()
    choice = chosen(result, level, wanted.selection, columns, everybody=earlier is not None)
    made = cells(target, choice.rows, words)
    wholes: list[_Piece] = [(path, made.frame, "all")]
    changed: tuple[int | None, int | None, int | None] = (None, None, None)
    if earlier is not None:
        wholes, changed = _changes(target, path, words, made, (choice, earlier))
    pieces = [piece for whole in wholes for piece in _divided(target, whole, wanted, result)]
    dropped = (*choice.dropped, *made.dropped)
    warnings, hints = _judged(target, made.frame.height, divided=len(pieces) > len(wholes))
    notes = (*choice.notes, *made.notes, *hints)
    added, removed, lost = changed
    done = Export(
        target.name,
        level,
        (),
        manifest_file,
        choice.selected,
        made.frame.height,
        added,
        removed,
        lost,
        dropped,
        warnings,
        notes,
    )
    return Prepared(
        target, tuple(pieces), _facts(result, target, wanted, done, made), done, wanted.options, result.stamp
    )


def final_path(target: Target, path: Path) -> Path:
    """Return the file that a path means: in a folder it is named as the target.

    Raises:
        OutputError: its name has an ending of another format, or spaces where the platform wants none.
    """
    form = target.file.format
    path = path / f"{target.name}.{form}" if path.is_dir() else path
    path = path.with_name(f"{path.name}.{form}") if not path.suffix else path
    if path.suffix.lower() not in _ENDINGS[form]:
        raise OutputError(
            f"{path}: {target.name} is written as {form.upper()}. Expected a name that ends in {_ENDINGS[form][0]}."
        )
    if not target.file.spaces_in_name and any(sign.isspace() for sign in path.name):
        raise OutputError(f"{path}: {target.name} takes no file with spaces in its name. Write _ for them.")
    require_place(path)
    return path


def _fields(done: Export) -> dict[str, Any]:
    return {name: getattr(done, name) for name in Export.__dataclass_fields__}


def _level(target: Target, asked: Level | None) -> Level:
    if target.level == "either":
        return asked or "account"
    if asked is not None and asked != target.level:
        raise TableError(f"level: {target.name} is a list of {target.level} rows. Leave the level out.")
    return target.level


def _require_options(target: Target, wanted: Wanted) -> None:
    for name in wanted.options:
        if name not in target.options:
            there = f"It has {', '.join(target.options)}." if target.options else "It has none."
            raise TableError(
                f"option {name}: {target.name} has no such option. {there}{did_you_mean(name, target.options)}"
            )
    if wanted.since is not None:
        missing = [name for name, each in target.options.items() if each.needed_since and name not in wanted.options]
        if missing:
            (first, *_) = missing
            raise TableError(
                f"option {first}: is needed to change a list that is there ({target.options[first].about})."
                f" Say it with {first}=VALUE."
            )


def _changes(
    target: Target, path: Path, words: dict[str, str], made: Cells, before: tuple[Chosen, pl.Series]
) -> tuple[list[_Piece], tuple[int, int, int]]:
    """What was added and what was removed; the latter made of everybody who is not on the list any more."""
    choice, earlier = before
    added = made.frame.filter(~made.keys.is_in(earlier.implode()))
    # Rows that this list left out as incomplete or equal may have been on the earlier one.
    rest = cells(target, pl.concat([choice.others, choice.rows]), words)
    gone = rest.keys.is_in(earlier.implode()) & ~rest.keys.is_in(made.keys.implode())
    removed = rest.frame.filter(gone)
    lost = earlier.filter(~earlier.is_in(made.keys.implode()) & ~earlier.is_in(rest.keys.implode()))
    named = [
        (path.with_name(f"{path.stem}-added{path.suffix}"), added, "added"),
        (path.with_name(f"{path.stem}-removed{path.suffix}"), removed, "removed"),
    ]
    return named, (added.height, removed.height, len(lost))


def _divided(target: Target, whole: _Piece, wanted: Wanted, result: ScoreResult) -> list[_Piece]:
    path, frame, holds = whole
    words = target.words(dict(wanted.options), holds, result.stamp["as_of"])
    pieces = parts(target, frame, words, result.stamp)
    if len(pieces) == 1:
        return [(path, pieces[0], holds)]
    digits = len(str(len(pieces)))
    named = (path.with_name(f"{path.stem}-{number:0{digits}}{path.suffix}") for number in range(1, len(pieces) + 1))
    return [(name, piece, holds) for name, piece in zip(named, pieces, strict=True)]


def _judged(target: Target, rows: int, *, divided: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the platform will not like, and what else is worth knowing."""
    limits = target.limits
    warnings = []
    notes = []
    if limits.least is not None and rows < limits.least:
        warnings.append(f"{target.name} takes no list of fewer than {limits.least:,} rows; this one has {rows:,}")
    elif limits.recommended is not None and rows < limits.recommended:
        notes.append(f"{limits.recommended:,} rows or more are recommended; this list has {rows:,}")
    if not rows and limits.least is None:
        warnings.append("the list is empty")
    if divided:
        most = [
            f"{limits.most:,} rows" if limits.most else "",
            f"{limits.most_bytes:,} bytes" if limits.most_bytes else "",
        ]
        notes.append(f"a file may have {' and '.join(filter(None, most))}: the list is divided")
    return tuple(warnings), tuple(notes)


def _facts(result: ScoreResult, target: Target, wanted: Wanted, done: Export, made: Cells) -> dict[str, Any]:
    changed = {"added": done.added, "removed": done.removed, "lost": done.lost}
    return {
        "abm_list": FORMAT,
        "target": target.name,
        "level": done.level,
        "created": None if wanted.created is None else wanted.created.isoformat(timespec="seconds"),
        **result.stamp,
        "selection": wanted.selection.said(),
        "options": dict(wanted.options),
        "since": None if wanted.since is None else wanted.since.name,
        "selected": done.selected,
        "rows": done.written,
        **{name: value for name, value in changed.items() if value is not None},
        "dropped": [asdict(each) for each in done.dropped],
        "warnings": list(done.warnings),
        "notes": list(done.notes),
        "keys": joined_keys(made.keys),
    }
