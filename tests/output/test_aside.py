"""What was put aside goes with its run, also with one that had no time to clear up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from abm.output.aside import aside

if TYPE_CHECKING:
    from pathlib import Path

WAITING = """
import sys, time
from pathlib import Path
from abm.output.aside import aside
with aside(Path(sys.argv[1])) as folder:
    (folder / "much").write_bytes(b"rows")
    print("there", flush=True)
    time.sleep(60)
"""


def test_it_goes_with_its_block(tmp_path: Path) -> None:
    with aside(tmp_path) as folder:
        assert [*tmp_path.iterdir()] == [folder]
        assert folder.name.startswith(".")
    assert not [*tmp_path.iterdir()]


def test_it_goes_when_the_block_fails(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), aside(tmp_path):
        raise ZeroDivisionError
    assert not [*tmp_path.iterdir()]


@pytest.mark.skipif(os.name == "nt", reason="processes are not killed so there")
def test_what_a_killed_run_left_goes_with_the_next_one(tmp_path: Path) -> None:
    (tmp_path / "accounts.parquet").touch()
    (tmp_path / ".abm-elsewhere-1-x").mkdir()
    with subprocess.Popen([sys.executable, "-c", WAITING, tmp_path], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"there\n"
        with aside(tmp_path):
            assert len(list(tmp_path.glob("*/much"))) == 1
        other.send_signal(signal.SIGKILL)
    assert len(list(tmp_path.glob("*/much"))) == 1
    with aside(tmp_path):
        assert not list(tmp_path.glob("*/much"))
    assert {file.name for file in tmp_path.iterdir()} == {"accounts.parquet", ".abm-elsewhere-1-x"}
