"""YAML and conditions without end, queries that would do more than read: refused in one message."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from abm.errors import ConditionError, ModelError, SourceError, WorkspaceError
from abm.model.conditions import Condition
from abm.model.loader import load_model
from abm.sources.sql import read_query
from abm.workspace.loader import load_workspace
from tests.cli.conftest import FILES
from tests.hardening.workspaces import refused, workspace

if TYPE_CHECKING:
    from pathlib import Path

MODEL = FILES["model.yaml"]
SECONDS = 5
"""In which every refusal must come, however slow the machine."""


def nested_aliases(levels: int) -> str:
    """Ten of ten of ten ...: a page of YAML that stands for billions of values."""
    first = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    return first + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, levels))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (nested_aliases(9) + MODEL, "the file unfolds into too many values. Write out what its aliases stand for"),
        ("owners: &a [*a]\n" + MODEL, "an alias stands inside what it is the alias of. Write it out"),
        ("fit: &a {person: *a}\n" + MODEL, "an alias stands inside what it is the alias of"),
        (MODEL + "x: " + "[" * 5000 + "]" * 5000, "is nested too deeply"),
        (MODEL + "x: " + "[" * 200_000, "is nested too deeply"),
        (MODEL + "x: " + "{a: " * 3000 + "1" + "}" * 3000, "is nested too deeply"),
        ("- " * 3000 + "x", "is nested too deeply"),
        (MODEL + "x: &a 1\ny: &a 2\nz: *a\n", "the anchor &a is given twice"),
        (MODEL + "? {a: b}\n: 1\n", "a key is a list or has keys of its own"),
        (MODEL + "x: !!python/object/apply:os.system [id]\n", "may not be used. Write plain values"),
        (MODEL + "x: *nowhere\n", "found undefined alias"),
        (MODEL.replace("version: 3", "version: " + "9" * 6000), "Check dates and numbers"),
        (MODEL.replace("points: 50", "points: .nan"), "model.yaml:4: signal 'demo': points: expected a finite number"),
        (MODEL.replace("points: 50", "points: 1e400"), "model.yaml:4: signal 'demo': points: expected a finite number"),
        (MODEL + "effective_from: 2026-02-31\n", "expected a day such as 2026-01-31, got text '2026-02-31'"),
        (MODEL + "x: \0\n", "holds the character U+0000"),
        (MODEL.replace("tiny", '"t\\e[31m"'), "a line break or another control character"),
        (
            MODEL.replace("fit:", "".join(f"  - {{name: s{i}, event: e, points: 1}}\n" for i in range(300)) + "fit:"),
            "302 entries. Expected at most 200",
        ),
    ],
    ids=range(18),
)
def test_yaml(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "model.yaml"
    path.write_text(text)
    started = time.monotonic()
    with pytest.raises(ModelError) as caught:
        load_model(path)
    assert time.monotonic() - started < SECONDS
    assert words in str(caught.value)
    assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_yaml_in_another_encoding(tmp_path: Path, encoding: str) -> None:
    crm = workspace(tmp_path)
    (crm / "model.yaml").write_bytes(MODEL.replace("tiny", "tïny").encode(encoding))
    told = refused("check", "-w", crm)
    assert "model.yaml:1: is not UTF-8 text" in told
    (crm / "model.yaml").write_text(MODEL)
    (crm / "workspace.yaml").write_bytes("data: ï\n".encode(encoding))
    assert "workspace.yaml:1: is not UTF-8 text" in refused("check", "-w", crm)


def test_yaml_without_end(tmp_path: Path) -> None:
    assert "/dev/zero: has more than 16 MB" in refused("check", "-w", workspace(tmp_path), "--model", "/dev/zero")


def test_a_workspace_of_aliases(tmp_path: Path) -> None:
    crm = workspace(tmp_path)
    (crm / "workspace.yaml").write_text(nested_aliases(9))
    with pytest.raises(WorkspaceError, match="unfolds into too many values"):
        load_workspace(crm)


def test_a_day_to_score_out_of_reach(tmp_path: Path) -> None:
    crm = workspace(tmp_path)
    (crm / "workspace.yaml").write_text("as_of: 9999-12-31\n")
    with pytest.raises(WorkspaceError, match=r"workspace\.yaml:1: as_of: 9999-12-31 cannot be scored"):
        load_workspace(crm)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (" or ".join(f"name = 'x{i}'" for i in range(10_000)), "words and signs, more than 20,000"),
        (" and ".join(["is_target"] * 10_001), "words and signs, more than 20,000"),
        ("(" * 5000 + "true" + ")" * 5000, "nested too deeply"),
        ("not " * 5000 + "true", "nested too deeply"),
        ("employees > " + "+".join(["1"] * 9000), "nested too deeply"),
        ("lower(" * 300 + "name" + ")" * 300 + " = 'x'", "nested too deeply"),
        ("name in (select name)", "may not be used"),
        ("true; drop table x", "';' may not be used"),
        ("", "the condition is empty"),
        ("employees > 1e999", "is not a number that can be compared with"),
        ("created_at > date '2026-02-31'", "is not a day"),
        ("name = 'x", "is not closed"),
        ("name = \0", "U+0000 may not be used"),
        ("\u202ename = 1", "U+202E may not be used"),
    ],
    ids=range(14),
)
def test_a_condition(text: str, words: str) -> None:
    started = time.monotonic()
    with pytest.raises(ConditionError) as caught:
        Condition.parse(text)
    assert time.monotonic() - started < SECONDS
    assert words in str(caught.value)
    assert len(str(caught.value)) < 600


@pytest.mark.slow
def test_a_condition_of_ten_thousand_terms_that_may_just_be(tmp_path: Path) -> None:
    whole = " or ".join(["is_mqa"] * 10_000)
    assert "words and signs" not in Condition.parse(whole).text
    crm = workspace(tmp_path)
    assert "--where: " in refused("rank", "-w", crm, "--where", whole + " or is_mqa")


@pytest.mark.parametrize(
    "query",
    [
        "insert into 'events.csv' values (1)",
        "copy (select 1) to 'x.csv'",
        "create table t as select 1",
        "select 1; drop table x",
        "attach 'x.db' as y",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "pragma database_list",
        "export database 'x'",
        "with t as (copy (select 1) to 'x.csv') select 1",
        "create secret s (type s3)",
        "select * from 'https://example.com/a.csv'",
        "select * from read_parquet('s3://bucket/a.parquet')",
        "select * from read_csv(['http://localhost:1/a.csv'])",
        "select * from '/etc/passwd'",
        "select * from '../model.yaml'",
        "select * from read_text('/etc/passwd')",
        "select * from glob('/etc/*')",
        "select * from duckdb_settings()",
        "select * from query('select 1')",
        "select * from sqlite_scan('a.db', 'b')",
        "select getenv('HOME') as type",
        "select * from 'a\0.csv'",
        "select * from 'events.csv' where type in (" + ", ".join(f"'{i}'" for i in range(10_000)) + ")",
        "",
        "-- nothing",
        "this is no SQL",
    ],
    ids=range(28),
)
def test_a_query_only_reads_and_only_here(tmp_path: Path, query: str) -> None:
    crm = workspace(tmp_path)
    before = sorted((each, each.stat().st_mtime_ns) for each in tmp_path.rglob("*"))
    with pytest.raises(SourceError) as caught:
        read_query("events", query, crm, "workspace.yaml:6: tables.events.sql")
    told = str(caught.value)
    assert told.startswith("workspace.yaml:6: tables.events.sql: ")
    assert "\n" not in told
    assert len(told) < 500
    assert sorted((each, each.stat().st_mtime_ns) for each in tmp_path.rglob("*")) == before
