"""Credentials never appear: not on any stream, not in any file, not with a traceback, in no spelling."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING
from unittest.mock import patch
from urllib.parse import quote, quote_plus, unquote

import pytest

from abm.workspace.bundled import bundled
from tests.cli.running import abm, program
from tests.sources.postgres import READER, READERS_PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import IO

    from tests.sources.postgres import Server

WRONG = "wr0ng p@ss/%41#word"


@pytest.fixture(scope="module")
def crm(postgres: Server) -> Server:
    """A small CRM: two accounts, two people, what they did."""
    with postgres.connect() as owner:
        owner.execute("create schema if not exists sales")
        owner.execute("create table sales.accounts (account_id text, name text, domain text, employees int)")
        owner.execute(
            "insert into sales.accounts values ('A1', 'Acme', 'acme.example', 500), ('A2', 'Bolt', 'b.example', 9)"
        )
        owner.execute("create table sales.contacts (contact_id int, account_id text, email text, title text)")
        owner.execute(
            "insert into sales.contacts values (1, 'A1', 'ann@acme.example', 'CFO'), (2, 'A2', null, 'Intern')"
        )
        owner.execute("create table sales.events (contact_id int, type text, occurred_at timestamptz)")
        owner.execute(
            "insert into sales.events values (1, 'demo_request', '2026-06-29 23:30-05'), (2, 'page_view', '2026-06-01')"
        )
    return postgres


def workspace(folder: Path, accounts: str, rest: str | None = None) -> Path:
    """A workspace whose accounts are read as said, and whose other tables come from the same address."""
    folder.mkdir(exist_ok=True)
    (folder / "model.yaml").write_bytes(bundled("config", "starter.yaml").read_bytes())
    rest = rest or accounts.partition(", ")[0].removeprefix("{")
    (folder / "workspace.yaml").write_text(
        "as_of: 2026-06-30\ntables:\n"
        f"  accounts: {accounts}\n"
        f"  contacts: {{{rest}, table: sales.contacts}}\n"
        f"  events: {{{rest}, query: select * from sales.events}}\n"
    )
    return folder


def spellings(*secrets: str) -> set[bytes]:
    """Every way in which a password may be written; also its parts, as a reader of a broken address would cut it."""
    known = {f(each) for each in secrets for f in (str, quote, quote_plus, unquote, lambda text: quote(text, safe=""))}
    parts = {part for each in known for part in each.replace("@", "/").split("/") if len(part) > 3}
    return {each.encode() for each in known | parts}


def require_nothing(done: subprocess.CompletedProcess[bytes], folder: Path, *secrets: str) -> str:
    """Look through both streams and everything below the folder but the workspace's own page."""
    for secret in spellings(*secrets):
        assert secret not in done.stdout
        assert secret not in done.stderr
        for path in files(folder):
            assert secret not in path.read_bytes(), path
            assert secret not in str(path).encode()
    return done.stderr.decode()


def files(folder: Path) -> Iterator[Path]:
    return (each for each in folder.rglob("*") if each.is_file() and each.name != "workspace.yaml")


def run(
    folder: Path, *arguments: str, code: int = 0, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run a command in this process, which is quick, and always with a traceback where it fails."""
    with tempfile.TemporaryFile() as stream, redirected(stream), patch.dict(os.environ, variables or {}):
        done = abm("--traceback", *arguments, "-w", folder, code=code)
        stream.seek(0)
        # What drivers write past Python, straight to the terminal, counts as well.
        return subprocess.CompletedProcess([], code, done.stdout_bytes, done.stderr_bytes + stream.read())


@contextmanager
def redirected(stream: IO[bytes]) -> Iterator[None]:
    """Both streams of the process, below Python's own, lead into a file."""
    kept = {each: os.dup(each) for each in (1, 2)}
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        for each in kept:
            os.dup2(stream.fileno(), each)
        yield
    finally:
        for each, copy in kept.items():
            os.dup2(copy, each)
            os.close(copy)


@pytest.mark.slow
def test_a_run_that_works_leaves_no_trace(crm: Server, tmp_path: Path) -> None:
    folder = workspace(tmp_path / "ws", f'{{database: "{crm.uri()}", table: sales.accounts}}')
    require_nothing(run(folder, "rank"), folder, READERS_PASSWORD)
    require_nothing(run(folder, "check"), folder, READERS_PASSWORD)
    for form in ("parquet", "csv"):
        require_nothing(run(folder, "score", "-o", str(folder / form), "--format", form), folder, READERS_PASSWORD)
    require_nothing(run(folder, "explain", "Acme"), folder, READERS_PASSWORD)
    assert len(list(files(folder))) > 15


@pytest.mark.slow
def test_the_program_itself(crm: Server, tmp_path: Path) -> None:
    """As a process of its own, all of whose files go below the folder that is looked through."""
    folder = workspace(tmp_path / "ws", "{database: '${CRM_URL}', table: sales.accounts}", "database: '${CRM_URL}'")
    own = {"HOME": str(folder), "TMPDIR": str(folder), "ABM_TRACEBACK": "1"}
    for address, code in ((crm.uri(), 0), (crm.uri(WRONG), 2)):
        done = program("rank", "-w", folder, code=code, variables={**own, "CRM_URL": address})
        require_nothing(done, folder, READERS_PASSWORD, WRONG)
        assert (b"Acme" if code == 0 else b"password authentication failed") in done.stdout + done.stderr


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://analyst:${{CRM_PASSWORD}}@127.0.0.1:{port}/crm",
        "postgresql://${{CRM_USER}}:${{CRM_PASSWORD}}@${{CRM_HOST}}/crm?application_name=${{CRM_USER}}",
        "postgresql://127.0.0.1:{port}/crm?user=analyst&password=${{CRM_PASSWORD}}",
        "${{CRM_URL}}",
    ],
)
def test_credentials_of_the_environment(crm: Server, tmp_path: Path, address: str) -> None:
    folder = workspace(tmp_path / "ws", f'{{database: "{address.format(port=crm.port)}", table: sales.accounts}}')
    known = {
        "CRM_PASSWORD": READERS_PASSWORD,
        "CRM_USER": READER,
        "CRM_HOST": f"127.0.0.1:{crm.port}",
        "CRM_URL": crm.uri(),
    }
    done = run(folder, "rank", variables=known)
    assert b"Acme" in done.stdout
    require_nothing(done, folder, READERS_PASSWORD)
    wrong = {**known, "CRM_PASSWORD": WRONG, "CRM_URL": crm.uri(WRONG)}
    said = require_nothing(run(folder, "rank", code=2, variables=wrong), folder, WRONG)
    assert "password authentication failed" in said
    assert READER not in said.replace("analyst:", "")
    assert f"postgresql://127.0.0.1:{crm.port}/crm" in said


def test_an_address_of_the_environment_by_its_name(crm: Server, tmp_path: Path) -> None:
    folder = workspace(tmp_path / "ws", "{database: {env: CRM_URL}, table: sales.accounts}", "database: {env: CRM_URL}")
    assert b"Acme" in run(folder, "rank", variables={"CRM_URL": crm.uri()}).stdout
    assert "the environment variable CRM_URL is not set" in run(folder, "rank", code=2).stderr.decode()


FAILURES = {
    "server down": ("postgresql://analyst:{secret}@127.0.0.1:1/crm", "table: sales.accounts", "Connection refused"),
    "no such host": ("postgresql://analyst:{secret}@no.such.host.invalid/crm", "table: sales.accounts", "host name"),
    "wrong password": ("postgresql://analyst:{secret}@127.0.0.1:{port}/crm", "table: sales.accounts", "authentication"),
    "no such database": ("{uri}db", "table: sales.accounts", 'database "crmdb" does not exist'),
    "unknown option": ("{uri}?passwort={secret}", "table: sales.accounts", "invalid URI query parameter"),
    "bad option": ("{uri}?sslmode={secret}", "table: sales.accounts", "sslmode"),
    "raw signs": ("postgresql://analyst:{raw}@127.0.0.1:{port}/crm", "table: sales.accounts", "taken apart"),
    "no scheme": ("analyst:{raw}@127.0.0.1/crm", "table: sales.accounts", "neither a URI"),
    "keywords": ("host=127.0.0.1 password={raw} dbname=crm", "table: sales.accounts", "neither a URI"),
    "unknown scheme": ("mysql://analyst:{secret}@127.0.0.1/crm", "table: sales.accounts", "mysql://"),
    "failing query": ("{uri}", "query: select '{raw}'::int as account_id", "invalid input syntax"),
    "missing table": ("{uri}", "table: '{raw}'", "does not exist"),
    "not one select": ("{uri}", "query: \"delete from x where a = '{raw}'\"", "exactly one SELECT"),
    "no query at all": ("{uri}", 'query: "select \'{raw}"', "cannot be read as one SELECT"),
    "odd type": ("{uri}", "query: select interval '1 day' as account_id", "of type interval"),
    "missing column": ("{uri}", "query: select 1 as id", "lacks the column"),
    "two places": ("{uri}", "table: sales.accounts, file: a.csv", "both file and database"),
    "neither": ("{uri}", "dedupe: [account_id]", "one of query and table"),
    "unknown key": ("{uri}", "tabel: sales.accounts", "unknown key"),
    "wrong kind": ("{uri}", "table: [sales.accounts]", "expected text"),
}


@pytest.mark.parametrize("case", list(FAILURES))
def test_failures_do_not_say_it(crm: Server, tmp_path: Path, case: str) -> None:
    address, rest, says = FAILURES[case]
    # Where the query repeats the password, the server does as well.
    right = case in ("failing query", "missing table", "not one select", "no query at all")
    secret = "Gr8Secret-of-ann" if right else WRONG
    if right:
        with crm.connect() as owner:
            owner.execute("drop role if exists ann")
            owner.execute(f"create role ann login password '{secret}'")
            owner.execute("grant pg_read_all_data to ann")
    uri = crm.uri(secret, "ann") if right else crm.uri()
    known = {"secret": quote(secret, safe=""), "raw": secret, "port": crm.port, "uri": uri}
    entry = f'{{database: "{address.format(**known)}", {rest.format(**known)}}}'
    folder = workspace(tmp_path / "ws", entry)
    said = require_nothing(run(folder, "rank", code=2), folder, secret, READERS_PASSWORD)
    told = said.rpartition("\nabm: ")[2] if "Traceback" in said else said
    assert says in told
    assert "workspace.yaml:3" in told


@pytest.mark.parametrize(
    "tables",
    [
        'accounts: "postgresql://ann:{secret}@h/crm"',
        'accounts: {{file: "postgresql://ann:{secret}@h/crm"}}',
        "accounts: {{sql: \"select * from 'postgresql://ann:{secret}@h/crm'\"}}",
        'accounts: {{delta: "s3://ann:{secret}@h/crm"}}',
        'accounts: {{database: ["postgresql://ann:{secret}@h/crm"], table: x}}',
        'accounts: {{database: {{env: "postgresql://ann:{secret}@h/crm"}}, table: x}}',
        'accounts: {{database: {{env: CRM, url: "postgresql://ann:{secret}@h/crm"}}, table: x}}',
    ],
)
def test_an_address_in_the_wrong_place(tmp_path: Path, tables: str) -> None:
    folder = workspace(tmp_path / "ws", "{file: a.csv}")
    (folder / "workspace.yaml").write_text(f"tables:\n  {tables.format(secret='Gr8Secret')}\n  intent: i.csv\n")
    require_nothing(run(folder, "rank", code=2), folder, "Gr8Secret")
