"""What the ranking of accounts, groups or leads shows: its columns, and which of them are worth how much room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from abm.output import marks
from abm.output.layout import Column, fixed
from abm.output.text import safe

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import polars as pl

    Board = tuple[Mapping[str, Column], Sequence[tuple[str, int]], Sequence[str]]
    """Columns in order, wishes in order of worth, and the columns that take what room is left."""

COMPONENTS = {"fit": "Fit", "leads": "Lead", "engagement": "Eng", "coverage": "Cov", "intent": "Int"}
"""The five components with their short names, whose first letters stand for them where there is little room."""
TRENDS = {"score_7d": "7 days", "score_30d": "30 days"}

_MISSING, _TRIGGER, _EXCLUDE = "missing:", "trigger:", "exclude:"
_LONGEST_BAR = 24
_APART, _NUMBERED = 9, 24
"""Widths from which the five components stand apart, and show their numbers."""
_NAME_AT_LEAST = 12
_WRITTEN = {"c_level": "C-level", "vp": "VP", "it": "IT", "hr": "HR"}
_DISTINGUISHING = {"segment", "tier", "motion", "email"}
_ALWAYS = {"name", "account", "score", "bar", "components", "mqa"}


def account_board(frame: pl.DataFrame, *, blocks: bool, several_groups: bool) -> Board:
    """Return the board of ranked accounts or families; `frame` has the columns of that table, and trends if wanted."""
    columns = {
        "rank": _texts("#", frame, "rank", lambda rank: Text("" if rank is None else str(rank)), right=True),
        "name": _names("Family" if "family_members" in frame.columns else "Account", frame),
        "account_id": _plain("Id", frame, "account_id"),
        **_members(frame),
        "group": _worded("Group", frame, "group"),
        **_standing(frame, blocks=blocks),
        "people": _people(frame, blocks=blocks),
        "missing": fixed("Missing", [_lacking(reasons) for reasons in frame["reasons"].to_list()]),
        "next": fixed("Next step", [_step(*pair) for pair in frame.select("next_role", "next_score").iter_rows()]),
        "topics": _list("Spiking topics", frame, "spiking_topics"),
        "segment": _worded("Segment", frame, "segment"),
        "tier": _worded("Tier", frame, "tier"),
        "best_lead": _plain("Best lead", frame, "best_lead"),
        "activity": _texts("Last seen", frame, "last_activity", marks.day),
        "reasons": _texts("Reasons", frame, "reasons", _codes),
    }
    if not several_groups:
        del columns["group"]
    wishes = [
        ("name", _NAME_AT_LEAST), ("score", 5), ("rank", 5), ("members", 7), ("components", 5), ("mqa", 3),
        ("score_7d", 6), ("stage", 9), ("people", 7), ("name", 18), ("missing", 14), ("score_30d", 7), ("stage", 12),
        ("name", 22), ("components", _APART), ("bar", 8), ("missing", 18), ("topics", 16), ("name", 26),
        ("missing", 25), ("topics", 20), ("group", 12), ("account_id", 12), ("mqa", 16), ("next", 26), ("bar", 12),
        ("components", _NUMBERED), ("topics", 40), ("missing", 40), ("tier", 8), ("segment", 12), ("activity", 10),
        ("best_lead", 14), ("reasons", 30), ("bar", _LONGEST_BAR),
    ]  # fmt: skip
    return _telling(columns), wishes, ("name", "missing", "topics", "reasons")


def group_board(frame: pl.DataFrame, *, blocks: bool) -> Board:
    """Return the board of buying groups; `frame` has the groups table, and `name` and `account_rank` of the account."""
    columns = {
        "rank": _texts("#", frame, "account_rank", lambda rank: Text("" if rank is None else str(rank)), right=True),
        "name": _names("Account", frame),
        "account_id": _plain("Id", frame, "account_id"),
        "group": _worded("Group", frame, "group"),
        "motion": _worded("Motion", frame, "motion"),
        **_standing(frame, blocks=blocks),
        "people": _people(frame, blocks=blocks),
        "missing": fixed("Missing", [_lacking(reasons) for reasons in frame["reasons"].to_list()]),
        "next": fixed("Next step", [_step(*pair) for pair in frame.select("next_role", "next_score").iter_rows()]),
        "topics": _list("Spiking topics", frame, "spiking_topics"),
        "reasons": _texts("Reasons", frame, "reasons", _codes),
    }
    wishes = [
        ("name", _NAME_AT_LEAST), ("group", 9), ("score", 5), ("components", 5), ("rank", 5), ("mqa", 3),
        ("score_7d", 6), ("people", 7), ("group", 14), ("name", 18), ("missing", 14), ("score_30d", 7), ("name", 22),
        ("components", _APART), ("motion", 9), ("bar", 8), ("missing", 18), ("topics", 16), ("name", 26),
        ("missing", 25), ("topics", 20), ("group", 24), ("account_id", 12), ("mqa", 16), ("next", 26),
        ("bar", 12), ("components", _NUMBERED), ("topics", 40), ("missing", 40), ("reasons", 30), ("bar", _LONGEST_BAR),
    ]  # fmt: skip
    return _telling(columns), wishes, ("name", "missing", "topics", "group", "reasons")


def lead_board(frame: pl.DataFrame, *, blocks: bool) -> Board:
    """Return the board of leads; `frame` has the leads table, and `name` of the account.

    Scores of leads have no upper end, so the longest bar is that of the highest score shown.
    """
    pairs = list(frame.select("score", "threshold").iter_rows())
    highest = max((value for pair in pairs for value in pair if value is not None), default=1.0)
    columns = {
        "position": fixed("#", [Text(str(i + 1)) for i in range(frame.height)], right=True),
        "contact_id": _plain("Contact", frame, "contact_id"),
        "account": _names("Account", frame),
        "role": _worded("Role", frame, "role"),
        "title": fixed("Position", [_position(*pair) for pair in frame.select("seniority", "department").iter_rows()]),
        "status": _texts("Status", frame, "status", lambda word: _styled(word, marks.STATUS_STYLES)),
        "grade": _texts("Grade", frame, "grade", marks.plain),
        "score": fixed("Score", [_score(*pair) for pair in pairs], right=True),
        "bar": Column(
            "",
            lambda width: [marks.bar(value, width, full=highest, tick=goal, blocks=blocks) for value, goal in pairs],
            _LONGEST_BAR,
        ),
        "fit": _texts("Fit", frame, "fit_points", lambda value: Text(marks.number(value)), right=True),
        "engagement": _texts("Engaged", frame, "engagement", lambda value: Text(marks.number(value)), right=True),
        **_trends(frame),
        "account_id": _plain("Id", frame, "account_id"),
        "segment": _worded("Segment", frame, "segment"),
        "email": _worded("Mail", frame, "email_kind"),
        "activity": _texts("Last seen", frame, "last_activity", marks.day),
        "reasons": _texts("Reasons", frame, "reasons", _codes),
    }
    wishes = [
        ("contact_id", 14), ("score", 5), ("status", 8), ("account", 10), ("position", 5), ("grade", 5),
        ("score_7d", 6), ("status", 12), ("account", 16), ("role", 14), ("title", 12), ("score_30d", 7), ("bar", 8),
        ("title", 20), ("role", 20), ("fit", 5), ("engagement", 7), ("contact_id", 24), ("account", 26),
        ("activity", 10), ("reasons", 24), ("segment", 12), ("account_id", 12), ("email", 7), ("reasons", 40),
        ("bar", _LONGEST_BAR),
    ]  # fmt: skip
    return _telling(columns), wishes, ("account", "title", "role", "reasons", "contact_id")


def _telling(columns: dict[str, Column]) -> dict[str, Column]:
    """Leave out columns that have nothing to tell: empty in every row, the same in every row, or the name again."""
    cells = {name: [cell.plain.strip() for cell in column.draw(column.most)] for name, column in columns.items()}
    names = cells.get("name", cells.get("account"))

    def telling(name: str) -> bool:
        empty = not any(cell.strip("·") for cell in cells[name])
        same = name in _DISTINGUISHING and len(set(cells[name])) == 1
        return not empty and not same and cells[name] != names

    return {name: column for name, column in columns.items() if name in _ALWAYS or telling(name)}


def _standing(frame: pl.DataFrame, *, blocks: bool) -> dict[str, Column]:
    """Stage, score, components and verdict: what accounts and groups have in common."""
    pairs = list(frame.select("score", "threshold").iter_rows())
    columns = {}
    if "stage" in frame.columns:
        columns["stage"] = _texts("Stage", frame, "stage", lambda word: _styled(word, marks.STAGE_STYLES))
    return {
        **columns,
        "score": fixed("Score", [_score(*pair) for pair in pairs], right=True),
        "bar": Column(
            "", lambda width: [marks.bar(value, width, tick=goal, blocks=blocks) for value, goal in pairs], _LONGEST_BAR
        ),
        **_trends(frame),
        "components": _components(frame, blocks=blocks),
        "mqa": _verdicts(frame, blocks=blocks),
    }


def _trends(frame: pl.DataFrame) -> dict[str, Column]:
    return {
        name: fixed(title, [marks.change(*pair) for pair in frame.select("score", name).iter_rows()], right=True)
        for name, title in TRENDS.items()
        if name in frame.columns
    }


def _components(frame: pl.DataFrame, *, blocks: bool) -> Column:
    """The five components: blocks side by side, apart, or behind their numbers, as there is room."""
    rows = list(frame.select(*COMPONENTS).iter_rows())

    def title(width: int) -> str:
        if width >= _NUMBERED:
            return " ".join(f"{name:<4}" for name in COMPONENTS.values())
        return ("" if width < _APART else " ").join(name[0] for name in COMPONENTS.values())

    def cells(width: int) -> list[Text]:
        between = Text("" if width < _APART else " ")
        cell = _numbered if width >= _NUMBERED else marks.block
        return [between.join(cell(value, blocks=blocks) for value in row) for row in rows]

    return Column(title, cells, _NUMBERED)


def _numbered(value: float | None, *, blocks: bool) -> Text:
    if value is None:
        return Text("   ·" if blocks else "   -", style="dim")
    sign = marks.block(value) if blocks else Text(" ")
    return Text.assemble(f"{int(value):>3}", sign)


def _verdicts(frame: pl.DataFrame, *, blocks: bool) -> Column:
    rows = list(frame.select("is_mqa", "reasons").iter_rows())
    longest = max([3, *(len(_why(reasons)) + 2 for is_mqa, reasons in rows if is_mqa)])
    mark = "●" if blocks else "*"

    def cells(width: int) -> list[Text]:
        drawn = []
        for is_mqa, reasons in rows:
            shown = f"{mark} {_why(reasons)}".rstrip() if width >= longest else mark
            drawn.append(Text(shown if is_mqa else "", style="bold green"))
        return drawn

    return Column("MQA", cells, longest)


def _why(reasons: list[str] | None) -> str:
    """The trigger that qualified, in words; nothing when the score did."""
    found = [reason.removeprefix(_TRIGGER) for reason in reasons or [] if reason.startswith(_TRIGGER)]
    return marks.words(found[0]) if found else ""


def _lacking(reasons: list[str] | None) -> Text:
    excluded = [reason.removeprefix(_EXCLUDE) for reason in reasons or [] if reason.startswith(_EXCLUDE)]
    if excluded:
        return Text.assemble(("excluded: ", "dim"), marks.listed(excluded, "dim"))
    return marks.listed([reason.removeprefix(_MISSING) for reason in reasons or [] if reason.startswith(_MISSING)])


def _step(role: str | None, score: float | None) -> Text:
    """The role that would help most, and the score with one more engaged person in it."""
    if role is None:
        return Text()
    return Text.assemble(marks.words(role), (f" → {marks.number(score)}", "dim"))


def _people(frame: pl.DataFrame, *, blocks: bool) -> Column:
    """Engaged of known people; an exclamation mark where one person carries it all."""
    known = frame["known_contacts"].to_list() if "known_contacts" in frame.columns else [None] * frame.height
    rows = zip(frame["engaged_contacts"].to_list(), known, frame["single_threaded"].to_list(), strict=True)
    cells = []
    for engaged, everybody, single in rows:
        if engaged is None and everybody is None:
            cells.append(marks.UNKNOWN if blocks else Text("-"))
            continue
        shown = "?" if engaged is None else str(engaged)
        text = Text(shown if everybody is None else f"{shown}/{everybody}", style="" if engaged else "dim")
        cells.append(Text.assemble(text, ("!", "bold yellow") if single else " "))
    return fixed("People", cells, right=True)


def _members(frame: pl.DataFrame) -> dict[str, Column]:
    """How many members of a family have an engaged person, of all; accounts that are alone show nothing."""
    if "family_members" not in frame.columns:
        return {}
    pairs = frame.select("family_spread", "family_members").iter_rows()
    cells = [Text("" if count == 1 else f"{'?' if spread is None else spread}/{count}") for spread, count in pairs]
    return {"members": fixed("Members", cells, right=True)}


def _names(title: str, frame: pl.DataFrame) -> Column:
    """Account names, or their ids where they have none; bold when qualified, faint when excluded."""
    ids, names = frame["account_id"].to_list(), frame["name"].to_list()
    verdicts = frame["is_mqa"].to_list() if "is_mqa" in frame.columns else [False] * frame.height
    excluded = frame["is_excluded"].to_list() if "is_excluded" in frame.columns else [False] * frame.height
    styles = ["bold" if mqa else "dim" if out else "" for mqa, out in zip(verdicts, excluded, strict=True)]
    shown = [marks.plain(name or own, style) for name, own, style in zip(names, ids, styles, strict=True)]
    return fixed(title, shown)


def _score(score: float | None, threshold: float | None) -> Text:
    reached = score is not None and threshold is not None and score >= threshold
    return Text(marks.number(score), style="bold green" if reached else "")


def _position(seniority: str | None, department: str | None) -> Text:
    words = [_WRITTEN.get(word, marks.words(word)) for word in (seniority, department) if word]
    return Text(", ".join(words)) if words else marks.UNKNOWN


def _codes(reasons: list[str] | None) -> Text:
    return Text(", ".join(safe(reason) for reason in reasons or []))


def _styled(word: str | None, styles: Mapping[str, str]) -> Text:
    return marks.UNKNOWN if word is None else Text(marks.words(word), style=styles.get(word, ""))


def _texts(title: str, frame: pl.DataFrame, name: str, cell: Callable[[Any], Text], *, right: bool = False) -> Column:
    return fixed(title, [cell(value) for value in frame[name].to_list()], right=right)


def _plain(title: str, frame: pl.DataFrame, name: str) -> Column:
    return _texts(title, frame, name, marks.plain)


def _worded(title: str, frame: pl.DataFrame, name: str) -> Column:
    return _texts(title, frame, name, lambda word: _styled(word, {}))


def _list(title: str, frame: pl.DataFrame, name: str) -> Column:
    return _texts(title, frame, name, marks.listed)
