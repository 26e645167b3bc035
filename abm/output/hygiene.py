"""The report of `abm check`: what each table holds, what is wrong with it, what the model may not mean."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import polars as pl
from rich.text import Text

from abm.output.layout import arrange, fixed, flowing, lines, wrapped
from abm.output.summary import unknown_components
from abm.output.text import safe, safe_json
from abm.output.writers import encoded
from abm.scoring.finish import issues
from abm.tables.contracts import CONTRACTS
from abm.tables.findings import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from abm.output.screen import Screen
    from abm.scoring.result import ScoreResult
    from abm.sources.tables import Table

_DAY_COLUMNS = {
    "contacts": "created_at",
    "events": "occurred_at",
    "intent": "observed_on",
    "opportunities": "created_on",
    "lead_stages": "occurred_at",
}
_BESIDE_AT_LEAST = 36
"""A message narrower than this stands below its finding rather than beside it."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What one table holds, as it was read.

    Attributes:
        table: its name.
        rows: how many rows.
        file: its file or files; None for a query.
        first_day: the earliest day of its facts, or None.
        last_day: the latest day of its facts, or None.
    """

    table: str
    rows: int
    file: str | None
    first_day: date | None
    last_day: date | None


@dataclass(frozen=True)
class Report:
    """A hygiene report.

    Attributes:
        workspace: what to call the workspace.
        result: the run that found it.
        holdings: the tables, in the order of the contracts.
        findings: everything found, the model's warnings among them (`table` is `model`), problems before notes.
    """

    workspace: str
    result: ScoreResult
    holdings: tuple[Holding, ...]
    findings: tuple[Finding, ...]

    @property
    def problems(self) -> int:
        """How many findings somebody should mend."""
        return sum(finding.level is Level.PROBLEM for finding in self.findings)


def holdings(tables: Mapping[str, Table]) -> tuple[Holding, ...]:
    """Count what the tables hold; rows that hygiene leaves out later are among them."""
    queries = []
    for name, table in tables.items():
        column = _DAY_COLUMNS.get(name)
        days = [pl.col(column).min(), pl.col(column).max().alias("last")] if column else []
        queries.append(table.frame.select(pl.len().alias("rows"), *days))
    counted = [frame.row(0) for frame in pl.collect_all(queries, engine="streaming")]
    return tuple(
        Holding(name, rows, table.file, *(days or (None, None)))
        for (name, table), (rows, *days) in zip(tables.items(), counted, strict=True)
    )


def report(workspace: str, result: ScoreResult, tables: Mapping[str, Table], more: Sequence[Finding] = ()) -> Report:
    """Put a report together.

    Args:
        workspace: what to call the workspace.
        result: the run whose findings are reported.
        tables: the tables as they were read.
        more: findings that scoring does not look for.
    """
    advice = [
        Finding(table="model", code="advice", count=1, message=warning, level=Level.NOTE)
        for warning in result.model.warnings
    ]
    found = sorted((*result.findings, *more, *advice), key=lambda finding: finding.level is not Level.PROBLEM)
    return Report(workspace, result, holdings(tables), tuple(found))


def report_json(found: Report) -> str:
    """Return the report as one JSON object: the stamp, `tables`, `findings`, and the number of problems and notes."""
    return safe_json(
        json.dumps(
            {
                "workspace": found.workspace,
                **found.result.stamp,
                "problems": found.problems,
                "notes": len(found.findings) - found.problems,
                "tables": [asdict(holding) for holding in found.holdings],
                "findings": issues(found.findings).to_dicts(),
            },
            indent=2,
            ensure_ascii=False,
            default=str,
        )
        + "\n"
    )


def report_csv(found: Report) -> bytes:
    """Return the findings as CSV, one a line, in the columns of the `issues` table."""
    return encoded(issues(found.findings), "csv", {})


def report_lines(found: Report, screen: Screen) -> list[Text]:
    """Return the report as lines, none wider than the screen."""
    stamp, width = found.result.stamp, screen.width
    heading = [
        Text(safe(found.workspace), style="bold"),
        Text(f"model {safe(stamp['model'])} v{stamp['model_version']} ({stamp['model_hash'][:8]})"),
        Text(f"as of {stamp['as_of']}"),
    ]
    unknown = unknown_components(found.result)
    data = [finding for finding in found.findings if finding.table != "model"]
    advice = [finding for finding in found.findings if finding.table == "model"]
    verdict = [Text(), *_verdict(found, width)]
    return [
        *flowing(heading, width),
        *(flowing([Text(unknown, style="yellow")], width) if unknown else []),
        Text(),
        *_tables(found.holdings, width),
        *findings_section("Findings", data, width),
        *findings_section("The model", advice, width),
        *verdict,
    ]


def _verdict(found: Report, width: int) -> list[Text]:
    notes = len(found.findings) - found.problems
    problems = Text(_many(found.problems, "problem"), style="bold red" if found.problems else "bold green")
    return flowing([problems, Text(_many(notes, "note"))], width)


def _tables(held: Sequence[Holding], width: int) -> list[Text]:
    columns = {
        "table": fixed("Table", [Text(holding.table) for holding in held]),
        "rows": fixed("Rows", [Text(f"{holding.rows:,}") for holding in held], right=True),
        "days": fixed("Days", [_days(holding) for holding in held]),
        "file": fixed("File", [Text(safe(holding.file or "(query)"), style="dim") for holding in held]),
    }
    wishes = [("table", 12), ("rows", 6), ("rows", 12), ("table", 20), ("file", 12), ("days", 24), ("file", 60)]
    absent = [name for name in CONTRACTS if name not in {holding.table for holding in held}]
    rest = flowing([Text(f"not given: {', '.join(absent)}", style="dim")], width) if absent else []
    return [*lines(columns, arrange(columns, wishes, width), width), *rest]


def _days(holding: Holding) -> Text:
    if holding.first_day is None or holding.last_day is None:
        return Text()
    return Text(f"{holding.first_day} to {holding.last_day}")


def findings_section(title: str, findings: Sequence[Finding], width: int) -> list[Text]:
    """Return findings below a title, each with its level, place and count; nothing where there are none."""
    if not findings:
        return []
    places = [_place(finding) for finding in findings]
    counts = [f"{finding.count:,}" for finding in findings]
    where, count = max(map(len, places)), max(map(len, counts))
    margin = len("problem") + where + count + 6
    drawn = [Text(), Text(title, style="bold"), Text("─" * width, style="dim")]
    for finding, place, number in zip(findings, places, counts, strict=True):
        level = Text(f"{finding.level:<7}", style="red" if finding.level is Level.PROBLEM else "cyan")
        if width - margin >= _BESIDE_AT_LEAST:
            head = Text.assemble(level, f"  {place:<{where}}  {number:>{count}}  ")
            body = wrapped(_body(finding), width - margin)
            drawn += [Text.assemble(head, body[0]), *(Text.assemble(" " * margin, line) for line in body[1:])]
        else:
            drawn += flowing([Text.assemble(level, f" {place}, {number}")], width)
            drawn += [Text.assemble("  ", line) for line in wrapped(_body(finding), width - 2)]
    return drawn


def _place(finding: Finding) -> str:
    return safe(finding.table if finding.column is None else f"{finding.table}.{finding.column}")


def _body(finding: Finding) -> list[Text]:
    message = Text(safe(finding.message.removeprefix(f"{finding.table}.{finding.column}: ")))
    samples = f"e.g. {', '.join(map(safe, finding.samples))}" if finding.samples else ""
    rows = f"row{'s' if len(finding.rows) > 1 else ''} {', '.join(map(str, finding.rows))}" if finding.rows else ""
    place = " ".join(part for part in (safe(finding.file or ""), rows) if part)
    below = " · ".join(part for part in (samples, place) if part)
    return [message, Text(below, style="dim")] if below else [message]


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
