"""What callers of the library hand over by mistake is named, with what was expected."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import abm
from abm.errors import ModelError, TableError, WorkspaceError
from abm.scoring.score import day_of
from abm.workspace.bundled import shipped_models

MODEL = "starter"


@pytest.mark.parametrize("facts", ["crm", Path("crm"), 5, None, [pl.DataFrame()], pl.DataFrame({"account_id": ["A1"]})])
@pytest.mark.parametrize("call", [abm.score, abm.Ledger])
def test_facts_are_a_workspace_or_frames_by_name(call: Any, facts: Any) -> None:
    said = r"^expected a workspace, as abm\.load_workspace\('crm'\) gives it, or frames by table name, .*; got \w+"
    with pytest.raises(TableError, match=said):
        call(facts, MODEL)


def test_what_looks_like_a_folder_is_named() -> None:
    with pytest.raises(TableError, match=r"; got str 'crm'\.$"):
        abm.score("crm", MODEL)  # type: ignore[arg-type]


@pytest.mark.parametrize("as_of", [5, "yesterday", 2026.5, ["2026-06-30"]])
def test_a_day_is_a_day(as_of: Any) -> None:
    with pytest.raises(WorkspaceError, match=r"is not a day\. Expected a day such as 2026-06-30\."):
        abm.score(abm.load_workspace(abm.demo_folder()), as_of=as_of)


def test_a_moment_is_the_day_it_is_in_utc() -> None:
    assert day_of(datetime(2026, 6, 30, 23, 30)) == date(2026, 6, 30)  # noqa: DTZ001 - without a zone
    assert day_of(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == date(2026, 6, 30)
    assert day_of(datetime(2026, 6, 30, 23, 30, tzinfo=timezone(timedelta(hours=-5)))) == date(2026, 7, 1)
    moment = datetime(2026, 6, 30, 12, tzinfo=UTC)
    workspace = abm.load_workspace(abm.demo_folder())
    assert abm.score(workspace, as_of=moment).accounts.equals(abm.score(workspace, as_of="2026-06-30").accounts)


@pytest.mark.parametrize("model", [5, {"name": "tiny", "version": 1}, [MODEL]])
def test_a_model_is_one_or_says_where_it_is(model: Any) -> None:
    with pytest.raises(ModelError, match=r"^expected a model, the path of its file, .*; got \w+\. Of plain values"):
        abm.load_model(model)
    with pytest.raises(ModelError, match=r"^expected a model"):
        abm.score(abm.load_workspace(abm.demo_folder()), model)


@pytest.mark.parametrize("name", shipped_models())
def test_a_shipped_model_is_loaded_by_its_name(name: str) -> None:
    assert abm.load_model(name) == abm.load_model(shipped_models()[name])


def test_a_name_that_is_near_is_said() -> None:
    with pytest.raises(WorkspaceError, match="Did you mean 'starter'"):
        abm.load_model("startr")
