"""A folder, looked at: what each file is, which workspace and model follow, and what a person must decide."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from abm.errors import SourceError
from abm.sources.guard import LIBRARY_ERRORS, first_line
from abm.sources.presets.library import presets_for
from abm.tables.contracts import enough_to_score
from abm.workspace.loader import MODEL_FILE
from abm.workspace.start.listing import DATABASES, DEEPEST, MOST_FILES, Listing, ending_of, listing
from abm.workspace.start.meaning import Meaning, meaning
from abm.workspace.start.model_page import model_page
from abm.workspace.start.page import page
from abm.workspace.start.sample import fingerprint, samples
from abm.workspace.start.sources import Found, sources
from abm.workspace.start.survey import Survey, Title, survey
from abm.workspace.start.trial import Tried, tried
from abm.workspace.start.yaml_words import scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from abm.sources.presets.schema import Preset
    from abm.workspace.start.source import Source


@dataclass(frozen=True)
class Row:
    """What is said of one file.

    Attributes:
        file: its name, with the sheet of a workbook.
        rows: how many it has, or None where they were not counted.
        meant: what it is, such as `salesforce.lead`; empty if it is not read.
        tables: the canonical tables that it feeds.
        evidence: how one knows.
        advice: what to do about it, if anything.
    """

    file: str
    rows: int | None
    meant: str
    tables: tuple[str, ...]
    evidence: str
    advice: str = ""


@dataclass(frozen=True)
class Start:
    """What a first look at a folder found.

    Attributes:
        read: the files that are read.
        left: the files that are not, or not yet.
        sources: the entries of `workspace.yaml`.
        workspace: its text.
        model: the text of the model.
        seen: what the tables hold.
        questions: what a person must decide, a sentence each.
        missing: what is lacking before anything can be scored.
    """

    read: tuple[Row, ...]
    left: tuple[Row, ...]
    sources: tuple[Source, ...]
    workspace: str
    model: str
    seen: Survey
    questions: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def recognised(self) -> bool:
        """Whether anything was recognised at all."""
        return bool(self.sources)


def start(
    folder: Path,
    read_titles: Callable[[Iterable[str]], Mapping[str, Title]],
    *,
    timezone: str | None = None,
    progress: Callable[[str], None] = lambda _step: None,
) -> Start:
    """Look at a folder of exports.

    Args:
        folder: where they lie; nothing is written there.
        read_titles: what titles say, such as `abm.identity.titles.read_titles`.
        timezone: zone of times that do not name their own.
        progress: told of each step.

    Raises:
        WorkspaceError: there is no such folder, or it cannot be read.
        SourceError: a page in the folder's own `presets` is none.
    """
    presets = presets_for(folder)
    listed = listing(folder)
    meanings, broken = _meanings(listed, folder, presets, progress)
    progress("joining")
    found = sources(meanings, folder, presets, listed.files)
    zoned = tuple(_zoned(source, timezone) for source in found.sources)
    progress("reading")
    outcome = tried(zoned, folder)
    seen = survey(outcome.tables, read_titles)
    read, unread = _rows(found, outcome)
    left = (*unread, *broken, *_foreign(listed))
    missing = _missing(outcome.tables)
    told = [f"{row.file}: {row.evidence}" for row in left]
    return Start(
        tuple(read),
        left,
        outcome.sources,
        page(outcome.sources, MODEL_FILE, missing, told),
        model_page("first", seen),
        seen,
        tuple(_questions(outcome)),
        missing,
    )


def _meanings(
    listed: Listing, folder: Path, presets: Mapping[str, Preset], progress: Callable[[str], None]
) -> tuple[list[Meaning], list[Row]]:
    meanings: list[Meaning] = []
    broken: list[Row] = []
    known: dict[str, str] = {}
    for file in listed.files:
        progress(f"looking at {file}")
        try:
            print_ = fingerprint(file, folder)
            twin = known.setdefault(print_, file)
            if twin != file:
                broken.append(Row(file, None, "", (), f"the same as {twin}, byte for byte", "Remove one of them."))
                continue
            meanings += [meaning(each, presets) for each in samples(file, folder)]
        except (SourceError, *LIBRARY_ERRORS) as error:
            said = first_line(error).removeprefix(f"{file}: ")
            broken.append(Row(file, None, "", (), f"cannot be read: {said}", "Mend it, then run abm init again."))
    return meanings, broken


def _zoned(source: Source, timezone: str | None) -> Source:
    if timezone is None or source.table == "accounts":
        return source
    return replace(source, options={**source.options, "timezone": scalar(timezone)})


def _rows(found: Found, outcome: Tried) -> tuple[list[Row], list[Row]]:
    """Files that are read, and files that are not, with the reasons."""
    read: list[Row] = []
    left: list[Row] = []
    for each in found.meanings:
        sample = each.sample
        own = [s for s in outcome.sources if sample.file in s.files and (s.sheet == sample.sheet or s.sql)]
        active = tuple(dict.fromkeys(source.table for source in own if source.off is None))
        if active:
            read.append(Row(sample.label, sample.count, _meant(each), active, each.evidence, _dates_asked(own)))
        elif sample.file in found.helpers:
            used_by = found.helpers[sample.file]
            read.append(Row(sample.label, sample.count, f"for {used_by}", (), f"{used_by} uses it"))
        elif own:
            offs = dict.fromkeys(source.off for source in own if source.off)
            advice = (
                "Uncomment the right entry in workspace.yaml." if each.rivals else "See the comment in workspace.yaml."
            )
            left.append(Row(sample.label, sample.count, _meant(each), (), "; ".join(offs), advice))
        else:
            why = each.passed or "not a table"
            evidence = f"{why}; {each.evidence}" if each.evidence else why
            left.append(Row(sample.label, sample.count, "", (), evidence, each.advice))
    return read, left


def _meant(each: Meaning) -> str:
    if each.shape is not None:
        return each.shape.reference
    return "its columns" if each.guess is not None else ""


def _dates_asked(own: Sequence[Source]) -> str:
    return next((reason for source in own if source.off is None for _, reason in source.hints), "")


def _foreign(listed: Listing) -> Iterable[Row]:
    for file in listed.foreign:
        ending = ending_of(file)
        if ending in DATABASES:
            advice = f"Say which of its tables is which: {{database: {file}, table: NAME}} under its table."
            yield Row(file, None, "", (), "a database", advice)
        else:
            yield Row(file, None, "", (), f"{ending or 'this format'} is not read", "Export it as CSV or Parquet.")
    for file in listed.outside:
        yield Row(file, None, "", (), "a link that leads out of the folder", "Copy the file here.")
    for each in listed.closed:
        yield Row(f"{each}/", None, "", (), "a folder that may not be read", "Ask for the right to read it.")
    if listed.beyond:
        evidence = f"more than {MOST_FILES} files, or folders more than {DEEPEST} deep, were not looked at"
        yield Row("...", None, "", (), evidence, "Run abm init on a narrower folder.")


def _questions(outcome: Tried) -> Iterable[str]:
    for source in outcome.undecided:
        for _, reason in source.hints:
            yield f"{', '.join(source.files[:3])}: {reason}. Uncomment dates: in workspace.yaml."


def _missing(tables: Mapping[str, object]) -> tuple[str, ...]:
    """What is lacking before anything can be scored; empty if nothing is."""
    if enough_to_score(tables):
        return ()
    missing: list[str] = []
    if "accounts" not in tables:
        missing.append(
            "there is no list of companies (accounts): export the companies or accounts of the CRM, or look whether"
            " workspace.yaml proposes one in a comment"
        )
    if "intent" not in tables and "events" not in tables:
        missing.append(
            "nothing says what people did (events) or research (intent): export activities, form fills, mail clicks,"
            " campaign members, or an intent file"
        )
    if "intent" not in tables and "contacts" not in tables:
        missing.append("there is no list of people (contacts): export the contacts or leads of the CRM")
    return tuple(missing)
