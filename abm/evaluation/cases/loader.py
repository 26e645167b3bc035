"""Reading a file of cases: every mistake at once, each with its line, before anything is scored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from abm.errors import CaseError
from abm.evaluation.cases.facts import given_tables, rows_meant, tables, written
from abm.evaluation.cases.names import expectation_problems, fact_problems, reference_problems
from abm.evaluation.cases.schema import CaseFile
from abm.model import load_model
from abm.model.messages import in_plain_words
from abm.model.yaml_text import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path as FilePath

    from abm.evaluation.cases.facts import Tables
    from abm.evaluation.cases.schema import Case
    from abm.model import Model
    from abm.model.places import Path, Places

ENDING = ".test.yaml"
"""How the name of a file of cases ends."""

_MOST_ROWS = 100_000
"""Of one case: copies of people times days make many of few words."""

Problem = tuple["Path", str]


@dataclass(frozen=True)
class ReadyCase:
    """A case, ready to be scored.

    Attributes:
        case: what it says.
        path: where it stands in its file.
        tables: its facts.
    """

    case: Case
    path: Path
    tables: Tables


@dataclass(frozen=True)
class LoadedCases:
    """A file of cases with the model they are about.

    Attributes:
        file: what the file says.
        places: the lines of its values.
        model: the model.
        model_path: the model's file.
        cases: the cases, ready to be scored.
    """

    file: CaseFile
    places: Places
    model: Model
    model_path: FilePath
    cases: tuple[ReadyCase, ...]


def load_cases(path: FilePath, model: FilePath | None = None) -> LoadedCases:
    """Read a `*.test.yaml` and the model that it is about.

    Args:
        path: the file; UTF-8, YAML 1.2.
        model: another model to try the cases on.

    Raises:
        CaseError: it cannot be read or says something it must not; one line per mistake, in the order of the file:
            `starter.test.yaml:9: case 'a student': expect.leads.Jo: unknown column 'scor' ... Did you mean 'score'?`
        ModelError: the model cannot be used.
    """
    data, places = read_yaml(path, "cases", CaseError)
    file = _validated(data, places)
    model_path = model or _model_path(path, file, places)
    loaded = load_model(model_path)
    ready, problems = _ready(file, loaded)
    if problems:
        raise CaseError(_report(problems, data, places))
    return LoadedCases(file, places, loaded, model_path, ready)


def model_beside(path: FilePath) -> FilePath:
    """Return the model's file that goes with a file of cases by its name: `starter.test.yaml` with `starter.yaml`."""
    return path.with_name(path.name.removesuffix(ENDING) + ".yaml")


def _validated(data: dict[Any, Any], places: Places) -> CaseFile:
    try:
        return CaseFile.model_validate(data)
    except ValidationError as error:
        problems = [in_plain_words(detail, CaseFile) for detail in error.errors(include_url=False)]
        raise CaseError(_report(problems, data, places)) from None


def _model_path(path: FilePath, file: CaseFile, places: Places) -> FilePath:
    named = path.parent / file.model if file.model is not None else model_beside(path)
    if named.is_file():
        return named
    where = places.line(("model",)) if file.model is not None else str(path)
    remedy = "Say with model: FILE, or with --model, which model the cases are about."
    raise CaseError(f"{where}: there is no model file {named}. {remedy}")


def _ready(file: CaseFile, model: Model) -> tuple[tuple[ReadyCase, ...], list[Problem]]:
    shared = list(written(file.facts, ("facts",)))
    known = given_tables(file.facts)
    problems = list(_name_problems(file))
    problems += fact_problems(shared, model)
    cases = []
    for number, case in enumerate(file.cases):
        path: Path = ("cases", number)
        own = list(written(case.given, (*path, "given")))
        problems += fact_problems(own, model)
        rows = rows_meant([*shared, *own])
        if rows > _MOST_ROWS:
            problems.append((path, f"stands for {rows:,} rows; at most {_MOST_ROWS:,} are possible. Take fewer copies"))
            continue
        facts = tables(shared, own, known | given_tables(case.given), file.as_of)
        problems += reference_problems([*shared, *own], facts)
        problems += expectation_problems(case.expect, facts, model, (*path, "expect"))
        cases.append(ReadyCase(case, path, facts))
    return tuple(cases), problems


def _name_problems(file: CaseFile) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for number, case in enumerate(file.cases):
        if case.name in first:
            yield ("cases", number), f"there are two cases of this name. Case {first[case.name] + 1} has it too"
        first.setdefault(case.name, number)


def _report(problems: list[Problem], data: dict[Any, Any], places: Places) -> str:
    by_line = sorted(problems, key=lambda problem: places.number(problem[0]))
    lines = [f"{places.line(path)}: {_said(path, data)}{_sentence(text)}" for path, text in by_line]
    # Shared facts are looked at once for every case.
    return "\n".join(" ".join(line.split()) for line in dict.fromkeys(lines))


def _said(path: Path, data: dict[Any, Any]) -> str:
    """Where a mistake is, as a reader of the file would say it: the case by its name, then keys."""
    words = ""
    match path:
        case ("cases", int(number), *_):
            cases = data.get("cases")
            name = cases[number].get("name") if isinstance(cases, list) and isinstance(cases[number], dict) else None
            words = f"case '{name}': " if isinstance(name, str) and name.strip() else f"case {number + 1}: "
            path = path[2:]
        case _:
            pass
    keys = ".".join(str(part + 1) if isinstance(part, int) else part for part in path)
    return f"{words}{keys}: " if keys else words


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?")) else f"{text}."
