from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import polars as pl
import pytest

import abm as library
from tests.cli.running import abm, program

if TYPE_CHECKING:
    from pathlib import Path


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_table_on_stdout_and_talk_on_stderr(workspace: Path) -> None:
    done = abm("rank", "-w", workspace)
    assert done.stdout.startswith("crm · model tiny v3 (")
    assert " Acme " in done.stdout
    assert "Initech" not in done.stdout
    assert "\x1b" not in done.output


@pytest.mark.parametrize("by", ["account", "group", "lead"])
def test_the_data_is_what_the_library_ranks(workspace: Path, by: str) -> None:
    expected = library.rank(library.score(library.load_workspace(workspace)), by=by)  # type: ignore[arg-type]
    shown = json.loads(abm("rank", "-w", workspace, "--by", by, "--format", "json").stdout)
    key = "contact_id" if by == "lead" else "account_id"
    assert [row[key] for row in shown] == expected[key].to_list()
    assert [row["score"] for row in shown] == expected["score"].to_list()
    assert list(shown[0]) == expected.columns


def test_jsonl_has_a_line_per_row(workspace: Path) -> None:
    lines = abm("rank", "-w", workspace, "--format", "jsonl", "--top", "2").stdout.splitlines()
    assert [json.loads(line)["rank"] for line in lines] == [1, 2]


def test_csv_is_made_for_spreadsheets(workspace: Path) -> None:
    names = [row["name"] for row in rows(abm("rank", "-w", workspace, "--format", "csv").stdout)]
    assert "'=Globex" in names
    abm("score", "-w", workspace, "-o", workspace / "out", "--format", "csv")
    assert "=Globex" in [row["name"] for row in rows((workspace / "out" / "accounts.csv").read_text())]


def test_top_where_and_all(workspace: Path) -> None:
    def ids(*options: str) -> list[str]:
        return [row["account_id"] for row in rows(abm("rank", "-w", workspace, "--format", "csv", *options).stdout)]

    assert ids("--top", "1") == ids()[:1]
    assert ids("--where", "country = 'DE'") == ["A1"]
    assert ids("--where", "country = 'DE'", "--all") == ["A1", "A3"]
    assert ids("--where", "score > 1000") == []


@pytest.mark.slow
def test_trend_is_the_same_model_on_earlier_days(workspace: Path) -> None:
    shown = json.loads(abm("rank", "-w", workspace, "--trend", "--format", "json").stdout)
    for column, day in (("score_7d", "2026-06-23"), ("score_30d", "2026-05-31")):
        then = json.loads(abm("rank", "-w", workspace, "--as-of", day, "--format", "json").stdout)
        assert {row["account_id"]: row[column] for row in shown} == {row["account_id"]: row["score"] for row in then}
    assert "7 days" in abm("rank", "-w", workspace, "--trend").stdout


@pytest.mark.parametrize("by", ["group", "lead"])
def test_groups_and_leads_have_trends_too(workspace: Path, by: str) -> None:
    shown = json.loads(abm("rank", "-w", workspace, "--trend", "--by", by, "--format", "json").stdout)
    assert {"score_7d", "score_30d"} <= set(shown[0])


def test_a_person_who_was_not_there_has_no_trend(workspace: Path) -> None:
    text = "contact_id,account_id,title,created_at\nC1,A1,CFO,2025-01-01\nC3,A2,VP Sales,2026-06-26\n"
    (workspace / "contacts.csv").write_text(text)
    shown = json.loads(abm("rank", "-w", workspace, "--trend", "--by", "lead", "--format", "json").stdout)
    assert {row["contact_id"]: row["score_7d"] is None for row in shown} == {"C1": False, "C3": True}


def test_an_ending_that_tells_no_format_is_no_table_in_disguise(workspace: Path, tmp_path: Path) -> None:
    done = abm("rank", "-w", workspace, "-o", tmp_path / "ranking.xls", code=2)
    assert "the ending .xls tells no format" in done.stderr
    assert "Did you mean '.xlsx'?" in done.stderr
    assert list(tmp_path.glob("ranking*")) == []


@pytest.mark.parametrize("ending", ["csv", "json", "jsonl", "parquet"])
def test_the_ending_of_a_file_tells_the_format(workspace: Path, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"ranking.{ending}"
    done = abm("rank", "-w", workspace, "-o", path)
    assert done.stdout == ""
    assert str(path) in done.stderr
    read = getattr(pl, f"read_{'ndjson' if ending == 'jsonl' else ending}")(path)
    assert read["account_id"].to_list()[0] == "A1"
    beside = path.with_name(path.name + ".manifest.json")
    stamp = pl.read_parquet_metadata(path) if ending == "parquet" else json.loads(beside.read_text())
    assert (stamp["model"], stamp["as_of"], len(stamp["model_hash"])) == ("tiny", "2026-06-30", 64)
    assert beside.exists() == (ending != "parquet")


def test_a_table_as_a_file_has_no_colours(workspace: Path, tmp_path: Path) -> None:
    abm("rank", "-w", workspace, "-o", tmp_path / "ranking.txt")
    text = (tmp_path / "ranking.txt").read_text("utf-8")
    assert text.startswith("crm · model tiny v3")
    assert "\x1b" not in text


@pytest.mark.slow
def test_parquet_goes_to_a_pipe(workspace: Path) -> None:
    read = pl.read_parquet(io.BytesIO(program("rank", "-w", workspace, "--format", "parquet").stdout))
    assert read["account_id"].to_list()[0] == "A1"


@pytest.mark.slow
@pytest.mark.usefixtures("scored_anew")
def test_equal_runs_write_equal_bytes(workspace: Path) -> None:
    arguments = ("rank", "-w", workspace, "--format", "parquet")
    assert program(*arguments).stdout == abm(*arguments).stdout_bytes


def test_another_model_and_day(workspace: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text((workspace / "model.yaml").read_text().replace("tiny", "other"))
    done = abm("rank", "-w", workspace, "--model", other, "--as-of", "2026-05-02")
    assert "model other v3" in done.stdout
    assert "as of 2026-05-02" in done.stdout


@pytest.mark.slow
def test_the_day_is_never_after_today(workspace: Path) -> None:
    with (workspace / "events.csv").open("a") as stream:
        stream.write("C1,visit,2999-01-01\n")
    assert "2999" not in abm("rank", "-w", workspace).stdout.splitlines()[0]
    assert "as of 2999-06-30" in abm("rank", "-w", workspace, "--as-of", "2999-06-30").stdout


def test_data_lies_elsewhere(workspace: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    (bare / "model.yaml").write_text((workspace / "model.yaml").read_text())
    assert " Acme " in abm("rank", "-w", bare, "--data", workspace).stdout


def test_warnings_of_the_model_are_told_briefly(workspace: Path) -> None:
    model = workspace / "model.yaml"
    more = "".join(f"  - {{name: v{i}, event: visit, points: 1}}\n" for i in range(5))
    model.write_text(model.read_text().replace("fit:\n", f"{more}fit:\n"))
    told = abm("rank", "-w", workspace).stderr
    assert told.count("model: ") == 4
    assert "model: 2 more warnings" in told
