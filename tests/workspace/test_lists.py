"""Saved selections of a workspace: read with it, checked together, and used by `abm rank --list`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import abm as library
from abm.errors import ConditionError, NotFoundError, WorkspaceError
from abm.scoring.selections import check_selections, saved_selection
from tests.cli.conftest import workspace  # noqa: F401 - a fixture
from tests.cli.running import abm

if TYPE_CHECKING:
    from pathlib import Path


def listing(folder: Path, text: str) -> Path:
    (folder / "workspace.yaml").write_text(f"as_of: 2026-06-30\nlists:\n{text}")
    return folder


def test_lists_are_conditions_by_name(workspace: Path) -> None:  # noqa: F811
    listing(workspace, "  german: \"country = 'DE'\"\n  all of them: true\n")
    lists = library.load_workspace(workspace).lists
    assert {name: condition.text for name, condition in lists.items()} == {
        "german": "country = 'DE'",
        "all of them": "true",
    }


def test_without_lists_there_are_none(workspace: Path) -> None:  # noqa: F811
    assert library.load_workspace(workspace).lists == {}


def test_bad_syntax_is_said_at_once_with_its_lines(workspace: Path) -> None:  # noqa: F811
    listing(workspace, '  one: "country ="\n  two: 5\n  three: "true"\n')
    with pytest.raises(WorkspaceError) as raised:
        library.load_workspace(workspace)
    lines = str(raised.value).splitlines()
    assert [":3: lists.one: " in lines[0], ":4: lists.two: expected a condition" in lines[1], len(lines)] == [
        True
    ] * 2 + [2]


def test_unknown_columns_are_said_together_with_their_lines(workspace: Path) -> None:  # noqa: F811
    listing(workspace, "  good: is_mqa\n  one: \"contry = 'DE'\"\n  two: \"score > 'x'\"\n")
    with pytest.raises(ConditionError) as raised:
        check_selections(library.load_workspace(workspace))
    first, second = str(raised.value).splitlines()
    assert ":4: list 'one': " in first
    assert "Did you mean 'country'?" in first
    assert ":5: list 'two': 'score' is a number" in second


def test_a_name_that_is_none_says_which_there_are(workspace: Path) -> None:  # noqa: F811
    listing(workspace, "  german: \"country = 'DE'\"\n")
    with pytest.raises(NotFoundError, match=r"There are german\. Did you mean 'german'\?"):
        saved_selection(library.load_workspace(workspace), "germn")


def test_rank_lists_the_accounts_and_the_leads_of_a_saved_selection(workspace: Path) -> None:  # noqa: F811
    listing(workspace, "  german: \"country = 'DE'\"\n")
    ranked = abm("rank", "-w", workspace, "--list", "german", "--format", "csv").stdout
    assert [line.split(",")[0] for line in ranked.splitlines()[1:]] == ["A1"]
    everything = abm("rank", "-w", workspace, "--list", "german", "--all", "--format", "csv").stdout
    assert [line.split(",")[0] for line in everything.splitlines()[1:]] == ["A1", "A3"]
    leads = abm("rank", "-w", workspace, "--by", "lead", "--list", "german", "--format", "csv").stdout
    assert {line.split(",")[0] for line in leads.splitlines()[1:]} == {"C1", "C2", "C4"}
    assert "1 account on the list german" in abm("rank", "-w", workspace, "--list", "german").stdout


def test_a_list_and_a_condition_must_both_hold(workspace: Path) -> None:  # noqa: F811
    listing(workspace, "  german: \"country = 'DE'\"\n")
    shown = abm("rank", "-w", workspace, "--list", "german", "--where", "employees < 100").stdout
    assert "No account on the list german where employees < 100." in shown


def test_a_list_that_is_none_stops_before_anything_is_written(workspace: Path, tmp_path: Path) -> None:  # noqa: F811
    target = tmp_path / "out.csv"
    done = abm("rank", "-w", workspace, "--list", "nobody", "-o", target, code=2)
    assert "list 'nobody': there is no saved selection of this name. The workspace has none." in done.stderr
    assert not target.exists()
