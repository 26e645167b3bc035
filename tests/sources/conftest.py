"""What tests of sources share: a PostgreSQL server, started once by whoever needs it first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sources.postgres import NoServerError, Server, running_server

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A running server; where none can run, the tests that need it say why they are skipped."""
    try:
        with running_server() as server:
            yield server
    except NoServerError as reason:
        pytest.skip(f"no PostgreSQL server can be started here: {reason}")
