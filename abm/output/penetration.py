"""Penetration as a screen: how far into all accounts, role by role, then by every column that was asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from rich.text import Text

from abm.output import marks
from abm.output.layout import Column, arrange, fixed, flowing, lines, stretch
from abm.output.routing import many
from abm.output.summary import heading, unknown_components
from abm.output.text import safe, safe_json
from abm.scoring.penetration import STEPS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from abm.output.screen import Screen
    from abm.scoring.penetration import Penetration, Reach, RoleCount

_TITLES = {"known": "Known", "engaged": "Engaged", "covered": "Covered", "qualified": "Qualified"}
_WISHES = (
    ("value", 10), ("accounts", 8), ("engaged", 7), ("covered", 7), ("qualified", 9), ("known", 5), ("missing", 16),
    ("value", 18), ("missing", 32), ("value", 24), ("bar", 8), ("missing", 44), ("value", 40), ("bar", 20),
)  # fmt: skip
_MOST = 15
"""So many values of a column are shown."""
_LONGEST_BAR = 30
_ROLES_SHOWN = 2


def penetration_lines(found: Penetration, workspace: str, asked: str, screen: Screen) -> list[Text]:
    """Return the page as lines, none wider than the screen.

    Args:
        found: the counts.
        workspace: what to call the workspace.
        asked: which accounts they are, in words.
        screen: what can be shown.
    """
    above = [Text(safe(asked), style="bold"), Text(many(found.total.accounts, "account"))]
    if found.excluded:
        above.append(Text(f"{found.excluded:,} more that the model excludes are not counted (--all counts them)"))
    told = [*heading(found.result, workspace, screen.width), *flowing(above, screen.width)]
    unknown = unknown_components(found.result)
    told += flowing([Text(unknown, style="yellow")], screen.width) if unknown else []
    told += [Text(), *_steps(found.total, screen)]
    if found.total.roles:
        told += [Text(), *_roles(found.total, screen)]
    for name, parts in found.parts:
        told += [Text(), *_table(name, parts, screen)]
    return [*told, Text(), *flowing(_legend(), screen.width)]


def penetration_json(found: Penetration, asked: str) -> str:
    """Return the counts as JSON: what was asked for, all accounts, and the parts by each column."""
    content = {
        **found.result.stamp,
        "accounts": asked,
        "excluded": found.excluded,
        "total": _plain(found.total),
        "by": {name: [_plain(part) for part in parts] for name, parts in found.parts},
    }
    return safe_json(json.dumps(content, indent=2, ensure_ascii=False)) + "\n"


def _plain(reach: Reach) -> dict[str, Any]:
    head = {} if reach.by is None else {"value": reach.value}
    counts = {step: getattr(reach, step) for step in STEPS}
    shares = {f"{step}_share": reach.share(step) for step in STEPS}
    roles = [{name: getattr(each, name) for name in each.__slots__} for each in reach.roles]
    return {**head, "accounts": reach.accounts, **counts, **shares, "roles": roles}


def _steps(reach: Reach, screen: Screen) -> list[Text]:
    rows = [(_TITLES[step], getattr(reach, step), reach.accounts) for step in STEPS]
    return lines_of_bars("", rows, screen)


def _roles(reach: Reach, screen: Screen) -> list[Text]:
    required = [each for each in reach.roles if each.required]
    title = "Required role engaged" if required else "Role engaged"
    rows = [(marks.words(each.role), *_share_of(each, demanded=bool(required))) for each in required or reach.roles]
    return lines_of_bars(title, rows, screen)


def _share_of(count: RoleCount, *, demanded: bool) -> tuple[int | None, int]:
    if not demanded:
        return count.engaged, count.accounts
    return None if count.missing is None else count.required - count.missing, count.required


def lines_of_bars(title: str, rows: Sequence[tuple[str, int | None, int]], screen: Screen) -> list[Text]:
    """Return named shares as bars with their numbers, such as `Known  ██████    12 of 20   60 %`."""
    shares = [None if count is None or not of else 100 * count / of for _, count, of in rows]
    columns = {
        "name": fixed(title, [Text(name) for name, _, _ in rows]),
        "bar": Column(
            "", lambda width: [marks.bar(share, width, blocks=screen.blocks) for share in shares], _LONGEST_BAR
        ),
        "count": fixed("", [_of(count, of) for _, count, of in rows], right=True),
        "share": fixed("", [_percent(share) for share in shares], right=True),
    }
    widths = arrange(
        columns, (("name", 9), ("count", 16), ("share", 5), ("name", 24), ("bar", _LONGEST_BAR)), screen.width
    )
    drawn = lines(columns, widths, screen.width)
    return drawn if title else drawn[2:]


def _of(count: int | None, of: int) -> Text:
    return marks.UNKNOWN if count is None else Text(f"{count:,} of {of:,}")


def _percent(share: float | None) -> Text:
    """A share in whole percent, cut, so that 99.9 never looks like all; what there is at all is at least 1."""
    if share is None:
        return marks.UNKNOWN
    return Text(f"{max(int(share), 1) if share else 0} %")


def _table(name: str, parts: tuple[Reach, ...], screen: Screen) -> list[Text]:
    shown = parts[:_MOST]
    columns = {
        "value": fixed(f"By {safe(name)}", [_value(part) for part in shown]),
        "accounts": fixed("Accounts", [Text(f"{part.accounts:,}") for part in shown], right=True),
        **{
            step: fixed(title, [_percent(part.share(step)) for part in shown], right=True)
            for step, title in _TITLES.items()
        },
        "bar": Column(
            "covered",
            lambda width: [marks.bar(part.share("covered"), width, blocks=screen.blocks) for part in shown],
            _LONGEST_BAR,
        ),
        "missing": fixed("Missing most often", [_missing(part) for part in shown]),
    }
    widths = arrange(columns, _WISHES, screen.width)
    widths = stretch(columns, widths, ("missing", "value"), screen.width)
    drawn = lines(columns, widths, screen.width)
    if len(parts) > _MOST:
        drawn.append(Text(f"{len(parts) - _MOST:,} more; --format csv lists them all", style="dim"))
    return drawn


def _value(part: Reach) -> Text:
    return Text("(none)", style="dim") if part.value is None else Text(safe(part.value))


def _missing(part: Reach) -> Text:
    lacking = [each for each in part.roles if each.missing][:_ROLES_SHOWN]
    return Text(", ".join(f"{marks.words(each.role)} {each.missing:,}" for each in lacking))


def _legend() -> list[Text]:
    return [
        Text("Known: somebody is known", style="dim"),
        Text("Engaged: somebody is engaged", style="dim"),
        Text("Covered: an engaged person in every required role (in every role where none is)", style="dim"),
        Text("Qualified: MQA", style="dim"),
        Text("Missing: accounts that lack an engaged person in a required role", style="dim"),
    ]
