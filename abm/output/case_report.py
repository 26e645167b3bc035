"""What came of agreed cases: lines for a person, JSON for a program, JUnit XML for a build server."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from rich.text import Text

from abm.model.units import MICRO
from abm.output.layout import flowing, wrapped
from abm.output.text import safe, safe_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from abm.evaluation.cases.report import CaseOutcome, CaseReport, Difference, Line
    from abm.output.screen import Screen

_LINES_SHOWN = 12
"""Contribution lines of a difference; of more, those with the most points."""

_MARGIN = 6


def case_lines(report: CaseReport, screen: Screen) -> list[Text]:
    """Return the report as lines: each file with its model, each case, and below one that fails what is wrong."""
    drawn: list[Text] = []
    for model in report.models:
        cases = [case for case in report.cases if case.file == model.file]
        if not cases:
            continue
        heading = [
            Text(safe(model.file), style="bold"),
            Text(f"model {safe(model.name)} v{model.version} ({model.content_hash[:8]})"),
        ]
        drawn += [*flowing(heading, screen.width), Text()]
        for case in cases:
            drawn += _case(case, screen.width)
        drawn.append(Text())
    return [*drawn, *flowing(_verdict(report), screen.width)]


def case_json(report: CaseReport) -> str:
    """Return the report as one JSON object: counts, `models`, and `cases` with their differences."""
    cases = [{"holds": case.holds, **asdict(case)} for case in report.cases]
    for case in cases:
        for difference in case["differences"]:
            for line in difference["lines"]:
                line["points"] /= MICRO
    content = {
        "cases": len(report.cases),
        "hold": len(report.cases) - report.failed,
        "fail": report.failed,
        "left_out": report.left_out,
        "models": [asdict(model) for model in report.models],
        "outcomes": cases,
    }
    return safe_json(json.dumps(content, indent=2, ensure_ascii=False, default=str) + "\n")


def case_junit(report: CaseReport) -> str:
    """Return the report as JUnit XML: a test suite per file, a failure with all differences per case."""
    suites = ET.Element("testsuites", tests=str(len(report.cases)), failures=str(report.failed))
    for model in report.models:
        cases = [case for case in report.cases if case.file == model.file]
        failures = str(sum(not case.holds for case in cases))
        suite = ET.SubElement(suites, "testsuite", name=safe(model.file), tests=str(len(cases)), failures=failures)
        for case in cases:
            element = ET.SubElement(suite, "testcase", name=safe(case.name), classname=safe(model.file))
            if not case.holds:
                said = [f"{each.place}: {each.what}: {_expected(each)}" for each in case.differences]
                failure = ET.SubElement(element, "failure", message=safe(said[0]))
                failure.text = "\n".join(map(safe, said))
    ET.indent(suites)
    return ET.tostring(suites, encoding="unicode", xml_declaration=False) + "\n"


def _case(case: CaseOutcome, width: int) -> Iterator[Text]:
    mark = Text("ok    ", style="green") if case.holds else Text("FAIL  ", style="bold red")
    first, *more = wrapped([Text(safe(case.name), style="" if case.holds else "bold")], max(width - _MARGIN, 1))
    yield Text.assemble(mark, first)
    yield from (_indented(line) for line in more)
    said: set[object] = set()
    for difference in case.differences:
        lines = _difference(difference, max(width - _MARGIN, 1), said)
        yield from (_indented(line) for line in lines)


def _difference(difference: Difference, width: int, said: set[object]) -> list[Text]:
    """What differs and why; reasons and lines that were said before are not said again."""
    what = Text.assemble(
        (f"{safe(difference.place)}: ", "dim"),
        f"{safe(difference.what)}: expected ",
        (safe(difference.expected), "green"),
        ", got ",
        (safe(difference.actual), "red"),
    )
    because = difference.because if difference.because not in said else None
    lines = difference.lines if difference.lines not in said else ()
    said |= {difference.because, difference.lines}
    details = [Text(safe(because), style="dim")] if because else []
    return [*wrapped([what], width), *map(_deeper, wrapped(details, width - 2)), *_contributions(lines, width)]


def _deeper(line: Text) -> Text:
    return Text.assemble("  ", line)


def _contributions(lines: Sequence[Line], width: int) -> list[Text]:
    """What made the number, in the order of the score, with its sum."""
    if not lines:
        return []
    most = sorted(lines, key=lambda line: -abs(line.points))[:_LINES_SHOWN]
    kept = [line for line in lines if line in most]
    rows = [(line.points, safe(line.component), safe(line.item), _detail(line)) for line in kept]
    whole = sum(line.points for line in lines)
    if len(kept) < len(lines):
        rows.append((whole - sum(line.points for line in kept), "", f"{len(lines) - len(kept):,} smaller lines", ""))
    rows.append((whole, "of the score", "", ""))
    numbers = _points([row[0] for row in rows])
    wide, wider = max(len(row[1]) for row in rows), max(len(row[2]) for row in rows)
    drawn = []
    for number, (_, component, item, detail) in zip(numbers, rows, strict=True):
        text = f"  {number}  {component:<{wide}}  {item:<{wider}}"
        line = Text.assemble(text, (f"  {detail}", "dim") if detail else "")
        line.rstrip()
        line.truncate(width, overflow="ellipsis")
        drawn.append(line)
    return drawn


def _detail(line: Line) -> str:
    parts = [
        safe(line.note) if line.note else "",
        _counted(line.count, "seat" if line.component == "coverage" else "time") if line.count else "",
    ]
    parts.append(f"last on {line.last_day}" if line.last_day else "")
    return ", ".join(part for part in parts if part)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _points(millionths: Sequence[int]) -> list[str]:
    """Points one below the other, with as many decimals as the longest has."""
    exact = [f"{'-' if each < 0 else ''}{abs(each) // MICRO:,}.{abs(each) % MICRO:06d}" for each in millionths]
    decimals = max(1, *(len(each.partition(".")[2].rstrip("0")) for each in exact))
    cut = [each[: len(each) - 6 + decimals] for each in exact]
    width = max(map(len, cut))
    return [f"{each:>{width}}" for each in cut]


def _verdict(report: CaseReport) -> list[Text]:
    held = len(report.cases) - report.failed
    parts = [Text(f"{held:,} of {len(report.cases):,} cases hold", style="bold green" if report.holds else "bold")]
    if report.failed:
        parts.append(Text(f"{report.failed:,} {'does' if report.failed == 1 else 'do'} not", style="bold red"))
    if report.left_out:
        parts.append(Text(f"{report.left_out:,} not tried", style="dim"))
    return parts


def _expected(difference: Difference) -> str:
    return f"expected {difference.expected}, got {difference.actual}"


def _indented(line: Text) -> Text:
    return Text.assemble(" " * _MARGIN, line)
