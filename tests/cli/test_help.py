from __future__ import annotations

import re
import subprocess
import sys

import pytest

from abm.cli.app import app
from tests.cli.running import abm, program

COMMANDS = [
    *("init", "check", "match", "presets", "ingest"),
    *("rank", "explain", "graph", "score", "compare", "sweep", "test"),
    *("report", "route", "brief", "coverage", "export"),
    *("demo", "docs"),
]


def test_every_command_is_known_here() -> None:
    assert [
        command.name or command.callback.__name__ for command in app.registered_commands if command.callback
    ] == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_examples(command: str) -> None:
    text = abm(command, "--help").stdout
    assert "Examples:" in text
    assert f"abm {command}" in text.split("Examples:")[1]


def test_what_stands_in_brackets_is_shown() -> None:
    found = {
        command.callback.__name__: re.findall(r"(?<!\\)\[[a-z]+\]", command.callback.__doc__ or "")
        for command in app.registered_commands
        if command.callback
    }
    assert {name: words for name, words in found.items() if words} == {}
    assert "abm[spark]" in abm("score", "--help").stdout


@pytest.mark.parametrize(
    "command", ["check", "score", "rank", "explain", "graph", "brief", "compare", "report", "route"]
)
def test_shared_options_are_shared(command: str) -> None:
    text = abm(command, "--help").stdout
    assert [option for option in ("--workspace", "-w", "--data", "--model", "--as-of") if option not in text] == []


def test_no_arguments_show_the_help() -> None:
    done = program(code=2)
    assert b"Usage: abm" in done.stdout + done.stderr


def test_the_version() -> None:
    assert re.fullmatch(r"abm \d+\.\d+\.\d+\S*\n", abm("--version").stdout)


def test_help_waits_for_no_engine() -> None:
    call = "from abm.cli.app import app; app(['rank', '--help'], standalone_mode=False)"
    script = f"import sys; {call}; print('loaded:', *sys.modules)"
    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    loaded = set(printed.split("loaded:")[1].split())
    assert "abm.cli.app" in loaded
    assert loaded & {"polars", "narwhals", "duckdb", "sqlglot", "networkx"} == set()
