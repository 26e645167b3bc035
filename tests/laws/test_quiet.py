"""The library says nothing, asks no clock and keeps nothing: read from its source, and heard when it runs."""

from __future__ import annotations

import ast
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Literal, get_args

import pytest

import abm
from abm.model import model_from
from tests.agreement.compare import frames
from tests.laws.models import law_model
from tests.laws.worlds import score, world
from tests.test_layers import SOURCES, folder, module_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.laws.worlds import Tables

By = Literal["account", "group", "lead"]

CLOCKS = {
    "date.today",
    "datetime.today",
    "datetime.now",
    "datetime.utcnow",
    "time.time",
    "time.time_ns",
    "time.monotonic",
    "time.perf_counter",
    "time.localtime",
    "time.gmtime",
    "time.strftime",
}
DICE = {"random", "uuid"}
VOICES = {"print", "input", "sys.stdout", "sys.stderr", "warnings.warn"}


@cache
def library() -> dict[str, ast.Module]:
    """The syntax trees of all modules below the command line."""
    below = [path for path in SOURCES if folder(module_name(path)) not in ("cli", "__main__")]
    return {module_name(path): ast.parse(path.read_text(encoding="utf-8")) for path in below}


def dotted(node: ast.expr) -> str:
    """A name as it is written, up to two parts: `datetime.now` of `datetime.datetime.now`."""
    return ".".join(ast.unparse(node).split(".")[-2:]) if isinstance(node, ast.Attribute | ast.Name) else ""


def used(names: set[str]) -> Iterator[str]:
    """Where below the command line one of the names is used."""
    for module, tree in library().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute | ast.Name) and dotted(node) in names:
                yield f"{module}:{node.lineno}: {dotted(node)}"


@pytest.mark.slow
def test_no_clock() -> None:
    assert list(used(CLOCKS)) == []


@pytest.mark.slow
def test_no_clock_by_another_name() -> None:
    """Nobody imports `time`, nor a function out of it, nor randomness."""
    for module, tree in library().items():
        for node in ast.walk(tree):
            names = {alias.name for alias in node.names} if isinstance(node, ast.Import) else set()
            names |= {node.module or ""} if isinstance(node, ast.ImportFrom) else set()
            assert not names & {"time", *DICE}, module


@pytest.mark.slow
def test_no_voice() -> None:
    assert list(used(VOICES)) == []


@pytest.mark.slow
def test_no_global_state() -> None:
    """No function writes a variable of its module."""
    for module, tree in library().items():
        assert not [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Global)], module


def test_scoring_is_silent(capfd: pytest.CaptureFixture[str]) -> None:
    result = score(*world("dirty"))
    for by in get_args(By):
        abm.rank(result, by=by, top=3)
    assert capfd.readouterr() == ("", "")


def test_the_newest_fact_is_the_day() -> None:
    """Without as_of the newest day of the facts counts, however long ago that is; no clock is asked."""
    long_ago: Tables = {
        "accounts": [{"account_id": "A1"}],
        "contacts": [{"contact_id": "C1", "account_id": "A1"}],
        "events": [
            {"contact_id": "C1", "type": "page_view", "occurred_at": date(2003, 5, day), "url": "/"} for day in (1, 31)
        ],
    }
    result = abm.score(frames(long_ago), model_from(law_model()))
    assert result.as_of == date(2003, 5, 31)
    assert result.leads["engagement"].to_list() == [1.5]
